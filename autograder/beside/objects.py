"""The submission's objects that a test holds, and all that a request may ask of them.

Trust: whatever is asked here may run student code, which may raise anything, end the process or never come back.
"""

import operator
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, TypeGuard

import numpy as np

from . import loader, wire
from .pieces import NotLoaded, cause, not_available

MAX_HANDLES = 200_000
TRACE_FRAMES = 12
_SYNTAX = (SyntaxError, IndentationError, TabError)


class _Kept:
    """Marks a value that goes back as a handle although it could go by value."""

    def __init__(self, value: object) -> None:
        self.value = value


def repeat(f: Callable[..., object], times: int, value: object, *others: object) -> object:
    """f(... f(f(value, *others), *others) ..., *others)."""
    for _ in range(times):
        value = f(value, *others)
    return value


OPERATIONS: dict[str, Callable[..., object]] = {
    **{
        name: getattr(operator, name)
        for name in (
            *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "neg", "pos", "abs"),
            *("getitem", "setitem"),
        )
    },
    "len": len,
    "iter": iter,
    "next": next,
    "isinstance": isinstance,
    "keep": _Kept,
    "repeat": repeat,
    "value": lambda value: value,
}


class Objects:
    """Objects by handle, and the answers to requests about them; 0 is the submission's package itself."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.objects: dict[int, object] = {}
        self.next_handle = 1
        self.warned: list[tuple[str, str]] = []

    def note_warning(self, message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        """What warnings.showwarning is to do while a request is answered."""
        if len(self.warned) < wire.MAX_WARNINGS:
            self.warned.append((_utf8(category.__name__, wire.MAX_NAME), _utf8(str(message), wire.MAX_TEXT)))

    def note_not_loaded(self, line: str) -> None:
        """Say of a statement of a module that it failed when the module was loaded."""
        if len(self.warned) < wire.MAX_WARNINGS:
            self.warned.append((wire.NOT_LOADED, _utf8(line, wire.MAX_TEXT)))

    # Values

    def pack(self, value: object, blobs: wire.Blobs) -> Any:
        if type(value) is NotLoaded:
            raise cause(value)
        if type(value) is _Kept:
            return self._handle(value.value)
        return wire.pack(value, blobs, self._handle)

    def _handle(self, value: object) -> list[Any]:
        if len(self.objects) >= MAX_HANDLES:
            raise wire.Unsendable(f"worker: the test holds more than {MAX_HANDLES} objects of the submission")
        handle = self.next_handle
        self.next_handle += 1
        self.objects[handle] = value
        name = f"ndarray of {value.dtype.name}" if type(value) is np.ndarray else type(value).__name__
        return [wire.HANDLE, handle, _utf8(name, wire.MAX_NAME)]

    def _refer(self, tag: int, fields: list[Any]) -> object:
        if tag == wire.HANDLE:
            return self.objects[fields[0]] if fields[0] else self._root()
        if tag == wire.CALLBACK:
            return lambda *args, **kwargs: self._call_back(fields[0], args, kwargs)
        raise wire.FrameError(f"wire: unknown tag {tag}")

    # Requests

    def perform(self, request: Any, blobs: wire.Received) -> object:
        """The result of a request; raises what student code raises."""
        if isinstance(request, wire.Get):
            if request.target == 0:
                return self._submodule(request.name)
            return getattr(self.objects[request.target], request.name)
        if isinstance(request, wire.Set):
            setattr(self.objects[request.target], request.name, wire.rebuild(request.value, blobs, self._refer))
            return None
        args = wire.rebuild(request.args, blobs, self._refer)
        if isinstance(request, wire.Call):
            return self.objects[request.target](*args, **wire.rebuild(request.kwargs, blobs, self._refer))  # type: ignore[operator]
        if isinstance(request, wire.Operate):
            return OPERATIONS[request.name](*args)
        raise wire.FrameError(f"wire: a {type(request).__name__} is no request")

    def _root(self) -> Any:
        return __import__(self.package)

    def _submodule(self, name: str) -> object:
        """An attribute of the submission's package, or its module of that name, imported now."""
        package = self._root()
        try:
            return getattr(package, name)
        except AttributeError:
            full = f"{self.package}.{name}"
            try:
                __import__(full)
            except ModuleNotFoundError as error:
                if error.name == full:
                    raise AttributeError(f"module {self.package!r} has no attribute {name!r}") from None
                raise
            return sys.modules[full]

    def _call_back(self, callback: int, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Call a function of the test's."""
        raise NotImplementedError

    # Exceptions

    def raised(self, seq: int, error: BaseException) -> wire.Raised:
        """What can be said of an exception, if only that there was one."""
        try:
            return self._described(seq, error)
        except BaseException:  # its class makes up its name, its bases or its module as it is asked
            text = "an exception of a class that cannot be asked for its name"
            return wire.Raised(seq, "BaseException", [], text, "", "", self.warned)

    def _described(self, seq: int, error: BaseException) -> wire.Raised:
        """What an exception says of itself; its own methods may raise or lie, so each is asked with care."""
        kind = type(error)
        builtin = [_utf8(base.__name__, wire.MAX_NAME) for base in kind.__mro__ if base.__module__ == "builtins"]
        try:
            # A SyntaxError names its place itself, which is said in `where`.
            text = error.msg if type(error) in _SYNTAX and _is_own(error) else not_available(error) or str(error)
        except BaseException as worse:
            text = f"(its __str__ raised {type(worse).__name__})"
        where, trace = _origin(error)
        name, bases = _utf8(kind.__name__, wire.MAX_NAME), builtin[: wire.MAX_BASES]
        text, where, trace = (_utf8(part, wire.MAX_TEXT) for part in (text, where, trace))
        return wire.Raised(seq, name, bases, text, where, trace, self.warned)


def _utf8(text: str, limit: int) -> str:
    """The first `limit` characters of a text, lone surrogates escaped; a subclass of str is not asked how it is cut."""
    return str.__getitem__(text, slice(limit)).encode("utf-8", "backslashreplace").decode()[:limit]


def _is_own(error: BaseException) -> TypeGuard[SyntaxError]:
    """Whether it says of a module of the submission that it does not parse."""
    return isinstance(error, SyntaxError) and str(error.filename).startswith(loader.ROOT + "/")


def _origin(error: BaseException) -> tuple[str, str]:
    """("functional.py:57 in backward", the last frames as text) of the submission's own frames; "" without any."""
    try:
        if _is_own(error):
            line = f":{error.lineno}" if error.lineno else ""  # the line that does not parse
            return f"{os.path.basename(str(error.filename))}{line}", ""
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(loader.ROOT)]
    except BaseException:  # an exception that student code has rebuilt
        return "", ""
    if not frames:
        return "", ""
    last = frames[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno} in {last.name}"
    return where, "".join(traceback.format_list(frames[-TRACE_FRAMES:]))
