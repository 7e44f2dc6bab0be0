"""The operators that make mutants: each proposes small changes of one node of a solution, as mistakes make them.

An operator gets the place of a node in its function and yields the nodes that may stand there instead. It need not care
whether the change shows: what equals the original, or another mutant, is dropped where mutants are made (mutants.py).
The order of the table is the order in which they are asked: of two equal mutants the first one stays.
"""

import ast
from collections.abc import Callable, Iterator

from autograder.proving.sites import Site, attributes, is_argument, is_module, is_numpy, siblings

Operator = Callable[[Site], Iterator[ast.AST]]

ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPLEMENTS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
# A function and the one that is written in its site.
SIBLINGS = {
    one: other
    for pair in (
        ("exp", "expm1"),
        ("log", "log1p"),
        ("sin", "cos"),
        ("sum", "mean"),
        ("max", "min"),
        ("maximum", "minimum"),
        ("argmax", "argmin"),
        ("any", "all"),
        ("zeros", "ones"),
        ("zeros_like", "ones_like"),
        ("floor", "ceil"),
        ("erf", "erfc"),
    )
    for one, other in (pair, pair[::-1])
} | {"tanh": "sinh", "sqrt": "square", "cbrt": "sqrt", "cumsum": "sum", "argsort": "sort", "sign": "abs"}
SYMMETRIC = {
    "add",
    "multiply",
    "maximum",
    "minimum",
    "logical_and",
    "logical_or",
    "swapaxes",
    "array_equal",
    "allclose",
}
# Their loss is not a wrong answer but another type, or an error at once.
KEPT_CALLS = {"float", "int", "bool", "str", "list", "tuple", "set", "len", "id", "asarray", "zeros", "ones", "empty"}
KEPT_KEYWORDS = (None, "axis", "keepdims", "strict")  # zip's strict is a guard that no right input meets
TRANSPOSES = ("T", "transpose", "swapaxes")


# Numbers


def arithmetic(site: Site) -> Iterator[ast.AST]:
    """Another operation on the same operands."""
    node = site.node
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
    if isinstance(node, ast.AugAssign) and type(node.op) in ARITHMETIC:
        yield ast.AugAssign(node.target, ARITHMETIC[type(node.op)](), node.value)


def drop_term(site: Site) -> Iterator[ast.AST]:
    """One term of a sum or difference left out."""
    node = site.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield node.left
        yield node.right if isinstance(node.op, ast.Add) else ast.UnaryOp(ast.USub(), node.right)


def drop_factor(site: Site) -> Iterator[ast.AST]:
    """One factor of a product, divisor of a quotient or exponent of a power left out."""
    node = site.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.MatMult | ast.Div | ast.FloorDiv | ast.Pow):
        yield node.left
        if isinstance(node.op, ast.Mult | ast.MatMult):
            yield node.right
        elif isinstance(node.op, ast.Div):
            yield ast.BinOp(ast.Constant(1.0), node.op, node.right)


def swap_operands(site: Site) -> Iterator[ast.AST]:
    """The operands of an operation whose order counts, exchanged."""
    node = site.node
    if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add | ast.Mult | ast.BitAnd | ast.BitOr):
        yield ast.BinOp(node.right, node.op, node.left)


def sign(site: Site) -> Iterator[ast.AST]:
    """A minus sign (or ~) left out, or put before what is returned or assigned."""
    node, above = site.node, site.above
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
        yield node.operand
        return
    in_list = isinstance(site.parent, ast.Tuple | ast.List) and above is not None
    outer = above.parent if in_list and above else site.parent
    is_whole = site.field == "value" or (in_list and above is not None and above.field == "value")
    simple = ast.BinOp | ast.Call | ast.Name | ast.Attribute | ast.Subscript
    if is_whole and isinstance(outer, ast.Return | ast.Assign) and isinstance(node, simple):
        yield ast.UnaryOp(ast.USub(), node)


def constant(site: Site) -> Iterator[ast.AST]:
    """Another number, or the other truth value."""
    node = site.node
    in_keyword = site.parent.arg if isinstance(site.parent, ast.keyword) else ""
    if not isinstance(node, ast.Constant) or in_keyword in KEPT_KEYWORDS:
        return
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        near = (value + 1, value - 1)
        others = near if isinstance(site.parent, ast.Subscript | ast.Slice) else (*near, 0, 1, 2)
        yield from (_number(other) for other in others if other != value)
    elif isinstance(value, float):
        yield from (_number(other) for other in (0.0, 1.0, 2.0, 0.5, 2 * value) if other != value)


def compare(site: Site) -> Iterator[ast.AST]:
    """Another comparison of the same values."""
    node = site.node
    if isinstance(node, ast.Compare):
        for index, known in enumerate(node.ops):
            for other in COMPARISONS[type(known)]:
                yield ast.Compare(node.left, [*node.ops[:index], other(), *node.ops[index + 1 :]], node.comparators)


