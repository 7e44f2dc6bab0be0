"""Exceptions of a submission, mirrored: a test expects them by `pytest.raises` as if they had been raised over here."""

import builtins

from autograder.inside import messages

# What student code may raise and a test may expect by `pytest.raises`: ordinary errors, never SystemExit and its like.
# The ones left out have constructors of their own and so cannot be mirrored; StopIteration would end a loop of the
# test's as if it had seen everything: `all(map(student.f, cases))` would be true.
_MIRRORED = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type)
    and issubclass(kind, Exception)
    and not issubclass(kind, UnicodeError | ExceptionGroup | StopIteration | StopAsyncIteration)
    and kind is not Exception
}


class StudentError(Exception):
    """Student code raised: `type_name`, `text`, `where` ("functional.py:57 in backward") and `trace` are its words.

    One that derives from a builtin error over there derives from it here too, so `pytest.raises(ValueError)` works.
    """

    raised: messages.Raised

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError would show it in quotes


def student_error(raised: messages.Raised) -> StudentError:
    """The exception that stands for one of the submission's, also an instance of the builtin types it derives from."""
    mirrored = next((_MIRRORED[name] for name in raised.bases if name in _MIRRORED), None)
    bases = (StudentError,) if mirrored is None else (StudentError, mirrored)
    error: StudentError = type("StudentError", bases, {})(
        f"{raised.type_name}: {raised.text}" if raised.text else raised.type_name
    )
    error.raised = raised
    return error
