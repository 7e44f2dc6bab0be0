"""Writing a course and proving it: release, verify, misconceptions, mutate."""

import os
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from autograder.cli.shared import ERRORS, OUT, course_command, main, shown
from autograder.course.handout import exercises
from autograder.course.manifest import Course
from autograder.course.release import drift, release
from autograder.errors import CourseError


@main.command("release")
@click.option("--check", is_flag=True, help="Write nothing; fail if the template is not what it would be.")
@click.option("--only", metavar="ASSIGNMENT", help="One assignment's hand-out alone; needs --out.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write here instead of the template.")
@course_command
def release_command(course: Course, check: bool, only: str | None, out: Path | None) -> None:
    """Write the students' template from the reference and the assignments."""
    if check and (only or out):
        raise CourseError("release: --check looks at the course's own template; leave out --only and --out")
    if only and out is None:
        raise CourseError("release: --only writes one hand-out beside the template; say where with --out DIR")
    if check:
        lines = drift(course)
        for line in lines:
            ERRORS.print(escape(line))
        if lines:
            raise SystemExit(1)
        OUT.print(f"{course.template.name}: current")
        return
    written = release(course, out or course.template, only)
    OUT.print(f"wrote {len(written)} files to {escape(shown(out or course.template))}")


@main.command("verify")
@click.argument("assignments", nargs=-1)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the tests' random numbers.")
@click.option(
    "--seeds", type=click.IntRange(min=1), metavar="N", help="Only run the tests on right code, with so many seeds."
)
@click.option(
    "--package",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="With --seeds: the folder of the right code; the reference by default.",
)
@course_command
def verify_command(
    course: Course, assignments: tuple[str, ...], seed: int, seeds: int | None, package: Path | None
) -> None:
    """Prove that the reference gets everything, the untouched template nothing, and that the template is current.

    Then answers that compute nothing are graded, each exercise alone and all together: zeros, the first input, values
    without gradients and their like. The table shows what the tests pay for them.

    With --seeds, that no test fails on right code whatever the random numbers, and how far it stays from failing.
    """
    from autograder.grading.audit_report import print_audit
    from autograder.grading.verify import verify, verify_seeds

    chosen = [course.assignment(name) for name in assignments] or course.assignments
    if seeds is None:
        checks, audits = verify(course, chosen, seed, os.cpu_count() or 1)
        for each in audits:
            print_audit(OUT, each)
    else:
        checks = verify_seeds(course, chosen, package or course.package_folder, seeds, os.cpu_count() or 1)
    for check in checks:
        mark = "[green]ok[/green]  " if check.holds else "[red]FAIL[/red]"
        OUT.print(f"{mark} {escape(check.line)}")
    raise SystemExit(0 if all(check.holds for check in checks) else 1)


@main.command("misconceptions")
@click.argument("assignments", nargs=-1)
@click.option("--pairs", type=click.IntRange(min=0), default=100, show_default=True, metavar="N")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes side by side; one for each core by default.")
@course_command
def misconceptions_command(course: Course, assignments: tuple[str, ...], pairs: int, jobs: int | None) -> None:
    """Grade a class of all known misconceptions, and print which were named: the confusion matrix.

    Each has to lose points in its own exercise alone, and the feedback has to name it and no other. Then two at once:
    every pair of one exercise, and N pairs of two exercises.
    """
    from autograder.course.misconceptions import read_misconceptions
    from autograder.grading.confusion import choose_pairs, grade_alone, lines, replay

    holds = True
    for assignment in [course.assignment(name) for name in assignments] or course.assignments:
        n_jobs = jobs or os.cpu_count() or 1
        confusions = {"alone": grade_alone(course, assignment, n_jobs)}
        chosen = choose_pairs(read_misconceptions(course, assignment), pairs)
        confusions["in pairs"] = replay(course, assignment, chosen, n_jobs)
        for title, confusion in confusions.items():
            OUT.print(f"[bold]{assignment.name}, {title}[/bold]")
            for line in lines(confusion):
                OUT.print(escape(line))
            holds = holds and confusion.holds
    raise SystemExit(0 if holds else 1)


@main.command("mutate")
@click.argument("assignments", nargs=-1)
@click.option("--exercise", default="", help="Only the mutants of this exercise.")
@click.option(
    "--sample", type=click.IntRange(min=1), metavar="N", help="So many mutants of each assignment, at random."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the sample.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, help="Graders side by side; one for each core by default."
)
@course_command
def mutate_command(course: Course, assignments: tuple[str, ...], jobs: int | None, **options: Any) -> None:
    """Make small mistakes in the reference, one at a time, and show which of them no test finds."""
    from autograder.grading.mutate import mutate
    from autograder.grading.mutation_report import print_mutations, progress

    chosen = [course.assignment(name) for name in assignments] or course.assignments
    if exercise := options["exercise"]:
        names = {each.name for each in chosen}
        known = {name: each.assignment for name, each in exercises(course).items() if each.assignment in names}
        if exercise not in known:
            raise CourseError(f"mutate: got exercise {exercise!r}, want one of {', '.join(known)}")
        chosen = [course.assignment(known[exercise])]
    mutations = []
    for assignment in chosen:
        with progress(ERRORS, assignment.name) as advance:
            mutations.append(mutate(course, assignment, jobs=jobs or os.cpu_count() or 1, progress=advance, **options))
    print_mutations(OUT, mutations)
    raise SystemExit(0 if all(each.holds for each in mutations) else 1)
