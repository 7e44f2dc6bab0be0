"""An assignment's tests and a submission in one process: the plugin for pytest, and the ways of grading that use it.

    python -m benchmarks.boundary.here TASK HOW OUT FOLDER...

TASK is the file of a `Task`, each FOLDER holds a submission's package, OUT becomes {FOLDER's name: {test: outcome}}.
HOW is `forked`, each test in a process of its own, or `together`, all in this one. pytest collects once. Nothing of
the engine is imported but what runs where tests run: beside a process that takes none of it we could only look good.

Trust: none. Whatever is graded so runs with all the powers of whoever runs it.
"""

import contextlib
import functools
import gc
import importlib
import importlib.util
import json
import math
import os
import resource
import select
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import numpy as np
import pytest
from _pytest.runner import runtestprotocol

from autograder.checks.gradients import Right, function_of, gradcheck
from autograder.checks.gradients.gradcheck import Known
from autograder.checks.random_numbers import rng_for
from autograder.checks.report.conditions import Declared, conditions, names_in

Outcomes = dict[str, str]  # "test_hidden::test_total" -> passed, failed, stopped, not_judged
REFERENCE = "the_reference"  # the submission has the package's own name, as it is used to


@dataclass(frozen=True)
class Task:
    """An assignment, as far as tests in one process need it; tensor and context are those of [gradcheck]."""

    folder: str
    tests: list[str]
    package: str
    reference: str
    tensor: str | None
    context: str | None
    measure_noise: bool
    cpu_s: float
    wall_s: float

    def write(self, path: Path) -> Path:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: Path) -> "Task":
        return cls(**json.loads(path.read_text(encoding="utf-8")))


class Package:
    """A package in this process, its modules imported when they are first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(importlib.import_module(self._name), name)
        except AttributeError:
            return importlib.import_module(f"{self._name}.{name}")


class InOneProcess:
    """Runs the collected tests on each submission; with `forked` each test in a process of its own."""

    def __init__(self, task: Task, submissions: Sequence[Path], forked: bool) -> None:
        self.task, self.submissions, self.forked = task, submissions, forked
        self.package = task.package
        self.outcomes: dict[str, Outcomes] = {}
        self.known: dict[tuple[Any, ...], Known] = {}
        self.phases: list[tuple[str, BaseException | None]] = []
        self.errors: list[str] = []
        self.after: list[tuple[int, ...]] = []
        _import_as(REFERENCE, Path(task.reference))

    # Fixtures, by the names that the grader and the students' template give

    @pytest.fixture
    def student(self) -> Package:
        return Package(self.package)

    @pytest.fixture(scope="session")
    def reference(self) -> Package:
        return Package(REFERENCE)

    @pytest.fixture
    def held(self) -> Callable[..., Any]:
        return np.array

    @pytest.fixture
    def beside(self) -> ModuleType:
        return stand_ins(Path(self.task.folder) / "beside_student_code.py")

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        return rng_for(name_of(request.node), 0)

    @pytest.fixture
    def gradcheck(self, request: pytest.FixtureRequest, student: Package, reference: Package) -> Callable[..., Any]:
        sides = [(each, *self._classes(each)) for each in (student, reference)]
        rng = rng_for(name_of(request.node), 0, "gradcheck")
        return functools.partial(self._check_gradients, request.node.nodeid, *sides, rng=rng)

    def _classes(self, package: Package) -> Iterator[Any]:
        for dotted in (self.task.tensor, self.task.context):
            yield functools.reduce(getattr, dotted.split("."), package) if dotted else None

    def _check_gradients(
        self, test: str, student: Any, reference: Any, f: Any, *inputs: Any, name: str | None = None, **options: Any
    ) -> Any:
        """gradcheck against the reference's slopes, which are computed once for all submissions, as the grader does."""
        rng = options.pop("rng")
        arrays = tuple((x.shape, x.dtype.str, x.tobytes()) for x in map(np.asarray, inputs))
        key = (test, arrays, repr(sorted(options.items())), rng.bit_generator.state["state"]["state"])
        known = self.known.setdefault(key, Known())
        (package, tensor, context), (theirs, *classes) = student, reference
        return gradcheck(
            function_of(package, f),
            *inputs,
            tensor=tensor,
            context=context,
            rng=rng,
            name=name or (f.rpartition(".")[2] if isinstance(f, str) else None),
            measure_noise=self.task.measure_noise,
            right=Right(function_of(theirs, f), *classes, known),
            **options,
        )

    # Collecting

    @pytest.hookimpl
    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "points(points, exercise, ...): what a test is worth, for which exercise")

    @pytest.hookimpl
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.errors.append(f"{report.nodeid}: {report.longrepr}")

    @pytest.hookimpl
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        declared: list[Declared] = []
        for item in session.items:
            marker = next(item.iter_markers("points")).kwargs
            own = Declared(item.originalname, item.name, marker["exercise"])
            self.after.append(conditions(names_in(marker, "after"), own, declared))
            declared.append(own)

    # Running

    @pytest.hookimpl
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if self.errors:
            return True
        if self.forked:
            self._learn(session.items)
        for folder in self.submissions:
            outcomes: list[str] = []
            for item, after in zip(session.items, self.after, strict=True):
                if any(outcomes[place] != "passed" for place in after):
                    outcomes.append("not_judged")
                elif self.forked:
                    outcomes.append(self._in_a_fork(item, folder))
                else:
                    with _importing_from(folder, self.package):
                        outcomes.append(self._within_limit(item))
            self.outcomes[folder.name] = dict(zip(map(name_of, session.items), outcomes, strict=True))
            _forget(self.package)
        return True

    def _learn(self, items: Sequence[pytest.Item]) -> None:
        """Run every test on the reference: what is known of its slopes, and what it imports, is every fork's then."""
        self.package = REFERENCE
        for item in items:
            self._run(item)
        self.package = self.task.package
        gc.collect()
        gc.freeze()  # as the grader does: else each fork copies what the collector touches

    def _run(self, item: pytest.Item) -> str:
        self.phases = []
        runtestprotocol(item, log=False, nextitem=None)
        return "passed" if self.phases == [("setup", None), ("call", None), ("teardown", None)] else "failed"

    def _within_limit(self, item: pytest.Item) -> str:
        """A test in this process; TimeoutError is raised in it when its CPU time is up."""

        def stop(signum: int, frame: FrameType | None) -> None:
            raise TimeoutError(f"still running after {self.task.cpu_s:g} s")

        before = signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, self.task.cpu_s, 1.0)  # again: an `except` of theirs may swallow one
        try:
            outcome = self._run(item)
        except TimeoutError:  # between two phases of pytest's
            outcome = "failed"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
        return "stopped" if any(isinstance(error, TimeoutError) for _, error in self.phases) else outcome

    def _in_a_fork(self, item: pytest.Item, folder: Path) -> str:
        """A test in a process of its own, which imports the submission anew and says one word."""
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            try:
                limit = math.ceil(self.task.cpu_s)
                resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
                with _importing_from(folder, self.package):
                    os.write(writing, self._run(item).encode())
            finally:
                os._exit(0)
        os.close(writing)
        poll = select.poll()
        poll.register(reading, select.POLLIN)
        if not poll.poll(self.task.wall_s * 1000):
            os.kill(pid, signal.SIGKILL)
        outcome = os.read(reading, 64).decode()
        os.close(reading)
        os.waitpid(pid, 0)
        return outcome or "stopped"

    @pytest.hookimpl
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Takes down how a phase ended, and makes the report that costs least."""
        error = call.excinfo.value if call.excinfo is not None else None
        self.phases.append((call.when, error))
        outcome: Any = "passed" if error is None else "failed"
        when: Any = call.when
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, when)


def name_of(item: pytest.Item) -> str:
    """The name under which a test draws its random numbers."""
    return f"{item.path.stem}::{item.name}"


def stand_ins(file: Path) -> ModuleType:
    """What the tests let run beside a submission, made anew."""
    module = ModuleType(file.stem)
    exec(compile(file.read_bytes(), str(file), "exec"), module.__dict__)
    return module


def _import_as(name: str, folder: Path) -> None:
    """Import the package in this folder under another name. (The engine's own way would bring 50 ms of imports.)"""
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])


