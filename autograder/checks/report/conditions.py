"""What a test's points depend on: tests named by `after`, and for a gradient at home by `forward`.

A test of shapes, of empty input or of "changes nothing" proves little by itself: zeros of the right shape pass it. It
rides on the tests of values of its exercise: until these pass it is not judged, and costs its points.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..words import say


class NotJudged(AssertionError):
    """A test that was not run because one that it depends on was not passed; the message says which."""


class Declared(NamedTuple):
    """A test as its author declared it: its function, its name with parameters, and its exercise."""

    function: str
    name: str
    exercise: str


def not_judged(name: str) -> str:
    """What is said of a test that depends on the one of this name."""
    return say("not_judged", test=name)


def names_in(marker: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The tests named under `after` or `forward` of a points marker: a text, or several in a list or tuple.

    Raises: ValueError if it is anything else
    """
    given = marker.get(key, ())
    names = (given,) if isinstance(given, str) else given
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) and name for name in names):
        raise ValueError(f"{key}: got {given!r}, want the name of a test, or a list of names")
    return tuple(names)


def conditions(names: Iterable[str], test: Declared, others: Sequence[Declared]) -> tuple[int, ...]:
    """The places among `others` of the tests that these names mean for `test`.

    A function's name means all tests of it in the same exercise, "test_value[mul]" that one alone.

    Raises: ValueError for a name of no test of the exercise
    """
    found: list[int] = []
    for name in names:
        of_exercise = [(place, other) for place, other in enumerate(others) if other.exercise == test.exercise]
        places = [place for place, other in of_exercise if name in (other.function, other.name)]
        if not places:
            raise ValueError(f"got {name!r}, want the name of an earlier test of {test.exercise}")
        found += places
    return tuple(dict.fromkeys(found))
