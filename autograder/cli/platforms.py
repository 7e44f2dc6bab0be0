"""Other platforms: export, gradebook. Each is loaded when it is asked for."""

import importlib.util
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from autograder.cli.shared import (
    OUT,
    Commands,
    assignment_argument,
    assignments_argument,
    course_command,
    json_option,
    language_option,
    main,
    out_option,
    print_json,
    seed_option,
    shown,
)
from autograder.course.manifest import Course
from autograder.errors import CourseError


@main.group("export", cls=Commands)
def export_group() -> None:
    """Write an assignment for a platform: what it takes there, made from the same source."""


@export_group.command(
    "notebook",
    examples=(
        "autograder export notebook a1 --out a1-notebook",
        "autograder export notebook a1 --language ru --out a1-ru",
    ),
    writes="To the folder of --out the notebooks, and beside them the package, the public tests and what checks them. "
    "Files there that were worked on since are never replaced.",
    done="written",
)
@assignment_argument
@out_option(required=True)
@click.option("--solutions", is_flag=True, help="The instructor's version, with the reference's code in the cells.")
@language_option(None)
@course_command
def export_notebook(course: Course, assignment: str, out: Path, **options: Any) -> None:
    """Write an assignment as notebooks, one for each language, with all that they need to run."""
    from autograder.platforms.notebook_file import export

    written = export(course, course.assignment(assignment), out, **options)
    notebooks = " and ".join(path.name for path in written if path.suffix == ".ipynb")
    OUT.print(f"wrote {escape(notebooks)}, and {len(written)} files in all, to {escape(shown(out))}")


@export_group.command(
    "gradescope",
    examples=(
        "autograder export gradescope a1 --out a1-gradescope",
        "autograder export gradescope a1 --out a1-gradescope --max-attempts 5 --late-penalty 10 --minutes 20",
    ),
    writes="autograder.zip to the folder of --out. It holds the hidden tests and the reference.",
    done="written",
)
@assignment_argument
@out_option(required=True)
@click.option("--minutes", type=click.IntRange(1, 40), default=10, show_default=True, help="The time limit set there.")
@click.option("--late-penalty", type=click.FloatRange(0, 100), default=0, metavar="PERCENT", help="For each day begun.")
@click.option("--max-attempts", type=click.IntRange(min=1), default=None, help="Any number by default.")
@click.option(
    "--cooldown",
    "cooldown_minutes",
    type=click.IntRange(min=0),
    default=0,
    metavar="MINUTES",
    help="Between two attempts.",
)
@click.option("--leaderboard", is_flag=True, help="Fill a leaderboard: points and exercises done.")
@seed_option
@click.option(
    "--follow-through/--own-modules", default=True, help="Earlier modules: the reference's, or students' own."
)
@course_command
def export_gradescope(course: Course, assignment: str, out: Path, max_attempts: int | None, **options: Any) -> None:
    """Write the autograder.zip of an assignment."""
    from autograder.platforms.gradescope import Options, export

    chosen = course.assignment(assignment)
    written = export(course, chosen, out, Options(chosen.name, max_attempts=max_attempts or 0, **options))
    OUT.print(f"wrote {escape(shown(written))}; upload it there under Configure Autograder")
    OUT.print(f"set there: Ubuntu 22.04 or newer, 1 CPU and 1.5 GB or more, a timeout of {options['minutes']} minutes")


@export_group.command(
    "otter",
    examples=(
        "autograder export otter a1 --out a1-otter",
        "autograder export otter a1 --out a1-otter-ru --language ru",
    ),
    writes="To the folder of --out what `otter assign` takes. It holds the hidden tests and the reference. Files there "
    "that were worked on since are never replaced.",
    done="written",
)
@assignment_argument
@out_option(required=True)
@language_option("en")
@course_command
def export_otter(course: Course, assignment: str, out: Path, language: str) -> None:
    """Write an assignment for otter-grader: a master notebook, and all that `otter assign` takes with it."""
    from autograder.installation import pip_install
    from autograder.platforms.otter.export import export

    written = export(course, course.assignment(assignment), out, language=language)
    (master,) = (path for path in written if path.suffix == ".ipynb")
    OUT.print(f"wrote {escape(shown(master))}, with its solutions, and {len(written)} files in all")
    if importlib.util.find_spec("otter") is None:
        OUT.print(f"otter is not here; run {escape(pip_install('otter'))}")
    OUT.print(f"next: {escape(shlex.join(['otter', 'assign', shown(master), f'{shown(out)}-dist']))}")


