"""Programs that run on the reference package, each by `python -m examples.NAME` from the repository's root.

Here, and nowhere else, is the reference's folder put on the import path.
"""

import sys
from pathlib import Path

SOLUTIONS = str(Path(__file__).resolve().parents[1] / "solutions")
if SOLUTIONS not in sys.path:
    sys.path.insert(0, SOLUTIONS)
