"""Tests the cells of a notebook as they were last run, and writes them to files.

How a check goes: the cells come from IPython's history; `assembly` puts them into copies of the package's modules, in
memory; the package is imported from these, under its own name, while pytest runs the exercise's public tests in this
process; then what the notebook had imported from the package is there again, and computes by the cells (see live.py).
"""

import contextlib
import importlib
import io
import linecache
import os
import sys
import tomllib
import warnings
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ..cells.assembling import assemble
from ..cells.assembly import Assembly
from ..cells.choice import choose
from ..cells.code import Cell, marked
from ..cells.target import Target
from ..memory import InMemory, Source
from ..portable import remarks
from ..report.student_report import StudentReport
from ..report.summary import Stub
from ..source_files import UnreadableFile, read_source
from ..words import say
from .checked import Checked, Shown, difference
from .live import bring_in

ROOT = Path(__file__).parents[2]  # the template's folder; this file is in its checks/notebook/


def check(exercise: str, seed: int = 0) -> Checked | None:
    """What the exercise's public tests say about the cells that were run last; shown by the notebook.

    exercise: its name, as in its cell's first line
    seed:     of the tests' random numbers
    """
    checked = _checked(exercise, seed)
    if os.environ.get("NBGRADER_EXECUTION") != "validate":
        return checked
    # To nbgrader's "Validate" a cell has passed unless it raises something or shows a number.
    if not checked.passed:
        raise AssertionError(repr(checked))
    return None


def _checked(exercise: str, seed: int) -> Checked:
    package = _package(ROOT)
    try:
        modules = _modules(ROOT / package)
    except UnreadableFile as error:
        return Checked(exercise, trouble=str(error))
    cells = _latest(_history())
    try:
        Target(exercise, modules)
    except KeyError:
        return Checked(exercise, trouble=say("notebook.no_exercise", package=package, exercise=exercise))
    assembly = _assembled(cells, modules, exercise)
    if exercise in assembly.problems:
        return Checked(exercise, trouble=assembly.problems[exercise])
    run = _Run(exercise, ROOT / package, assembly)
    with imported(ROOT / package, assembly):
        trouble = _pytest(run, seed)
        checked = dict(sys.modules)
    bring_in(package, checked, {module: assembly.source(module) for module in assembly.modules})
    return Checked(exercise, tuple(run.tests), trouble, (*assembly.notes, *_elsewhere(package, assembly)))


def save() -> str:
    """Writes the cells that were run into the package's files, for the next assignment to build on.

    An exercise whose cell was not run in this session stays in its file as it is.
    """
    folder = ROOT / _package(ROOT)
    try:
        modules = _modules(folder)
    except UnreadableFile as error:
        return str(error)
    assembly = _assembled(_latest(_history()), modules)
    if assembly.problems:
        name, problem = next(iter(assembly.problems.items()))
        return say("notebook.not_saved", exercise=name, problem=problem)
    for module in assembly.modules:
        (folder / f"{module}.py").write_text(assembly.source(module), encoding="utf-8")
    written = ", ".join(f"{folder.name}/{module}.py" for module in sorted(assembly.modules))
    return say("notebook.saved", files=written) if written else say("notebook.nothing_to_save")


def _elsewhere(package: str, assembly: Assembly) -> Iterator[str]:
    """What of the cells works here and not where they are graded."""
    settings = _settings(ROOT)
    importable = [*settings.get("graded_imports", []), package]
    for module in assembly.modules:
        for line, what in remarks(assembly.source(module), importable, settings.get("graded_python", "")):
            if place := assembly.place(module, line):
                yield f"{place}: {what}"


def _package(root: Path) -> str:
    return str(_settings(root)["student_package"])


def _settings(root: Path) -> dict[str, Any]:
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(settings["tool"]["pytest"]["ini_options"])


def _modules(folder: Path) -> dict[str, str]:
    paths = [path for path in sorted(folder.glob("*.py")) if path.stem[0] != "_"]
    return {path.stem: read_source(path, folder.parent) for path in paths}


