"""The command line: release, grade, verify, misconceptions, mutate, export, gradebook, doctor.

Exit status: 0 all is well, 1 something needs attention, 2 wrong use or a file that cannot be read or written,
130 interrupted.
"""

from autograder.cli import course, grading, platforms
from autograder.cli.shared import OUT, main

__all__ = ["OUT", "course", "grading", "main", "platforms"]
