"""An assignment as otter-grader's master notebook, in a folder with all that `otter assign` takes with it.

    a1_name.ipynb      the master: solutions between otter's marks, a question with its points for each exercise
    course/            what our plugin grades by; goes into the autograder's archive only
    *.whl              this package, which the archive's environment installs; goes there too
    package, checks, tests, handouts ...   what students get beside their notebook

`otter assign` makes both of it: the students' folder and the autograder's archive. otter itself is not needed here.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.checks.report.summary import number
from autograder.course.bundle import course_files, import_distributions, wheel
from autograder.course.exercises import Exercise, exercise_of, exercises
from autograder.course.handout import handout_in
from autograder.course.manifest import Assignment, Course
from autograder.course.notebook_cells import NotebookCell, notebook_cells, reference_sources
from autograder.course.regions import regions, stand_in
from autograder.course.release import MARKER, listed, refuse_to_leak, render, write
from autograder.course.stubs import given_lines, module_stubs
from autograder.grading.collecting import collect
from autograder.grading.verdicts import TestSpec, total
from autograder.platforms.notebook_file import cell_json, file_json

COURSE = "course"  # the folder of that name in the archive's files/
PLUGIN = "autograder.platforms.otter.plugin.Grading"
# Where the files of an archive are when its environment is made, on Gradescope and in otter's own containers.
INSTALLED_FROM = "/autograder/source/files"

# otter's checks run in the student's kernel, for the student alone: what counts is graded by the plugin. They show
# the same page as the notebook's own check cells.
_PUBLIC = """\
def test_public():
    from IPython.display import display
    from checks.notebook import check
    checked = check({exercise!r})
    display(checked)
    assert checked.passed, checked.headline"""
# In the archive only, and never passed: should the plugin be lost from the settings, nobody gets everything.
_HIDDEN = """\
def test_hidden():
    raise AssertionError("hidden tests are graded by the plugin {plugin}, which otter_config.json does not name")"""


def export(course: Course, assignment: Assignment, out: Path, *, language: str = "en") -> list[Path]:
    """Writes the master notebook and what goes with it to the folder `out`; the files written, sorted.

    Raises: CourseError if there is no handout in this language, if a line of a solution would get out to students, or
        if `out` holds anything else or was worked on
    """
    handout = handout_in(assignment, language)
    stubs = notebook_cells(course, assignment, handout)
    told = "\n".join(cell.source for cell in stubs).encode()
    name = f"{assignment.name}{handout.suffix}.ipynb"
    refuse_to_leak({name: told}, module_stubs(course)[1], given_lines(course))
    for_students = render(course, assignment.name)
    package, content = wheel()
    files = dict(for_students)
    lines = [f"{INSTALLED_FROM}/{package}[sandbox]", *import_distributions(course)]
    files |= {package: content, "requirements.txt": "".join(f"{line}\n" for line in lines).encode()}
    files |= {f"{COURSE}/{path}": content for path, content in course_files(course, assignment).items()}
    config = _config(assignment, [each for each in for_students if each != MARKER], package)
    cells = notebook_cells(course, assignment, handout, sources=marked_sources(course))
    files[name] = file_json([config, *_master(cells, collect(course, assignment))], assignment)
    return write(listed(files), out, private=True)


# --- the master notebook ------------------------------------------------------------------------------------


def _config(assignment: Assignment, for_students: list[str], package: str) -> dict[str, Any]:
    """The cell that tells otter what to make. No `name`: otter would give a zero to a notebook that has lost it."""
    folders = sorted({name.split("/")[0] for name in for_students if "/" in name} - {"tests"})
    loose = [name for name in for_students if name.split("/")[0] not in folders]
    config = {
        "init_cell": False,  # a student needs no otter; with true there is a `grader`, which works too
        "export_cell": False,
        # As files: beside a folder tests/, which students have, otter looks for its checks nowhere else.
        "tests": {"files": True, "ok_format": False},
        "requirements": "requirements.txt",
        "files": [*folders, *loose],
        "autograder_files": [COURSE, package],
        "generate": True,
        "plugins": [{PLUGIN: {"assignment": assignment.name}}],  # here it is asked while the archive is made, too
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in config.items()]
    return _raw("config", "\n".join(["# ASSIGNMENT CONFIG", *lines]))


def _master(cells: list[NotebookCell], tests: tuple[TestSpec, ...]) -> Iterator[dict[str, Any]]:
    """The notebook's cells, those of an exercise within otter's marks of a question."""
    for cell in cells:
        own = [test for test in tests if test.exercise == cell.exercise]
        if cell.role == "solution":
            question = ["# BEGIN QUESTION", f"name: {cell.exercise}", f"points: {_points(own)}", "check_cell: false"]
            yield _raw(f"question-{cell.id}", "\n".join(question))
            yield _raw(f"begin-{cell.id}", "# BEGIN SOLUTION")
            yield cell_json(cell)
            yield _raw(f"end-{cell.id}", "# END SOLUTION")
        elif cell.role == "test":
            yield cell_json(cell)
            yield _raw(f"begin-{cell.id}", "# BEGIN TESTS")
            yield from _tests(cell, own)
            yield _raw(f"end-{cell.id}", "# END TESTS")
            yield _raw(f"finish-{cell.id}", "# END QUESTION")
        else:
            yield cell_json(cell)


def _tests(cell: NotebookCell, own: list[TestSpec]) -> Iterator[dict[str, Any]]:
    """What otter runs as the tests of an exercise."""
    public = [test for test in own if test.public]
    hidden = [test for test in own if not test.public]
    if public:
        yield _test(f"public-{cell.id}", [f"points: {_points(public)}"], _PUBLIC.format(exercise=cell.exercise))
    if hidden:
        head = [f"points: {_points(hidden)}", "hidden: true"]
        yield _test(f"hidden-{cell.id}", head, _HIDDEN.format(plugin=PLUGIN))


def _test(identity: str, head: list[str], code: str) -> dict[str, Any]:
    lines = ['""" # BEGIN TEST CONFIG', *head, '""" # END TEST CONFIG', code]
    return cell_json(NotebookCell(identity, "test", "\n".join(lines)))


