"""Writing a course and proving it: release, verify, misconceptions, mutate."""

from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from autograder.cli.shared import (
    ASSIGNMENTS,
    ERRORS,
    EXERCISES,
    OUT,
    assignments_argument,
    course_command,
    jobs_option,
    json_option,
    main,
    out_option,
    print_json,
    seed_option,
    shown,
)
from autograder.course.exercises import exercises
from autograder.course.manifest import Course
from autograder.course.release import drift, release
from autograder.errors import CourseError

ON_STDOUT = "Nothing but its report, on standard output; progress on standard error. The course is not changed."


@main.command(
    "release",
    examples=("autograder release", "autograder release --check", "autograder release --only a1 --out a1-hand-out"),
    writes="The template's folder anew, or the folder of --out; with --check nothing.",
    done="written, or with --check current",
    look="with --check: the template is not what release would write; standard error says where",
)
@click.option("--check", is_flag=True, help="Write nothing; fail if the template is not what it would be.")
@click.option(
    "--only", metavar="ASSIGNMENT", shell_complete=ASSIGNMENTS, help="One assignment's hand-out alone; needs --out."
)
@out_option(show_default="the course's template")
@json_option
@course_command
def release_command(course: Course, check: bool, only: str | None, out: Path | None, as_json: bool) -> None:
    """Write the students' template from the reference and the assignments."""
    if check and (only or out):
        raise CourseError("release: --check looks at the course's own template; leave out --only and --out")
    if only and out is None:
        raise CourseError("release: --only writes one hand-out beside the template; say where with --out DIR")
    if check:
        lines = drift(course)
        for line in lines if not as_json else ():
            ERRORS.print(escape(line))
        if as_json:
            print_json({"holds": not lines, "drift": lines})
        elif not lines:
            OUT.print(f"{course.template.name}: current")
        raise SystemExit(1 if lines else 0)
    written = release(course, out or course.template, only)
    if as_json:
        print_json({"out": str((out or course.template).resolve()), "files": len(written)})
    else:
        OUT.print(f"wrote {len(written)} files to {escape(shown(out or course.template))}")


@main.command(
    "verify",
    examples=(
        "autograder verify",
        "autograder verify a1 --json",
        "autograder verify --seeds 20",
        "autograder verify a1 --seeds 20 --package my-solution",
    ),
    writes=ON_STDOUT,
    done="everything holds",
    look="something does not; its line begins with FAIL",
)
@assignments_argument
@seed_option
@click.option(
    "--seeds", type=click.IntRange(min=1), metavar="N", help="Only run the tests on right code, with so many seeds."
)
@click.option(
    "--package",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="With --seeds: the folder of the right code; the reference by default.",
)
@jobs_option
@json_option
@course_command
def verify_command(
    course: Course,
    assignments: tuple[str, ...],
    seed: int,
    seeds: int | None,
    package: Path | None,
    jobs: int,
    as_json: bool,
) -> None:
    """Prove that the reference gets everything, the untouched template nothing, and that the template is current.

    Then answers that compute nothing are graded, each exercise alone and all together: zeros, the first input, values
    without gradients and their like. The table shows what the tests pay for them.

    With --seeds, that no test fails on right code whatever the random numbers, and how far it stays from failing.
    """
    from autograder.proving.audit_report import audit_document, print_audit
    from autograder.proving.verify import verify, verify_seeds

    chosen = [course.assignment(name) for name in assignments] or course.assignments
    if seeds is None:
        checks, audits = verify(course, chosen, seed, jobs)
    else:
        checks, audits = verify_seeds(course, chosen, package or course.package_folder, seeds, jobs), []
    holds = all(check.holds for check in checks)
    if as_json:
        told = [{"holds": check.holds, "text": check.line} for check in checks]
        print_json({"holds": holds, "checks": told, "audits": list(map(audit_document, audits))})
    else:
        for each in audits:
            print_audit(OUT, each)
        for check in checks:
            mark = "[green]ok[/green]  " if check.holds else "[red]FAIL[/red]"
            OUT.print(f"{mark} {escape(check.line)}")
    raise SystemExit(0 if holds else 1)


@main.command(
    "misconceptions",
    examples=("autograder misconceptions a1", "autograder misconceptions a1 --json"),
    writes=ON_STDOUT,
    done="each mistake is named, and hardly ever another",
    look="some are not, or one costs points where it was not made",
)
@assignments_argument
@click.option(
    "--pairs",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    metavar="N",
    help="So many pairs of two exercises, drawn by chance, beside all of one exercise. 0: none of either.",
)
@jobs_option
@json_option
@course_command
def misconceptions_command(course: Course, assignments: tuple[str, ...], pairs: int, jobs: int, as_json: bool) -> None:
    """Grade a class of all known misconceptions, and print which were named: the confusion matrix.

    Each has to lose points in its own exercise alone, and the feedback has to name it and no other. Then two at once:
    every pair of one exercise, and N pairs of two exercises.
    """
    from autograder.course.misconceptions import read_misconceptions
    from autograder.proving.confusion import choose_pairs, confusion_document, grade_alone, lines, replay

    holds = True
    documents = []
    for assignment in [course.assignment(name) for name in assignments] or course.assignments:
        confusions = {"alone": grade_alone(course, assignment, jobs)}
        if pairs:
            chosen = choose_pairs(read_misconceptions(course, assignment), pairs)
            confusions["in pairs"] = replay(course, assignment, chosen, jobs)
        holds = holds and all(confusion.holds for confusion in confusions.values())
        for title, confusion in confusions.items():
            documents.append({"assignment": assignment.name, "made": title, **confusion_document(confusion)})
            if not as_json:
                OUT.print(f"[bold]{assignment.name}, {title}[/bold]")
                for line in lines(confusion):
                    OUT.print(escape(line))
    if as_json:
        print_json({"holds": holds, "confusions": documents})
    raise SystemExit(0 if holds else 1)


@main.command(
    "mutate",
    examples=(
        "autograder mutate a1",
        "autograder mutate a1 --exercise layers.Mean",
        "autograder mutate --sample 20 --json",
    ),
    writes=ON_STDOUT,
    done="every mutant loses points, or is listed in equivalent_mutants.toml",
    look="one keeps all points, or a listed one is stale",
)
@assignments_argument
@click.option("--exercise", shell_complete=EXERCISES, default="", help="Only the mutants of this exercise.")
@click.option(
    "--sample", type=click.IntRange(min=1), metavar="N", help="So many mutants of each assignment, at random."
)
@seed_option
@jobs_option
@json_option
@course_command
def mutate_command(course: Course, assignments: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Make small mistakes in the reference, one at a time, and show which of them no test finds."""
    from autograder.proving.mutation import mutate
    from autograder.proving.mutation_report import mutation_document, print_mutations, progress

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
            mutations.append(mutate(course, assignment, progress=advance, **options))
    holds = all(each.holds for each in mutations)
    if as_json:
        print_json({"holds": holds, "assignments": list(map(mutation_document, mutations))})
    else:
        print_mutations(OUT, mutations)
    raise SystemExit(0 if holds else 1)
