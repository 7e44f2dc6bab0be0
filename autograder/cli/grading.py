"""Grading a class: grade, doctor."""

import os
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.markup import escape

from autograder.boundary import SANDBOXES
from autograder.cli.shared import ERRORS, OUT, course_command, main, shown
from autograder.course.manifest import Course
from autograder.errors import CourseError


@main.command("grade")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--assignment", help="The assignment, or how its name begins: a3.")
@click.option(
    "--nbgrader",
    metavar="COURSE",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Grade what was submitted to nbgrader's course folder, into its gradebook; PATHS is then the assignment.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default="results", show_default=True)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    help="Graders side by side; one for each core by default.",
)
@click.option("--regrade", is_flag=True, help="Grade everything again, also what has not changed.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the tests' random numbers.")
@click.option("--follow-through", is_flag=True, help="Use the reference for modules of other assignments.")
@click.option("--sandbox", type=click.Choice(SANDBOXES[:-1]), default="any", help="Insist on this one.")
@click.option("--trust-submissions", is_flag=True, help="Run without a sandbox. Only for code that you wrote yourself.")
@course_command
def grade_command(
    course: Course,
    paths: tuple[Path, ...],
    assignment: str | None,
    nbgrader: Path | None,
    jobs: int | None,
    **options: Any,
) -> None:
    """Grade submissions: class folders, folders, archives or single files, in any mixture."""
    from autograder.grading import report
    from autograder.grading.batch import Batch
    from autograder.grading.grader import Settings
    from autograder.intake.roster import find_submissions

    if nbgrader is not None:
        _grade_nbgrader(course, nbgrader, [*map(str, paths), *filter(None, [assignment])], jobs, options)
    if assignment is None:
        raise CourseError("grade: which assignment? want --assignment NAME")
    chosen = course.assignment(assignment)
    submissions = find_submissions(paths, package=course.package, modules=chosen.modules)
    settings = Settings(
        course=str(course.root),
        assignment=chosen.name,
        seed=options["seed"],
        follow_through=options["follow_through"],
        sandbox="none" if options["trust_submissions"] else options["sandbox"],
    )
    with report.progress(ERRORS, len(submissions)) as advance:
        batch = Batch(
            course,
            chosen,
            settings,
            options["out"],
            jobs=jobs or os.cpu_count() or 1,
            regrade=options["regrade"],
            progress=advance,
        )
        result = batch.grade(submissions)
    report.print_class(OUT, result)
    raise SystemExit(1 if result.needing_attention else 0)


def _grade_nbgrader(
    course: Course, folder: Path, names: list[str], jobs: int | None, options: dict[str, Any]
) -> NoReturn:
    """`grade --nbgrader COURSE ASSIGNMENT`."""
    import msgspec

    from autograder.grading import report
    from autograder.grading.grader import notebook_settings
    from autograder.installation import pip_install

    if len(names) != 1:
        raise CourseError(f"grade: got {', '.join(names)}; want --nbgrader COURSE and one assignment")
    chosen = course.assignment(names[0])
    try:
        from autograder.platforms.nbgrader.gradebook import IntoGradebook, NbgraderCourse
    except ModuleNotFoundError as error:
        raise CourseError(f'grade: no {error.name} here; run "{pip_install("nbgrader")}"') from None
    settings = msgspec.structs.replace(
        notebook_settings(course, chosen),
        seed=options["seed"],
        sandbox="none" if options["trust_submissions"] else options["sandbox"],
    )
    there = NbgraderCourse(folder, chosen)
    with report.progress(ERRORS, len(there.students())) as advance:
        batch = IntoGradebook(
            there, course, chosen, settings, options["out"], jobs=jobs or os.cpu_count() or 1, progress=advance
        )
        result = batch.grade_all()
    report.print_class(OUT, result)
    OUT.print(f"and into the gradebook of {escape(shown(folder))}")
    raise SystemExit(1 if result.needing_attention else 0)


@main.command("doctor")
def doctor_command() -> None:
    """Say which sandbox this machine can start, and what to install if none."""
    from autograder import installation

    findings = installation.examine()
    if all(finding.good is not False for finding in findings):  # without its libraries no worker starts either
        from autograder.boundary import doctor

        findings += doctor.examine()
    for finding in findings:
        mark = {True: "[green]ok[/green]  ", False: "[red]FAIL[/red]", None: "    "}[finding.good]
        OUT.print(f"{mark} {escape(finding.text)}")
    raise SystemExit(1 if any(finding.good is False for finding in findings) else 0)