def _points(tests: list[TestSpec]) -> str:
    return number(total(test.points for test in tests))


def _raw(identity: str, source: str) -> dict[str, Any]:
    return {"cell_type": "raw", "id": identity, "metadata": {}, "source": source.splitlines(keepends=True)}


def marked_sources(course: Course) -> dict[str, str]:
    """The reference's modules with otter's marks: what `otter assign` leaves of one is its stub, line for line."""
    known = exercises(course)
    return {module: _marked(source, module, known) for module, source in reference_sources(course).items()}


def _marked(source: str, module: str, known: Mapping[str, Exercise]) -> str:
    """A module with otter's marks; as in the stub, what belongs to no exercise stays, and only its own marks go."""
    lines = source.split("\n")
    replaced: dict[int, list[str]] = {}
    seen: set[str] = set()
    for region in regions(source, module):
        line = lines[region.begin - 1]
        indent = line[: len(line) - len(line.lstrip())]
        exercise = exercise_of(region.name, known)
        if exercise is None:
            replaced |= {region.begin: [], region.end: []}
            continue
        # Of a prompt, which is a text to Python, otter leaves the lines within it.
        quotes = indent + '"""'
        prompt = [f"{quotes} # BEGIN PROMPT", *stand_in(exercise.message, indent), f"{quotes} # END PROMPT"]
        replaced[region.begin] = [f"{indent}# BEGIN SOLUTION NO PROMPT"]
        replaced[region.end] = [f"{indent}# END SOLUTION", *(prompt if region.name not in seen else [])]
        seen.add(region.name)
    return "\n".join(text for number, line in enumerate(lines, start=1) for text in replaced.get(number, [line]))
