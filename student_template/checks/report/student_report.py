"""Pytest plugin: what a student sees. Short failures with the line to look at, and a table of points.

Loaded by the template's conftest.py, where tests and the student's package share a process. pytest's own
tracebacks are switched off there by `--tb=no`; with any other, such as `pytest --tb=long`, they come back.
"""

import argparse
import contextlib
import linecache
import math
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import pytest

from ..portable import remarks
from ..source_files import UnreadableFile, read_source
from ..time_limit import lift, time_limit
from ..words import say
from .advice import advice, agreement, is_of_wrong_type
from .chosen import not_chosen, passed
from .conditions import Declared, NotJudged, conditions, names_in, not_judged
from .markdown import markdown
from .summary import Row, Standing, Stub, Summary, number, read_stub_message

SHOWN_FAILURES = 8  # a student mends one at a time
SHOWN_LINES = 8  # of a message, and of what a test printed
PLUGIN_NAME = "student_report"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("course")
    group.addoption("--seed", type=_seed, default=0, metavar="N", help="other random numbers (default 0)")
    group.addoption("--limit", type=_seconds, metavar="SECONDS", help="stop a test after this long (0: never)")
    group.addoption("--markdown", metavar="FILE", help="add points and failures to this file, as Markdown")
    parser.addini("student_package", "the package under test, a folder next to conftest.py")
    parser.addini("graded_imports", "packages that are there when the work is graded", type="args", default=[])
    parser.addini("graded_python", "the version of Python that it is graded with", default="")
    parser.addini("time_limit_s", "seconds after which a test is stopped", default="0")


def pytest_configure(config: pytest.Config) -> None:
    if file := config.getoption("--markdown"):
        try:  # now, not after all tests have run
            open(file, "a", encoding="utf-8").close()
        except OSError as error:
            raise pytest.UsageError(f"--markdown {file}: {error.strerror}") from None
    if getattr(config.option, "dist", "no") == "load":
        config.option.dist = "loadfile"  # with `pytest -n`: a test stays with those that it depends on
    config.pluginmanager.register(StudentReport(config), PLUGIN_NAME)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"got {text!r}, want a whole number, 0 or more")
    return int(text)