@contextlib.contextmanager
def _importing_from(folder: Path, package: str) -> Iterator[None]:
    """While it lasts, the package is the one in this folder."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _forget(package: str) -> None:
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        del sys.modules[name]


def run(task: Task, submissions: Sequence[Path], forked: bool) -> dict[str, Outcomes]:
    """The outcome of every test for each submission, by its folder's name; RuntimeError if they do not even start."""
    for name in [name for name in os.environ if name.startswith("PYTEST")]:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-c", os.devnull, "--noconftest", "--import-mode=importlib", "--rootdir", task.folder, "--capture=no"]
    options += ["--confcutdir", task.folder]
    unused = ("cacheprovider", "faulthandler", "warnings", "logging")
    plugin = InOneProcess(task, submissions, forked)
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        warnings.simplefilter("ignore")
        status = pytest.main([*options, *(f"-pno:{name}" for name in unused), *task.tests], plugins=[plugin])
    if plugin.errors or status != pytest.ExitCode.OK:
        raise RuntimeError(f"pytest stopped: {status!r}: {' '.join(plugin.errors)}")
    return plugin.outcomes


def run_in_notebook(task: str, folder: str, out: str) -> Outcomes:
    """What a notebook's cell calls: the outcomes of the package in this folder, also written to the file `out`."""
    (outcomes,) = run(Task.read(Path(task)), [Path(folder).resolve()], forked=False).values()
    Path(out).write_text(json.dumps(outcomes), encoding="utf-8")
    return outcomes


def main(argv: list[str]) -> None:
    task, how, out, *folders = argv
    outcomes = run(Task.read(Path(task)), list(map(Path, folders)), forked=how == "forked")
    Path(out).write_text(json.dumps(outcomes), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
