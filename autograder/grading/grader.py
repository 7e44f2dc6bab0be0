"""One grading process: reads jobs, grades each submission, writes what it found. Several run side by side.

Which processes: the batch (batch.py) starts `python -m autograder.grading.grader FD` with one end of a socket as FD;
over it go lines of JSON, one message each. The grader runs pytest once and, inside it, every job that comes. Reading
a hostile hand-in happens here too, so whatever it breaks is one grader, which the batch replaces.
"""

import hashlib
import platform
import socket
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import msgspec

from autograder.boundary.host import Worker, WorkerFault
from autograder.boundary.sandbox import Confinement, Sandbox, SandboxUnavailable, Unsandboxed, find_sandbox
from autograder.course.handout import module_stubs
from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError
from autograder.grading.plugin import GradingPlugin, Submission, run
from autograder.grading.verdicts import Graded, TestSpec, Verdict
from autograder.intake import UnreadableHandIn, read_hand_in


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for every submission of a run."""

    course: str
    assignment: str
    seed: int = 0
    follow_through: bool = False
    trust_submissions: bool = False


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A submission to grade; one whose fingerprint is `known` is answered without a run."""

    id: str
    name: str
    paths: tuple[str, ...]
    known: str = ""


class Collected(msgspec.Struct, tag=True):
    """The tests are there and add up; jobs may come."""

    tests: tuple[TestSpec, ...]
    sandbox: str


class Refused(msgspec.Struct, tag=True):
    """The course or the machine does not allow any grading; nothing was graded."""

    reason: str


class Unchanged(msgspec.Struct, tag=True):
    """The submission, the tests and the engine are what they were when the known fingerprint was taken."""


class Done(msgspec.Struct, tag=True):
    graded: Graded


Answer = Collected | Refused | Unchanged | Done


def assemble(
    course: Course, assignment: Assignment, files: Mapping[str, bytes], follow_through: bool
) -> dict[str, bytes]:
    """The package as it is graded: the template's modules with the student's in their place.

    With `follow_through`, modules of other assignments are the reference's, whatever the student handed in for them.
    """
    stubs, _ = module_stubs(course)
    package = {module: stub.text.encode() for module, stub in stubs.items() if "." not in module}
    if follow_through:
        for module in package.keys() - set(assignment.modules):
            package[module] = course.module_file(module).read_bytes()
    own = {
        module: source
        for module, source in files.items()
        if not follow_through or module in assignment.modules or module not in package
    }
    return package | own


def base_digest(course: Course, assignment: Assignment, settings: Settings, sandbox: Sandbox) -> bytes:
    """A digest of everything but the submission that a verdict depends on: tests, reference, engine, libraries."""
    digest = hashlib.sha256()
    engine = Path(__file__).parent.parent
    for folder in (engine, assignment.folder, course.package_folder):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".toml"):
                digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    digest.update((course.root / "assignments" / "course.toml").read_bytes())
    libraries = [f"{name} {version(name)}" for name in ("msgspec", "numpy", "pytest")]
    run = (
        settings.seed,
        settings.follow_through,
        sandbox.name,
        platform.machine(),
        platform.python_version(),
    )
    digest.update(repr((libraries, run)).encode())
    return digest.digest()


def fingerprint(base: bytes, files: Mapping[str, bytes], notes: tuple[str, ...]) -> str:
    """Equal for equal submissions graded by equal tests with an equal engine."""
    digest = hashlib.sha256(base)
    for module, source in sorted(files.items()):
        digest.update(f"{module}\0{len(source)}\0".encode() + source)
    digest.update(repr(notes).encode())
    return digest.hexdigest()


class Grader:
    """Grades the jobs of one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.lines = connection.makefile("rwb")
        self.settings = msgspec.json.decode(self.lines.readline(), type=Settings)
        self.course = Course.load(Path(self.settings.course))
        self.assignment = self.course.assignment(self.settings.assignment)
        self.sandbox: Sandbox = Unsandboxed() if self.settings.trust_submissions else find_sandbox()
        self.base = base_digest(self.course, self.assignment, self.settings, self.sandbox)
        limits = self.assignment.limits
        self.worker = Worker(self.sandbox, Confinement(limits.memory_bytes, limits.processes))
        self.graded: Graded | None = None

    def run(self) -> None:
        """Grade until no job comes."""
        plugin = GradingPlugin(
            self.course, self.assignment, self.settings.seed, self._collected, self._submissions(), self._done
        )
        with self.worker:
            run(plugin)

    def say(self, answer: Answer) -> None:
        self.lines.write(msgspec.json.encode(answer) + b"\n")
        self.lines.flush()

    def _collected(self, tests: tuple[TestSpec, ...]) -> None:
        self.say(Collected(tests, self.sandbox.name))

    def _submissions(self) -> Iterator[Submission]:
        for line in self.lines:
            job = msgspec.json.decode(line, type=Job)
            seed, sandbox = self.settings.seed, self.sandbox.name
            try:
                hand_in = read_hand_in(
                    [Path(path) for path in job.paths],
                    package=self.course.package,
                    modules=self.assignment.modules,
                )
            except UnreadableHandIn as error:
                unreadable = Graded(
                    id=job.id,
                    name=job.name,
                    status="unreadable",
                    reason=str(error),
                    seed=seed,
                    sandbox=sandbox,
                )
                self.say(Done(unreadable))
                continue
            mark = fingerprint(self.base, hand_in.files, hand_in.notes)
            if mark == job.known:
                self.say(Unchanged())
                continue
            self.graded = Graded(
                id=job.id,
                name=job.name,
                status="graded",
                notes=hand_in.notes,
                fingerprint=mark,
                seed=seed,
                sandbox=sandbox,
            )
            package = assemble(self.course, self.assignment, hand_in.files, self.settings.follow_through)
            self.worker.load(self.course.package, package)
            try:
                submission = Submission(self.worker, self.assignment)
            except WorkerFault as error:
                self.say(Done(msgspec.structs.replace(self.graded, status="needs_attention", reason=str(error))))
                continue
            yield submission

    def _done(self, submission: Submission, verdicts: list[Verdict]) -> None:
        assert self.graded is not None
        found = {"verdicts": tuple(verdicts), "load_errors": tuple(submission.load_errors)}
        self.say(Done(msgspec.structs.replace(self.graded, **found)))
        self.worker.close()


def main(argv: list[str]) -> int:
    """A grader's life; argv: the descriptor of its connection."""
    connection = socket.socket(fileno=int(argv[0]))
    try:
        grader = Grader(connection)
        grader.run()
    except (CourseError, SandboxUnavailable) as error:
        with connection.makefile("wb") as lines:
            lines.write(msgspec.json.encode(Refused(str(error))) + b"\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
