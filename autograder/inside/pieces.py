"""A module is loaded statement by statement: one that fails costs only what needs the names that it was to bind.

So an import of what is not there, a data file that was left at home, a plot at the end of a file or an `exit()` does
not take the module with it. What was to be bound is a `NotLoaded` instead, which raises the cause when it is used.

Trust: runs beside student code, as part of it. What it says of a failure is the submission's word.
"""

import ast
import builtins
import contextlib
import copy
import importlib.util
import os
import re
import resource
import signal
import symtable
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, NoReturn

GUARD = "__not_loaded__"  # the name, in a module that is being loaded, of what a failed statement calls
MAX_GUARDED = 256 << 10  # bytes of source; as trees of objects more would be too large
_SAFE = (ast.Pass, ast.Global)
_PARTS = (("body", (ast.ClassDef, ast.If)), ("orelse", ast.If))  # of statements, guarded by themselves
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.MatchAs, ast.MatchStar)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class TimeLimit(BaseException):
    """A statement of a module computes for as long as a test may: the module does not load."""


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """While a module is loaded, what would end the process is an exception, which has a line: os._exit(), which is
    exit() then, and computing for too long, which no test after it could pay for again. What is warned of meanwhile is
    told to nobody: the test that asks for the module first has nothing to do with it, and at home it is loaded before.
    """
    pid, end, (limit, _) = os.getpid(), os._exit, resource.getrlimit(resource.RLIMIT_CPU)  # which grows once reached
    is_over = False

    def leave(status: int) -> NoReturn:
        if is_over or os.getpid() != pid:  # a process that the submission has forked ends as it wants
            end(status)
        raise SystemExit(status)

    def stop(*_: object) -> NoReturn:
        raise TimeLimit(f"stopped after {limit} s of computing: an infinite loop?")

    def pass_over(*_: object, **__: object) -> None:
        return

    os._exit = leave
    shown, warnings.showwarning = warnings.showwarning, pass_over
    try:
        before = signal.signal(signal.SIGXCPU, stop)
    except ValueError:  # in a thread
        before = None
    try:
        yield
    finally:
        is_over = True
        if os._exit is leave:
            os._exit = end
        if warnings.showwarning is pass_over:
            warnings.showwarning = shown
        if before is not None and signal.getsignal(signal.SIGXCPU) is stop:
            signal.signal(signal.SIGXCPU, before)


class NotLoaded:
    """What a module was to bind and could not; whatever is done with it raises the cause."""

    def __init__(self, error: Exception) -> None:
        object.__setattr__(self, "_error", error)

    def __repr__(self) -> str:
        return f"<not loaded: {object.__getattribute__(self, '_error')}>"


def cause(value: NotLoaded) -> Exception:
    """Why it was not loaded, as a new exception."""
    error: Exception = object.__getattribute__(value, "_error")
    return type(error)(*error.args)


def _raise(self: NotLoaded, *_: object, **__: object) -> NoReturn:
    raise cause(self)


_OPERATORS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul", "and", "or", "xor")
for _name in (
    *("getattr", "setattr", "delattr", "call", "iter", "next", "len", "contains", "getitem", "setitem", "delitem"),
    *("enter", "exit", "bool", "float", "int", "index", "complex", "array", "neg", "pos", "abs", "invert", "round"),
    *("eq", "ne", "lt", "le", "gt", "ge", "instancecheck", "subclasscheck", "mro_entries", "format", "str", "reversed"),
    *_OPERATORS,
    *(f"r{each}" for each in _OPERATORS),
):
    setattr(NotLoaded, f"__{_name}__", _raise)
NotLoaded.__hash__ = object.__hash__  # type: ignore[method-assign]  # which __eq__ has taken away


def guarded(source: bytes, path: str, compiles: bool = True) -> ast.Module:
    """The module's tree, in which what fails at the top is caught; each name of an import by itself.

    So it is in the bodies of classes, a method of which may be a plot that nobody asks for, and of ifs.

    compiles: whether the module does, as a whole; if not, a statement that Python parses and does not compile (a break
              without a loop, a top-level await) fails as one does that raises
    """
    tree = ast.parse(source, path)
    stars = any(map(_is_star, ast.walk(tree)))
    module = _Module(compiles, _unbound(source, path) if stars else [])
    if not any(_is_future(each) and "annotations" in _bound(each) for each in tree.body):
        _make_inner_hints_texts(tree)
    tree.body = _guarded(tree.body, module, is_top=True)
    return tree


class _Module(NamedTuple):
    compiles: bool
    unbound: list[str]  # names that it uses, and that a star import binds if anything does


