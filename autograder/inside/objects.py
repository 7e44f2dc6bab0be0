"""The submission's objects that a test holds, and all that a request may ask of them.

Trust: whatever is asked here may run student code, which may raise anything, end the process or never come back.
"""

import marshal
import operator
import os
import sys
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeGuard

import numpy as np

from . import loader, messages, values
from .pieces import NotLoaded, cause, not_available

MAX_HANDLES = 200_000
TRACE_FRAMES = 12
_SYNTAX = (SyntaxError, IndentationError, TabError)


class _Kept:
    """Marks a value that goes back as a handle although it could go by value."""

    def __init__(self, value: object) -> None:
        self.value = value


class _Package:
    """The submission's package as a stand-in is given it: a module is imported when it is first asked for."""

    def __init__(self, look_up: Callable[[str], object]) -> None:
        self._look_up = look_up

    def __getattr__(self, name: str) -> object:
        return self._look_up(name)


def _stand_ins(code: "np.ndarray[Any, Any]") -> ModuleType:
    """The assignment's stand-ins, made anew from marshalled code that the trusted side has sent."""
    module = ModuleType("beside_student_code")
    exec(marshal.loads(code.tobytes()), module.__dict__)
    return module


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
    "beside": _stand_ins,
    "value": lambda value: value,
}


class Objects:
    """Objects by handle, and the answers to requests about them; 0 is the submission's package itself."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.objects: dict[int, object] = {}
        self.last_handle = 0
        self.warned: list[tuple[str, str]] = []

    def note_warning(self, message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        """What warnings.showwarning is to do while a program runs and no module is being loaded."""
        notes = [at for at, (kind, _) in enumerate(self.warned) if kind == messages.NOT_LOADED]
        if len(self.warned) == messages.MAX_WARNINGS and notes:
            del self.warned[notes[-1]]  # of a module that the same program loaded: no number of notes hides a warning
        if len(self.warned) < messages.MAX_WARNINGS:
            self.warned.append((_utf8(category.__name__, messages.MAX_NAME), _utf8(str(message), messages.MAX_TEXT)))

    def note_not_loaded(self, line: str) -> None:
        """Say of a statement of a module that it failed when the module was loaded."""
        if len(self.warned) < messages.MAX_WARNINGS:
            self.warned.append((messages.NOT_LOADED, _utf8(line, messages.MAX_TEXT)))

    # Values

    def pack(self, value: object, blobs: values.Blobs) -> Any:
        if type(value) is _Kept:
            return self._handle(value.value)
        return values.pack(value, blobs, self._handle)

    def _handle(self, value: object) -> list[Any]:
        """An object that is part of a value: it gets a number of ours, below those of the steps."""
        self.last_handle -= 1
        self._keep(self.last_handle, value)
        return [values.HANDLE, self.last_handle, _type_name(value)]

    def _keep(self, handle: int, value: object) -> None:
        if len(self.objects) >= MAX_HANDLES:
            raise values.Unsendable(f"worker: the test holds more than {MAX_HANDLES} objects of the submission")
        self.objects[handle] = value

    def _refer(self, tag: int, fields: list[Any]) -> object:
        if tag == values.HANDLE:
            return self.objects[fields[0]] if fields[0] else _Package(self._submodule)
        if tag == values.CALLBACK:
            return lambda *args, **kwargs: self._call_back(fields[0], args, kwargs)
        raise values.FrameError(f"wire: unknown tag {tag}")

    # Programs

    def answer(
        self, program: messages.Program, blobs: values.Received, out: values.Blobs, kinds: list[Any]
    ) -> messages.Value:
        """The answer, its arrays in `out`; raises what a step raises, after those that `kinds` tells of."""
        for number, step in enumerate(program.steps, program.first):
            warned = self._n_warned()
            value = self.perform(step, blobs)
            if type(value) is NotLoaded:
                raise cause(value)
            if program.wants and len(kinds) == len(program.steps) - 1:
                return messages.Value(program.seq, self.pack(value, out), self.warned, kinds)
            kinds.append(self._kept(number, value) if self._n_warned() == warned else True)
        return messages.Value(program.seq, None, self.warned, kinds)

    def _kept(self, number: int, value: object) -> str | bool | None:
        """What is said of a value that stays here."""
        if value is None:
            return None
        kept = value.value if type(value) is _Kept else value
        self._keep(number, kept)
        return _type_name(kept) if kept is not value or not values.is_plain(value) else True

    def release(self, handles: list[int]) -> None:
        """Forget these objects."""
        for handle in handles:
            self.objects.pop(handle, None)

    def _n_warned(self) -> int:
        return sum(category != messages.NOT_LOADED for category, _ in self.warned)

    def perform(self, step: messages.Step, blobs: values.Received) -> object:
        """The result of a step; raises what student code raises."""
        if isinstance(step, messages.Get):
            if step.target == 0:
                return self._submodule(step.name)
            return getattr(self.objects[step.target], step.name)
        if isinstance(step, messages.Set):
            setattr(self.objects[step.target], step.name, values.rebuild(step.value, blobs, self._refer))
            return None
        args = values.rebuild(step.args, blobs, self._refer)
        if isinstance(step, messages.Call):
            return self.objects[step.target](*args, **values.rebuild(step.kwargs, blobs, self._refer))  # type: ignore[operator]
        return OPERATIONS[step.name](*args)

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

    def raised(self, seq: int, error: BaseException, kinds: list[Any]) -> messages.Raised:
        """What can be said of an exception, if only that there was one."""
        try:
            return self._described(seq, error, kinds)
        except BaseException:  # its class makes up its name, its bases or its module as it is asked
            text = "an exception of a class that cannot be asked for its name"
            return messages.Raised(seq, "BaseException", [], text, "", "", self.warned, kinds)

    def _described(self, seq: int, error: BaseException, kinds: list[Any]) -> messages.Raised:
        """What an exception says of itself; its own methods may raise or lie, so each is asked with care."""
        kind = type(error)
        builtin = [_utf8(base.__name__, messages.MAX_NAME) for base in kind.__mro__ if base.__module__ == "builtins"]
        try:
            # A SyntaxError names its place itself, which is said in `where`.
            text = error.msg if type(error) in _SYNTAX and _is_own(error) else not_available(error) or str(error)
        except BaseException as worse:
            text = f"(its __str__ raised {type(worse).__name__})"
        where, trace = _origin(error)
        name, bases = _utf8(kind.__name__, messages.MAX_NAME), builtin[: messages.MAX_BASES]
        text, where, trace = (_utf8(part, messages.MAX_TEXT) for part in (text, where, trace))
        return messages.Raised(seq, name, bases, text, where, trace, self.warned, kinds)


def _type_name(value: object) -> str:
    name = f"ndarray of {value.dtype.name}" if type(value) is np.ndarray else type(value).__name__
    return _utf8(name, messages.MAX_NAME)


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
