"""Scores into the gradebook of Canvas or the grading worksheet of Moodle, as CSV files that these import.

Both import what they have exported themselves, changed in one column; so that export is asked for as the roster, and
says what its rows, columns and points are called. A cell is only ever filled with a score that stands; every other
one stays as it came, because an empty cell deletes the grade that is there (Canvas). Nobody is left out in silence:
a result that finds no row, or more than one, is told.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.checks.report.summary import number
from autograder.errors import CourseError, there
from autograder.grading.harmless import printable
from autograder.grading.records import Record
from autograder.grading.results import read_record
from autograder.platforms.gradebook.rosters import Roster, key, parse_number, read_roster, read_table
from autograder.records import left_out, membership

_NOT_ASSIGNED = ("N/A", "EX")  # Canvas: not this student's, excused


@dataclass
class Filled:
    """What became of the results: how many cells got a score, and a line for each that a person has to look at."""

    column: str
    n_filled: int = 0
    n_other: int = 0  # cells that held another score before
    n_without: int = 0  # students of the roster without a result
    n_unknown: int = 0  # results whose id the roster does not know
    to_look_at: list[str] = field(default_factory=list)
    left_out: str = ""  # what the scores are without
    left: list[str] = field(default_factory=list)  # ids with a score that are no longer in the class: left out


def fill(
    results: Path,
    platform: str,
    roster: Path,
    out: Path,
    *,
    column: str = "",
    scale: bool = False,
    out_of: float | None = None,
    match: Path | None = None,
) -> Filled:
    """Writes the roster with the scores of a results folder in one column to the file `out`.

    With `scale`, a score is converted to the points that the platform has for the column; `out_of` are these, where the
    roster does not say. `match` is a CSV `id,key`: whose the ids are that are no key of the roster's.
    Trust: names and texts in the roster were written by students; none becomes a formula of a spreadsheet.
    Raises: CourseError if the roster is not the platform's export, or points do not agree or cannot be told
    """
    for what, given in (("roster", roster), ("match", match)):
        if given is not None and out.exists() and given.exists() and out.samefile(given):
            raise CourseError(f"gradebook: {out}: is the {what} itself; want another file with --out")
    known = read_roster(roster, platform, column)
    filled = Filled(known.header[known.column], left_out=left_out(results))
    scores = _matched(list(_records(results, filled)), known, _read_match(match) if match else {}, filled)
    maxima = [_maximum(known, text, out_of) for text in known.maximum]
    for place, record in scores.items():
        _fill_cell(known, place, record, maxima[place], scale, filled)
    filled.n_without = sum(1 for place, keys in enumerate(known.keys) if keys and place not in scores)
    known.write(out)
    return filled


def _read_match(path: Path) -> dict[str, str]:
    """The key that a person has found for each id; CourseError if the file is not id,key with each id once."""
    _, table = read_table(path, "match")
    header, rows = (table[0] if table else []), table[1:]
    if [cell.strip().casefold() for cell in header] != ["id", "key"]:
        raise CourseError(f"match {path}: got the heading {printable(','.join(header), 80)!r}, want id,key")
    found: dict[str, str] = {}
    for at, row in enumerate(rows, 2):
        identity = row[0].strip().casefold()
        if len(row) != 2 or not identity or not key(row[1]):
            raise CourseError(f"match {path}: row {at}: got {printable(','.join(row), 80)!r}, want an id and a key")
        if found.setdefault(identity, key(row[1])) != key(row[1]):
            raise CourseError(f"match {path}: row {at}: {printable(row[0], 80)!r} has another key above; want one")
    return found


def _records(results: Path, filled: Filled) -> Iterator[Record]:
    """The results that hold a score; of the others it is told why not."""
    folders = sorted(path for path in results.iterdir() if path.is_dir()) if results.is_dir() else []
    if not folders:
        raise CourseError(f"gradebook: {results}: no results here; want the folder that autograder grade wrote")
    assignments: set[str] = set()
    is_member = membership(results)
    for folder in folders:
        record = read_record(folder)
        if record is None:
            filled.to_look_at.append(f"{folder.name}: its result was changed or cannot be read; grade it again")
            continue
        assignments.add(record.assignment)
        if not is_member(record.id):
            filled.left.append(record.id)
            continue
        if record.score is None:
            reason = printable(record.reason, 200)
            filled.to_look_at.append(f"{record.id}: {record.status}, so there is no score: {reason}")
            continue
        yield record
    if len(assignments) > 1:
        names = ", ".join(sorted(assignments))
        raise CourseError(f"gradebook: {results}: results of {names}; want one assignment's folder")


def _matched(records: Iterable[Record], roster: Roster, match: Mapping[str, str], filled: Filled) -> dict[int, Record]:
    """Row -> the one record that is its student's; what cannot be told is told, and fills nothing."""
    claims: dict[int, list[Record]] = {}
    for record in records:
        identity = record.id.casefold()
        places = _rows_of(roster, identity)
        by_hand = match.get(identity, "")
        if by_hand:
            places += [place for place in _rows_of(roster, by_hand) if place not in places]
        filled.n_unknown += not places
        told = f"{record.id}: {number(there(record.score))} points, "
        if len(places) == 1:
            claims.setdefault(places[0], []).append(record)
        elif places and by_hand:
            filled.to_look_at.append(
                f"{told}but that id, and {by_hand} with --match, are {len(places)} rows of the roster"
            )
        elif places:
            filled.to_look_at.append(f"{told}but {len(places)} rows of the roster have that id")
        elif by_hand:
            filled.to_look_at.append(f"{told}but no row of the roster has that id, nor {by_hand}, its key in --match")
        else:
            filled.to_look_at.append(f"{told}but no row of the roster has that id")
    for place, several in list(claims.items()):
        if len(several) > 1:
            ids = ", ".join(f"{each.id} ({number(there(each.score))})" for each in several)
            filled.to_look_at.append(f"{ids}: are one student of the roster; which one counts?")
            del claims[place]
    return {place: records[0] for place, records in claims.items()}