# Arrays


def axis(site: Site) -> Iterator[ast.AST]:
    """Another axis."""
    if site.is_value_of("axis"):
        yield from (_parsed(text) for text in ("0", "1", "-1", "None"))


def keepdims(site: Site) -> Iterator[ast.AST]:
    """The other shape of a reduction's result, or always the same one."""
    if site.is_value_of("keepdims"):
        yield from (ast.Constant(value) for value in (True, False))


def transpose(site: Site) -> Iterator[ast.AST]:
    """A transposition left out."""
    node = site.node
    called = node.func if isinstance(node, ast.Call) else node
    if isinstance(called, ast.Attribute) and called.attr in TRANSPOSES and site.field != "func":
        through_numpy = isinstance(node, ast.Call) and is_numpy(called.value) and node.args
        yield node.args[0] if through_numpy and isinstance(node, ast.Call) else called.value


def slices(site: Site) -> Iterator[ast.AST]:
    """A slice that begins or ends one earlier or later, or not at all, or goes the other way."""
    node = site.node
    if not isinstance(node, ast.Slice):
        return
    for lower in _off_by_one(node.lower, 1):
        yield ast.Slice(lower, node.upper, node.step)
    for upper in _off_by_one(node.upper, -1):
        yield ast.Slice(node.lower, upper, node.step)
    if node.step is not None:
        yield ast.Slice(node.lower, node.upper, None)


# Calls


def sibling(site: Site) -> Iterator[ast.AST]:
    """The function that is next to the right one: mean for sum, log1p for log, minimum for maximum."""
    node = site.node
    if site.field != "func":
        return
    if isinstance(node, ast.Attribute) and node.attr in SIBLINGS:
        yield ast.Attribute(node.value, SIBLINGS[node.attr], node.ctx)
    if isinstance(node, ast.Name) and node.id in ("any", "all", "max", "min"):
        yield ast.Name(SIBLINGS[node.id], node.ctx)


def drop_call(site: Site) -> Iterator[ast.AST]:
    """A function or method left out: what it was to be applied to stays."""
    node = site.node
    if not isinstance(node, ast.Call) or isinstance(site.parent, ast.Expr):
        return
    func, args = node.func, [each for each in node.args if not isinstance(each, ast.Starred)]
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    if name in KEPT_CALLS or name in TRANSPOSES:
        return
    if isinstance(func, ast.Attribute) and not is_module(func.value, site.function):
        if not args or name in SIBLINGS or name in ("reshape", "squeeze"):
            yield func.value
    elif args and (len(node.args) == 1 or (isinstance(func, ast.Attribute) and is_numpy(func.value))):
        yield args[0]


def drop_keyword(site: Site) -> Iterator[ast.AST]:
    """A keyword argument left out, so that its default holds."""
    node = site.node
    if isinstance(node, ast.Call):
        for left_out in node.keywords:
            if left_out.arg not in KEPT_KEYWORDS:
                yield ast.Call(node.func, node.args, [each for each in node.keywords if each is not left_out])


def swap_arguments(site: Site) -> Iterator[ast.AST]:
    """Two neighbours among the arguments of a call exchanged; of np.where, the branches."""
    node = site.node
    if not isinstance(node, ast.Call) or any(isinstance(each, ast.Starred) for each in node.args):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name not in SYMMETRIC:
        for args in _swapped(node.args, start=1 if name == "where" else 0):
            yield ast.Call(node.func, args, node.keywords)


def range_bounds(site: Site) -> Iterator[ast.AST]:
    """A range that begins or ends one earlier or later."""
    node = site.node
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "range":
        return
    for index, bound in enumerate(node.args):
        for other in _off_by_one(bound, 0):
            if other is not None:
                yield ast.Call(node.func, [*node.args[:index], other, *node.args[index + 1 :]], [])
    if len(node.args) == 1:
        yield ast.Call(node.func, [ast.Constant(1), *node.args], [])


# What stands for what


def swap_elements(site: Site) -> Iterator[ast.AST]:
    """Two neighbours in a tuple or a list exchanged: of what is returned, unpacked, joined or used as an index."""
    node = site.node
    if isinstance(node, ast.Tuple | ast.List):
        unpacked = site.parent if site.field == "targets" else None
        if isinstance(unpacked, ast.Assign) and isinstance(unpacked.value, ast.Tuple | ast.List):
            return  # the same as exchanging the values
        for elements in _swapped(node.elts):
            yield type(node)(elements, node.ctx)


def variable(site: Site) -> Iterator[ast.AST]:
    """Another variable: one that was unpacked beside the right one, or an argument of the same type."""
    node = site.node
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and site.field != "func":
        for group in siblings(site.function):
            if node.id in group:
                yield from (ast.Name(other, ast.Load()) for other in group if other != node.id)


