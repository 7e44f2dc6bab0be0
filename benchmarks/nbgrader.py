"""What our grading adds to nbgrader's own book-keeping, for each submission of a class; stock Execute beside it.

Run: python -m benchmarks.nbgrader, with the environment's bin folder on PATH. The same small class is graded in turns,
all in one run, so that the ratios hold whatever else the machine does:

    books     nbgrader autograde with nothing executed: its steps without Execute
    ours      with GradeInSandbox, graders ready and at work on the next submission meanwhile
    quick     autograder grade --nbgrader, over one connection to the gradebook; each time it starts its graders
    Execute   nbgrader as it comes, a kernel for each submission; of a few of them
"""

import logging
import os
import resource
import shutil
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grading.jobs import notebook_settings

TINY = Path(__file__).parents[1] / "tests" / "tiny_course"
NAME = "t1_sums"
STUDENTS, BY_KERNEL, ROUNDS = 40, 3, 3


def class_of(root: Path, course: Course) -> Any:
    """nbgrader's API on a course folder in which everybody has handed in the solved notebook."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import PyFileConfigLoader

    from autograder.platforms.nbgrader.export import CONFIG, export

    export(course, course.assignment(NAME), root)
    config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    api = NbGraderAPI(config=config)
    done = api.generate_assignment(NAME)
    assert done["success"], done["log"]
    for number in range(STUDENTS):
        folder = root / "submitted" / f"student{number:02}" / NAME
        folder.mkdir(parents=True)
        shutil.copy(root / "source" / NAME / f"{NAME}.ipynb", folder)
    return api


def converted(api: Any, steps: list[str], restore: bool, students: int = STUDENTS) -> Callable[[], None]:
    """nbgrader's autograde with these steps; with `restore`, our reading of notebooks in the place of its own."""
    from nbgrader.apps import NbGraderAPI

    config = api.config.copy()
    config.Autograde = config.Autograde.copy()
    config.Autograde.autograde_preprocessors = steps
    if not restore:
        del config.Autograde["sanitize_preprocessors"], config.Autograde["exporter_class"]
    own = NbGraderAPI(config=config)

    def run() -> None:
        for who in ["*"] if students == STUDENTS else [f"student{number:02}" for number in range(students)]:
            done = own.autograde(NAME, who)
            assert done["success"], done["log"]

    return run


def quick(root: Path, course: Course) -> Callable[[], None]:
    """Our own way into the gradebook."""
    from autograder.platforms.nbgrader.gradebook import IntoGradebook, NbgraderCourse

    assignment = course.assignment(NAME)
    settings = notebook_settings(course, assignment)

    def run() -> None:
        there = NbgraderCourse(root, assignment)
        batch = IntoGradebook(there, course, assignment, settings, root / "results", jobs=os.cpu_count() or 1)
        assert not batch.grade_all().needing_attention

    return run


def measured(run: Callable[[], None], students: int = STUDENTS) -> tuple[float, float]:
    """Seconds for each submission: by the clock, and of this process's CPU."""
    clock, own = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    run()
    now = resource.getrusage(resource.RUSAGE_SELF)
    cpu = now.ru_utime + now.ru_stime - own.ru_utime - own.ru_stime
    return (time.perf_counter() - clock) / students, cpu / students


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    course = Course.load(TINY)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "course"
        api = class_of(root, course)
        steps = list(api.config.Autograde.autograde_preprocessors)
        ways = {
            "books": converted(api, steps[1:], restore=False),
            "ours": converted(api, steps, restore=True),
            "quick": quick(root, course),
        }
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for run in ways.values():  # once before it counts: imports, and graders that then stay
            run()
        for _ in range(ROUNDS):
            for name, run in ways.items():
                found[name].append(measured(run))
        execute = converted(api, ["nbgrader.preprocessors.Execute", *steps[1:]], restore=True, students=BY_KERNEL)
        found["Execute"] = [measured(execute, BY_KERNEL)]
    books = statistics.median(clock for clock, _ in found["books"])
    print(f"{STUDENTS} submissions, medians of {ROUNDS} rounds, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"{'':10}{'each':>10}{'its CPU':>10}{'/ books':>10}")
    for name, times in found.items():
        clock, cpu = (statistics.median(each) for each in zip(*times, strict=True))
        print(f"{name:10}{clock:9.2f}s{cpu:9.2f}s{clock / books:10.2f}")


if __name__ == "__main__":
    main()
