"""Whose an entry is: files of one student are put together, and what two may claim is a conflict, nobody's to score."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from autograder.intake.file_names import copy_of
from autograder.intake.folders import path_shown
from autograder.intake.found import Found, Submission
from autograder.intake.gradescope_export import METADATA
from autograder.intake.names import safe_id, safe_ids, same, show

_SAMPLE = 5


def decided(found: Sequence[Found], is_known: Callable[[str], bool]) -> Iterator[Found]:
    """The entries as the roster has them: of those that can be read in two ways, it may know one id alone.

    Where something else has that id the entry stays in doubt: an old roster must not lower anybody's score.
    """
    claims = Counter(same(each.raw_id) for each in found)
    for entry in found:
        readings = {each.id: each for each in (entry.reading, *entry.others) if each and is_known(each.id)}
        if entry.others and len(readings) == 1:
            [reading] = readings.values()
            if claims[same(reading.id)] == (reading.id == entry.raw_id):  # its own claim, or none
                entry = replace(entry, raw_id=reading.id, name=reading.name, reading=reading, others=())
        yield entry


def put_together(found: Iterable[Found]) -> list[Submission]:
    """One submission for each id: files of one student on one platform make one; all else with one id is a conflict."""
    entries = list(dict.fromkeys(found))
    by_id: dict[str, list[Found]] = {}
    for entry in entries:
        by_id.setdefault(same(entry.raw_id), []).append(entry)
    apart = _doubtful(entries, by_id) | _copies(entries) | _missing(entries)
    groups: dict[str, list[Found]] = {}
    for entry in entries:
        if entry not in apart:
            groups.setdefault(_key(entry), []).append(entry)
    students: dict[str, Submission] = {}
    for group in groups.values():
        text, counting = group[0].raw_id, _last_attempt(group)
        if not _are_of_one(group) or text in students:
            apart |= {entry: _one_id(entry, by_id[same(text)]) for entry in group}
        elif counting is None:
            apart |= {entry: _no_order(entry, group) for entry in group}
        else:
            students[text] = _submission(counting, notes=_left_out(counting, group))
    for entry, conflict in apart.items():
        text = entry.raw_id if len(by_id[same(entry.raw_id)]) == 1 else f"{entry.raw_id}-{entry.path.name}"
        while text in students:  # whoever chose the name may have aimed at somebody's id
            text += "_"
        students[text] = replace(_submission([entry], conflict=conflict), claimed=safe_id(entry.raw_id))
    ids = safe_ids(students)
    submissions = (replace(submission, id=ids[text]) for text, submission in students.items())
    return sorted(submissions, key=lambda submission: submission.id)


def _submission(entries: list[Found], conflict: str = "", notes: tuple[str, ...] = ()) -> Submission:
    """What the entries are together; its id comes later, when all are known."""
    entries = sorted(entries, key=lambda entry: (entry.number, str(entry.path)))
    name = entries[0].name.encode("utf-8", "backslashreplace").decode()  # a file name may hold lone surrogates
    return Submission(
        id="",
        name=name,
        paths=tuple(entry.path for entry in entries),
        conflict=conflict,
        notes=notes,
        late=any(entry.late for entry in entries),
        submitted=entries[0].submitted,
        may_be_class=not all(entry.platform or entry.is_listed for entry in entries),
    )


def _key(entry: Found) -> str:
    """By what entries are one student's; ids that Canvas draws for anonymous grading differ by case alone."""
    is_drawn = entry.platform == "Canvas" and not entry.name
    return f"{entry.raw_id}/" if is_drawn and not entry.raw_id.isdigit() else same(entry.raw_id)


def _are_of_one(entries: Sequence[Found]) -> bool:
    """Whether entries with one id are one student's files. The name counts: whoever may choose it could put another's
    number into it.
    """
    owners = {(entry.platform, entry.raw_id, same(entry.reading.name)) for entry in entries if entry.reading}
    return len(entries) == 1 or (len(owners) == 1 and all(entry.reading for entry in entries))


