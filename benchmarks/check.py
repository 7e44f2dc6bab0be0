"""How long a student waits for a `check` cell, beside the same tests by pytest in a terminal.

Run: python -m benchmarks.check [ASSIGNMENT ...]. Each assignment's notebook, solved, on the reference's other modules,
is run once in a real kernel; a cell's time is from the kernel's "busy" to its "idle".
"""

import logging
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from datetime import datetime
from pathlib import Path

from autograder.course import Assignment, Course, handouts
from autograder.course.notebook import notebook_cells, reference_sources
from autograder.course.release import listed, render, write
from autograder.platforms.notebook import notebook_json

COURSE = Course.load(Path(__file__).parents[1])


def checks(assignment: Assignment, folder: Path) -> dict[str, float]:
    """Seconds of each check cell, in the order of the notebook; it must pass."""
    import nbformat
    from nbclient import NotebookClient

    cells = notebook_cells(COURSE, assignment, handouts(assignment)[0], sources=reference_sources(COURSE))
    notebook = nbformat.reads(notebook_json(cells, assignment).decode(), as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    found = {}
    for cell in notebook.cells:
        if cell.source.startswith("check("):
            assert "all public tests pass" in str(cell.outputs), cell.outputs
            times = cell.metadata["execution"]
            busy, idle = (datetime.fromisoformat(times[f"iopub.status.{name}"]) for name in ("busy", "idle"))
            found[cell.source.split('"')[1]] = (idle - busy).total_seconds()
    return found


def by_pytest(folder: Path, exercise: str) -> float:
    """Seconds of an exercise's tests in a process of their own."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", exercise.rpartition(".")[2]],
        cwd=folder,
        check=False,
        capture_output=True,
    )
    return time.perf_counter() - start


def main(*names: str) -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    print(f"{'':18}{'median':>8}{'longest':>9}{'pytest':>9}{'longest / pytest':>18}")
    for assignment in [COURSE.assignment(name) for name in names] or COURSE.assignments:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            write(listed(render(COURSE, assignment.name)), folder)
            for file in (folder / COURSE.package).glob("[a-z]*.py"):
                shutil.copy(COURSE.module_file(file.stem), file)
            found = checks(assignment, folder)
            exercise, longest = max(found.items(), key=lambda item: item[1])
            terminal = by_pytest(folder, exercise)
        median = statistics.median(found.values())
        row = f"{median:7.2f}s{longest:8.2f}s{terminal:8.2f}s{longest / terminal:18.2f}"
        print(f"{assignment.name:18}{row}  {exercise}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
