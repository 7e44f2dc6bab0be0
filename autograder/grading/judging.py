"""Makes of what a test raised, and in which phase, one of four outcomes: passed, failed, stopped, fault."""

import pytest

from autograder.boundary.ends import Stopped, WorkerFault
from autograder.boundary.remote import OpaqueValue
from autograder.boundary.student_error import StudentError
from autograder.checks.gradients import GradcheckUndecided
from autograder.checks.report.student_report import failure_message
from autograder.checks.report.summary import read_stub_message
from autograder.checks.words import say
from autograder.grading.verdicts import Code, Outcome, StudentWords

# Raised by a test's own code these are the machine's doing or the test author's, whatever the student returned.
FAULTS = (
    OSError,
    MemoryError,
    ImportError,
    NameError,
    SyntaxError,
    GradcheckUndecided,
    WorkerFault,
    KeyboardInterrupt,
    SystemExit,
)
OF_THE_SUBMISSION = (StudentError, Stopped, OpaqueValue)

Phases = list[tuple[str, BaseException | None]]  # the phases of a test that came to their end, and what each raised


def judge(
    phases: Phases, stopped: Stopped | None = None, fault: Exception | None = None
) -> tuple[Outcome, Code, str, StudentWords]:
    """(outcome, code, message, the student's own words) of a test, from what it raised in which phase.

    Whatever a test makes of it, student code that was stopped is not a pass, and neither is a fault; only a test that
    was called and raised nothing is one. In set-up and tear-down anything but the submission's own trouble is a fault.
    """
    none = StudentWords()
    raised = [(phase, error) for phase, error in phases if error is not None]
    for phase, error in raised:
        if not isinstance(error, OF_THE_SUBMISSION) and (phase != "call" or isinstance(error, FAULTS)):
            return "fault", "fault", f"{phase}: {type(error).__name__}: {error}", none
    if fault is not None:
        return "fault", "fault", f"{type(fault).__name__}: {fault}", none
    if stopped is not None:
        return "stopped", stopped.code, str(stopped), none
    if not raised:
        if [phase for phase, _ in phases] != ["setup", "call", "teardown"]:
            return "fault", "fault", "the test was not run", none
        return "passed", "passed", "", none
    _, error = raised[0]
    if isinstance(error, Stopped):
        return "stopped", error.code, str(error), none
    if isinstance(error, StudentError):
        words = error.raised
        said = StudentWords(where=words.where, trace=words.trace)
        stub = read_stub_message(words.text) if isinstance(error, NotImplementedError) else None
        if stub is not None:
            message = say("not_done.exercise", exercise=stub.exercise, section=stub.section)
            return "failed", "not_implemented", message, said
        message = say("failed.raised_at" if words.where else "failed.raised", error=error, where=words.where)
        return "failed", "raised", message, said
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return "failed", "wrong", failure_message(error), none
    if isinstance(error, pytest.skip.Exception):
        return "fault", "fault", "the test skipped itself; a graded test has to come to a verdict", none
    return "failed", "unusable", say("failed.unusable", error=f"{type(error).__name__}: {error}"), none