def _guarded(statements: list[ast.stmt], module: _Module, is_top: bool = False) -> list[ast.stmt]:
    body = []
    for place, statement in enumerate(statements):
        is_docstring = place == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        is_top = is_top and (is_docstring or _is_future(statement))
        parts = [part for part, kinds in _PARTS if isinstance(statement, kinds)]
        refused = None if module.compiles else _refused(statement, parts, is_top)
        if refused is not None:
            body.append(_in_guard(statement, refused))
            continue
        if is_docstring or isinstance(statement, _SAFE) or _is_future(statement) or _only_defines(statement):
            body.append(statement)
            continue
        for part in parts:
            setattr(statement, part, _guarded(getattr(statement, part), module))
        others = module.unbound if _is_star(statement) else []
        body += [_in_guard(each, others=others) for each in _one_by_one(statement)]
    return body


def _refused(statement: ast.stmt, parts: Iterable[str], is_top: bool) -> SyntaxError | None:
    """The error with which Python refuses to compile a statement, its `parts` aside."""
    alone = copy.copy(statement)
    for part in parts:
        setattr(alone, part, [ast.Pass()])
    # Nothing but its like may stand above an import from __future__.
    module = ast.Module([alone] if is_top else [ast.Pass(), alone], [])
    try:
        compile(ast.fix_missing_locations(module), "a statement", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        return SyntaxError("the statement is nested too deep to compile")
    return None


def guard(file: str, say: Callable[[str], None], is_tried: Callable[[], bool]) -> Callable[..., None]:
    """What a failed statement of this file calls: says what failed where, and binds its names to the cause.

    Where a module is imported to see whether it can be (`is_tried`), it fails as Python has it.
    """

    def failed(scope: dict[str, Any], line: int, rebinds: bool, is_function: bool, *names: str) -> None:
        error = sys.exc_info()[1]
        if error is None or isinstance(error, TimeLimit) or is_tried():
            raise
        missing = isinstance(error, ModuleNotFoundError)
        if missing and names and names[0] in NOTHING:  # of IPython: what a notebook shows is nothing to anybody here
            scope[names[0]] = NOTHING[names[0]]
            return
        place, what = f"{os.path.basename(file)}:{line}", _said(error)
        lost = [name for name in names if rebinds or name not in scope]
        for name in lost:
            kind, text = (ModuleNotFoundError, what) if missing else (NameError, f"{name} was not made: {what}")
            reason = kind(f"{text} ({place})")
            # Of a function it is enough that it cannot be called: a test may put a right one in its place.
            scope[name] = _that_raises(reason) if is_function else NotLoaded(reason)
        if lost or not isinstance(error, SystemExit):
            say(f"{place}: {what}; " + (f"what uses {', '.join(lost)} fails" if lost else "the rest was loaded"))

    return failed


def _that_raises(error: Exception) -> Callable[..., NoReturn]:
    def not_made(*_: object, **__: object) -> NoReturn:
        raise type(error)(*error.args)

    return not_made


def in_try(source: str, line: int) -> bool:
    """Whether a line of a module stands where exceptions are waited for: in the body of a try, or of suppress()."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.With):
            calls = [item.context_expr.func for item in node.items if isinstance(item.context_expr, ast.Call)]
            waits = any("suppress" in (getattr(call, "id", ""), getattr(call, "attr", "")) for call in calls)
        else:
            waits = isinstance(node, ast.Try) and bool(node.handlers)
        body = node.body if isinstance(node, ast.With | ast.Try) and waits else []
        if body and body[0].lineno <= line <= (body[-1].end_lineno or 0):
            return True
    return False


def not_available(error: BaseException) -> str:
    """What is said of a package that is not there: "torch is not available here"; "" of any other exception."""
    name = getattr(error, "name", None) if type(error) is ModuleNotFoundError else None
    if type(name) is not str or str(error) != f"No module named {name!r}" or "." in name:
        return ""
    return f"{name} is not available here"


def _said(error: BaseException) -> str:
    """An exception in a line: a module that is missing by itself, any other by type and text."""
    try:
        text = not_available(error) or str.__str__(str(error))
    except BaseException:  # of a class of the submission's own
        text = ""
    if type(error) is ModuleNotFoundError:
        return text
    if type(error) is ImportError:
        text = re.sub(r" \([^()]*\)$", "", text)  # where the package lies in here
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


# --- the tree -----------------------------------------------------------------------------------------------


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__" and not statement.level


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"


def _unbound(source: bytes, path: str) -> list[str]:
    """The names that a module uses, and neither binds nor Python has."""
    try:
        tables = [symtable.symtable(importlib.util.decode_source(source), path, "exec")]
    except SyntaxError:  # where it does not compile as a whole
        return []
    used, bound = dict[str, None](), {*dir(builtins), *NOTHING, "__file__", "__path__"}
    while tables:
        table = tables.pop()
        for symbol in table.get_symbols():
            if table.get_type() == "module" or symbol.is_global():
                used |= {symbol.get_name(): None} if symbol.is_referenced() else {}
                bound |= {symbol.get_name()} if symbol.is_assigned() or symbol.is_imported() else set()
        tables += table.get_children()
    return [name for name in used if name not in bound]


def _make_inner_hints_texts(tree: ast.Module) -> None:
    """Types that are named inside of functions, loops, try and with become texts, as by a __future__ import.

    There a guard of each definition would be in the way: of the exceptions that a try waits for, and of speed.
    """
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, is_inner = waiting.pop()
        if is_inner and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for each in _parameters(node):
                each.annotation = each.annotation and _as_text(each.annotation)
            node.returns = node.returns and _as_text(node.returns)
        elif is_inner and isinstance(node, ast.AnnAssign):
            node.annotation = _as_text(node.annotation)
        is_inner = is_inner or (isinstance(node, ast.stmt) and not isinstance(node, ast.ClassDef | ast.If))
        waiting += [(child, is_inner) for child in ast.iter_child_nodes(node)]


def _as_text(hint: ast.expr) -> ast.expr:
    return hint if isinstance(hint, ast.Constant) else ast.copy_location(ast.Constant(ast.unparse(hint)), hint)


def _only_defines(statement: ast.stmt) -> bool:
    """Whether it is a function whose definition runs nothing of the submission's."""
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) or statement.decorator_list:
        return False
    arguments = statement.args
    parameters = getattr(statement, "type_params", ())
    return not any((*_hints(statement), *arguments.defaults, *arguments.kw_defaults, *parameters))