def _history() -> list[str]:
    """The cells run so far, as they were typed, the oldest first."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        raise RuntimeError(say("notebook.none_here"))
    return [str(source) for source in shell.history_manager.input_hist_raw]


def _latest(history: Sequence[str]) -> list[Cell]:
    """The cells of a history: of those with one marker the one that was run last."""
    last = {name: number for number, source in enumerate(history) for name in marked(source)}
    return [
        Cell(source, f"cell [{number}]")
        for number, source in enumerate(history)
        if not (names := marked(source)) or any(last[name] == number for name in names)
    ]


def _assembled(cells: Sequence[Cell], modules: Mapping[str, str], *asked: str) -> Assembly:
    """The modules with all cells of this notebook; one that is not Python, or IPython's alone, costs its exercise."""
    names = dict.fromkeys(asked)
    for cell in cells:
        for name in marked(cell.source):
            with contextlib.suppress(KeyError):
                Target(name, modules)
                names[name] = None
    choice = choose(cells, names, modules)
    assembly = assemble(modules, choice.solutions, choice.cells, _refused)
    ran = {name for cell in cells for name in marked(cell.source)}
    for name, problem in choice.problems.items():
        if name in ran:
            assembly.problems[name] = problem
        else:
            assembly.notes.append(say("notebook.not_run", exercise=name))
    return assembly


def _refused(source: str) -> SyntaxError | None:
    """The error with which Python refuses to compile a source that it parses: a top-level await, a break in no loop."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "a cell", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    return None


# --- the package, from memory -------------------------------------------------------------------------------


@contextlib.contextmanager
def imported(folder: Path, assembly: Assembly) -> Iterator[None]:
    """Inside, importing the package gives the assembled modules; outside, what was imported before."""
    package = folder.name
    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] == package}
    sources = {
        f"{package}.{module}": Source(assembly.source(module), str(folder / f"{module}.py"))
        for module in assembly.modules
    }
    finder = InMemory(sources)
    for name in before:
        del sys.modules[name]
    for text, path in sources.values():
        # Without a time of modification it is not compared with the file of that name.
        linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    sys.meta_path.insert(0, finder)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for _, path in sources.values():
            linecache.cache.pop(path, None)
        for name in [name for name in sys.modules if name.split(".")[0] == package]:
            del sys.modules[name]
        sys.modules.update(before)


# --- the tests ----------------------------------------------------------------------------------------------

_files: dict[str, str] = {}  # by exercise: the test file that its tests were found in


class _Run:
    """Pytest plugin: keeps the tests of one exercise, and takes down how each of them went."""

    def __init__(self, exercise: str, folder: Path, assembly: Assembly) -> None:
        self.exercise, self.folder, self.assembly = exercise, folder, assembly
        self.tests: list[Shown] = []

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        for item in items:
            _files[_exercise_of(item)] = str(item.path)
        items[:] = [item for item in items if _exercise_of(item) == self.exercise]
        (report,) = (each for each in config.pluginmanager.get_plugins() if isinstance(each, StudentReport))
        self.place_in_file = report.place
        report.place = self.place

    def place(self, path: Path, line: int) -> str:
        """A line of an assembled module as the student knows it."""
        if path.parent != self.folder:
            return self.place_in_file(path, line)
        return self.assembly.place(path.stem, line) or self.place_in_file(
            path, self.assembly.origin(path.stem, line)[1]
        )

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.when == "call" or (report.when == "setup" and not report.passed):
            error = call.excinfo.value if call.excinfo else None
            self.tests.append(_tested(report, difference(error, item.path) if error else ()))
        return report


def _exercise_of(item: pytest.Item) -> str:
    points = item.get_closest_marker("points")
    return str(points.kwargs.get("exercise", "")) if points else ""


def _tested(report: pytest.TestReport, arrays: tuple[Any, ...]) -> Shown:
    grading: dict[str, Any] = getattr(report, "grading", {})
    message, place, code = grading.get("failure", ("", "", ""))
    stub = grading.get("stub")
    return Shown(
        name=grading["name"],
        points=grading["points"],
        passed=report.passed,
        to_do=Stub(*stub).to_read(grading["exercise"], grading["group"]) if stub else "",
        waits=grading.get("waits", ""),
        message=message,
        place=place,
        code=code,
        hint=grading.get("help", ""),
        printed=report.capstdout,
        arrays=arrays,
    )


def _pytest(run: _Run, seed: int) -> str:
    """Runs the tests; what went wrong with running them, "" if nothing did."""
    where = _files.get(run.exercise, str(ROOT / "tests"))
    options = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "--capture=sys", "-pno:cacheprovider"]
    said = io.StringIO()
    environment = {name: value for name, value in os.environ.items() if name.startswith("PYTEST")}
    for name in environment:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # whatever else is installed takes its time to load
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = pytest.main([*options, f"--seed={seed}", where], plugins=[run])
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(environment)
    if run.tests:
        return ""
    if status in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.OK):
        return say("notebook.no_test", exercise=run.exercise)
    return "\n".join([say("notebook.cannot_run"), *said.getvalue().splitlines()[-10:]])
