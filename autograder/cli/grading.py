"""Grading a class: grade, doctor."""

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.markup import escape

from autograder.boundary import SANDBOXES
from autograder.cli.shared import (
    ASSIGNMENTS,
    ERRORS,
    OUT,
    course_command,
    jobs_option,
    json_option,
    main,
    out_option,
    print_json,
    seed_option,
    shown,
    store_option,
)
from autograder.course.manifest import Course
from autograder.errors import CourseError

if TYPE_CHECKING:
    from autograder.course.manifest import Assignment
    from autograder.grading.batch import ClassResult
    from autograder.grading.graders import Pool
    from autograder.grading.jobs import Settings
    from autograder.grading.results_folder import Row
    from autograder.intake import Submission
    from autograder.records import KeptFolder


@main.command(
    "grade",
    examples=(
        "autograder grade hand-ins/ --assignment a1",
        "autograder grade hand-ins/ ann.zip late/bob.py --assignment a1 --out other-seed --seed 7",
        "autograder grade hand-ins/ --assignment a1 --only ann --only bob",
        "autograder grade hand-ins/ --assignment a1 --since 2026-01-31 --max-failures 5",
        "autograder grade hand-ins/ --assignment a1 --dry-run",
        "autograder grade hand-ins/ --assignment a1 --json > class.json",
        "autograder grade hand-ins/ --assignment a1 --cluster tls://scheduler:8786",
        "autograder grade --nbgrader course a1",
    ),
    writes="To the folder of --out, which is one assignment's: grades.csv for the class, and for each submission "
    "ID/results.json (Gradescope's format, what the student may see) and ID/instructor.json (everything). With "
    "--nbgrader also into its gradebook. The table, or the document of --json, goes to standard output; progress, and "
    "what was ignored in a class folder and why, to standard error.",
    done="all are graded",
    look="some need attention; they are listed first, and graded again on the next run. Or a regrade "
    "gives somebody less and nobody accepted that: the old scores stay. With --dry-run: a score would change",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--assignment", shell_complete=ASSIGNMENTS, help="The assignment, or how its name begins.")
@click.option(
    "--nbgrader",
    metavar="COURSE",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Grade what was submitted to nbgrader's course folder, into its gradebook; PATHS is then the assignment.",
)
@click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A CSV of the class, as Canvas or Moodle exports it or with a column id: it decides whose a name with two "
    "readings is.",
)
@out_option(show_default="results/ASSIGNMENT")
@store_option
@jobs_option
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Grade on the workers of this scheduler of dask.distributed, which have this engine installed.",
)
@click.option(
    "--log",
    "log_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Add a line for each hand-in to this file: time, id, score, seconds, what came of it.",
)
@click.option("--only", "ids", multiple=True, metavar="ID", help="Grade this student's alone; may be repeated.")
@click.option(
    "--since",
    type=click.DateTime(("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")),
    help="Grade only what was submitted or changed since.",
)
@click.option("--part", is_flag=True, help="PATHS hold a part of the class: nobody has left who is not in them.")
@click.option(
    "--max-failures", type=click.IntRange(min=1), metavar="N", help="Stop after so many that could not be graded."
)
@click.option("--dry-run", is_flag=True, help="Write nothing; show whose score would change, and in which test.")
@click.option("--yes", is_flag=True, help="Accept it without asking if a regrade gives somebody less.")
@click.option("--regrade", is_flag=True, help="Grade everything again, also what has not changed.")
@seed_option
@click.option(
    "--follow-through",
    is_flag=True,
    help="Solve what earlier assignments ask for in modules of others; notebooks hold none of it.",
)
@click.option("--sandbox", type=click.Choice(SANDBOXES[:-1]), default="any", help="Insist on this one.")
@click.option("--trust-submissions", is_flag=True, help="Run without a sandbox. Only for code that you wrote yourself.")
@json_option
@course_command
def grade_command(
    course: Course,
    paths: tuple[Path, ...],
    assignment: str | None,
    nbgrader: Path | None,
    roster: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Grade submissions: class folders, folders, archives or single files, in any mixture."""
    from autograder.grading import terminal
    from autograder.grading.batch import Batch
    from autograder.grading.harmless import printable
    from autograder.grading.jobs import Settings
    from autograder.grading.log import log
    from autograder.intake.roster import find_submissions
    from autograder.platforms.gradebook.rosters import key, read_keys
    from autograder.proving.reference_first import PROVED, reference_first
    from autograder.records import DryRun

    if nbgrader is not None:
        _grade_nbgrader(course, nbgrader, [*map(str, paths), *filter(None, [assignment])], as_json, options)
    if assignment is None:
        raise CourseError("grade: which assignment? want --assignment NAME")
    chosen = course.assignment(assignment)
    known = read_keys(roster) if roster else frozenset()
    submissions = find_submissions(
        paths, package=course.package, modules=chosen.modules, is_known=lambda identity: key(identity) in known
    )
    terminal.print_ignored(ERRORS, submissions.ignored)
    out = options["out"] or Path("results") / chosen.name
    settings = Settings(
        course=str(course.root),
        assignment=chosen.name,
        seed=options["seed"],
        follow_through=options["follow_through"],
        sandbox="none" if options["trust_submissions"] else options["sandbox"],
        secrets=tuple(map(os.fsencode, (*paths, out))),
    )
    asked = _chosen(submissions, options)
    kept = _kept_folder(course, settings, out, submissions.is_class, options)

    def tell(row: "Row") -> None:
        advance(row)
        add_line(row)

    with (
        log(options["log_file"]) as add_line,
        tempfile.TemporaryDirectory() as beside,
        terminal.progress(ERRORS, len(asked)) as advance,
    ):
        batch = Batch(
            course,
            chosen,
            settings,
            DryRun(Path(beside), kept) if options["dry_run"] else kept,
            max_failures=options["max_failures"],
            before=reference_first(course, chosen, out / PROVED),
            pool=_cluster(course, chosen, options["cluster"]),
            jobs=options["jobs"],
            regrade=options["regrade"],
            progress=tell,
        )
        result = batch.grade(asked)
    if options["dry_run"]:
        _tell_changes(kept.path, result, as_json)
    n_lower = _ask_about_lower(kept, result, options["yes"])
    if as_json:
        ignored = [{"path": printable(str(each.path)), "reason": each.reason} for each in submissions.ignored]
        print_json(terminal.class_document(result) | {"ignored": ignored})
    else:
        terminal.print_class(OUT, result)
    raise SystemExit(1 if result.needing_attention or n_lower else 0)


def _cluster(course: Course, assignment: "Assignment", address: str | None) -> "Callable[[Settings], Pool] | None":
    """What makes graders on the workers of a scheduler; None for those of this machine."""
    if address is None:
        return None
    try:
        from autograder.cluster.graders import ClusterGraders
    except ModuleNotFoundError as error:
        from autograder.installation import pip_install

        missing = str(error.name).partition(".")[0]
        raise CourseError(f'cluster: no {missing} here; run "{pip_install("cluster")}"') from None

    def tell(line: str) -> None:
        ERRORS.print(f"[yellow]cluster[/yellow]: {escape(line)}")

    return lambda settings: ClusterGraders(course, assignment, settings, address, tell)


def _ask_about_lower(kept: "KeptFolder", result: "ClassResult", yes: bool) -> int:
    """How many regrades that give less were not kept; a person is asked, or --yes has said it."""
    from autograder.cli.records import show_comparison

    if not kept.lower:
        return 0
    n_lower = len(kept.lower)
    show_comparison(kept.compare_lower(result.tests), ERRORS)
    question = f"{n_lower} would have less for the same hand-in. Keep that?"
    if yes or (_is_terminal() and click.confirm(question, err=True)):
        result.rows = kept.accept_lower(result.rows, result.tests)
        return 0
    ERRORS.print(
        f"[yellow]{n_lower} would have less[/yellow] for the same hand-in, and keep the old scores: look at the tests, "
        "and accept the new ones with --yes"
    )
    return n_lower


def _is_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _tell_changes(kept: Path, result: "ClassResult", as_json: bool) -> NoReturn:
    """What a dry run would change in the folder that is kept."""
    import msgspec

    from autograder.cli.records import show_comparison
    from autograder.records.comparing import by_id, compare

    after = {row.record.id: row.record for row in result.rows}
    before = {identity: record for identity, record in by_id(kept).items() if identity in after}
    comparison = compare(before, after)
    if as_json:
        print_json(msgspec.to_builtins(comparison))
    else:
        show_comparison(comparison, OUT)
        OUT.print("a dry run: nothing was written; without --dry-run it is")
    raise SystemExit(1 if comparison.changes or result.needing_attention else 0)


def _kept_folder(
    course: Course, settings: "Settings", out: Path, is_class: bool, options: dict[str, Any], left_out: str = ""
) -> "KeptFolder":
    """Where it is kept; the class is whole if a class's folder was given and nothing of it left out."""
    from autograder.records import KeptFolder, Owner, Store, file_url

    is_whole = is_class and not (options["ids"] or options["since"] or options["part"])
    owner = Owner.of(course, settings)
    return KeptFolder(out, owner, Store(options["store"] or file_url(out), owner), is_whole, left_out)


def _chosen(submissions: "Sequence[Submission]", options: dict[str, Any]) -> "Sequence[Submission]":
    """Those that --only and --since leave."""
    from autograder.intake import choosing

    if options["ids"]:
        submissions = choosing.only(submissions, options["ids"])
    return choosing.since(submissions, options["since"]) if options["since"] else submissions


def _grade_nbgrader(course: Course, folder: Path, names: list[str], as_json: bool, options: dict[str, Any]) -> NoReturn:
    """`grade --nbgrader COURSE ASSIGNMENT`."""
    import msgspec

    from autograder.cli.records import show_comparison
    from autograder.grading import terminal
    from autograder.grading.jobs import notebook_settings
    from autograder.installation import pip_install
    from autograder.proving.reference_first import PROVED, reference_first

    if options["cluster"]:
        raise CourseError("grade: --cluster does not go with --nbgrader, whose gradebook is on this machine alone")
    if options["log_file"]:
        raise CourseError("grade: --log does not go with --nbgrader; its progress is shown alone")
    if options["dry_run"]:
        raise CourseError("grade: --dry-run does not go with --nbgrader, whose gradebook is written as it is graded")
    if len(names) != 1:
        raise CourseError(f"grade: got {', '.join(names)}; want --nbgrader COURSE and one assignment")
    chosen = course.assignment(names[0])
    try:
        from autograder.platforms.nbgrader.gradebook import LEFT_OUT, IntoGradebook, NbgraderCourse
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        raise CourseError(f'grade: no {missing} here; run "{pip_install("nbgrader")}"') from None
    settings = msgspec.structs.replace(
        notebook_settings(course, chosen),
        seed=options["seed"],
        sandbox="none" if options["trust_submissions"] else options["sandbox"],
        secrets=(os.fsencode(folder),),
    )
    there = NbgraderCourse(folder, chosen)
    with terminal.progress(ERRORS, len(there.students())) as advance:
        where = options["out"] or Path("results") / chosen.name
        out = _kept_folder(course, settings, where, True, options, LEFT_OUT)
        more = {name: options[name] for name in ("jobs", "max_failures")}
        more["before"] = reference_first(course, chosen, out.path / PROVED)
        batch = IntoGradebook(there, course, chosen, settings, out, progress=advance, **more)
        result = batch.grade_all(lambda submissions: _chosen(submissions, options))
    # nbgrader's gradebook has been written, and two truths would be one too many.
    if out.lower:
        show_comparison(out.compare_lower(result.tests), ERRORS)
        result.rows = out.accept_lower(result.rows, result.tests)
    if as_json:
        print_json(terminal.class_document(result) | {"left_out": LEFT_OUT})
    else:
        terminal.print_class(OUT, result)
        OUT.print(f"and into the gradebook of {escape(shown(folder))}")
        OUT.print(f"the scores here are without {LEFT_OUT}")
    raise SystemExit(1 if result.needing_attention else 0)


@main.command(
    "doctor",
    examples=("autograder doctor", "autograder doctor --json"),
    writes="Nothing but its findings, on standard output.",
    done="this machine can grade in a sandbox that holds",
    look="it cannot; a line that begins with FAIL says what to do",
)
@json_option
def doctor_command(as_json: bool) -> None:
    """Say what this machine lacks, which sandbox it can start, and what to install or to allow if none."""
    from autograder import installation

    findings = installation.examine()
    if not installation.missing():  # without its libraries no worker starts either
        try:
            from autograder.boundary import doctor

            findings += doctor.examine()
        except ImportError as error:
            text = f'installation: {error}; run "{installation.pip_install("", "--force-reinstall")}"'
            findings.append(installation.Finding(False, text))
    holds = all(finding.good is not False for finding in findings)
    if as_json:
        print_json({"holds": holds, "findings": list(map(asdict, findings))})
    else:
        for finding in findings:
            mark = {True: "[green]ok[/green]  ", False: "[red]FAIL[/red]", None: "    "}[finding.good]
            OUT.print(f"{mark} {escape(finding.text)}")
    raise SystemExit(0 if holds else 1)
