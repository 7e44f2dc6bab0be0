"""Scores into the gradebook of Canvas or the grading worksheet of Moodle, as CSV files that these import.

Both import what they have exported themselves, changed in one column; so that export is asked for as the roster, and
says what its rows, columns and points are called. A cell is only ever filled with a score that stands; every other
one stays as it came, because an empty cell deletes the grade that is there (Canvas). Nobody is left out in silence:
a result that finds no row, or more than one, is told.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import CourseError
from autograder.grading.feedback import printable
from autograder.grading.results import Record, read_record, spreadsheet_cell, write_atomically
from autograder.intake.names import safe_id
from autograder.testing.summary import number

_CANVAS_INFO = re.compile(r"Student|LastName|FirstName|ID|SIS User ID|SIS Login ID|Integration ID|Root Account|Section")
_CANVAS_KEYS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
_CANVAS_COLUMN = re.compile(r"(?P<title>.+) \(\d+\)", re.DOTALL)
_MOODLE_KEYS = ("ID number", "Username", "Email address")
_MOODLE_MAXIMUM = re.compile(r"maximum grade", re.IGNORECASE)
_MOODLE_TEXTS = ("Online text", "Feedback comments")  # left out: what is not there, the import does not change
_NOT_ASSIGNED = ("N/A", "EX")  # Canvas: not this student's, excused


@dataclass
class Filled:
    """What became of the results: how many cells got a score, and a line for each that a person has to look at."""

    column: str
    n_filled: int = 0
    n_other: int = 0  # cells that held another score before
    n_without: int = 0  # students of the roster without a result
    to_look_at: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Roster:
    """An exported gradebook: its rows, where a student's keys stand, and which column is filled."""

    header: list[str]
    rows: list[list[str]]  # students, and what the platform writes above them
    keys: list[set[str]]  # of each row, as ids; empty for a row that is no student's
    column: int
    maximum: list[str]  # the points that each row's cell is out of; "" where it does not say
    kept: list[int]  # the columns to be written


def fill(results: Path, platform: str, roster: Path, out: Path, *, column: str = "", scale: bool = False) -> Filled:
    """Writes the roster with the scores of a results folder in one column to the file `out`.

    With `scale`, a score is converted to the points that the platform has for the column.
    Trust: names and texts in the roster were written by students; none becomes a formula of a spreadsheet.
    Raises: CourseError if the roster is not the platform's export, or points do not agree
    """
    if out.exists() and out.samefile(roster):
        raise CourseError(f"gradebook: {out}: is the roster itself; want another file with --out")
    text, delimiter = _read(roster)
    table = [
        row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter) if row
    ]
    read = _canvas if platform == "canvas" else _moodle
    known = read(table, column, str(roster))
    filled = Filled(known.header[known.column])
    scores = _matched(list(_records(results, filled)), known, filled)
    for place, record in scores.items():
        _fill_cell(known, place, record, scale, filled)
    filled.n_without = sum(1 for place, keys in enumerate(known.keys) if keys and place not in scores)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\n")
    for row in (known.header, *known.rows):
        writer.writerow([_harmless(row[place]) for place in known.kept])
    write_atomically(out, "\ufeff" * text.startswith("\ufeff") + written.getvalue())
    return filled


