"""An assignment as Jupyter notebooks, one for each language, in a folder with everything that they need to run.

    a1_name.ipynb  a1_name.ru.ipynb  and beside them the hand-out of that assignment: package, tests, checks

The files are plain JSON, format 4.5, the same bytes every time; it takes no Jupyter to write them.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autograder.course.handout import handout_in, handouts
from autograder.course.manifest import Assignment, Course
from autograder.course.notebook_cells import NotebookCell, notebook_cells
from autograder.course.release import listed, refuse_to_leak, render, write
from autograder.course.stubs import given_lines, module_stubs


def export(
    course: Course, assignment: Assignment, out: Path, *, solutions: bool = False, language: str | None = None
) -> list[Path]:
    """Writes the notebooks and what they need to the folder `out`; the files written, sorted.

    One for each language that there is a handout in, or the one of this `language`.
    With `solutions` the cells hold the reference's code, the modules beside them are the students' all the same.
    Raises: CourseError if a line of a solution would get out, or if `out` holds anything else or was worked on
    """
    notebooks = {
        f"{assignment.name}{handout.suffix}.ipynb": notebook_cells(course, assignment, handout, solutions=solutions)
        for handout in (handouts(assignment) if language is None else [handout_in(assignment, language)])
    }
    if not solutions:
        # Their text is searched, not the files: JSON writes quotes and line ends in its own way.
        texts = {name: "\n".join(cell.source for cell in cells).encode() for name, cells in notebooks.items()}
        refuse_to_leak(texts, module_stubs(course)[1], given_lines(course))
    files = {name: notebook_json(cells, assignment) for name, cells in notebooks.items()}
    return write(listed(render(course, assignment.name) | files), out, private=solutions)


def notebook_json(cells: Iterable[NotebookCell], assignment: Assignment) -> bytes:
    """The cells as a notebook file."""
    return file_json((cell_json(cell) for cell in cells), assignment)


def file_json(cells: Iterable[dict[str, Any]], assignment: Assignment) -> bytes:
    """A notebook file of cells that are JSON already."""
    notebook = {
        "cells": list(cells),
        "metadata": {
            "autograder": {"assignment": assignment.name},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def cell_json(cell: NotebookCell) -> dict[str, Any]:
    """One cell; those of an exercise say in their metadata which it is and what they are to it."""
    own = {"exercise": cell.exercise, "role": cell.role} if cell.exercise else {"role": cell.role}
    written: dict[str, Any] = {
        "cell_type": "code" if cell.is_code else "markdown",
        "id": cell.id,
        "metadata": {"autograder": own},
        "source": cell.source.splitlines(keepends=True),
    }
    return written | ({"execution_count": None, "outputs": []} if cell.is_code else {})
