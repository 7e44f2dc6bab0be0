"""`student` as a test sees it while grading: a proxy whose look-ups, calls and operators travel to the worker.

An object whose `__eq__` says yes to everything is a handle over here, and comparing it fails. What an operator gives
over there is an object too, or the test fails: `abs(got - want) < 1e-9` must not ask `got` how far off it is.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from autograder.boundary.ends import Stopped, WorkerFault
from autograder.boundary.student_error import StudentError
from autograder.checks.words import say

if TYPE_CHECKING:
    from autograder.boundary.session import Session

MAX_LENGTH = 1 << 24  # what `len` believes: list() makes room for that many at once


class OpaqueValue(AssertionError):
    """A test needs a plain value (an array, a number) and has got an object of the submission's own type."""


class Remote:
    """An object of the submission. It knows its worker's number for it and what its type calls itself; no more."""

    __slots__ = ("__weakref__", "_handle", "_kind", "_session")
    __array_ufunc__ = None  # so that `ndarray + remote` asks the remote's own __radd__

    _session: "Session"
    _handle: int
    _kind: str

    def __init__(self, session: "Session", handle: int, kind: str) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_handle", handle)
        object.__setattr__(self, "_kind", kind)

    def __del__(self) -> None:
        try:
            handle = self._handle
        except AttributeError:
            return  # a time limit struck while this was made
        if handle:
            self._session.release(handle)

    @property
    def _type_name(self) -> str:
        if not self._kind:  # it waits with others to be asked for
            with suppress(Stopped, WorkerFault):
                self._session.flush()
        return self._kind or "object"

    def __repr__(self) -> str:
        return f"<{self._type_name} of the submission>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):  # asked by pytest, copy, numpy: no business over there
            raise AttributeError(name)
        if name in Remote.__slots__ or name == "_type_name":  # ours, and not set yet
            raise AttributeError(name)
        return self._session.get(self._handle, name)

    def __setattr__(self, name: str, value: object) -> None:
        self._session.set(self._handle, name, value)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return self._session.call(self._handle, args, kwargs)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> "np.ndarray[Any, Any]":
        value = self._session.operate("value", self)
        if not isinstance(value, np.ndarray):
            raise OpaqueValue(say("failed.object_for_array", got=self._type_name))
        return value if dtype is None else value.astype(dtype)

    def _no_plain_value(self, *_: object) -> NoReturn:
        raise OpaqueValue(say("failed.object_for_value", got=self._type_name))

    # Comparing is done here: the other side would be told what is expected, and asked whether it is.
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _no_plain_value
    __bool__ = __float__ = __int__ = __index__ = __complex__ = _no_plain_value
    __hash__ = object.__hash__

    def __instancecheck__(self, instance: object) -> bool:
        return self._session.operate("isinstance", instance, self) is True

    def __len__(self) -> int:
        length = self._session.operate("len", self)
        if type(length) is not int or not 0 <= length <= MAX_LENGTH:
            got = length if type(length) is int else say("failed.length.kind", kind=type(length).__name__)
            raise OpaqueValue(say("failed.length", got=got, most=MAX_LENGTH))
        return length

    def __iter__(self) -> Iterator[Any]:
        iterator = self._session.operate("iter", self)
        while True:
            try:
                item = self._session.operate("next", iterator)
            except StudentError as error:
                if "StopIteration" in error.raised.bases:
                    return
                raise
            yield item

    def __getitem__(self, index: object) -> Any:
        return self._session.operate("getitem", self, index)

    def __setitem__(self, index: object, value: object) -> None:
        self._session.operate("setitem", self, index, value)


def _operator(name: str, reflected: bool = False) -> Callable[[Remote, object], Remote]:
    def apply(self: Remote, *others: object) -> Remote:
        operands = (*others, self) if reflected else (self, *others)
        result = self._session.operate(name, *operands)
        if type(result) is not Remote:
            got = type(result).__name__
            raise OpaqueValue(say("failed.operator", operator=name, of=self._type_name, got=got))
        return result

    return apply


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    setattr(Remote, f"__{_name}__", _operator(_name))
    setattr(Remote, f"__r{_name}__", _operator(_name, reflected=True))
for _name in ("neg", "pos", "abs"):
    setattr(Remote, f"__{_name}__", _operator(_name))
