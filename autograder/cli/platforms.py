"""Other platforms: export, gradebook. Each is loaded when it is asked for."""

from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from autograder.cli.shared import OUT, Commands, course_command, main, shown
from autograder.course.manifest import Course


@main.group("export", cls=Commands)
def export_group() -> None:
    """Write an assignment for a platform: what it takes there, made from the same source."""


@export_group.command("notebook")
@click.argument("assignment")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder to write to.")
@click.option("--solutions", is_flag=True, help="The instructor's version, with the reference's code in the cells.")
@course_command
def export_notebook(course: Course, assignment: str, out: Path, solutions: bool) -> None:
    """Write an assignment as notebooks, English and Russian, with all that they need to run."""
    from autograder.platforms.notebook import export

    written = export(course, course.assignment(assignment), out, solutions=solutions)
    notebooks = " and ".join(path.name for path in written if path.suffix == ".ipynb")
    OUT.print(f"wrote {escape(notebooks)}, and {len(written)} files in all, to {escape(shown(out))}")


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
@course_command
def export_gradescope(course: Course, assignment: str, out: Path, max_attempts: int | None, **options: Any) -> None:
    """Write the autograder.zip of an assignment."""
    from autograder.platforms.gradescope import Options, export

    chosen = course.assignment(assignment)
    written = export(course, chosen, out, Options(chosen.name, max_attempts=max_attempts or 0, **options))
    OUT.print(f"wrote {escape(shown(written))}; upload it there under Configure Autograder")
    OUT.print(f"set there: Ubuntu 22.04 or newer, 1 CPU and 1.5 GB or more, a timeout of {options['minutes']} minutes")


@export_group.command("otter")
@click.argument("assignment")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder to write to.")
@click.option("--language", default="", metavar="CODE", help="Of the handout: ru. English by default.")
@course_command
def export_otter(course: Course, assignment: str, out: Path, language: str) -> None:
    """Write an assignment for otter-grader: a master notebook, and all that `otter assign` takes with it."""
    from autograder.platforms.otter.export import export

    written = export(course, course.assignment(assignment), out, language=language)
    (master,) = (path for path in written if path.suffix == ".ipynb")
    OUT.print(f"wrote {escape(shown(master))}, with its solutions, and {len(written)} files in all")
    OUT.print(f"next: otter assign {escape(shown(master))} {escape(shown(out))}-dist")


@export_group.command("nbgrader")
@click.argument("assignment")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="nbgrader's course folder."
)
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True, help="Of the notebook.")
@course_command
def export_nbgrader(course: Course, assignment: str, out: Path, language: str) -> None:
    """Add an assignment to a course folder of nbgrader's, which its commands then work on."""
    from autograder.platforms.nbgrader.export import CONFIG, export

    written = export(course, course.assignment(assignment), out, language=language)
    OUT.print(f"wrote {len(written)} files to {escape(shown(out))}")
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
    OUT.print(f"wrote {escape(shown(out))}: {filled.n_filled} scores in {escape(repr(filled.column))}")
    OUT.print(
        f"of these replaced another score: {filled.n_other}; without a result, left as it was: {filled.n_without}"
    )
    for line in filled.to_look_at:
        OUT.print(f"[yellow]look at[/yellow] {escape(line)}")
    raise SystemExit(1 if filled.to_look_at else 0)
