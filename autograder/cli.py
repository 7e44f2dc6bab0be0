"""The command line: release, grade, verify, misconceptions, mutate, export, gradebook, doctor.

Exit status: 0 all is well, 1 something needs attention, 2 wrong use or a file that cannot be read or written,
130 interrupted.
"""

import errno
import os
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape

from autograder.boundary.sandbox import SANDBOXES
from autograder.course.handout import exercises
from autograder.course.manifest import Course
from autograder.course.release import drift, release
from autograder.errors import CourseError

OUT = Console(highlight=False, soft_wrap=True)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True)


class Failure(click.ClickException):
    """An error of the user's input: one line on standard error, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        ERRORS.print(f"[red]error:[/red] {escape(self.message)}")


class Commands(click.Group):
    """A group whose commands end in one line and an exit status, whatever went wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CourseError as error:
            raise Failure(str(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever was to read our output has gone; click knows what to do
                raise
            raise Failure(f"{error.filename or 'system'}: {error.strerror or error}") from error
        except KeyboardInterrupt:
            # Who asks again while we leave gets the same line and status, not a death by signal on the way out.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            ERRORS.print("stopped; what was finished is kept: run the same command again to go on")
            raise SystemExit(130) from None


def _course_command(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command its course."""

    @click.option(
        "--course",
        "course_folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=".",
        help="The course's folder, or one inside it; this folder by default.",
    )
    @wraps(command)
    def run(course_folder: Path, **options: Any) -> Any:
        return command(Course.find(course_folder), **options)

    return run


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="feedforward-autograder")
def main() -> None:
    """Grades courses whose exercises are stubs, with student code shut in a sandbox."""
    # A polite kill takes the way out that Ctrl-C takes: graders and sandboxes end, finished results stay.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


@main.command("release")
@click.option("--check", is_flag=True, help="Write nothing; fail if the template is not what it would be.")
@click.option("--only", metavar="ASSIGNMENT", help="One assignment's hand-out alone; needs --out.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write here instead of the template.")
@_course_command
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
    OUT.print(f"wrote {len(written)} files to {escape(_shown(out or course.template))}")


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
@_course_command
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

    if len(names) != 1:
        raise CourseError(f"grade: got {', '.join(names)}; want --nbgrader COURSE and one assignment")
    chosen = course.assignment(names[0])
    try:
        from autograder.platforms.nbgrader.gradebook import IntoGradebook, NbgraderCourse
    except ModuleNotFoundError as error:
        raise CourseError(
            f"grade: no {error.name} here; run \"pip install 'feedforward-autograder[nbgrader]'\""
        ) from None
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
    OUT.print(f"and into the gradebook of {escape(_shown(folder))}")
    raise SystemExit(1 if result.needing_attention else 0)


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
@_course_command
def verify_command(
    course: Course, assignments: tuple[str, ...], seed: int, seeds: int | None, package: Path | None
) -> None:
    """Prove that the reference gets everything, the untouched template nothing, and that the template is current.

    With --seeds, that no test fails on right code whatever the random numbers, and how far it stays from failing.
    """
    from autograder.grading.verify import verify, verify_seeds

    chosen = [course.assignment(name) for name in assignments] or course.assignments
    if seeds is None:
        checks = verify(course, chosen, seed)
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
@_course_command
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
@_course_command
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


@main.group("export", cls=Commands)
def export_group() -> None:
    """Write an assignment for a platform: what it takes there, made from the same source."""


@export_group.command("notebook")
@click.argument("assignment")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder to write to.")
@click.option("--solutions", is_flag=True, help="The instructor's version, with the reference's code in the cells.")
@_course_command
def export_notebook(course: Course, assignment: str, out: Path, solutions: bool) -> None:
    """Write an assignment as notebooks, English and Russian, with all that they need to run."""
    from autograder.platforms.notebook import export

    written = export(course, course.assignment(assignment), out, solutions=solutions)
    notebooks = " and ".join(path.name for path in written if path.suffix == ".ipynb")
    OUT.print(f"wrote {escape(notebooks)}, and {len(written)} files in all, to {escape(_shown(out))}")


@export_group.command("gradescope")
@click.argument("assignment")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder to write to.")
@click.option("--minutes", type=click.IntRange(1, 40), default=10, show_default=True, help="The time limit set there.")
@click.option("--late-penalty", type=click.FloatRange(0, 100), default=0, metavar="PERCENT", help="For each day begun.")
@click.option("--max-attempts", type=click.IntRange(min=1), default=None, help="Any number by default.")
@click.option("--cooldown", "cooldown_minutes", type=click.IntRange(min=0), default=0, metavar="MINUTES")
@click.option("--leaderboard", is_flag=True, help="Fill a leaderboard: points and exercises done.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the tests' random numbers.")
@click.option(
    "--follow-through/--own-modules", default=True, help="Earlier modules: the reference's, or students' own."
)
@_course_command
def export_gradescope(course: Course, assignment: str, out: Path, max_attempts: int | None, **options: Any) -> None:
    """Write the autograder.zip of an assignment."""
    from autograder.platforms.gradescope import Options, export

    chosen = course.assignment(assignment)
    written = export(course, chosen, out, Options(chosen.name, max_attempts=max_attempts or 0, **options))
    OUT.print(f"wrote {escape(_shown(written))}; upload it there under Configure Autograder")
    OUT.print(f"set there: Ubuntu 22.04 or newer, 1 CPU and 1.5 GB or more, a timeout of {options['minutes']} minutes")


@export_group.command("otter")
@click.argument("assignment")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder to write to.")
@click.option("--language", default="", metavar="CODE", help="Of the handout: ru. English by default.")
@_course_command
def export_otter(course: Course, assignment: str, out: Path, language: str) -> None:
    """Write an assignment for otter-grader: a master notebook, and all that `otter assign` takes with it."""
    from autograder.platforms.otter.export import export

    written = export(course, course.assignment(assignment), out, language=language)
    (master,) = (path for path in written if path.suffix == ".ipynb")
    OUT.print(f"wrote {escape(_shown(master))}, with its solutions, and {len(written)} files in all")
    OUT.print(f"next: otter assign {escape(_shown(master))} {escape(_shown(out))}-dist")


@export_group.command("nbgrader")
@click.argument("assignment")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="nbgrader's course folder."
)
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True, help="Of the notebook.")
@_course_command
def export_nbgrader(course: Course, assignment: str, out: Path, language: str) -> None:
    """Add an assignment to a course folder of nbgrader's, which its commands then work on."""
    from autograder.platforms.nbgrader.export import CONFIG, export

    written = export(course, course.assignment(assignment), out, language=language)
    OUT.print(f"wrote {len(written)} files to {escape(_shown(out))}")
    if out / CONFIG not in written:
        OUT.print(f"{CONFIG} was there and stays as it is")


@main.command("gradebook")
@click.argument("results", type=click.Path(path_type=Path, file_okay=False))
@click.option("--for", "platform", type=click.Choice(["canvas", "moodle"]), required=True)
@click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Canvas: the exported gradebook. Moodle: the assignment's grading worksheet.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The CSV to import there.")
@click.option("--column", default="", help="The column to fill, if there are several.")
@click.option("--scale", is_flag=True, help="Convert scores to the points that the column has there.")
def gradebook_command(results: Path, platform: str, roster: Path, out: Path, column: str, scale: bool) -> None:
    """Fill a gradebook's CSV with the scores of a results folder."""
    from autograder.platforms.gradebook import fill

    filled = fill(results, platform, roster, out, column=column, scale=scale)
    OUT.print(f"wrote {escape(_shown(out))}: {filled.n_filled} scores in {escape(repr(filled.column))}")
    OUT.print(
        f"of these replaced another score: {filled.n_other}; without a result, left as it was: {filled.n_without}"
    )
    for line in filled.to_look_at:
        OUT.print(f"[yellow]look at[/yellow] {escape(line)}")
    raise SystemExit(1 if filled.to_look_at else 0)


@main.command("doctor")
def doctor_command() -> None:
    """Say which sandbox this machine can start, and what to install if none."""
    from autograder.boundary.doctor import examine

    findings = examine()
    for finding in findings:
        mark = {True: "[green]ok[/green]  ", False: "[red]FAIL[/red]", None: "    "}[finding.good]
        OUT.print(f"{mark} {escape(finding.text)}")
    raise SystemExit(1 if any(finding.good is False for finding in findings) else 0)


def _shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    path = path.resolve()
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
