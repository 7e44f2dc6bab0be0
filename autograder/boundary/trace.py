"""What student code answered in one test, in order, as the trusted side received it: the evidence for a diagnosis.

Trust: the values are the submission's, rebuilt as exact types like all that comes over the wire. They are only ever
compared with others, never handed to code that could act on them.
"""

from dataclasses import dataclass, field

import numpy as np

MAX_ANSWERS = 50_000
MAX_TRACE_BYTES = 32 << 20
PLAIN = (np.ndarray, np.generic, bool, int, float, str, type(None))
OBJECT = Ellipsis  # stands for an object of the submission's own, which must not be kept alive over there


@dataclass(frozen=True)
class Answer:
    """A value or (type name, text) of an exception; categories of warnings; calls of the test's own functions."""

    value: object
    raised: tuple[str, str] | None = None
    warned: tuple[str, ...] = ()
    n_callbacks: int = 0


@dataclass
class Trace:
    """The answers of one test. `is_whole` is False once it is too long to be kept; then it proves nothing."""

    answers: list[Answer] = field(default_factory=list)
    n_bytes: int = 0
    is_whole: bool = True

    def note(self, answer: Answer) -> None:
        """Keep one more answer, within bounds."""
        if not self.is_whole:
            return
        value = without_objects(answer.value)
        self.n_bytes += n_bytes(value)
        if len(self.answers) >= MAX_ANSWERS or self.n_bytes > MAX_TRACE_BYTES:
            self.is_whole = False
            self.answers.clear()
        else:
            self.answers.append(Answer(value, answer.raised, answer.warned, answer.n_callbacks))


def without_objects(value: object) -> object:
    """The value with OBJECT in the place of everything that is not plain; containers are new ones."""
    if isinstance(value, PLAIN):
        return value
    if type(value) is list or type(value) is tuple:
        return [without_objects(item) for item in value]
    if type(value) is dict:
        return {key: without_objects(item) for key, item in value.items()}
    return OBJECT


def n_bytes(value: object) -> int:
    """The size of the arrays and texts in a value, roughly."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(map(n_bytes, value)) + 8 * len(value)
    if isinstance(value, dict):
        return sum(map(n_bytes, value.values())) + 16 * len(value)
    return 8
