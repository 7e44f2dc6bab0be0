"""Runs on each wheat the tests of its assignment, over many seeds.

python -m tests.wheats OUT SEEDS [WHEAT ...]

Each wheat's package is made anew as OUT/WHEAT/feedforward and stays there, to be looked into or to be run again:
autograder verify a3 --seeds 20 --package OUT/a3_einsum/feedforward
"""

import os
import shutil
import sys
from pathlib import Path

from autograder.grading.verify import verify_seeds
from tests.wheats.field import COURSE, wheats


def main(out: str, seeds: str, *names: str) -> int:
    """0 if no wheat fails, nor comes near to failing."""
    right = True
    for wheat in wheats():
        if names and wheat.name not in names:
            continue
        folder = Path(out) / wheat.name / COURSE.package
        shutil.rmtree(folder, ignore_errors=True)
        package = wheat.package(folder)
        for check in verify_seeds(COURSE, [wheat.assignment], package, int(seeds), os.cpu_count() or 1):
            right &= check.holds
            print("ok  " if check.holds else "FAIL", wheat.name, check.line, flush=True)
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
