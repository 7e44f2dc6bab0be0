"""One grading process: reads jobs, grades each submission, writes what it found. Several run side by side.

Which processes: grader_process.py starts `python -m autograder.grading.grader FD CPU` with one end of a socket as FD;
over it go lines of JSON, one message each (jobs.py). The grader runs pytest once and, inside it, every job that comes.
A hostile hand-in is read in a process of its own (reading.py); whatever breaks here is one grader, which the batch
replaces.
"""

import contextlib
import gc
import os
import resource
import select
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec

from autograder.boundary.ends import WorkerFault
from autograder.boundary.limits import Confinement
from autograder.boundary.sandbox import Sandbox, SandboxUnavailable, find_sandbox
from autograder.boundary.worker import Worker
from autograder.course.manifest import Course
from autograder.course.secret import course_secret
from autograder.course.secret import fingerprint as secret_fingerprint
from autograder.errors import CourseError
from autograder.grading.collecting import run
from autograder.grading.feedback import with_version
from autograder.grading.fingerprints import base_digest, fingerprint
from autograder.grading.jobs import CannotGrade, Collected, Done, GraderReply, Job, Settings, Unchanged
from autograder.grading.packages import base_package, built_on, notebook_stubs, package_data
from autograder.grading.plugin import GradingPlugin
from autograder.grading.reading import apart, read_apart
from autograder.grading.under_test import SubmissionUnderTest, limits_of_a_test
from autograder.grading.verdicts import Graded, Verdict
from autograder.grading.wider_numbers import wider_numbers
from autograder.intake import SeveralHandIns, UnreadableHandIn, not_handed_in

MEMORY_BYTES = 1 << 30  # of a grader's address space, of which it uses a fifth


