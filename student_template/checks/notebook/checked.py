"""How a check of one exercise went: a page for the notebook, plain text for a terminal."""

import html
from collections.abc import Iterator
from math import fsum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..report.summary import number
from ..words import say

SHOWN_ELEMENTS = 10
SHOWN_LINES = 8  # of a message, and of what a test printed
_RED, _GREEN, _GREY = "#c62828", "#2e7d32", "#757575"  # readable on white and on black


class Shown(NamedTuple):
    """One test: plain values, as the student is shown them."""

    name: str
    points: float
    passed: bool
    to_do: str = ""  # which section sets what is not done yet, if that is behind the failure
    waits: str = ""  # why it was not judged: which test comes first
    message: str = ""
    place: str = ""
    code: str = ""
    hint: str = ""
    printed: str = ""
    arrays: tuple[Any, ...] = ()  # got and want, if the test compared two


class Checked(NamedTuple):
    """What `check` returns."""

    exercise: str
    tests: tuple[Shown, ...] = ()
    trouble: str = ""  # why no test ran
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        return fsum(test.points for test in self.tests if test.passed)

    @property
    def max_points(self) -> float:
        return fsum(test.points for test in self.tests)

    @property
    def passed(self) -> bool:
        return not self.trouble and all(test.passed for test in self.tests)

    @property
    def headline(self) -> str:
        if self.trouble:
            return f"{self.exercise}: {self.trouble}"
        points = say("report.public_points", got=number(self.points), of=number(self.max_points))
        left = [test.to_do for test in self.tests if test.to_do]
        end = []
        if self.passed:
            end = [say("report.all_pass")]
        elif left:
            end = [say("not_done.of", what=left[0])]
        return ": ".join([self.exercise, points, *end])

    @property
    def failures(self) -> list[tuple[Shown, int]]:
        """Wrong answers and exceptions; those that say the same are said once, with how many there are."""
        groups: dict[tuple[str, ...], list[Shown]] = {}
        for test in self.tests:
            if not (test.passed or test.to_do or test.waits):
                groups.setdefault((test.message, test.place), []).append(test)
        return [(tests[0], len(tests)) for tests in groups.values()]

    def __repr__(self) -> str:
        lines = [self.headline]
        for test, count in self.failures:
            lines.append(f"\n{_title(test, count)}")
            lines += [f"    {line}" for line in test.message.splitlines()[:SHOWN_LINES]]
            if test.place:
                lines += [f"    {test.place}", f"        {test.code}"]
            rows, cut = _rows(*test.arrays) if test.arrays else ([], "")
            for at, got, want, wrong in rows:
                said = say("notebook.at_wrong" if wrong else "notebook.at", at=at, got=got, want=want)
                lines.append(f"    {said}")
            lines += [f"    {cut}"] * bool(cut)
            lines += [f"    {say('failed.hint', hint=test.hint)}"] * bool(test.hint)
            printed = test.printed.splitlines()[-SHOWN_LINES:]
            lines += [f"    {say('failed.printed_line', line=line)}" for line in printed]
        return "\n".join([*lines, *(say("notebook.note", note=note) for note in self.notes)])

    def _repr_html_(self) -> str:
        color = _GREEN if self.passed else _RED if self.failures or self.trouble else _GREY
        head = f'<p style="color:{color}"><b>{"<br>".join(map(html.escape, self.headline.splitlines()))}</b></p>'
        parts = [head, *("".join(_failure(test, count)) for test, count in self.failures)]
        parts += [f'<p style="color:{_GREY}">{html.escape(note)}</p>' for note in self.notes]
        return f'<div style="max-width:60em">{"".join(parts)}</div>'


def _title(test: Shown, count: int) -> str:
    return say("report.and_more", what=test.name, n=count - 1) if count > 1 else test.name


def _failure(test: Shown, count: int) -> Iterator[str]:
    yield f'<div style="border-left:3px solid {_RED};padding-left:0.8em;margin:0.6em 0">'
    yield f"<b>{html.escape(_title(test, count))}</b>"
    message = "\n".join(test.message.splitlines()[:SHOWN_LINES])
    yield f'<div style="white-space:pre-wrap">{html.escape(message)}</div>'
    if test.place:
        yield f"<div>{html.escape(test.place)}: <code>{html.escape(test.code)}</code></div>"
    if test.arrays:
        yield from _table(*test.arrays)
    if test.hint:
        yield f"<div><i>{html.escape(say('failed.hint', hint=test.hint))}</i></div>"
    if test.printed:
        printed = "\n".join(test.printed.splitlines()[-SHOWN_LINES:])
        yield f"<div>{html.escape(say('notebook.printed'))}</div><pre>{html.escape(printed)}</pre>"
    yield "</div>"


def _table(got: Any, want: Any) -> Iterator[str]:
    rows, cut = _rows(got, want)
    columns = [html.escape(say(f"notebook.column.{name}")) for name in ("at", "got", "want")]
    yield f"<table><tr>{''.join(f'<th>{column}</th>' for column in columns)}<th></th></tr>"
    for *cells, wrong in rows:
        style = f' style="color:{_RED};font-weight:bold"' if wrong else ""
        texts = [*cells, say("notebook.wrong") if wrong else ""]
        yield f"<tr{style}>{''.join(f'<td>{html.escape(text)}</td>' for text in texts)}</tr>"
    yield "</table>"
    if cut:
        yield f"<div>{html.escape(cut)}</div>"


def _rows(got: Any, want: Any) -> tuple[list[tuple[str, str, str, bool]], str]:
    """(index, got, want, whether it is wrong) of all elements, or of the first wrong ones if there are many."""
    wrong = _wrong(got, want)
    shown = np.argwhere(wrong if wrong.size > SHOWN_ELEMENTS else np.ones_like(wrong))[:SHOWN_ELEMENTS]
    rows = []
    for place in shown:
        index = tuple(int(k) for k in place)
        rows.append((str(list(index)), f"{got[index]:.6g}", f"{want[index]:.6g}", bool(wrong[index])))
    count = int(wrong.sum())
    return rows, say("gradient.count", n=count, of=wrong.size) if wrong.size > SHOWN_ELEMENTS else ""


def _wrong(got: Any, want: Any) -> Any:
    """Where they differ by more than rounding: the test itself has said that they do differ."""
    return ~np.isclose(got, want, rtol=1e-9, atol=1e-12, equal_nan=True)


def difference(error: BaseException, test_file: Path) -> tuple[Any, ...]:
    """(got, want), the arrays that the innermost frame of the test file compared; () if it did not compare two."""
    found: tuple[Any, ...] = ()
    traceback = error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_code.co_filename == str(test_file):
            found = (frame.f_locals.get("got"), frame.f_locals.get("want"))
        traceback = traceback.tb_next
    if not found or not all(isinstance(each, np.ndarray | np.generic | float | int) for each in found):
        return ()
    got, want = (np.array(each) for each in found)
    numeric = got.dtype.kind in "biuf" and want.dtype.kind in "biuf"
    return (got, want) if numeric and got.shape == want.shape and got.ndim and _wrong(got, want).any() else ()