@export_group.command(
    "nbgrader",
    examples=(
        "autograder export nbgrader a1 --out course",
        "autograder export nbgrader a2 --out course --language ru",
    ),
    writes="To nbgrader's course folder, that of --out: source/ASSIGNMENT, with the solutions, and once "
    "nbgrader_config.py. Files there that were worked on since are never replaced.",
    done="written",
)
@assignment_argument
@out_option(required=True)
@language_option("en")
@course_command
def export_nbgrader(course: Course, assignment: str, out: Path, language: str) -> None:
    """Add an assignment to a course folder of nbgrader's, which its commands then work on."""
    from autograder.platforms.nbgrader.export import CONFIG, export

    written = export(course, course.assignment(assignment), out, language=language)
    OUT.print(f"wrote {len(written)} files to {escape(shown(out))}")
    if out / CONFIG not in written:
        OUT.print(f"{CONFIG} was there and stays as it is")


@export_group.command(
    "handouts",
    examples=(
        "autograder export handouts --out build/handouts",
        "autograder export handouts a3 --language ru --pdf --out a3",
    ),
    writes="To the folder of --out ASSIGNMENT.html, and with --pdf ASSIGNMENT.pdf, for each language. A file that is "
    "there is replaced.",
    done="written",
)
@assignments_argument
@out_option(required=True)
@click.option("--pdf", is_flag=True, help="Print them too; it takes a browser: chromium or Chrome.")
@language_option(None)
@course_command
def export_handouts(course: Course, assignments: tuple[str, ...], out: Path, **options: Any) -> None:
    """Write handouts to read in a browser, and to print; of all assignments, or of those that are named."""
    from autograder.installation import pip_install

    names = ("fontTools", "latex2mathml", "markdown_it", "mdit_py_plugins", "ziamath")
    if missing := [name for name in names if not importlib.util.find_spec(name)]:
        raise CourseError(f"handouts: needs {', '.join(missing)}; run {pip_install('handouts')}")
    from autograder.platforms.paper import export

    chosen = [course.assignment(name) for name in assignments] or list(course.assignments)
    written = export(course, chosen, out, **options)
    OUT.print(f"wrote {len(written)} files to {escape(shown(out))}")


@main.command(
    "gradebook",
    examples=(
        "autograder gradebook results/ASSIGNMENT --for canvas --roster canvas.csv --out canvas-import.csv",
        "autograder gradebook results/ASSIGNMENT --for moodle --roster sheet.csv --out in.csv --column Note --scale",
        "autograder gradebook results/ASSIGNMENT --for canvas --roster canvas.csv --out import.csv --match ids.csv",
    ),
    writes="The CSV file of --out, to be imported there; what it did, on standard output.",
    done="every result has its row",
    look="the file is written, but somebody has to look at the results that are listed",
)
@click.argument("results", type=click.Path(path_type=Path, file_okay=False))
@click.option("--for", "platform", type=click.Choice(["canvas", "moodle"]), required=True, help="Whose.")
@click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Canvas: the exported gradebook. Moodle: the assignment's grading worksheet.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The CSV to import there.")
@click.option("--column", default="", help="The column to fill, if there are several.")
@click.option("--scale", is_flag=True, help="Convert scores to the points that the column has there.")
@click.option(
    "--out-of",
    type=click.FloatRange(min=0, min_open=True),
    metavar="POINTS",
    help="What the column is out of, where the roster does not say it.",
)
@click.option(
    "--match",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV with the columns id,key: whose an id is that the roster does not know.",
)
@json_option
def gradebook_command(results: Path, platform: str, roster: Path, out: Path, as_json: bool, **options: Any) -> None:
    """Fill a gradebook's CSV with the scores of a results folder."""
    from autograder.grading.harmless import printable
    from autograder.platforms.gradebook import fill

    filled = fill(results, platform, roster, out, **options)
    if as_json:
        print_json({"out": str(out.resolve()), **asdict(filled)})
    else:
        OUT.print(f"wrote {escape(shown(out))}: {filled.n_filled} scores in {escape(repr(filled.column))}")
        OUT.print(
            f"of these replaced another score: {filled.n_other}; without a result, left as it was: {filled.n_without}"
        )
        if filled.left_out:
            OUT.print(f"[yellow]look at[/yellow] what these scores are without: {escape(printable(filled.left_out))}")
        if filled.left:
            OUT.print(f"no longer in the class, left out: {escape(printable(', '.join(filled.left)))}")
        for line in filled.to_look_at:
            OUT.print(f"[yellow]look at[/yellow] {escape(printable(line))}")
        if filled.n_unknown:
            OUT.print(
                f"{filled.n_unknown} with an id of no row: say whose in a CSV with the columns id,key, and --match"
            )
    raise SystemExit(1 if filled.to_look_at else 0)