def _rows_of(roster: Roster, identity: str) -> list[int]:
    """The rows that have it among their keys, and those of the same student: which have a key of the same kind."""
    found = [place for place, keys in enumerate(roster.keys) if identity in keys]
    if len(found) != 1:
        return found
    own = roster.keys[found[0]]
    return [
        place
        for place, keys in enumerate(roster.keys)
        if any(mine and mine == theirs for mine, theirs in zip(own, keys, strict=False))
    ]


def _maximum(roster: Roster, text: str, out_of: float | None) -> float:
    """The points that a cell is out of; CourseError where they cannot be told, because a guess is a wrong grade."""
    column, said = printable(roster.header[roster.column], 80), parse_number(text, roster.decimal)
    if said is None and out_of is None:
        got = f"{printable(text.strip(), 40)!r} as its maximum" if text.strip() else "no maximum"
        raise CourseError(f"gradebook: {column!r}: got {got}, want a number of points; say how many with --out-of")
    if said is not None and out_of not in (None, said):
        raise CourseError(f"gradebook: {column!r} is out of {number(said)} points there; got --out-of {out_of:g}")
    maximum = said if said is not None else there(out_of)
    if maximum <= 0:
        raise CourseError(f"gradebook: {column!r} is out of {number(maximum)} points; set the points there")
    return maximum


def _fill_cell(roster: Roster, place: int, record: Record, maximum: float, scale: bool, filled: Filled) -> None:
    row, score = roster.rows[place], there(record.score)
    before = row[roster.column].strip()
    if before in _NOT_ASSIGNED:
        what = "excused" if before == "EX" else "not set for this student"
        filled.to_look_at.append(f"{record.id}: {number(score)} points, but there it is {what} ({before})")
        return
    if roster.locked[place]:
        said = printable(roster.locked[place], 40)
        filled.to_look_at.append(f"{record.id}: {number(score)} points, but there the grade cannot be changed ({said})")
        return
    if maximum != record.max_score:
        if not scale:
            raise CourseError(
                f"gradebook: {filled.column!r} is out of {number(maximum)} points, the results out of "
                f"{number(record.max_score)}; set the points there, or convert with --scale"
            )
        score = round(score * maximum / record.max_score, 2)
    if record.status != "graded":
        filled.to_look_at.append(f"{record.id}: {record.status}, {number(score)} points: {record.trouble}")
    row[roster.column] = number(score).replace(".", roster.decimal or ("," if roster.form.delimiter == ";" else "."))
    filled.n_filled += 1
    old = parse_number(before, roster.decimal)
    filled.n_other += old is not None and abs(old - score) > 0.005  # two decimals are what is exported
