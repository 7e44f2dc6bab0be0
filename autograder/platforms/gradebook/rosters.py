"""What Canvas and Moodle export of a class, as a table: who is in which row, what is filled, out of how many points.

Both write it in the language, the encoding, the separators and the numbers of whoever exports, and read it back in the
same. What cannot be told for certain (which column holds the maximum, whether "1,000" is a thousand) is an error:
a guess would be a class of wrong grades.

Trust: students chose the names in it, and wrote the texts behind the grade. A student is known by columns that are the
platform's, never by a text of their own; no cell becomes a formula of a spreadsheet.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.grading.harmless import printable
from autograder.grading.results import spreadsheet_cell, write_atomically
from autograder.intake.names import safe_id
from autograder.platforms.gradebook import headings

_ENCODINGS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}  # by the mark that begins them

_SEPARATOR = re.compile(r"sep=([,;\t])\r?\n")  # a first line by which Excel is told the delimiter; no row of the table
_CANVAS_INFO = re.compile(r"Student|LastName|FirstName|ID|SIS User ID|SIS Login ID|Integration ID|Root Account|Section")
_CANVAS_KEYS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
_CANVAS_COLUMN = re.compile(r"(?P<title>.+) \(\d+\)", re.DOTALL)

_PARTICIPANT = re.compile(r"\D+(\d+)")  # "Participant 123", in any language
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")

_GROUP = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(?!\d))")
_ANY_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")
_NUMBERS = {  # by the sign before the decimals
    "": re.compile(r"[+-]?\d+"),
    ".": re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?"),
    ",": re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?"),
}


@dataclass(frozen=True)
class Form:
    """How a table is written in a file."""

    encoding: str
    mark: str  # the byte-order mark, if there is one
    delimiter: str
    newline: str


@dataclass(frozen=True)
class Roster:
    """An exported gradebook: its rows, where a student's keys stand, and which column is filled."""

    form: Form
    header: list[str]
    rows: list[list[str]]  # students, and what the platform writes above them
    keys: list[tuple[str, ...]]  # of each row, one for each kind of key, as ids; () for a row that is no student's
    column: int
    maximum: list[str]  # the points that each row's cell is out of; "" where it does not say
    locked: list[str]  # of each row what says that its grade cannot be changed; "" if nothing does
    kept: list[int]  # the columns to be written

    @property
    def decimal(self) -> str:
        """The sign before the decimals: that of the maximum or of the grades, "" if neither shows it."""
        for texts in (self.maximum, [row[self.column] for row in self.rows]):
            shown = {decimal_sign(text) for text in texts} - {""}
            if shown:
                return shown.pop() if len(shown) == 1 else ""
        return ""

    def write(self, out: Path) -> None:
        """The kept columns, in the form of the file that was read."""
        written = io.StringIO()
        writer = csv.writer(written, delimiter=self.form.delimiter, lineterminator=self.form.newline)
        for row in (self.header, *self.rows):
            writer.writerow([_harmless(row[place]) for place in self.kept])
        write_atomically(out, self.form.mark + written.getvalue(), self.form.encoding)


def read_roster(path: Path, platform: str, column: str) -> Roster:
    """The roster in a file that Canvas or Moodle exported; `column` is the heading or title of the one to fill.

    Raises: CourseError if it is not the platform's export, or the column cannot be told
    """
    form, table = read_table(path, "roster")
    return (_canvas if platform == "canvas" else _moodle)(form, table, column, f"roster {path}")


def read_keys(path: Path) -> frozenset[str]:
    """The keys (see `key`) of everybody in a Canvas or Moodle export, or in a table with a column "id" or "email".

    Raises: CourseError if there is no column of the platform's, as a text of the students' own is no key
    """
    _, table = read_table(path, "roster")
    header, rows = _header_and_rows(table, f"roster {path}")
    names = [name.strip().casefold() for name in header]
    is_canvas = "ID" in header and ("Section" in header or any(map(_CANVAS_COLUMN.fullmatch, header)))
    wanted = {name.casefold() for name in _CANVAS_KEYS} if is_canvas else {"id", *headings.KEYS, *headings.ADDRESS}
    at = [number for number, name in enumerate(names) if name in wanted]
    found = {row[number] for row in rows for number in at}
    if not is_canvas:
        found |= {match[1] for row in rows if (match := _PARTICIPANT.fullmatch(row[0]))}
    if not any(map(key, found)):
        raise CourseError(
            f"roster {path}: no column that names students; want the gradebook as Canvas or Moodle exports it, or a "
            'CSV with a column "id" or "email"'
        )
    return frozenset(map(key, found)) - {""}


