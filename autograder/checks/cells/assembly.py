"""Modules that cells were put into: each line knows the cell and the line that it comes from."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_PLACE = re.compile(
    r'(?P<file>File "[^"\n]*/)?\b(?P<module>\w{1,100})\.py(?(file)", line |:)(?P<number>\d{1,9})', re.ASCII
)


class Line(NamedTuple):
    """A line of an assembled module, and where it comes from: a cell, or the template if `where` is ""."""

    text: str
    where: str
    number: int


@dataclass
class Assembly:
    """The modules that cells were put into, line by line, and what there is to say about the cells."""

    modules: dict[str, list[Line]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)  # by exercise: why its cell could not be taken
    notes: list[str] = field(default_factory=list)

    def source(self, module: str) -> str:
        return "\n".join(line.text for line in self.modules[module])

    def place(self, module: str, number: int) -> str:
        """ "cell layers.Mean, line 3" for a line that comes from a cell, "" for one of the template's."""
        where, line = self.origin(module, number)
        return f"{_cell(where)}, line {line}" if where else ""

    def origin(self, module: str, number: int) -> tuple[str, int]:
        """(cell, line in it) of a line of an assembled module; of one of the template's, ("", line there)."""
        lines = self.modules.get(module, [])
        return lines[number - 1][1:] if 0 < number <= len(lines) else ("", number)

    def with_cells(self, text: str) -> str:
        """A message or traceback, in which lines of an assembled module are called by their cells."""

        def named(match: re.Match[str]) -> str:
            where, number = self.origin(match["module"], int(match["number"]))
            if match["file"]:
                return f'File "{_cell(where)}", line {number}' if where else match[0]
            return self.place(match["module"], int(match["number"])) or match[0]

        return _PLACE.sub(named, text) if self.modules else text


def _cell(where: str) -> str:
    return where if where.startswith("cell ") else f"cell {where}"