def attribute(site: Site) -> Iterator[ast.AST]:
    """Another attribute of the same object, among those that the function uses."""
    node = site.node
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and site.field != "func":
        for other in attributes(site.function):
            if ast.dump(other.value) == ast.dump(node.value) and other.attr != node.attr:
                yield ast.Attribute(node.value, other.attr, ast.Load())


def saved(site: Site) -> Iterator[ast.AST]:
    """In a call that keeps something for later, something else: an input for the output, or another input."""
    node = site.node
    if not isinstance(node, ast.Call) or not isinstance(site.parent, ast.Expr):
        return
    if not isinstance(node.func, ast.Attribute) or not is_argument(node.func.value, site.function):
        return
    others: list[ast.expr] = [each for each in attributes(site.function) if isinstance(each.ctx, ast.Load)]
    for statement in ast.walk(site.function):
        if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Call):
            others += statement.value.args
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            others.append(ast.Name(statement.targets[0].id, ast.Load()))
    for index in range(len(node.args)):
        for other in others:
            yield ast.Call(node.func, [*node.args[:index], other, *node.args[index + 1 :]], node.keywords)


# The way through


def condition(site: Site) -> Iterator[ast.AST]:
    """A condition turned round, or one that always or never holds."""
    node = site.node
    if site.field in ("test", "ifs") and isinstance(node, ast.expr):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            yield ast.Compare(node.left, [COMPLEMENTS[type(node.ops[0])]()], node.comparators)
        else:
            is_not = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
            yield node.operand if is_not and isinstance(node, ast.UnaryOp) else ast.UnaryOp(ast.Not(), node)
        yield ast.Constant(True)
        yield ast.Constant(False)


def boolean(site: Site) -> Iterator[ast.AST]:
    """`or` for `and`, `and` for `or`, or one part of the condition left out."""
    node = site.node
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for index in range(len(node.values)):
            rest = [*node.values[:index], *node.values[index + 1 :]]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def loop(site: Site) -> Iterator[ast.AST]:
    """A loop that is never entered."""
    if site.field == "iter":
        yield ast.Tuple([], ast.Load())


def jump(site: Site) -> Iterator[ast.AST]:
    """`continue` for `break`, and `break` for `continue`."""
    if isinstance(site.node, ast.Break | ast.Continue):
        yield ast.Continue() if isinstance(site.node, ast.Break) else ast.Break()


def assign(site: Site) -> Iterator[ast.AST]:
    """`=` for `+=` and its like."""
    node = site.node
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value)


def drop_statement(site: Site) -> Iterator[ast.AST]:
    """A statement left out."""
    node = site.node
    is_empty = isinstance(node, ast.Pass) or (isinstance(node, ast.Return) and _is_none(node.value))
    is_elif = isinstance(node, ast.If) and site.field == "orelse" and len(getattr(site.parent, "orelse", ())) == 1
    if isinstance(node, ast.stmt) and not is_empty and not is_elif:
        yield ast.Pass()


OPERATORS: dict[str, Operator] = {
    "arithmetic": arithmetic,
    "drop-term": drop_term,
    "drop-factor": drop_factor,
    "swap-operands": swap_operands,
    "sign": sign,
    "constant": constant,
    "compare": compare,
    "axis": axis,
    "keepdims": keepdims,
    "transpose": transpose,
    "slice": slices,
    "sibling": sibling,
    "drop-call": drop_call,
    "drop-keyword": drop_keyword,
    "swap-arguments": swap_arguments,
    "range": range_bounds,
    "swap-elements": swap_elements,
    "variable": variable,
    "attribute": attribute,
    "saved": saved,
    "condition": condition,
    "boolean": boolean,
    "loop": loop,
    "jump": jump,
    "assign": assign,
    "drop-statement": drop_statement,
}


# Helpers


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _number(value: float) -> ast.expr:
    return _parsed(repr(value))


def _off_by_one(bound: ast.expr | None, open_bound: int) -> Iterator[ast.expr | None]:
    """The bound one higher, one lower, and left out; an open bound becomes `open_bound`."""
    if bound is None:
        yield _number(open_bound)
        return
    try:
        value = ast.literal_eval(bound)
    except ValueError:
        yield ast.BinOp(bound, ast.Add(), ast.Constant(1))
        yield ast.BinOp(bound, ast.Sub(), ast.Constant(1))
    else:
        yield _number(value + 1)
        yield _number(value - 1)
    yield None


def _swapped(elements: list[ast.expr], start: int = 0) -> Iterator[list[ast.expr]]:
    for index in range(start, len(elements) - 1):
        yield [*elements[:index], elements[index + 1], elements[index], *elements[index + 2 :]]


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)
