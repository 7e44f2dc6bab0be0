"""The command line: release, grade, history, scores, restore, diff, report, verify, misconceptions, mutate, export,
gradebook, doctor.

Exit status: 0 all is well, 1 something needs attention, 2 wrong use or a file that cannot be read or written,
130 interrupted.
"""

import sys

from autograder.installation import pip_install

try:
    from autograder.cli import course, grading, platforms, records, report
    from autograder.cli.shared import OUT, main
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] == "autograder":
        raise
    told = f'error: {sys.executable} has no {error.name}, which autograder needs; run "{pip_install()}"'
    print(told, file=sys.stderr)
    raise SystemExit(2) from None

__all__ = ["OUT", "course", "grading", "main", "platforms", "records", "report"]