def read_table(path: Path, what: str) -> tuple[Form, list[list[str]]]:
    """How a CSV file is written, and its rows that are not empty; CourseError if it is none, or not UTF-8 or UTF-16."""
    where = f"{what} {path}"
    try:
        data = path.read_bytes()
        mark = next((mark for mark in _ENCODINGS if data.startswith(mark)), b"")
        encoding = _ENCODINGS.get(mark, "utf-8")
        text = data[len(mark) :].decode(encoding)
    except OSError as error:
        raise CourseError(f"{where}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CourseError(f"{where}: not UTF-8; want the file as it was exported, not saved by Excel") from None
    named = _SEPARATOR.match(text)
    text = text[named.end() :] if named else text
    first = text.partition("\n")[0]
    unquoted = re.sub(r'"[^"]*"', "", first)
    delimiter = named[1] if named else max(",;\t", key=unquoted.count)
    form = Form(encoding, "\ufeff" if mark else "", delimiter, "\r\n" if first.endswith("\r") else "\n")
    limit = csv.field_size_limit(max(len(text), 1 << 17))  # a text that a student typed may be long
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise CourseError(f"{where}: no CSV: {error}; want the file as it was exported") from None
    finally:
        csv.field_size_limit(limit)
    return form, [row for row in rows if any(cell.strip() for cell in row)]


def key(text: str) -> str:
    """What a key and the id that was made of it have in common; "" for none."""
    return safe_id(text.strip()).casefold() if text.strip() else ""


# --- numbers ------------------------------------------------------------------------------------------------


def decimal_sign(text: str) -> str:
    """Which of "." and "," stands before the decimals; "" if there are none, or it cannot be told (1,000)."""
    digits = _GROUP.sub("", text.strip())
    signs = re.sub(r"[^.,]", "", digits)
    if not _ANY_NUMBER.fullmatch(digits) or not signs:
        return ""
    if len(signs) > 1:  # of two kinds the last, and what comes several times makes groups
        other = {".": ",", ",": "."}[signs[0]]
        return other if set(signs[:-1]) == {signs[0]} else ""
    whole, _, decimals = digits.lstrip("+-").partition(signs)
    may_be_group = len(decimals) == 3 and len(whole) <= 3 and not whole.startswith("0")
    return "" if may_be_group else signs


def parse_number(text: str, decimal: str = "") -> float | None:
    """A number as people write it: 10.5, 10,5, 1,000.00, 1.000,00, 1 000, 1'000; None for anything else.

    `decimal` is the sign before the decimals in the same table, by which a thousand is told from 1.000.
    """
    digits = _GROUP.sub("", text.strip())
    decimal = decimal_sign(text) or decimal
    if not _NUMBERS[decimal].fullmatch(digits):
        return None
    if decimal:
        digits = digits.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    return float(digits)


def is_number(text: str) -> bool:
    """Whether it is one, be it that its thousands cannot be told from its decimals."""
    return _ANY_NUMBER.fullmatch(_GROUP.sub("", text.strip())) is not None


def _harmless(text: str) -> str:
    """A cell that is no formula; a number, and the dash for nothing, are none."""
    return text if len(text) < 2 or is_number(text) else spreadsheet_cell(text)


# --- the two forms ------------------------------------------------------------------------------------------


def _canvas(form: Form, table: list[list[str]], column: str, where: str) -> Roster:
    """The gradebook as Canvas exports it: who, then "Title (id)" for each assignment; points in a row of their own."""
    header, rows = _header_and_rows(table, where)
    titles = {number: match["title"] for number, name in enumerate(header) if (match := _CANVAS_COLUMN.fullmatch(name))}
    if "ID" not in header or not titles:
        raise CourseError(
            f"{where}: no column ID, or none called TITLE (NUMBER); want the gradebook as Canvas exports it (Grades, "
            "Export)"
        )
    place = _column(header, titles, column, where)
    at = [header.index(name) for name in _CANVAS_KEYS if name in header]
    keys = [tuple(key(row[number]) for number in at) for row in rows]
    # What is nobody's stands above the students; whoever is called "Points Possible" has an id.
    above = [row for row, own in zip(rows, keys, strict=True) if not any(own)]
    points = [row[place].strip() for row in above if "Points Possible" in row[0]]
    points += [row[place].strip() for row in above if is_number(row[place])]
    maximum = next(filter(None, points), "")
    if "read only" in maximum:
        raise CourseError(f"gradebook: {header[place]!r} is read-only in Canvas; choose another column with --column")
    # In another language names and sections are called otherwise; they stand first, and right before the assignments.
    n_info = header.index("Section") + 1 if "Section" in header else min(titles)
    is_info = [
        not number or "Section" not in header or _CANVAS_INFO.fullmatch(header[number]) for number in range(n_info)
    ]
    info = [number for number, is_told in enumerate(is_info) if is_told]
    own_keys = [own if any(own) else () for own in keys]
    return Roster(form, header, rows, own_keys, place, [maximum] * len(rows), [""] * len(rows), [*info, place])


def _moodle(form: Form, table: list[list[str]], column: str, where: str) -> Roster:
    """The grading worksheet of an assignment: "Participant 123" first, what it is out of right behind the grade."""
    header, rows = _header_and_rows(table, where)
    participants = [match[1] for row in rows if (match := _PARTICIPANT.fullmatch(row[0]))]
    if not rows or len(participants) < len(rows):
        raise CourseError(
            f'{where}: its first column does not say "Participant 123"; want the assignment\'s grading '
            "worksheet as Moodle exports it (Download grading worksheet)"
        )
    names = [name.strip().casefold() for name in header]
    told = {number: header[number] for number, name in enumerate(names) if column or name in headings.GRADE}
    place = _column(header, told or dict(enumerate(header)), column, where)

    def are_all(number: int, holds: Callable[[str], object]) -> bool:
        cells = [row[number].strip() for row in rows]
        return any(cells) and all(holds(cell) for cell in cells if cell)

    def by_heading_or_place(
        headings: frozenset[str], places: Iterable[int], holds: Callable[[str], object]
    ) -> list[int]:
        """The columns with such a heading; without one, in another language, those of the places that look alike."""
        return [number for number, name in enumerate(names) if name in headings] or [
            number for number in places if are_all(number, holds)
        ]

    behind = range(place + 1, len(header))
    maxima = by_heading_or_place(headings.MAXIMUM, behind[:1], is_number)
    may_change = by_heading_or_place(
        headings.MAY_CHANGE, behind[1:4], lambda cell: cell.casefold() in headings.YES | headings.NO
    )
    if not may_change and names[place] not in headings.GRADE:  # in a language that is not known here
        words = {number: {row[number].strip() for row in rows} - {"", "-"} for number in behind[:4]}
        for number, said in words.items():
            if number not in maxima and 0 < len(said) <= 2 and not any(re.search(r"\d", each) for each in said):
                raise CourseError(
                    f"{where}: cannot tell whether {printable(header[number], 60)!r} says which grades can be changed; "
                    "want the worksheet exported with Moodle in English, or without that column"
                )
    addresses = by_heading_or_place(headings.ADDRESS, range(1, place), _ADDRESS.fullmatch)
    if len(addresses) > 1 and names[addresses[0]] not in headings.ADDRESS:
        addresses = []  # one of them may be of the students' own choice
    at = [number for number, name in enumerate(names) if name in headings.KEYS] + addresses
    keys = [(key(each), *(key(row[number]) for number in at)) for row, each in zip(rows, participants, strict=True)]
    locked = ["".join(row[number].strip() for number in may_change) for row in rows]
    # Behind the grade come texts, which Moodle would import as changed comments, and two times with a bracket.
    kept = [
        number
        for number, name in enumerate(names)
        if number <= place or number in (*maxima, *may_change) or "(" in name
    ]
    return Roster(
        form,
        header,
        rows,
        keys,
        place,
        [row[maxima[0]] if len(maxima) == 1 else "" for row in rows],
        ["" if text.casefold() in headings.YES else text for text in locked],
        kept,
    )


def _header_and_rows(table: list[list[str]], where: str) -> tuple[list[str], list[list[str]]]:
    header = table[0] if table else []
    for number, row in enumerate(table[1:], 2):
        if any(row[len(header) :]):  # a comma that should be in quotes has moved what stands behind it
            raise CourseError(f"{where}: row {number}: got {len(row)} cells, want {len(header)}, as in its first row")
    return header, [row[: len(header)] + [""] * (len(header) - len(row)) for row in table[1:]]


def _column(header: list[str], titles: dict[int, str], wanted: str, where: str) -> int:
    """The column of this name or title; without one, the only one there is."""
    found = [number for number, title in titles.items() if wanted in ("", header[number], title)]
    if len(found) != 1:
        names = ", ".join(repr(printable(header[number], 60)) for number in titles) or "none"
        raise CourseError(f"{where}: got {wanted or 'no column'!r}, want one with --column; there are {names}")
    return found[0]