class Grader:
    """Grades the jobs of one connection."""

    worker_type = Worker

    def __init__(self, connection: socket.socket) -> None:
        self.lines = connection.makefile("rwb")
        self.settings = msgspec.json.decode(self.lines.readline(), type=Settings)
        self.course = Course.load(Path(self.settings.course))
        self.assignment = self.course.assignment(self.settings.assignment)
        self.sandbox: Sandbox = find_sandbox(
            self.settings.sandbox,
            secrets=[
                *(self.course.root / "assignments", self.course.reference),
                *(Path(os.fsdecode(path)) for path in self.settings.secrets),
            ],
            imports=self.course.imports,
        )
        self.package = base_package(self.course, self.assignment, self.settings.follow_through)
        self.built_on = () if self.settings.follow_through else built_on(self.package, self.assignment.modules)
        self.data = package_data(self.course)
        self.secret = course_secret(self.course)
        self.base = base_digest(self.course, self.assignment, self.settings, self.sandbox, self.package, self.secret)
        limits = self.assignment.limits
        confinement = Confinement(limits.memory_bytes, limits.processes, self.course.imports)
        self.worker = self.worker_type(self.sandbox, confinement)
        self.stubs = notebook_stubs(self.course, self.assignment)

    def run(self) -> None:
        """Grade until no job comes."""
        plugin = GradingPlugin(self.course, self.assignment, self.settings.seed, self.secret)
        with self.worker:
            run(plugin, partial(self._work, plugin))

    def say(self, answer: GraderReply) -> None:
        self.lines.write(msgspec.json.encode(answer) + b"\n")
        self.lines.flush()

    def _work(self, plugin: GradingPlugin) -> None:
        gc.collect()
        gc.freeze()  # pytest, the course and its tests stay to the end: not to be gone through again and again
        self.say(Collected(plugin.tests, self.sandbox.name, secret_fingerprint(self.secret), self.base))
        for line in self.lines:
            self.serve(line, plugin)

    def serve(self, line: bytes, plugin: GradingPlugin) -> None:
        """Answer one job, and end what it has left in the sandbox."""
        self.say(self._answer(msgspec.json.decode(line, type=Job), plugin))
        self.worker.clear()
        plugin.forget()
        gc.collect()

    def _answer(self, job: Job, plugin: GradingPlugin) -> Unchanged | Done:
        graded = Graded(
            id=job.id,
            name=job.name,
            status="graded",
            seed=self.settings.seed,
            secret=secret_fingerprint(self.secret),
            sandbox=self.sandbox.name,
            graded_by=self.base.hex(),
        )
        try:
            hand_in = read_apart(
                [Path(os.fsdecode(path)) for path in job.paths],
                package=self.course.package,
                modules=self.assignment.modules,
                stubs=self.stubs,
                may_be_class=job.may_be_class,
            )
            lacking = [not_handed_in(module) for module in self.built_on if self._is_untouched(module, hand_in.files)]
            hand_in = replace(hand_in, notes=(*job.notes, *hand_in.notes, *lacking))
            mark = fingerprint(self.base, hand_in.files, hand_in.notes)
            if mark == job.known:
                return Unchanged()
            attempt = fingerprint(b"", hand_in.files, ())
            graded = msgspec.structs.replace(graded, notes=hand_in.notes, attempt=attempt, fingerprint=mark)
            package = self.package | self._accepted(hand_in.files)
            self.worker.load(self.course.package, package, self.data)
            looked_for = self.assignment.policy.numerical_backward != "allow"
            look = partial(wider_numbers, self._accepted(hand_in.files))
            found = apart(look, dict[str, int], f"submission {job.id}") if looked_for else {}
            submission = SubmissionUnderTest(self.worker, self.assignment, limits_of_a_test(self.assignment), found)
        except SeveralHandIns as error:  # neither points nor a zero
            return _finished(graded, status="needs_attention", reason=str(error))
        except UnreadableHandIn as error:
            return _finished(graded, status="unreadable", reason=str(error))
        except (WorkerFault, OSError) as error:
            return _finished(graded, status="needs_attention", reason=str(error))
        return self._done(graded, submission, plugin.grade(submission), hand_in.assembly.with_cells)

    def _is_untouched(self, module: str, files: Mapping[str, bytes]) -> bool:
        return module not in files or files[module].split() == self.package[module].split()

    def _accepted(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Of what was handed in, what is graded: with follow-through no module of another assignment."""
        if not self.settings.follow_through:
            return dict(files)
        others = self.package.keys() - set(self.assignment.modules)
        return {module: source for module, source in files.items() if module not in others}

    def _done(
        self,
        graded: Graded,
        submission: SubmissionUnderTest,
        verdicts: Sequence[Verdict],
        in_cells: Callable[[str], str],
    ) -> Done:
        """What was found, in which lines of an assembled module are called by their cells."""
        told = [
            msgspec.structs.replace(
                verdict,
                message=in_cells(verdict.message),
                words=msgspec.structs.replace(
                    verdict.words, where=in_cells(verdict.words.where), trace=in_cells(verdict.words.trace)
                ),
            )
            for verdict in verdicts
        ]
        return _finished(
            graded,
            verdicts=tuple(told),
            load_errors=tuple(map(in_cells, submission.load_errors)),
            is_diagnosed=submission.is_diagnosed,
            notes=graded.notes + tuple(map(in_cells, submission.load_notes)),
        )


def _finished(graded: Graded, **found: object) -> Done:
    graded = msgspec.structs.replace(graded, **found)
    said = {"load_errors": graded.load_errors, "notes": graded.notes}
    told = {name: tuple(map(with_version, texts)) for name, texts in said.items()}
    return Done(msgspec.structs.replace(graded, **told))


def end_with(connection: socket.socket) -> None:
    """End this process when the other side of `connection` has gone: killed or not, in the middle of a test too."""

    def watch() -> None:
        poll = select.poll()
        poll.register(connection, select.POLLRDHUP)
        poll.poll()
        os._exit(1)  # the sandbox ends when its control socket closes

    threading.Thread(target=watch, daemon=True).start()


def limit_itself() -> None:
    """What a submission's answers make a grader hold costs this grader, and not the machine."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")  # before the class's own process, and before others' here


def main(argv: list[str], kind: type[Grader] = Grader) -> int:
    """A grader's life; argv: the descriptor of its connection, and the CPU that it and its sandboxes run on."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored, as some start us, it hides how a sandbox ended
    descriptor, cpu = map(int, argv)
    connection = socket.socket(fileno=descriptor)
    # Trusted process and worker take turns, ten thousands of times: on one CPU a turn costs no waking of another.
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {cpu})
    end_with(connection)
    limit_itself()
    # Neither written into the course nor read from it: a stale .pyc is not the test whose digest we take.
    sys.dont_write_bytecode, sys.pycache_prefix = True, os.devnull
    warnings.simplefilter("ignore")  # what student code warns of would pile up here; tests ask for what they need
    try:
        kind(connection).run()
    except (CourseError, SandboxUnavailable) as error:
        with connection.makefile("wb") as lines:
            lines.write(msgspec.json.encode(CannotGrade(str(error))) + b"\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
