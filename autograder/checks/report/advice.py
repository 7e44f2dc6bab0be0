"""What the commonest exceptions mean in this course, in the words of somebody who looks over one's shoulder.

By an exception's text and the line it came from; Python says what it met, and not what was meant.
"""

import re
from typing import NamedTuple


class _Known(NamedTuple):
    """A pattern of the message, one of the line, and the advice, in which {0} is the first group of the message."""

    message: re.Pattern[str]
    line: re.Pattern[str]
    advice: str


def _known(message: str, advice: str, line: str = "") -> _Known:
    return _Known(re.compile(message), re.compile(line), advice)


_UFUNC = r"operand '{}' does not support ufuncs"
_KNOWN = (
    _known(_UFUNC.format("Tensor"), "numpy's functions take arrays: give them the Tensor's .data"),
    _known(_UFUNC.format("Dual"), "numpy's functions take arrays: use this file's own, or .primal and .tangent"),
    _known(_UFUNC.format("Remote|object"), "numpy's functions take arrays: is .data missing?"),
    _known(_UFUNC.format(r"\w+"), "numpy's functions take arrays: for an expression use this file's own, as in Sin(u)"),
    _known(
        r"(Max|Sum|Abs|Pow|Mean)\.forward\(\) (?:takes|got|missing)",
        "the file's own operation has this name; for arrays take numpy's: np.maximum(0, ...), np.abs(...)",
    ),
    _known(r"'bitwise_xor'|unsupported operand type\(s\) for \^", "a power is written **; ^ is another operation"),
    _known(
        r"not enough values to unpack \(expected \d+, got 0\)|tuple index out of range",
        "forward has saved nothing for backward: ctx.save_for_backward(...)",
        r"ctx\.saved|\bsaved\b",
    ),
    _known(
        r"truth value of an array",
        "`if`, `and` and `max` ask one number; for each element: np.where(a > 0, ..., ...), np.maximum, &, |",
    ),
    _known(
        r"only (?:0-dimensional|length-1|size-1) arrays can be converted",
        "functions of `math` and float() take one number; numpy's take arrays: np.exp, np.tanh",
    ),
    _known(
        r"could not be broadcast together", "* multiplies element by element; a matrix product is @", r"(?<!\*)\*(?!\*)"
    ),
    _known(r"'NoneType'", "something here is None: is a return missing in what was called?"),
    _known(
        r"NameError: name '(\w+)' is not defined", "is it self.{0}, an argument that is called otherwise, or an import?"
    ),
    _known(
        r"setting an array element with a sequence", "an object stands where a number is wanted: is .item() missing?"
    ),
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
            return known.advice.format(*found.groups())
    kind = _WRONG_TYPE.search(message)
    return "is a return missing?" if kind and kind[1].startswith("None") and "return missing" not in message else ""


def agreement(message: str) -> str:
    """What it may be where a test has no hint of its own, and its numbers differ little; "" if they differ more."""
    return "they agree to seven digits: is something float32?" if _agree_as_float32(message) else ""


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
