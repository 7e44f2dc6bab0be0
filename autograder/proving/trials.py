"""Trials: what nobody has handed in, but we have made to be found wrong, before the tests it is made for.

They have a grader process of their own, `python -m autograder.proving.trials`. It reads no hand-in, and one zygote
serves them all: hundreds are tried, most of whose code is the same.
"""

import sys
from collections.abc import Mapping

import msgspec

from autograder.boundary.channels import Channel
from autograder.boundary.ends import WorkerFault
from autograder.boundary.limits import TestLimits
from autograder.boundary.worker import Worker
from autograder.grading import grader
from autograder.grading.jobs import Done, Job
from autograder.grading.plugin import GradingPlugin
from autograder.grading.under_test import SubmissionUnderTest
from autograder.grading.verdicts import Graded, Verdict

PROGRAM = "autograder.proving.trials"


class Trial(Job, frozen=True, kw_only=True):
    """Modules to try, and before which tests.

    stages: the tests of each stage, by their places among those collected; a stage ends at its first lost point, or
        where it is `whole`, at the first test that was stopped
    cpu_s, wall_s: what one test may use up
    """

    name: str = ""
    paths: tuple[bytes, ...] = ()
    files: Mapping[str, bytes]  # module -> source
    stages: tuple[tuple[int, ...], ...]
    whole: bool = False
    cpu_s: float
    wall_s: float


class OneZygote(Worker):
    """A worker whose zygote takes one submission after the other.

    Trust: only for code that we wrote ourselves, since those before were in the same process.
    """

    def begin(self, limits: TestLimits, place: int | None = None) -> Channel:
        """As any worker's, but with whatever process number comes: those of its places are soon used up."""
        return super().begin(limits)

    def _exchange(self) -> None:
        self.end()
        if self.control is not None:
            try:
                self._load(self.control)
            except WorkerFault:
                self.close()  # the next test starts another one


class TrialGrader(grader.Grader):
    """Grades trials: the verdicts of the stages that each reached."""

    worker_type = OneZygote

    def serve(self, line: bytes, plugin: GradingPlugin) -> None:
        trial = msgspec.json.decode(line, type=Trial)
        graded = Graded(id=trial.id, name="", status="graded", sandbox=self.sandbox.name)
        try:
            self.worker.load(self.course.package, self.package | dict(trial.files), self.data)
            limits = TestLimits(trial.cpu_s, trial.wall_s, self.assignment.limits.output_bytes)
            submission = SubmissionUnderTest(self.worker, self.assignment, limits)
            graded = msgspec.structs.replace(graded, verdicts=tuple(tried(plugin, submission, trial)))
        except (WorkerFault, OSError) as error:
            graded = msgspec.structs.replace(graded, status="needs_attention", reason=str(error))
        self.say(Done(graded))


def tried(plugin: GradingPlugin, submission: SubmissionUnderTest, trial: Trial) -> list[Verdict]:
    """The verdicts of each stage, up to its end."""
    verdicts: list[Verdict] = []
    for stage in trial.stages:
        for test in stage:
            verdicts.append(plugin.run_test(test, submission))
            outcome = verdicts[-1].outcome
            if outcome == "stopped" or (outcome != "passed" and not trial.whole):
                break
    return verdicts


def main(argv: list[str]) -> int:
    """As `grading.grader.main`."""
    return grader.main(argv, TrialGrader)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
