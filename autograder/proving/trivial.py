"""Answers that compute nothing: made from the reference, whose functions are replaced in its imported package.

Each takes the place of the functions of an exercise. What they return is made from what the reference returns, so that
types and shapes are right and the numbers say nothing: a test that such an answer passes pays for shapes alone.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import GeneratorType, ModuleType
from typing import Any

import numpy as np

Function = Callable[..., Any]
Leaf = Callable[["np.ndarray[Any, Any]"], Any]


@dataclass(frozen=True)
class Kinds:
    """What a course answers with besides arrays and numbers: tensors, and what stands for a number elsewhere."""

    tensor: Any = None
    number: Any = None

    def mapped(self, value: Any, leaf: Leaf) -> Any:
        """The value with every number and array in it replaced; tensors are new ones, off the tape."""
        if isinstance(value, bool | np.bool_):
            return bool(leaf(np.asarray(float(value))) == 1.0)
        if isinstance(value, int | float | np.generic):
            return type(value)(leaf(np.asarray(value)))
        if isinstance(value, np.ndarray):
            return np.asarray(leaf(value))
        if self.tensor is not None and isinstance(value, self.tensor):
            return self.tensor(np.asarray(leaf(value.data)))
        if self.number is not None and isinstance(value, self.number.__mro__[-2]):
            return self.number(float(leaf(np.asarray(1.0))))
        if isinstance(value, list | tuple):
            return type(value)(self.mapped(each, leaf) for each in value)
        if isinstance(value, dict):
            return {key: self.mapped(each, leaf) for key, each in value.items()}
        if isinstance(value, GeneratorType):
            return (self.mapped(each, leaf) for each in value)
        if hasattr(value, "__dict__") and not callable(getattr(type(value), "__get__", None)):
            for name, each in vars(value).items():
                if isinstance(self.data(each), np.ndarray | float | list | tuple):
                    object.__setattr__(value, name, self.mapped(each, leaf))
        return value

    def data(self, value: Any) -> Any:
        """An array to compute with, if there is one in the value."""
        return value.data if self.tensor is not None and isinstance(value, self.tensor) else value


def _filled(number: float) -> Leaf:
    def fill(array: "np.ndarray[Any, Any]") -> Any:
        return np.full_like(array, number, dtype=None if np.isfinite(number) else np.float64)

    return fill


@dataclass(frozen=True)
class Slot:
    """A function of an exercise: where it stands in the package, and what it is there."""

    name: str  # "layers.Mean.forward"
    holder: Any
    attribute: str
    is_static: bool
    function: Function

    @property
    def is_backward(self) -> bool:
        """One of an operation's two functions, the one that gives gradients."""
        return self.is_static and self.attribute == "backward" and hasattr(self.holder, "forward")

    @property
    def returns_nothing(self) -> bool:
        return inspect.signature(self.function).return_annotation in (None, "None")

    @property
    def data_arguments(self) -> int:
        """Where the arguments begin that are data: behind self, or an operation's context."""
        return int(isinstance(self.holder, type))


def slot_of(package: ModuleType, name: str) -> Slot:
    """The function of this name, "module.function" or "module.Class.method"."""
    holder: Any = package
    *path, attribute = name.split(".")
    for part in path:
        holder = getattr(holder, part)
    found = vars(holder)[attribute]
    is_static = isinstance(found, staticmethod)
    return Slot(name, holder, attribute, is_static, found.__func__ if is_static else found)


# The answers: each makes, of the functions of an exercise, those that take their place


def _always(make: Callable[[Slot, Kinds], Function]) -> Callable[[Slot, Kinds], Function | None]:
    """For every function; one that returns nothing does nothing, but constructors do what they must."""

    def replaced(slot: Slot, kinds: Kinds) -> Function | None:
        if slot.attribute == "__init__":
            return None
        return _nothing if slot.returns_nothing else make(slot, kinds)

    return replaced


def _nothing(*args: Any, **kwargs: Any) -> None:
    return None


def _refuse(*args: Any, **kwargs: Any) -> None:
    raise ValueError("not this")


def _mapped(leaf: Leaf, slot: Slot, kinds: Kinds) -> Function:
    def answer(*args: Any, **kwargs: Any) -> Any:
        return kinds.mapped(slot.function(*args, **kwargs), leaf)

    return answer


def _first_input(slot: Slot, kinds: Kinds) -> Function:
    if slot.is_backward:
        return _upstream(slot, kinds)

    def answer(*args: Any, **kwargs: Any) -> Any:
        result = slot.function(*args, **kwargs)  # as an operation's backward counts on what it saves
        given = [*args[slot.data_arguments :], *kwargs.values()]
        first = given[0] if given else args[0]
        if kinds.tensor is not None and isinstance(result, kinds.tensor):
            return kinds.tensor(np.array(kinds.data(first)))
        return first

    return answer


