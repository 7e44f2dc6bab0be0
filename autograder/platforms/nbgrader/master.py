"""The cells of a notebook as nbgrader's gradebook knows them, put back into a notebook that a student worked on.

JupyterLab copies a cell's metadata with the cell, so a copied or split cell gives two of one id; a deleted test cell
gives none, and nbgrader would leave its points out. Solutions are the student's and stay as they are; which cell is the
solution of which exercise is not decided here, but by the engine, from the notebook as it was handed in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


def tested_cells(nb: Any) -> list[Any]:
    """The grade cells that hold tests; those that are graded by hand are solutions too."""
    own = [(cell, cell.metadata.get("nbgrader", {})) for cell in nb.cells if cell.cell_type == "code"]
    return [cell for cell, nbgrader in own if nbgrader.get("grade") and not nbgrader.get("solution")]


@dataclass(frozen=True)
class Master:
    """Source and nbgrader's metadata of each cell, by its id."""

    sources: dict[str, str]
    metadata: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, notebook: Any) -> "Master":
        """What the gradebook holds of a notebook."""
        points = {cell.name: cell.max_score for cell in (*notebook.grade_cells, *notebook.task_cells)}
        grades = {cell.name for cell in notebook.grade_cells}
        solutions = {cell.name for cell in notebook.solution_cells}
        sources, metadata = {}, {}
        for cell in notebook.source_cells:
            own: dict[str, Any] = {
                "cell_type": cell.cell_type,
                "checksum": cell.checksum,
                "grade": cell.name in grades,
                "grade_id": cell.name,
                "locked": cell.locked,
                "schema_version": 3,
                "solution": cell.name in solutions,
                "task": cell.name in points and cell.name not in grades,
            }
            if cell.name in points:
                own["points"] = points[cell.name]
            sources[cell.name], metadata[cell.name] = cell.source, own
        return cls(sources, metadata)

    def restore(self, nb: Any) -> Iterator[str]:
        """Puts the notebook's cells right; a line for each change that was needed."""
        seen: set[str] = set()
        for cell in reversed(nb.cells):
            given = cell.metadata.pop("nbgrader", None)
            name = given.get("grade_id") if isinstance(given, dict) else None
            if given is None:
                continue
            if not isinstance(name, str) or name not in self.metadata:
                yield f"cell {name!r} is not in the gradebook; it becomes an ordinary cell"
            elif name in seen:
                yield f"cell {name} is there more than once; the last one counts"
            else:
                seen.add(name)
                yield from self._set(cell, name)
        for name, own in self.metadata.items():
            # What students write and a grader reads cannot be put back.
            if name not in seen and own["grade"] and not own["solution"]:
                yield f"cell {name} was deleted; it is put back"
                self._put_back(nb, name)

    def _set(self, cell: Any, name: str) -> Iterator[str]:
        from nbformat import NotebookNode

        own = self.metadata[name]
        cell.metadata["nbgrader"] = NotebookNode(own)
        if cell.cell_type != own["cell_type"]:
            yield f"cell {name} is {cell.cell_type}; it becomes {own['cell_type']} again"
            cell.cell_type = own["cell_type"]
            for key in ("outputs", "execution_count"):
                cell.pop(key, None)
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        if own["locked"] and cell.source != self.sources[name]:
            # The released cell lacks the hidden part, so that it differs says nothing.
            cell.source = self.sources[name]

    def _put_back(self, nb: Any, name: str) -> None:
        from nbformat import NotebookNode
        from nbformat.v4 import new_code_cell

        cell = new_code_cell(self.sources[name], metadata={"nbgrader": NotebookNode(self.metadata[name])})
        solution = f"solution-{name.removeprefix('test-')}"
        behind = [
            n for n, each in enumerate(nb.cells, 1) if each.metadata.get("nbgrader", {}).get("grade_id") == solution
        ]
        nb.cells.insert(behind[-1] if behind else len(nb.cells), cell)
