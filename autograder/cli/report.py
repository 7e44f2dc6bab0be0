"""The pages that are made of what was graded."""

from pathlib import Path

import click
from rich.markup import escape

from autograder.cli.records import folder_of
from autograder.cli.shared import OUT, course_command, main, out_option, shown
from autograder.course.exercises import exercises
from autograder.course.manifest import Course
from autograder.course.secret import course_secret


@main.command(
    "report",
    examples=(
        "autograder report",
        "autograder report results/ASSIGNMENT --out report",
        "autograder report results/ASSIGNMENT --for students --out feedback",
    ),
    writes="The folder of --out: index.html and a page for each student, or with --for students their pages alone "
    "and links.csv. An earlier report there is replaced; a folder with anything else in it is refused.",
    done="written",
)
@click.argument("results", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--for",
    "readers",
    type=click.Choice(["instructors", "students"]),
    default="instructors",
    show_default=True,
    help="Who reads it: what only instructors may see is in no page for students.",
)
@out_option(show_default="report/ASSIGNMENT, for students feedback/ASSIGNMENT")
@course_command
def report_command(course: Course, results: Path | None, readers: str, out: Path | None) -> None:
    """Pages about a class: what to look at first, its tests and exercises, and each student; for any browser.

    Of RESULTS, a folder that grade wrote; by default the only one in results/.
    """
    from autograder.grading.results_folder import records_in
    from autograder.report.pages import write_class, write_students

    folder = folder_of(results, None)
    assignment = course.assignment(folder.owner.assignment)
    sections = {name: each.section for name, each in exercises(course).items()}
    records = list(records_in(folder.path))
    if readers == "students":
        out = out or Path("feedback") / assignment.name
        written = write_students(folder.path, records, out, assignment.title, sections, course_secret(course))
    else:
        out = out or Path("report") / assignment.name
        written = write_class(folder.path, records, out, assignment.title, sections)
    OUT.print(f"{len(records)} students: {escape(shown(written))}")
