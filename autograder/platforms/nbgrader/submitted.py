"""What lies in nbgrader's folder of submissions, read through intake and made anew of what counts.

nbgrader itself reads a notebook as nbformat does and copies what lies beside it: it follows links, to the solutions
too, waits for pipes, takes a hundred bytes of memory for one of a hostile file's, and ends at what Jupyter would not
write. So nothing but this opens a submission. A notebook is made of its cells' kinds and sources and nbgrader's names
for them; outputs, metadata, and files beside it stay where they are.
"""

from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

import msgspec
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from autograder.grading.verdicts import Graded
from autograder.intake import UnreadableHandIn
from autograder.intake.disk import Node
from autograder.intake.every_cell import ShownCell, every_cell
from autograder.intake.names import show
from autograder.platforms.nbgrader.inert import MAX_IN_ALL, inert_markdown, inert_text
from autograder.platforms.nbgrader.master import Master
from autograder.platforms.nbgrader.warm import with_copies

TIMESTAMP = "timestamp.txt"
_MAX_TIMESTAMP = 100
_MEANS_SOMETHING = frozenset("<>&\"'")


class Submitted:
    """The folder of one student for one assignment."""

    def __init__(self, directory: CourseDirectory, student: str, assignment: str) -> None:
        base, folder = (
            Path(directory.format_path(directory.submitted_directory, *own))
            for own in ((".", "."), (student, assignment))
        )
        own = takewhile(lambda each: each not in (base, Path(directory.root)), (folder, *folder.parents))
        self.folder = folder
        # What intake refuses in the place of the folder: one that is a link, or lies in one, may be somebody else's.
        self.link = next((each for each in own if each.is_symlink()), None)

    def paths(self, notebook: str) -> tuple[Path, ...]:
        """What is to be graded: the notebook and copies beside it."""
        return (self.link,) if self.link else with_copies(self.folder / f"{notebook}.ipynb")

    def shown(self, notebook: str, master: Master) -> tuple[Any, list[str]]:
        """(the notebook as nbgrader may write it and show it, a line for each cell that had to be put right).

        Of one that cannot be read, why not, and the cells of tests.
        """
        try:
            cells = every_cell(self.paths(notebook)[0])
        except UnreadableHandIn as error:
            cells = [ShownCell("raw", f"not shown: {error}")]
        made = [_made(cell) for cell in cells]
        nb = new_notebook(
            cells=list(made), metadata={"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
        )
        lines = list(master.restore(nb))
        room = MAX_IN_ALL
        for cell, own in zip(made, cells, strict=True):
            given = cell.metadata.get("nbgrader", {}).get("grade_id")
            # What the instructor wrote stays: by its checksum nbgrader tells an answer that was not given. But a page
            # asks for pictures in it where the student may have deleted them.
            is_own = cell.source == master.sources.get(given) and "attachment:" not in cell.source
            if cell.cell_type != "code" and not is_own:
                room -= len(cell.source)
                is_text = own.kind == "raw" or room < 0
                cell.cell_type = "markdown"
                cell.source = inert_text(cell.source) if is_text else inert_markdown(cell.source, own.pictures)
        for number, cell in enumerate(nb.cells, 1):
            cell.id = f"cell-{number}"
        return nb, lines

    def with_note(self, graded: Graded) -> Graded:
        """With what there is to say of the time, for the student too."""
        _, note = self.timestamp()
        return msgspec.structs.replace(graded, notes=(*graded.notes, note)) if note else graded

    def timestamp(self) -> tuple[datetime | None, str]:
        """(when it was handed in, what there is to say of a file that should tell and does not)."""
        if self.link:
            return None, ""
        try:
            text = Node.at(self.folder / TIMESTAMP).read(_MAX_TIMESTAMP).decode("utf-8", "replace").strip()
        except FileNotFoundError:
            return None, ""
        except UnreadableHandIn as error:
            return None, f"{error}; when it was handed in is not known"
        try:
            return (parse_utc(text) if text else None), ""
        except Exception:  # dateutil's, of many kinds
            wanted = "want a time like 2026-01-31 12:00:00 UTC; when it was handed in is not known"
            return None, f"{TIMESTAMP}: got {show(text)}, {wanted}"


def _made(cell: ShownCell) -> Any:
    new_cell = new_code_cell if cell.kind == "code" else new_markdown_cell
    return new_cell(cell.source, metadata={"nbgrader": {"grade_id": cell.grade_id}} if cell.grade_id else {})


def name_is_plain(student: str) -> bool:
    """Whether a folder's name may be a student's: formgrader's pages show it as it stands."""
    return student.isprintable() and _MEANS_SOMETHING.isdisjoint(student)
