"""The sample classes as if they had worked in notebooks: what the platforms' graders and ours are compared on."""

import ast
import re
import textwrap

from autograder.checks.cells.code import marker
from autograder.checks.cells.pieces import start_of
from autograder.course import handouts
from autograder.course.notebook_cells import NotebookCell, cell_source, notebook_cells
from autograder.errors import CourseError
from autograder.grading.packages import notebook_stubs
from autograder.intake import UnreadableHandIn, find_submissions, read_hand_in
from autograder.platforms.notebook_file import notebook_json


def members(course, assignment):
    """{id: paths} of the assignment's sample class, without those in whose hand-in nothing can be read."""
    folder = course.root / "examples" / f"{assignment.name[:2]}_class"
    readable = {}
    for found in find_submissions([folder], package=course.package, modules=assignment.modules):
        try:
            read_hand_in(found.paths, package=course.package, modules=assignment.modules)
        except UnreadableHandIn:
            continue
        readable[found.id] = found.paths
    return readable


def members_notebook(course, assignment, member):
    """The notebook of a member of the assignment's sample class.

    It holds the exercises and what was written beside them. Given code that was rewritten stays as given: a notebook
    has no cell for it, and its score may differ from that of the modules.
    """
    paths = members(course, assignment)[member]
    files = read_hand_in(paths, package=course.package, modules=assignment.modules).files
    return as_notebook(course, assignment, {module: text.decode() for module, text in files.items()})


def as_notebook(course, assignment, modules):
    """A student's modules as the notebook that they would have written: helpers in cells of their own."""
    stubs = notebook_stubs(course, assignment)
    cells = []
    for cell in notebook_cells(course, assignment, handouts(assignment)[0]):
        if cell.role == "solution" and (source := _written(cell.exercise, modules)):
            cell = NotebookCell(cell.id, cell.role, f"{marker(cell.exercise)}\n{source}", cell.exercise)
        cells.append(cell)
    for module, text in modules.items():
        theirs = {getattr(node, "name", "") for node in ast.parse(stubs.modules.get(module, "")).body}
        for node in _parsed(text):
            if getattr(node, "name", "") not in theirs or isinstance(node, ast.Import | ast.ImportFrom):
                lines = text.split("\n")[start_of(node) - 1 : node.end_lineno]
                relative = "\n".join(lines).replace("from .", f"from {course.package}.")
                cells.insert(3, NotebookCell(f"extra-{len(cells)}", "setup", relative))
    return notebook_json(cells, assignment)


def _written(exercise, modules):
    """A student's own code of an exercise; "" if there is none, the lines as they stand if Python cannot read them."""
    try:
        return cell_source(exercise, modules, "here")
    except (KeyError, CourseError):
        return ""
    except SyntaxError:
        lines = modules[exercise.split(".")[0]].split("\n")
    pattern = re.compile(rf"( *)(?:def|class) {exercise.split('.')[-1]}\b")
    start, indent = next(
        ((n, len(found[1])) for n, line in enumerate(lines) if (found := pattern.match(line))), (0, -1)
    )
    if indent < 0:
        return ""
    after = range(start + 1, len(lines))
    end = next((n for n in after if lines[n].strip() and len(lines[n]) - len(lines[n].lstrip()) <= indent), len(lines))
    return textwrap.dedent("\n".join(lines[start:end])).rstrip()


def _parsed(text):
    try:
        return ast.parse(text).body
    except SyntaxError:
        return []
