"""Runs on each wheat the tests of its assignment, over many seeds.

python -m tests.wheats OUT SEEDS [WHEAT ...]

Each wheat's package is made anew as OUT/WHEAT/feedforward and stays there, to be looked into or to be run again:
autograder verify a3 --seeds 20 --package OUT/a3_einsum/feedforward
"""

import argparse
import os
import shutil
from pathlib import Path

from autograder.proving.verify import verify_seeds
from tests.wheats.field import COURSE, wheats


def main() -> int:
    """0 if no wheat fails, nor comes near to failing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("seeds", type=int)
    parser.add_argument("wheats", nargs="*", metavar="wheat", help="by default all")
    chosen = parser.parse_args()
    known = {wheat.name: wheat for wheat in wheats()}
    if unknown := sorted({*chosen.wheats} - known.keys()):
        parser.error(f"no wheat is called {', '.join(unknown)}; there are {', '.join(known)}")
    right = True
    for wheat in [known[name] for name in chosen.wheats or known]:
        folder = chosen.out / wheat.name / COURSE.package
        shutil.rmtree(folder, ignore_errors=True)
        package = wheat.package(folder)
        for check in verify_seeds(COURSE, [wheat.assignment], package, chosen.seeds, os.cpu_count() or 1):
            right &= check.holds
            print("ok  " if check.holds else "FAIL", wheat.name, check.line, flush=True)
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main())
