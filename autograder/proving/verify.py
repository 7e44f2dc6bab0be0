"""Proves a course before it is used: full points for the reference, none for the untouched template or for answers that
compute nothing, no drift.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.checks.gradients.noise import NOISY
from autograder.checks.portable import remarks
from autograder.checks.report.summary import number
from autograder.course.exercises import exercises
from autograder.course.manifest import Assignment, Course
from autograder.course.release import drift
from autograder.errors import CourseError
from autograder.grading.batch import Batch, ClassResult
from autograder.grading.jobs import Settings
from autograder.grading.records import Record
from autograder.intake.found import Submission
from autograder.proving.audit import ALL, Audit, audit
from autograder.proving.audit_report import lines
from autograder.proving.reference_first import reference_and_template
from autograder.proving.seeds import run_seeds
from autograder.proving.trivial import ANSWERS


@dataclass(frozen=True)
class Check:
    """One thing proved or refuted, in a line."""

    holds: bool
    line: str


def verify_seeds(course: Course, assignments: Sequence[Assignment], package: Path, n: int, jobs: int) -> list[Check]:
    """That no test ever fails on right code, over the seeds 0 to n - 1, nor comes near to failing."""
    checks = []
    for assignment in assignments:
        report = run_seeds(course, assignment, package, range(n), jobs)
        where = f"{assignment.name}: {report.n_verdicts} verdicts over {n} seeds"
        failures = (
            f"{len(report.failures)} failed, the first: {report.failures[0]}" if report.failures else "none failed"
        )
        checks.append(Check(not report.failures, f"{where}: {failures}"))
        narrow = report.narrow()
        margin = f"{assignment.name}: every tolerance is at least {report.margin:.3g} times what was needed"
        if report.noise > 0:
            margin += f"; gradients are up to {report.noise:.1e} noisy, {NOISY:.0e} is suspect"
        text = f"{assignment.name}: {len(narrow)} tests come near to a tolerance: {'; '.join(narrow[:10])}"
        checks.append(Check(not narrow, text if narrow else margin))
    return checks


def verify(
    course: Course, assignments: Sequence[Assignment], seed: int, jobs: int = 1
) -> tuple[list[Check], list[Audit]]:
    """All checks, in the order in which they are worth reading, and what each assignment pays for nothing."""
    checks: list[Check] = []
    audits: list[Audit] = []
    for assignment in assignments:
        try:
            _promised(course)
            checks += _verify_scores(course, assignment, seed)
            audits.append(audit(course, assignment, jobs, seed))
        except CourseError as error:
            checks.append(Check(False, f"{assignment.name}: cannot be graded: {error}"))
            continue
        wrong = list(lines(audits[-1]))
        checks += [Check(False, line) for line in wrong]
        if not wrong:
            most = max(
                (each.points for each in audits[-1].paid if each.exercise == ALL and each.answer in ANSWERS),
                default=0.0,
            )
            checks.append(
                Check(True, f"{assignment.name}: answers that compute nothing get at most {number(most)} of 100")
            )
    drifted = drift(course)
    where = course.template.name
    checks.append(Check(not drifted, f"{where}: {'; '.join(drifted)}" if drifted else f"{where}: current"))
    return checks, audits


def _promised(course: Course) -> None:
    """CourseError if the reference imports what the course does not promise: it would not be there in the sandbox."""
    files = sorted(course.package_folder.rglob("*.py"))
    importable = [*course.imports, course.package, *(path.stem for path in files)]
    for path in files:
        for line, what in remarks(path.read_text(encoding="utf-8"), importable):
            where = f"{path.relative_to(course.root)}:{line}"
            raise CourseError(f"{where}: {what}; name it in `imports` in assignments/course.toml, or do without")


def _verify_scores(course: Course, assignment: Assignment, seed: int) -> list[Check]:
    with reference_and_template(course) as folders, tempfile.TemporaryDirectory() as out:
        submissions = [Submission(id=name, name="", paths=(path,)) for name, path in folders.items()]
        settings = Settings(course=str(course.root), assignment=assignment.name, seed=seed)
        result = Batch(course, assignment, settings, Path(out), jobs=2).grade(submissions)
    reference, template = (row.record for row in result.rows)
    if reference.load_errors:  # what audits it would import it into this process
        raise CourseError(f"the reference: {reference.trouble}")
    if reference.notes:  # a statement that failed when a module was loaded
        raise CourseError(f"the reference: {reference.notes[0]}")
    return [
        _exercises_tested(course, assignment, result),
        _scored(f"{assignment.name}: the reference", reference, 100.0),
        _scored(f"{assignment.name}: the untouched template", template, 0.0),
    ]


def _exercises_tested(course: Course, assignment: Assignment, result: ClassResult) -> Check:
    """Every exercise of the handout has tests, and every test is of one of them."""
    told = {name for name, exercise in exercises(course).items() if exercise.assignment == assignment.name}
    tested = {test.exercise for test in result.tests}
    if told == tested:
        return Check(True, f"{assignment.name}: {len(result.tests)} tests of {len(told)} exercises, 100 points")
    untested, unknown = sorted(told - tested), sorted(tested - told)
    return Check(
        False,
        f"{assignment.name}: exercises without a test: {untested}; tests of no exercise in the handout: {unknown}",
    )


def _scored(what: str, record: Record, want: float) -> Check:
    got = record.score
    if got is None:
        return Check(False, f"{what} has no score: {record.reason}")
    line = f"{what} gets {number(got)} of 100"
    if record.load_errors:
        return Check(False, f"{line}; {record.trouble}")
    if got == want:
        return Check(True, line)
    unexpected = [test.name for test in record.tests if (test.outcome == "passed") != bool(want)]
    verb = "failed" if want else "passed"
    return Check(False, f"{line}, want {want:g}; {verb}: {', '.join(unexpected[:10]) or record.reason}")