def _seconds(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 <= float(text) < math.inf:
            return float(text)
    raise argparse.ArgumentTypeError(f"got {text!r}, want seconds, 0 (never) or more")


class Failure(NamedTuple):
    """What is said of one failed test. Plain values, so that it travels with pytest's report."""

    message: str
    place: str  # "package/module.py:41, in function", "" if unknown
    code: str  # the source line there


class StudentReport:
    """Turns pytest's reports into points, and prints failures and the table at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.root = config.rootpath
        self.package = self.root / config.getini("student_package")
        limit = config.getoption("--limit")
        self.limit_s = float(config.getini("time_limit_s")) if limit is None else float(limit)
        self.came: list[pytest.TestReport] = []
        self.order: dict[str, int] = {}  # the course's, of all tests that were found, by their ids
        self.needs: dict[str, list[str]] = {}  # test -> those that it depends on, by their ids
        self.missed: dict[str, str] = {}  # test that was not passed -> the name of the one to be mended first
        self.place: Callable[[Path, int], str] = self._place  # a notebook names its cells instead
        self.left_out: set[str] = set()  # exercises of which tests were not chosen, as by `pytest -k`
        self.running = ""  # the name of a test
        self.stopped = ""  # where the student has stopped the run

    @property
    def reports(self) -> list[pytest.TestReport]:
        """Of the tests run so far, in the course's order, in which `pytest -n` does not bring them."""
        return sorted(self.came, key=lambda report: _grading(report).get("place", 0))

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        self.order.setdefault(item.nodeid, len(self.order))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """A plugin may have shuffled them, but a test waits for those before it."""
        items.sort(key=lambda item: self.order[item.nodeid])

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self.left_out |= {str(_marked(item).get("exercise", item.name)) for item in items}

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.running = nodeid.rpartition("::")[2]

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        where = self.explain(excinfo.value).place
        self.stopped = self.running or where
        if self.running and where:
            self.stopped = say("report.at", test=self.running, place=where)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Find out what each test depends on: here, without a reference, a gradient on the values as well."""
        functions = [item for item in session.items if isinstance(item, pytest.Function)]
        tests = [Declared(item.originalname, item.name, _marked(item).get("exercise", "")) for item in functions]
        for place, item in enumerate(functions):
            names = [*names_in(_marked(item), "after"), *names_in(_marked(item), "forward")]
            needed: list[int] = []
            for name in names:
                # One that was not chosen, as by `pytest -k gradient`, cannot be asked.
                with contextlib.suppress(ValueError):
                    needed += conditions([name], tests[place], tests[:place])
            self.needs[item.nodeid] = [functions[number].nodeid for number in needed]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        first = next((self.missed[each] for each in self.needs.get(item.nodeid, ()) if each in self.missed), "")
        if first:
            raise NotJudged(not_judged(first))
        with time_limit(self.limit_s):  # a fixture may be the first to import the student's module
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        with time_limit(self.limit_s):
            return (yield)

    def pytest_enter_pdb(self) -> None:
        lift()  # whoever is in the debugger has all the time there is

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        if call.excinfo is not None and call.excinfo.tb is not None:
            # pytest writes out a frame for each level of a recursion before it shortens; the ends are enough
            _cut_middle(call.excinfo.tb)
        report = yield
        marker = item.get_closest_marker("points")
        grading: dict[str, Any] = {"name": item.name, "group": item.path.parent.name, "points": 0.0}
        grading["place"] = self.order[item.nodeid]
        if marker is not None:
            grading["points"] = float(marker.args[0])
            grading["exercise"] = marker.kwargs.get("exercise", item.name)
            grading["hint"] = marker.kwargs.get("hint", "")
        if call.excinfo is not None and report.failed:
            stub = _stub_behind(call.excinfo.value)
            grading["stub"] = stub and list(stub)
            failure = self.explain(call.excinfo.value)
            grading["failure"] = list(failure)
            is_wrong = isinstance(call.excinfo.value, AssertionError | pytest.fail.Exception)
            own = grading.get("hint", "") if is_wrong and not is_of_wrong_type(failure.message) else ""
            grading["help"] = advice(failure.message, failure.code) or own or agreement(failure.message)
            waits = isinstance(call.excinfo.value, NotJudged)
            if waits:
                grading["waits"] = str(call.excinfo.value)
                self.missed[item.nodeid] = next(
                    self.missed[each] for each in self.needs[item.nodeid] if each in self.missed
                )
            else:
                self.missed[item.nodeid] = item.name
            if self.quiet:
                report.longrepr = "\n".join(self._failure_lines(grading))
        report.grading = grading  # type: ignore[attr-defined]
        return report

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, Any] | None:
        if not report.failed or report.when == "teardown":
            return None
        if _grading(report).get("stub"):
            return say("not_done"), "-", ("NOT DONE", {"yellow": True})
        if _grading(report).get("waits"):
            return say("not_judged.yet"), "-", ("NOT JUDGED", {"yellow": True})
        return say("failed"), "F", "FAILED"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, None, None]:
        """Keep the report; `pytest -x` does not stop at what was not begun."""
        option = self.config.option
        allowed = option.maxfail
        if _grading(report).get("stub") or _grading(report).get("waits"):
            option.maxfail = 0  # without end
        try:
            yield
        finally:
            option.maxfail = allowed
        if report.when == "call" or (report.when == "setup" and not report.passed):
            self.came.append(report)

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        write = terminalreporter.write_line
        terminalreporter.ensure_newline()
        unreadable = self._unreadable(terminalreporter)
        failures, n_more = self._failures()
        if self.quiet:
            for title, lines in (*unreadable, *failures):
                write(title, red=True, bold=True)
                write("\n".join(f"    {line}" for line in lines) + "\n")
            if n_more:
                write(say("report.more_failures" if n_more > 1 else "report.one_more_failure", n=n_more) + "\n")
        elsewhere = self._elsewhere()
        for title, lines in elsewhere:
            write(title, yellow=True, bold=True)
            write("\n".join(f"    {line}" for line in lines) + "\n")
        summary = self.summary()
        if summary.rows:
            write(summary.table("report.public_points"), bold=True)
        if summary.rows or self.stopped:
            write(self._next())
        elif not self.order and self.config.invocation_params.dir != self.root:
            write(say("report.no_tests_here", folder=self.root), red=True)
        elif self.left_out:
            write(not_chosen(self.config, self.left_out))
        if file := self.config.getoption("--markdown"):
            with open(file, "a", encoding="utf-8") as out:
                out.write(markdown(summary, [*unreadable, *failures, *elsewhere], self._next()))

    @property
    def quiet(self) -> bool:
        return bool(self.config.getoption("tbstyle") == "no")

    def summary(self) -> Summary:
        """Points of the tests run so far."""
        summary = Summary()
        for report in self.reports:
            grading = _grading(report)
            if "exercise" not in grading:
                continue
            outcome: Standing = "passed" if report.passed else "failed"
            note = grading["name"]
            if stub := grading.get("stub"):
                outcome, note = "not done", Stub(*stub).to_read(grading["exercise"], grading["group"])
            elif waits := grading.get("waits"):
                outcome, note = "not done", waits
            summary.add(grading["exercise"], grading["points"], outcome, group=grading["group"], note=note)
        return summary

    def explain(self, error: BaseException) -> Failure:
        """The message of an exception, and the line it came from: in the student's own file, else the test's."""
        if isinstance(error, SyntaxError) and error.filename:
            place = self.place(Path(error.filename), error.lineno or 0)
            return Failure(f"{type(error).__name__}: {error.msg}", place, (error.text or "").strip())
        frames = [(Path(code.co_filename), line, code.co_name) for code, line in _frames(error.__traceback__)]
        own = [frame for frame in frames if self.package in frame[0].parents]
        if len(own) > 1 and own[-1][2] == "__call__":  # it is given: what went wrong is how it was called
            own.pop()
        shown = own or [frame for frame in frames if self.root / "tests" in frame[0].parents]
        if not shown:
            return Failure(failure_message(error), "", "")
        path, line, function = shown[-1]
        return Failure(
            failure_message(error),
            say("report.in_function", place=self.place(path, line), function=function),
            linecache.getline(str(path), line).strip(),
        )

    def _place(self, path: Path, line: int) -> str:
        short = path.relative_to(self.root).as_posix() if self.root in path.parents else str(path)
        return f"{short}:{line}"

    def _failure_lines(self, grading: dict[str, Any]) -> list[str]:
        message, place, code = grading["failure"]
        lines: list[str] = message.splitlines()[:SHOWN_LINES]
        if place:
            lines += [place, f"    {code}"]
        return [*lines, *[say("failed.hint", hint=grading["help"])] * bool(grading["help"])]

    def _unreadable(self, terminalreporter: "pytest.TerminalReporter") -> list[tuple[str, list[str]]]:
        """(title, lines) of each test file that cannot be imported."""
        broken = [each for each in terminalreporter.stats.get("error", []) if isinstance(each, pytest.CollectReport)]
        return [
            (say("report.unreadable", file=each.nodeid), str(each.longrepr).splitlines()[-SHOWN_LINES:])
            for each in broken
        ]

    def _elsewhere(self) -> list[tuple[str, list[str]]]:
        """(title, lines) of what works here and not where it is graded; nothing if there is nothing of that kind."""
        files = sorted(self.package.rglob("*.py"))
        importable = [*self.config.getini("graded_imports"), self.package.name, *(path.stem for path in files)]
        python = self.config.getini("graded_python")
        lines = []
        for path in files:
            with contextlib.suppress(OSError, UnreadableFile):
                source = read_source(path, self.root)
                lines += [f"{self.place(path, line)}: {what}" for line, what in remarks(source, importable, python)]
        shown = lines[:SHOWN_LINES]
        if len(lines) > SHOWN_LINES:
            shown = [*shown, say("report.more", n=len(lines) - SHOWN_LINES)]
        return [(say("report.hand_in"), shown)] if lines else []

    def _failures(self) -> tuple[list[tuple[str, list[str]]], int]:
        """(title, lines) of the first failures, and how many more kinds there are.

        Failures that say the same are said once: a slip in a module fails every test of it.
        """
        groups: dict[tuple[str, ...], list[pytest.TestReport]] = {}
        for report in self.reports:
            grading = _grading(report)
            if report.failed and "failure" in grading and not (grading.get("stub") or grading.get("waits")):
                groups.setdefault(tuple(self._failure_lines(grading)), []).append(report)
        shown = list(groups.items())
        if self.config.get_verbosity() <= 0:
            shown = shown[:SHOWN_FAILURES]
        failures = []
        for lines, reports in shown:
            names = [f"{_grading(report)['group']}: {_grading(report)['name']}" for report in reports]
            what = say("report.and_more", what=names[0], n=len(names) - 1) if len(names) > 1 else names[0]
            points = number(sum(_grading(report)["points"] for report in reports))
            worth = say("report.worth_one" if points == "1" else "report.worth", points=points)
            printed = reports[0].capstdout.splitlines()[-SHOWN_LINES:]
            said = [say("failed.printed_line", line=line) for line in printed]
            failures.append((f"{what} ({worth})", [*lines, *said]))
        return failures, len(groups) - len(shown)

    def _next(self) -> str:
        """The last line: what to open now. An assignment that was begun comes before one that was not."""
        rows = self.summary().rows
        begun = {row.group for row in rows if row.outcome != "not done"}
        left = sorted((row for row in rows if row.outcome != "passed"), key=lambda row: row.group not in begun)
        if self.stopped:
            return say("report.stopped_in", where=self.stopped)
        if not left:
            return passed(self.config, {row.group for row in rows}, is_part=bool(self.left_out))
        row = left[0]
        step = self._in_handout(row) if row.outcome == "not done" else row.next_step
        return say("report.next", exercise=row.exercise, step=step)

    def _in_handout(self, row: Row) -> str:
        """Where the first thing that is not done in this row is set."""
        gradings = [each for each in map(_grading, self.reports) if each.get("exercise") == row.exercise]
        stub = next((Stub(*each["stub"]) for each in gradings if each["group"] == row.group and each.get("stub")), None)
        what, assignment = row.notes["not done"][0], row.group
        if stub is not None and (self.root / "handouts" / f"{stub.assignment}.md").is_file():
            what, assignment = stub.to_read(row.exercise, stub.assignment), stub.assignment
        return say("not_done.in_handout", what=what, file=f"handouts/{assignment}.md")


def _grading(report: pytest.TestReport) -> dict[str, Any]:
    grading: dict[str, Any] = getattr(report, "grading", {})
    return grading


def _marked(item: pytest.Item) -> dict[str, Any]:
    """What the test's points marker says; nothing if it has none."""
    marker = item.get_closest_marker("points")
    return {} if marker is None else dict(marker.kwargs)


def failure_message(error: BaseException) -> str:
    """What is wrong in few words; a failed assertion speaks for itself."""
    text = str(error).strip()
    if isinstance(error, RecursionError):
        return say("failed.recursion", text=text)
    if isinstance(error, AssertionError | TimeoutError | pytest.fail.Exception):
        text = text.partition("\nassert ")[0]  # pytest's own words follow the author's, if there are any
        return text or say("failed.without_words", kind=type(error).__name__)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _stub_behind(error: BaseException | None) -> Stub | None:
    """The exercise not done yet that the error comes from, if there is one in its chain of causes."""
    for _ in range(10):
        if error is None:
            return None
        if isinstance(error, NotImplementedError) and (stub := read_stub_message(str(error))):
            return stub
        error = error.__cause__ or error.__context__
    return None


def _frames(traceback: TracebackType | None) -> Iterator[tuple[Any, int]]:
    while traceback is not None:
        yield traceback.tb_frame.f_code, traceback.tb_lineno
        traceback = traceback.tb_next


def _cut_middle(traceback: TracebackType, keep: int = 20) -> None:
    """Drops all but the outermost and innermost `keep` frames of a deep traceback."""
    frames = [traceback]
    while (inner := frames[-1].tb_next) is not None:
        frames.append(inner)
    if len(frames) > 2 * keep:
        frames[keep - 1].tb_next = frames[-keep]
