"""The graph of an expression as SVG, drawn from the links of `Node`: micrograd's drawing, without graphviz.

To see: a neuron tanh(w₁x₁ + w₂x₂ + b) from its inputs on the left to its output on the right. A circle is an operation,
the box on its right the tensor that it made, with its value and, after the backward pass, its gradient. Both inputs of
a sum get the sum's gradient; the inputs of a product get it times each other's value.

Layout, as Sugiyama's: a column for each number of steps to the result, a place in between for each line that passes a
column by, places ordered so that few lines cross, and then moved towards what they are joined to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

import numpy as np
from feedforward import functional
from feedforward.tensor import Tensor

from .style import BLUE, GREY, INK, ORANGE

BOX, HEIGHT, CIRCLE = 118, 60, 17  # a tensor's box, and the radius of an operation
COLUMN, ROW, MARGIN = 262, 78, 24  # from column to column, from box to box
SYMBOLS = {
    "Add": "+",
    "Sub": "−",
    "Neg": "−",
    "Mul": "×",
    "Div": "÷",
    "MatMul": "@",
    "Pow": "xʸ",
    "Sum": "Σ",
    "Sqrt": "√",
    "Transpose": "ᵀ",
    "GetItem": "[ ]",
}
TIP = ' marker-end="url(#tip)"'
ORDERED = ("Sub", "Div", "Pow", "MatMul", "Concat")  # for these it matters which input is the first


@dataclass(eq=False)
class Place:
    """Where a tensor stands, or where a line passes a column by (tensor is None)."""

    tensor: Tensor | None
    column: int  # 0 for the result, counted from right to left
    y: float = 0.0
    sources: "list[Place]" = field(default_factory=list)  # in the column to the left, one for each line
    users: "list[Place]" = field(default_factory=list)  # in the column to the right


def inputs(tensor: Tensor) -> tuple[Tensor, ...]:
    return () if tensor.node is None else tensor.node.inputs


def topological(result: Tensor) -> list[Tensor]:
    """Every tensor of the graph once, inputs before what was made of them; without recursion."""
    finished: list[Tensor] = []
    seen: set[int] = set()
    stack = [(result, False)]
    while stack:
        tensor, is_ready = stack.pop()
        if is_ready:
            finished.append(tensor)
        elif id(tensor) not in seen:
            seen.add(id(tensor))
            stack.append((tensor, True))
            stack.extend((source, False) for source in reversed(inputs(tensor)))
    return finished


def places(result: Tensor) -> list[list[Place]]:
    """A list of places for each column, joined to each other, in the order in which the graph is walked."""
    order = topological(result)
    column = {id(tensor): 0 for tensor in order}
    for tensor in reversed(order):
        for source in inputs(tensor):
            column[id(source)] = max(column[id(source)], column[id(tensor)] + 1)
    columns: list[list[Place]] = [[] for _ in range(max(column.values()) + 1)]
    place = {}
    for tensor in order:
        place[id(tensor)] = Place(tensor, column[id(tensor)])
        columns[column[id(tensor)]].append(place[id(tensor)])
        for source in inputs(tensor):
            here = place[id(source)]
            for passed in range(here.column - 1, column[id(tensor)], -1):
                here = join(here, Place(None, passed))
                columns[passed].append(here)
            join(here, place[id(tensor)])
    return columns


def join(source: Place, user: Place) -> Place:
    source.users.append(user)
    user.sources.append(source)
    return user


def arrange(columns: list[list[Place]], sweeps: int = 12) -> None:
    """Set every y: first the order in each column, by the mean of the neighbours' places, then the heights."""
    for each in columns:
        spread(each, [float(index * ROW) for index in range(len(each))])
    neighbours: tuple[Callable[[Place], list[Place]], ...] = (lambda p: p.sources, lambda p: p.users)
    for sweep in range(2 * sweeps):
        near = neighbours[sweep % 2]
        for each in reversed(columns) if sweep % 2 == 0 else columns:
            wanted = {id(p): float(np.mean([q.y for q in near(p)])) if near(p) else p.y for p in each}
            each.sort(key=lambda p: wanted[id(p)])
            spread(each, [wanted[id(p)] for p in each])


def spread(column: list[Place], wanted: list[float]) -> None:
    """Heights as near as can be to the wanted ones (in ascending order), at least a row apart.

    Least squares under the order: without the rows between them the heights are a non-decreasing sequence, so what is
    out of order is merged into blocks, each at its mean (pool adjacent violators).
    """
    blocks: list[list[float]] = []
    for index, want in enumerate(wanted):
        blocks.append([want - index * ROW])
        while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    heights = [float(np.mean(block)) for block in blocks for _ in block]
    for index, (place, height) in enumerate(zip(column, heights, strict=True)):
        place.y = height + index * ROW


def number(values: np.ndarray | None) -> str:
    """A number to four digits, for an array its shape."""
    if values is None:
        return "none"
    return f"{values.item():.4g}".replace("-", "−") if values.size == 1 else f"shape {values.shape}"