def _itself(slot: Slot, kinds: Kinds) -> Function | None:
    is_method = isinstance(slot.holder, type) and not slot.is_static and slot.attribute != "__init__"
    return (lambda self, *args, **kwargs: self) if is_method and not slot.returns_nothing else None


def _upstream(slot: Slot, kinds: Kinds) -> Function:
    def answer(ctx: Any, grad_in: Any) -> Any:
        return [np.array(grad_in) for _ in slot.function(ctx, grad_in)]

    return answer


def _other_answer(slot: Slot, kinds: Kinds) -> Function:
    """The reference's answer to inputs in another order and half as large again."""

    def moved(array: "np.ndarray[Any, Any]") -> Any:
        if array.dtype.kind != "f":
            return array
        return np.reshape(array.ravel()[::-1] * 1.5, array.shape)

    def answer(*args: Any, **kwargs: Any) -> Any:
        first = slot.data_arguments
        can_move = [isinstance(kinds.data(each), np.ndarray | float) for each in args[first:]]
        if not any(can_move):
            raise NotImplementedError("there is no other input")
        others = [
            kinds.mapped(each, moved) if movable else each for each, movable in zip(args[first:], can_move, strict=True)
        ]
        with np.errstate(all="ignore"):
            return slot.function(*args[:first], *others, **kwargs)

    return answer


def _gradients_alone(make: Callable[[Slot, Kinds], Function]) -> Callable[[Slot, Kinds], Function | None]:
    """For backward alone: values stay right."""
    return lambda slot, kinds: make(slot, kinds) if slot.is_backward else None


def _undone(slot: Slot, kinds: Kinds) -> Function:
    def answer(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("backward is not done")

    return answer


TrivialAnswer = Callable[[Slot, Kinds], Function | None]
ANSWERS: Mapping[str, TrivialAnswer] = {
    "None": _always(lambda slot, kinds: _nothing),
    "ValueError": _always(lambda slot, kinds: _refuse),
    "zeros": _always(partial(_mapped, _filled(0.0))),
    "ones": _always(partial(_mapped, _filled(1.0))),
    "NaN": _always(partial(_mapped, _filled(np.nan))),
    "first input": _always(_first_input),
    "itself": _itself,
    "twice": _always(partial(_mapped, lambda array: 2 * array)),
    "other input's": _always(_other_answer),
}
# These leave values right, and may earn what values are worth.
OF_GRADIENTS: Mapping[str, TrivialAnswer] = {
    "gradients zero": _gradients_alone(partial(_mapped, _filled(0.0))),
    "gradients upstream": _gradients_alone(_upstream),
}
UNDONE: TrivialAnswer = _gradients_alone(_undone)
NEIGHBOUR = "neighbour's"


def neighbour(slots: list[Slot], others: list[list[Slot]]) -> Mapping[str, Function]:
    """The functions of the first of the other exercises whose functions take as many arguments; {} if none does."""
    for other in others:
        if len(other) == len(slots) and all(
            (mine.attribute == its.attribute or not isinstance(mine.holder, type))
            and len(inspect.signature(mine.function).parameters) == len(inspect.signature(its.function).parameters)
            for mine, its in zip(slots, other, strict=True)
        ):
            return {mine.name: its.function for mine, its in zip(slots, other, strict=True)}
    return {}


@contextmanager
def replaced(package: ModuleType, slots: list[Slot], functions: Mapping[str, Function]) -> Iterator[None]:
    """While it lasts, the package has these functions, by name, in the place of its own; wherever they are imported."""
    chosen = [slot for slot in slots if slot.name in functions]
    modules = [package, *(each for each in vars(package).values() if isinstance(each, ModuleType))]
    changes: list[tuple[Any, str, Any]] = []  # all found before the first is made: two may take each other's place
    for slot in chosen:
        new = functions[slot.name]
        if isinstance(slot.holder, type):
            changes.append((slot.holder, slot.attribute, staticmethod(new) if slot.is_static else new))
        else:
            bound = [
                (module, name) for module in modules for name, value in vars(module).items() if value is slot.function
            ]
            changes += [(module, name, new) for module, name in bound]
    undo = [(holder, name, vars(holder)[name]) for holder, name, _ in changes]
    try:
        for holder, name, new in changes:
            setattr(holder, name, new)
        yield
    finally:
        for holder, name, value in reversed(undo):
            setattr(holder, name, value)
