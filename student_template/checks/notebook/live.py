"""After a check the package that the notebook has imported computes by its cells: `a * b` is what the student wrote.

Functions keep their identity and their module, and get the code of the checked ones: objects that were made before, and
classes and functions that were imported before, go on to fit together.
"""

import contextlib
import importlib
import linecache
import sys
from collections.abc import Iterator, Mapping
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any


def bring_in(package: str, checked: Mapping[str, ModuleType], sources: Mapping[str, str]) -> None:
    """Gives the package's modules the code of the checked ones: the same modules with the notebook's cells.

    checked: modules by their full names; sources: text by the names inside the package
    """
    names = {f"{package}.{module}": source for module, source in sources.items() if f"{package}.{module}" in checked}
    for name in names:  # also one that nobody has imported so far: whoever does it later gets the cells too
        with contextlib.suppress(Exception):  # its file is the student's
            importlib.import_module(name)
    same = {
        id(new): vars(sys.modules[name])[key]
        for name, module in checked.items()
        if name in sys.modules and name.split(".")[0] == package
        for key, new in vars(module).items()
        if callable(new) and key in vars(sys.modules[name])
    }
    for name, source in names.items():
        if name in sys.modules:
            where = f"{sys.modules[name].__file__} (with your cells)"
            linecache.cache[where] = (len(source), None, source.splitlines(keepends=True), where)
            _update(sys.modules[name], checked[name], where, same)


def _update(live: ModuleType, checked: ModuleType, where: str, same: Mapping[int, Any]) -> None:
    for name, new in vars(checked).items():
        old = vars(live).get(name)
        if isinstance(new, type) and isinstance(old, type) and new.__module__ == checked.__name__:
            for member, value in vars(new).items():
                _set(old, member, value, vars(old).get(member), live, where, same)
        else:
            _set(live, name, new, old, live, where, same)


def _set(holder: Any, name: str, new: Any, old: Any, live: ModuleType, where: str, same: Mapping[int, Any]) -> None:
    """One function, or what there was none of before. Other values stay: they may be objects in use.

    A default that is a function, class or object of the package is the one that is the same by its name outside.
    """
    for ours, theirs in _functions(new, old):
        if ours.__module__ != live.__name__:
            continue
        if len(ours.__code__.co_freevars) == len(theirs.__code__.co_freevars):
            theirs.__code__ = _renamed(ours.__code__, where)
            defaults, by_name = ours.__defaults__, ours.__kwdefaults__
            theirs.__defaults__ = defaults and tuple(same.get(id(each), each) for each in defaults)
            theirs.__kwdefaults__ = by_name and {key: same.get(id(each), each) for key, each in by_name.items()}
        elif new is ours and _knows_at_most_its_class(ours):  # super() on one side only: the code does not fit
            setattr(holder, name, _moved(ours, holder, live, where))
    if old is None and (isinstance(new, FunctionType) or not name.startswith("__")):
        setattr(holder, name, _added(new, holder, live, where))


def _functions(new: Any, old: Any) -> Iterator[tuple[FunctionType, FunctionType]]:
    """The functions in two values of one kind: themselves, in a staticmethod, a classmethod or a property."""
    if type(new) is not type(old):
        return
    for part in ("", "__func__", "fget", "fset"):
        ours, theirs = (getattr(each, part, None) if part else each for each in (new, old))
        if isinstance(ours, FunctionType) and isinstance(theirs, FunctionType):
            yield ours, theirs
            return


def _added(value: Any, holder: Any, live: ModuleType, where: str) -> Any:
    """What the module did not have: its own new function, with its namespace; what it imports, as it is outside."""
    if not isinstance(value, FunctionType | type):
        return value
    if value.__module__ != live.__name__:
        return getattr(sys.modules.get(value.__module__), value.__name__, value)
    if isinstance(value, type) or not _knows_at_most_its_class(value):
        return value
    return _moved(value, holder, live, where)


def _knows_at_most_its_class(function: FunctionType) -> bool:
    return set(function.__code__.co_freevars) <= {"__class__"}


def _moved(function: FunctionType, holder: Any, live: ModuleType, where: str) -> FunctionType:
    """The function with the module's namespace, and its class for super()."""
    closure = tuple(CellType(holder) for _ in function.__code__.co_freevars)
    code = _renamed(function.__code__, where)
    moved = FunctionType(code, live.__dict__, function.__name__, function.__defaults__, closure)
    moved.__kwdefaults__ = function.__kwdefaults__
    return moved


def _renamed(code: CodeType, where: str) -> CodeType:
    """The code, and that of the functions in it, as from another file: its lines are not those of the package's."""
    inner = tuple(_renamed(each, where) if isinstance(each, CodeType) else each for each in code.co_consts)
    return code.replace(co_filename=where, co_consts=inner)