def _last_attempt(entries: Sequence[Found]) -> list[Found] | None:
    """Of one student's entries those that count; None if it cannot be told which is the last attempt."""
    # Moodle and Blackboard keep typed text beside the files: it counts only where it is all that was handed in.
    files = [entry for entry in entries if entry.has_file] or [*entries]
    if len(files) > 1 and files[0].platform == "Brightspace" and not all(entry.attempt for entry in files):
        return None
    last = max(entry.attempt for entry in files)
    return [entry for entry in files if entry.attempt == last]


def _left_out(counting: Sequence[Found], group: Sequence[Found]) -> tuple[str, ...]:
    """A note on a student's other attempts, if there are any."""
    last = counting[0].attempt
    left = [
        show(entry.path.name) for entry in group if entry.attempt > last or (entry.attempt < last and entry.has_file)
    ]
    if not left:
        return ()
    more = f" and {len(left) - _SAMPLE} more" if len(left) > _SAMPLE else ""
    return (f"{', '.join(left[:_SAMPLE])}{more}: not read: of several attempts the last one with files counts",)


# --- conflicts ----------------------------------------------------------------------------------------------


def _doubtful(entries: Sequence[Found], by_id: Mapping[str, Sequence[Found]]) -> dict[Found, str]:
    """Why entries whose names can be read in two ways are not to be graded, nor to touch whom they may be of.

    A file that begins with a number gives Canvas's names a second reading without meaning to: these are in doubt only
    where somebody else claims the id. Nobody has Moodle's piece in a name of their own by chance.
    """
    conflicts = {}
    for entry in (each for each in entries if each.others):
        rivals = by_id[same(entry.raw_id)]
        is_meant = any(other.platform != "Canvas" for other in entry.others)
        if len(rivals) > 1 or is_meant:
            ids = " or ".join(show(each) for each in dict.fromkeys((entry.raw_id, *(o.id for o in entry.others[:1]))))
            beside = f", and {_others(entry, rivals)} has the first id too" if len(rivals) > 1 else ""
            conflicts[entry] = (
                f"submissions: {path_shown(entry.path)} can be read as the hand-in of {ids}{beside}; "
                "want a name with one reading; rename it once you know whose it is"
            )
    return conflicts


def _copies(entries: Sequence[Found]) -> dict[Found, str]:
    """Why `ann (1).zip` beside `ann.zip` is not a student of its own; ann's stays ann's."""
    plain = {same(entry.raw_id): entry for entry in entries if not entry.platform}
    conflicts = {}
    for entry in plain.values():
        copy = copy_of(entry.raw_id, numbered=False)
        original = plain.get(same(copy[0])) if copy else None
        if original is not None:
            conflicts[entry] = (
                f"submissions: {path_shown(entry.path)} is named as a copy of {path_shown(original.path)}; "
                "want one for each student; remove or rename one"
            )
    return conflicts


def _missing(entries: Sequence[Found]) -> dict[Found, str]:
    """Why a submission that Gradescope's metadata names cannot be graded: its folder is not in the export."""
    return {
        entry: (
            f"submissions: {path_shown(entry.path)} is not there, but {METADATA} names it; "
            "want the whole export; export the submissions again"
        )
        for entry in entries
        if entry.is_listed and not os.path.lexists(entry.path)
    }


def _one_id(entry: Found, group: Sequence[Found]) -> str:
    differ = len({other.raw_id for other in group}) > 1
    why = " (case, and how a letter is encoded, tell nobody apart)" if differ else ""
    return (
        f"submissions: {path_shown(entry.path)} has the id {show(entry.raw_id)}, and so has "
        f"{_others(entry, group)}{why}; want one for each student; remove or rename one"
    )


def _no_order(entry: Found, group: Sequence[Found]) -> str:
    return (
        f"submissions: {path_shown(entry.path)} is an attempt of {show(entry.raw_id)}, and so is "
        f"{_others(entry, group)}: their dates cannot be put in order; want the last one alone; remove the others"
    )


def _others(entry: Found, group: Sequence[Found]) -> str:
    """The first few of a group but the entry: whoever hands in a thousand files makes no line of a thousand."""
    shown = [path_shown(other.path) for other in group[: _SAMPLE + 1] if other is not entry][:_SAMPLE]
    more = len(group) - 1 - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
