"""otter-grader itself, through its command line, in this process: starting it anew costs more than it computes."""

import json
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from autograder.course import Course, handouts
from autograder.course.notebook_cells import NotebookCell, notebook_cells
from autograder.grading.batch import Batch
from autograder.grading.jobs import notebook_settings
from autograder.intake import find_submissions
from autograder.platforms.notebook_file import notebook_json
from autograder.platforms.otter.export import export
from tests import needs

needs.package("otter")

TINY = Path(__file__).parents[2] / "tiny_course"
# What otter 7.0.0 itself warns of, as the libraries that it uses have moved on.
WARNINGS = [
    pytest.mark.filterwarnings("ignore:Traits should be given as instances:DeprecationWarning"),  # at its import
    pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.drop"),  # when it prints the summary
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # of the server of its log
]


def otter(*arguments):
    """What a command of otter printed; its exception if it ends in one."""
    from click.testing import CliRunner
    from otter.cli import cli

    before = set(threading.enumerate())
    try:
        return CliRunner().invoke(cli, [str(each) for each in arguments], catch_exceptions=False).output
    finally:
        # Its log's server ends by itself, a second later, and leaves its socket to the garbage collector's warnings.
        for thread in set(threading.enumerate()) - before:
            thread.join(30)


class Assigned:
    """An assignment exported, and what `otter assign` made of it."""

    def __init__(self, course, name, folder, *, language="en", run_tests=False):
        self.course, self.assignment, self.folder = course, course.assignment(name), folder
        ending = "" if language == "en" else f".{language}"
        self.master = folder / "master" / f"{self.assignment.name}{ending}.ipynb"
        export(course, self.assignment, self.master.parent, language=language)
        otter("assign", self.master, folder / "dist", *([] if run_tests else ["--no-run-tests"]))
        self.students = folder / "dist" / "student"
        (self.archive,) = (folder / "dist" / "autograder").glob("*.zip")

    def run(self, submission, *options, archive=None):
        """(results.json, what was printed) of `otter run`."""
        out = self.folder / "results"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        printed = otter("run", "--no-logo", "-a", archive or self.archive, "-o", out, *options, submission)
        return json.loads((out / "results.json").read_text()), printed

    def without_plugin(self):
        """The archive with otter's own way of grading in it."""
        stock = self.folder / "stock.zip"
        with zipfile.ZipFile(self.archive) as ours, zipfile.ZipFile(stock, "w") as theirs:
            for name in ours.namelist():
                theirs.writestr(name, b"{}" if name == "otter_config.json" else ours.read(name))
        return stock

    def notebook(self, name, changes=(), *, solutions=True, before=(), after=()):
        """The path of a new notebook: the reference's cells with (old, new) texts replaced, and cells around them."""
        cells = notebook_cells(self.course, self.assignment, handouts(self.assignment)[0], solutions=solutions)
        sources = [(cell, cell.source) for cell in cells]
        for old, new in changes:
            assert any(old in source for _, source in sources), old
            sources = [(cell, source.replace(old, new)) for cell, source in sources]
        cells = [NotebookCell(cell.id, cell.role, source, cell.exercise) for cell, source in sources]
        first = [NotebookCell(f"before-{number}", "setup", source) for number, source in enumerate(before)]
        last = [NotebookCell(f"after-{number}", "setup", source) for number, source in enumerate(after)]
        path = self.folder / f"{name}.ipynb"
        path.write_bytes(notebook_json([*first, *cells, *last], self.assignment))
        return path

    def by_us(self, *paths):
        """{id: record} of these hand-ins, by `autograder grade --follow-through`."""
        return by_us(self.course, self.assignment, self.folder / "by-us", *paths)


def by_us(course, assignment, out, *paths):
    """{id: record} of these hand-ins, by `autograder grade --follow-through`."""
    settings = notebook_settings(course, assignment)
    submissions = find_submissions(paths, package=course.package, modules=assignment.modules)
    Batch(course, assignment, settings, out).grade(submissions)
    return {each.id: json.loads((out / each.id / "instructor.json").read_text()) for each in submissions}


def tiny(folder):
    """A copy of the tiny course."""
    return Course.load(Path(shutil.copytree(TINY, folder / "course", ignore=shutil.ignore_patterns("__pycache__"))))


def scores(results):
    """{question: score} of a results.json."""
    return {test["name"]: test["score"] for test in results["tests"] if "score" in test}