def _read(roster: Path) -> tuple[str, str]:
    """The text, and what separates its columns: whatever the first line has most of."""
    try:
        text = roster.read_bytes().decode("utf-8")
    except OSError as error:
        raise CourseError(f"roster {roster}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CourseError(f"roster {roster}: not UTF-8; want the file as it was exported, not saved by Excel") from None
    first = text.partition("\n")[0]
    return text, max(",;\t", key=first.count)


def _records(results: Path, filled: Filled) -> Iterator[Record]:
    """The results that hold a score; of the others it is told why not."""
    folders = sorted(path for path in results.iterdir() if path.is_dir()) if results.is_dir() else []
    if not folders:
        raise CourseError(f"gradebook: {results}: no results here; want the folder that autograder grade wrote")
    assignments: set[str] = set()
    for folder in folders:
        record = read_record(folder)
        if record is None:
            filled.to_look_at.append(f"{folder.name}: its result was changed or cannot be read; grade it again")
            continue
        assignments.add(record["assignment"])
        if record["score"] is None:
            reason = printable(record["reason"], 200)
            filled.to_look_at.append(f"{record['id']}: {record['status']}, so there is no score: {reason}")
            continue
        if record["status"] != "graded":
            reason = printable(record["reason"], 200)
            filled.to_look_at.append(f"{record['id']}: {record['status']}, {number(record['score'])} points: {reason}")
        yield record
    if len(assignments) > 1:
        names = ", ".join(sorted(assignments))
        raise CourseError(f"gradebook: {results}: results of {names}; want one assignment's folder")


def _matched(records: Iterable[Record], roster: _Roster, filled: Filled) -> dict[int, Record]:
    """Row -> the one record that is its student's; what cannot be told is told, and fills nothing."""
    claims: dict[int, list[Record]] = {}
    for record in records:
        places = [place for place, keys in enumerate(roster.keys) if record["id"].casefold() in keys]
        told = f"{record['id']}: {number(record['score'])} points, "
        if len(places) == 1:
            claims.setdefault(places[0], []).append(record)
        elif places:
            filled.to_look_at.append(f"{told}but {len(places)} rows of the roster have that id")
        else:
            filled.to_look_at.append(f"{told}but no row of the roster has that id")
    for place, several in list(claims.items()):
        if len(several) > 1:
            ids = ", ".join(f"{each['id']} ({number(each['score'])})" for each in several)
            filled.to_look_at.append(f"{ids}: are one student of the roster; which one counts?")
            del claims[place]
    return {place: records[0] for place, records in claims.items()}


def _fill_cell(roster: _Roster, place: int, record: Record, scale: bool, filled: Filled) -> None:
    row, score, maximum = roster.rows[place], record["score"], _number(roster.maximum[place])
    before = row[roster.column].strip()
    if before in _NOT_ASSIGNED:
        what = "excused" if before == "EX" else "not set for this student"
        filled.to_look_at.append(f"{record['id']}: {number(score)} points, but there it is {what} ({before})")
        return
    if maximum is not None and maximum != record["max_score"]:
        if not scale:
            raise CourseError(
                f"gradebook: {filled.column!r} is out of {number(maximum)} points, the results out of "
                f"{number(record['max_score'])}; set the points there, or convert with --scale"
            )
        score = round(score * maximum / record["max_score"], 2)
    row[roster.column] = number(score)
    filled.n_filled += 1
    old = _number(before)
    filled.n_other += old is not None and abs(old - score) > 0.005  # two decimals are what is exported


# --- the two forms ------------------------------------------------------------------------------------------


def _canvas(table: list[list[str]], column: str, roster: str) -> _Roster:
    """The gradebook as Canvas exports it: who, then "Title (id)" for each assignment; points in a row of their own."""
    header, rows = _header_and_rows(table)
    if not {"ID", "Section"} <= set(header):
        raise CourseError(
            f"roster {roster}: no columns ID and Section; want the gradebook as Canvas exports it (Grades, Export)"
        )
    titles = {name: match["title"] for name in header if (match := _CANVAS_COLUMN.fullmatch(name))}
    place = _column(header, titles, column, roster)
    keys = [{_key(row[header.index(name)]) for name in _CANVAS_KEYS if name in header} - {""} for row in rows]
    points = [number for number, row in enumerate(rows) if "Points Possible" in row[0]]
    for number_of_row in points:
        keys[number_of_row] = set()
    maximum = rows[points[0]][place].strip() if points else ""
    if "read only" in maximum:
        raise CourseError(f"gradebook: {header[place]!r} is read-only in Canvas; choose another column with --column")
    info = [number for number in range(header.index("Section") + 1) if _CANVAS_INFO.fullmatch(header[number])]
    return _Roster(header, rows, keys, place, [maximum] * len(rows), [*info, place])


def _moodle(table: list[list[str]], column: str, roster: str) -> _Roster:
    """The grading worksheet of an assignment: "Participant 123" first, the grade in a column of its own."""
    header, rows = _header_and_rows(table)
    participants = [match[1] for row in rows if (match := re.fullmatch(r"\D+(\d+)", row[0]))]
    if not rows or len(participants) < len(rows):
        raise CourseError(
            f'roster {roster}: its first column does not say "Participant 123"; want the assignment\'s grading '
            "worksheet as Moodle exports it (Download grading worksheet)"
        )
    place = _column(header, {name: name for name in header}, column or "Grade", roster)
    at = next((number for number, name in enumerate(header) if _MOODLE_MAXIMUM.fullmatch(name)), None)
    keys = []
    for row, participant in zip(rows, participants, strict=True):
        named = {row[number] for number, name in enumerate(header) if name in _MOODLE_KEYS}
        addresses = {
            cell for cell in row if re.fullmatch(r"[^@\s]+@[^@\s]+", cell)
        }  # in whatever language the header is
        keys.append({_key(text) for text in ({participant} | named | addresses)} - {""})
    kept = [number for number, name in enumerate(header) if name not in _MOODLE_TEXTS]
    return _Roster(header, rows, keys, place, ["" if at is None else row[at] for row in rows], kept)


def _header_and_rows(table: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    header = table[0] if table else []
    return header, [row[: len(header)] + [""] * (len(header) - len(row)) for row in table[1:]]


def _column(header: list[str], titles: dict[str, str], wanted: str, roster: str) -> int:
    """The column of this name or title; without one, the only one there is."""
    found = [name for name, title in titles.items() if wanted in ("", name, title)]
    if len(found) != 1:
        names = ", ".join(repr(printable(name, 60)) for name in titles) or "none"
        raise CourseError(f"roster {roster}: got {wanted or 'no column'!r}, want one with --column; there are {names}")
    return header.index(found[0])


def _key(text: str) -> str:
    return safe_id(text.strip()).casefold() if text.strip() else ""


def _number(text: str) -> float | None:
    """A number as either platform writes it, with a point or a comma."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _harmless(text: str) -> str:
    """A cell that is no formula; a number, and the dash for nothing, are none."""
    return text if len(text) < 2 or _number(text) is not None else spreadsheet_cell(text)
