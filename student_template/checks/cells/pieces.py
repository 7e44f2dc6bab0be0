"""The pieces that a cell's source falls into: what their statements bind, need and change.

Trust: parsed, never compiled or run. What is asked of a piece is kept, and no node is looked at once for each name.
"""

import ast
import functools
import symtable
from collections.abc import Collection, Iterable
from dataclasses import dataclass

# Looked at, never computed: to Python itself a literal of 5,000 digits, or a set of colliding numbers, is hard work.
_LITERAL = (
    ast.Constant | ast.Tuple | ast.List | ast.Set | ast.Dict | ast.UnaryOp | ast.BinOp
    | ast.UAdd | ast.USub | ast.Add | ast.Sub | ast.expr_context
)  # fmt: skip
_FILLING = frozenset(
    {
        *("append", "extend", "insert", "remove", "reverse", "sort", "add", "discard", "update", "setdefault"),
        *("pop", "popitem", "clear"),
    }
)
_AT_HAND = _LITERAL | ast.Name | ast.Attribute | ast.Subscript | ast.Slice | ast.Starred | ast.operator | ast.unaryop
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, eq=False)
class Piece:
    """Statements of a cell's top level that share their lines, with the comments above them.

    What it is is asked for each of the names that it binds, of which a hostile line holds thousands: so it is kept.
    """

    first: int
    last: int
    nodes: tuple[ast.stmt, ...]
    binds: frozenset[str]
    needs: frozenset[str]
    changes: frozenset[str]  # names whose attributes or items it sets, or whose methods it calls
    sets: frozenset[str]  # of these, those whose attributes or items it sets or deletes
    fills: frozenset[str]  # of these, those whose method it calls that changes a list, dict or set

    @functools.cached_property
    def is_plain(self) -> bool:
        """Whether it does nothing but define: def, class, import, or a name given to what is at hand."""
        return all(_is_plain(node) for node in self.nodes)

    @functools.cached_property
    def is_assignment(self) -> bool:
        return not any(isinstance(node, Definition | ast.Import | ast.ImportFrom) for node in self.nodes)

    @functools.cached_property
    def is_plain_change(self) -> bool:
        """Whether it does nothing but change what is there by what is there: a, a.b, a[0] = f; a += 1; a.append(f)."""
        return all(map(_is_plain_change, self.nodes))

    @functools.cached_property
    def is_decoration(self) -> bool:
        """Whether it does by hand what a decorator does: f = cache(f)."""
        return all(map(_decorates, self.nodes))

    @functools.cached_property
    def rebinds(self) -> frozenset[str]:
        """The names to which it gives a value made of the one that they had: x = x + 1, f = cache(f)."""
        is_augmented = any(isinstance(node, ast.AugAssign) for node in self.nodes)
        return self.binds & (self.binds if is_augmented else self.needs) if self.is_assignment else frozenset()

    @functools.cached_property
    def is_literal(self) -> bool:
        """Whether it gives a name to a list, dict or set that it writes out."""
        values = [node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None for node in self.nodes]
        return all(isinstance(each, ast.List | ast.Dict | ast.Set) for each in values)

    @functools.cached_property
    def is_import(self) -> bool:
        return all(isinstance(node, ast.Import | ast.ImportFrom) for node in self.nodes)

    @functools.cached_property
    def has_star(self) -> bool:
        return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in self.nodes)

    @functools.cached_property
    def futures(self) -> set[str]:
        """What it imports from __future__, which may stand at the top of a module only."""
        return {
            alias.name
            for node in self.nodes
            if isinstance(node, ast.ImportFrom) and node.module == "__future__"
            for alias in node.names
        }


def start_of(node: ast.stmt) -> int:
    """The first line of a statement, its decorators included."""
    decorators = node.decorator_list if isinstance(node, Definition) else []
    return min([node.lineno, *(each.lineno for each in decorators)])


def names_in(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """What statements bind at the top level of a module, and what they take from there, now or when called."""
    top = symtable.symtable(text, "cell", "exec")
    binds = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    needs = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    inner = list(top.get_children())
    while inner:
        table = inner.pop()
        needs |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        inner.extend(table.get_children())
    return frozenset(binds), frozenset(needs)


def are_global(text: str, names: Collection[str]) -> bool:
    """Whether these names mean the module's wherever the statements have them, and none is declared `global`."""
    inner = list(symtable.symtable(text, "cell", "exec").get_children())
    while inner:
        table = inner.pop()
        for symbol in table.get_symbols():
            if symbol.get_name() in names and (not symbol.is_global() or symbol.is_declared_global()):
                return False
        inner.extend(table.get_children())
    return True


def roots(nodes: Iterable[ast.stmt]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The names at the root of what statements set (a.b[0] = 1 has a), fill (a.append(1)) and call, at their top level.

    What is filled is called, too.
    """
    sets: set[str] = set()
    fills: set[str] = set()
    calls: set[str] = set()
    for statement in nodes:
        if isinstance(statement, Definition):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                found, target = [calls, fills] if node.func.attr in _FILLING else [calls], node.func.value
            elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
                found, target = [sets], node.value
            else:
                continue
            while isinstance(target, ast.Attribute | ast.Subscript):
                target = target.value
            if isinstance(target, ast.Name):
                for each in found:
                    each.add(target.id)
    return frozenset(sets), frozenset(fills), frozenset(calls)


def _is_plain(node: ast.stmt) -> bool:
    """Whether it defines, imports, or names something that is there; so it may depending on whether an import fails."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Try | ast.If):
            waiting += [*each.body, *each.orelse]
            if isinstance(each, ast.Try):
                waiting += [*each.finalbody, *(inner for handler in each.handlers for inner in handler.body)]
        elif not isinstance(each, Definition | ast.Import | ast.ImportFrom | ast.Pass):
            value = each.value if isinstance(each, ast.Assign | ast.AnnAssign) else None
            if value is None or not _is_at_hand(value):
                return False
    return True


def _is_plain_change(node: ast.stmt) -> bool:
    if isinstance(node, ast.For):
        call = node.iter if isinstance(node.iter, ast.Call) else None
        walked = [node.iter] if call is None else [call.func, *call.args]
        return all(map(_is_at_hand, walked)) and all(map(_is_plain_change, [*node.body, *node.orelse]))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        call = node.value
        return all(map(_is_at_hand, [node.value.func, *call.args, *(each.value for each in call.keywords)]))
    if isinstance(node, ast.Delete):
        return all(isinstance(each, ast.Attribute | ast.Subscript) and _is_at_hand(each) for each in node.targets)
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) or node.value is None:
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return all(map(_is_at_hand, [*targets, node.value]))


def _decorates(node: ast.stmt) -> bool:
    """f = cache(f): what a decorator would have done."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    names = {target.id for target in node.targets if isinstance(target, ast.Name)}
    call = node.value
    return all(map(_is_at_hand, [call.func, *call.args])) and any(
        isinstance(each, ast.Name) and each.id in names for each in call.args
    )


def _is_at_hand(value: ast.expr) -> bool:
    """Whether it calls nothing: literals, names, what they hold, arithmetic with these, and lambdas."""
    waiting: list[ast.AST] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Lambda):
            waiting += [default for default in (*each.args.defaults, *each.args.kw_defaults) if default]
        elif isinstance(each, _AT_HAND):
            waiting += ast.iter_child_nodes(each)
        else:
            return False
    return True