def _one_by_one(statement: ast.stmt) -> Iterator[ast.stmt]:
    """An import of several names as several imports."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield ast.copy_location(ast.Import([alias]), statement)
    elif isinstance(statement, ast.ImportFrom):
        for alias in statement.names:
            yield ast.copy_location(ast.ImportFrom(statement.module, [alias], statement.level), statement)
    else:
        yield statement


def _in_guard(statement: ast.stmt, refused: SyntaxError | None = None, others: Iterable[str] = ()) -> ast.stmt:
    """The statement in a try; if Python has refused to compile it, what raises that instead.

    others: names that it may bind, and that are lost with it if nothing has bound them before
    """
    # What runs in parts, such as a loop, keeps what it has bound already; anything else binds all or nothing.
    runs_in_parts = isinstance(
        statement, ast.For | ast.While | ast.If | ast.With | ast.Try | ast.TryStar | ast.Match | ast.AsyncFor
    )
    names = [ast.Constant(name) for name in dict.fromkeys((*_bound(statement), *others))]
    scope = ast.Call(ast.Name("locals", ast.Load()), [], [])
    rebinds = refused is not None or not (runs_in_parts or others)
    line = refused.lineno if refused and refused.lineno else statement.lineno
    is_function = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
    told = [ast.Constant(each) for each in (line, rebinds, is_function)]
    arguments: list[ast.expr] = [scope, *told, *names]
    instead: ast.stmt = ast.Expr(ast.Call(ast.Name(GUARD, ast.Load()), arguments, []))
    tried, plain = statement, None
    if refused:
        tried = ast.Raise(ast.Call(ast.Name("SyntaxError", ast.Load()), [ast.Constant(refused.msg)], []))
    else:
        plain = _without_hints(statement)
    if plain is not None:  # a hint is no use of what it names
        instead = ast.Try([plain], [ast.ExceptHandler(None, None, [instead])], [], [])
    guarded = ast.Try([tried], [ast.ExceptHandler(None, None, [instead])], [], [])
    return ast.fix_missing_locations(ast.copy_location(guarded, statement))


def _without_hints(statement: ast.stmt) -> ast.stmt | None:
    """The same definition or assignment without the types that it names; None if it names none."""
    if isinstance(statement, ast.AnnAssign):
        plain = copy.deepcopy(statement)
        plain.annotation = ast.Constant("object")  # a field of a dataclass stays one
        return plain
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) or not any(_hints(statement)):
        return None
    plain_function = copy.deepcopy(statement)
    plain_function.returns = None
    for each in _parameters(plain_function):
        each.annotation = None
    return plain_function


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    arguments = function.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [each for each in given if each]


def _hints(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr | None]:
    return [each.annotation for each in _parameters(function)] + [function.returns]


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds in its module."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Import):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names if alias.name != "*")
        elif isinstance(node, _NAMED) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
        if not isinstance(node, (*_SCOPES, *_COMPREHENSIONS)):
            waiting += reversed(list(ast.iter_child_nodes(node)))


# --- what notebooks and terminals have, and a module here has not ---------------------------------------------


class _Nothing:
    """Whatever is asked of it or done with it, it does nothing."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> "_Nothing":
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _Nothing(f"{self._name}.{name}")

    def __call__(self, *_: object, **__: object) -> Any:
        return None

    def __repr__(self) -> str:
        return f"<{self._name}, which does nothing here>"


class _Shell(_Nothing):
    def __call__(self, *_: object, **__: object) -> Any:
        return self


NOTHING = {
    **{name: _Nothing(name) for name in ("display", "help", "exit", "quit", "copyright", "credits", "license")},
    "get_ipython": _Shell("get_ipython"),
}


def add_nothing() -> None:
    """What only IPython has, and what Python's `site` adds, is there for submissions too, and does nothing."""
    for name, value in NOTHING.items():
        setattr(builtins, name, value)
