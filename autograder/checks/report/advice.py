"""What the commonest exceptions mean in this course.

By an exception's text and the line it came from; Python says what it met, and not what was meant.
"""

import re
from typing import NamedTuple

from ..words import say


class _Known(NamedTuple):
    """A pattern of the message, one of the line, and the name of the advice, which may use the message's group."""

    message: re.Pattern[str]
    line: re.Pattern[str]
    advice: str


def _known(message: str, advice: str, line: str = "") -> _Known:
    return _Known(re.compile(message), re.compile(line), advice)


_UFUNC = r"operand '{}' does not support ufuncs"
_KNOWN = (
    _known(_UFUNC.format("Tensor"), "tensor"),
    _known(_UFUNC.format("Dual"), "dual"),
    _known(_UFUNC.format("Remote|object"), "object"),
    _known(_UFUNC.format(r"\w+"), "expression"),
    _known(
        r"(Max|Sum|Abs|Pow|Mean)\.forward\(\) (?:takes|got|missing)",
        "own_name",
    ),
    _known(r"'bitwise_xor'|unsupported operand type\(s\) for \^", "power"),
    _known(
        r"not enough values to unpack \(expected \d+, got 0\)|tuple index out of range",
        "nothing_saved",
        r"ctx\.saved|\bsaved\b",
    ),
    _known(
        r"truth value of an array",
        "truth",
    ),
    _known(
        r"only (?:0-dimensional|length-1|size-1) arrays can be converted",
        "one_number",
    ),
    _known(r"could not be broadcast together", "matrix_product", r"(?<!\*)\*(?!\*)"),
    _known(r"'NoneType'", "none"),
    _known(r"NameError: name '(\w+)' is not defined", "name"),
    _known(r"setting an array element with a sequence", "sequence"),
)
FLOAT32 = 1e-6  # relative: a few units in the last place
_GOT_AND_WANT = re.compile(r"\bgot (.*?), want (.*)", re.DOTALL)
_NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
# A value of the wrong type: whatever the test's own hint says is about the values of right ones.
_WRONG_TYPE = re.compile(
    r"\b(?:got|returned) (?:an? )?(None\w*|ndarray|Tensor|float|int|list|tuple|generator|bool)\b.*\bwant an? "
)


def advice(message: str, line: str = "") -> str:
    """What to try where this was raised by this line; "" if nothing is known."""
    for known in _KNOWN:
        found = known.message.search(message)
        if found and known.line.search(line):
            return say(f"advice.{known.advice}", name="".join(found.groups("")))
    kind = _WRONG_TYPE.search(message)
    is_said = "return missing" in message or say("advice.return") in message
    return say("advice.return") if kind and kind[1].startswith("None") and not is_said else ""


def agreement(message: str) -> str:
    """What it may be where a test has no hint of its own, and its numbers differ little; "" if they differ more."""
    return say("advice.float32") if _agree_as_float32(message) else ""


def _agree_as_float32(message: str) -> bool:
    """Whether the numbers that were got are those that were wanted, but for what float32 rounds away."""
    found = _GOT_AND_WANT.search(message)
    got, want = (
        [float(number) for number in _NUMBER.findall(part)] for part in (found.groups() if found else ("", ""))
    )
    if len(got) != len(want) or got == want:
        return False
    return all(abs(a - b) <= FLOAT32 * abs(b) for a, b in zip(got, want, strict=True))


def is_of_wrong_type(message: str) -> bool:
    """Whether a test has found a value of another type than it wanted."""
    return _WRONG_TYPE.search(message) is not None