def svg(result: Tensor, names: Mapping[str, Tensor]) -> str:
    """The graph of result as the text of an SVG file; names are written into the boxes of their tensors."""
    columns = places(result)
    arrange(columns)
    name = {id(tensor): text for text, tensor in names.items()}
    top = min(place.y for each in columns for place in each)
    height = max(place.y for each in columns for place in each) - top + HEIGHT + 2 * MARGIN
    width = (len(columns) - 1) * COLUMN + BOX + 2 * MARGIN

    def left(place: Place) -> float:
        return MARGIN + (len(columns) - 1 - place.column) * COLUMN

    def middle(place: Place) -> float:
        return place.y - top + MARGIN + HEIGHT / 2

    lines, shapes = [], []
    for place in (place for each in columns for place in each):
        x, y = left(place), middle(place)
        if place.tensor is None:
            (source,) = place.sources
            lines.append(curve(left(source) + BOX, middle(source), x, y))
            lines.append(f'<path d="M{x:.1f} {y:.1f}h{BOX}"/>')
            continue
        shapes.append(box(x, y, name.get(id(place.tensor), ""), place.tensor))
        if place.tensor.node is None:
            continue
        half = half_width(place.tensor)
        operation = x - 26 - half  # the middle of its circle
        lines.append(f'<path d="M{operation + half:.1f} {y:.1f}H{x - 2:.1f}"{TIP}/>')
        shapes.append(circle(operation, y, place))
        for index, source in enumerate(place.sources):
            earlier, uses = place.sources[:index].count(source), place.sources.count(source)
            aside = 14 * (earlier - (uses - 1) / 2)  # a tensor that is used twice by one operation has two lines
            start, end = middle(source) + aside, y + aside
            lines.append(curve(left(source) + BOX, start, operation - half - 2 + abs(aside) / 4, end, TIP))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
            f'height="{height:.0f}" font-family="DejaVu Sans, Verdana, sans-serif" font-size="13" fill="{INK}">',
            "<title>Expression graph: values and gradients</title>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
            f'<path d="M0 0.5L8 4L0 7.5z" fill="{GREY}"/></marker></defs>',
            '<rect width="100%" height="100%" fill="white"/>',
            f'<g fill="none" stroke="{GREY}" stroke-width="1.4">',
            *lines,
            "</g>",
            *shapes,
            "</svg>\n",
        ]
    )


def curve(x: float, y: float, to_x: float, to_y: float, tip: str = "") -> str:
    """A line that leaves and arrives level."""
    bend = (to_x - x) / 2
    return (
        f'<path d="M{x:.1f} {y:.1f}C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"{tip}/>'
    )


def box(x: float, y: float, name: str, tensor: Tensor) -> str:
    """A tensor: its name, its value and its gradient; leaves are filled."""
    fill = "#E3F0F8" if tensor.node is None else "white"
    rows = [("data", number(tensor.data), INK), ("grad", number(tensor.grad), ORANGE)]
    texts = []
    if name:
        center = x + BOX / 2
        texts.append(
            f'<text x="{center:.1f}" y="{y - 13:.1f}" text-anchor="middle" font-weight="bold">{escape(name)}</text>'
        )
    for index, (label, text, color) in enumerate(rows):
        row = y + 17 * index + (6 if name else -4)
        texts.append(f'<text x="{x + 10:.1f}" y="{row:.1f}" fill="{GREY}">{label}</text>')
        texts.append(
            f'<text x="{x + BOX - 10:.1f}" y="{row:.1f}" text-anchor="end" fill="{color}">{escape(text)}</text>'
        )
    frame = (
        f'<rect x="{x:.1f}" y="{y - HEIGHT / 2:.1f}" width="{BOX}" height="{HEIGHT}" rx="5" fill="{fill}" '
        f'stroke="{BLUE}" stroke-width="1.4"/>'
    )
    return "\n".join([frame, *texts])


def symbol(tensor: Tensor) -> str:
    """What is written into the circle of the operation that made a tensor."""
    operation = type(tensor.node.function).__name__
    return SYMBOLS.get(operation, operation.lower())


def half_width(tensor: Tensor) -> float:
    """Half the width of an operation's circle, which a long name makes longer."""
    return max(CIRCLE, 3.6 * len(symbol(tensor)) + 5)


def circle(x: float, y: float, place: Place) -> str:
    """An operation; where their order matters, the inputs' numbers stand under it from top to bottom."""
    half, text = half_width(place.tensor), symbol(place.tensor)
    size = 19 if len(text) == 1 else 12
    frame = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{CIRCLE}"'
    if half > CIRCLE:
        corner = f'x="{x - half:.1f}" y="{y - CIRCLE:.1f}"'
        frame = f'<rect {corner} width="{2 * half:.1f}" height="{2 * CIRCLE}" rx="{CIRCLE}"'
    shapes = [
        f'{frame} fill="white" stroke="{ORANGE}" stroke-width="1.6"/>',
        f'<text x="{x:.1f}" y="{y + 0.36 * size:.1f}" text-anchor="middle" font-size="{size}">{escape(text)}</text>',
    ]
    if type(place.tensor.node.function).__name__ in ORDERED:
        by_height = sorted(range(len(place.sources)), key=lambda index: place.sources[index].y)
        order = "inputs " + ", ".join(str(index + 1) for index in by_height)
        below = y + CIRCLE + 13
        shapes.append(
            f'<text x="{x:.1f}" y="{below:.1f}" text-anchor="middle" font-size="10" fill="{GREY}">{order}</text>'
        )
    return "\n".join(shapes)


def neuron() -> dict[str, Tensor]:
    """The tensors of a neuron of two inputs, after a backward pass from its output; the numbers are micrograd's."""
    x1, x2, w1, w2 = Tensor(2.0), Tensor(0.0), Tensor(-3.0), Tensor(1.0)
    b = Tensor(6.8813735870195432)
    first, second = w1 * x1, w2 * x2
    both = first + second
    a = both + b
    h = functional.tanh(a)
    h.backward()
    return {
        "x₁": x1, "w₁": w1, "x₂": x2, "w₂": w2, "b": b,
        "w₁x₁": first, "w₂x₂": second, "w₁x₁ + w₂x₂": both, "a": a, "h": h,
    }  # fmt: skip


def draw() -> str:
    """The neuron's graph as SVG."""
    names = neuron()
    return svg(names["h"], names)
