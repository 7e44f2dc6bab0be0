"""The graph of a Tensor as a picture: what it was computed from, with values, gradients and shapes.

    from feedforward.graph import draw
    draw(L, {"a": a, "b": b})              # in a notebook: the picture
    draw(L).save("graph.svg")              # a file for any browser; "graph.dot" for graphviz

A circle is an operation, the box on its right the tensor that it made; boxes that nothing made are filled. Everything
here is given, and looks at `node`, `data` and `grad` alone.

Layout, as Sugiyama's: a column for each number of steps to the result, a place in between for each line that passes a
column by, places ordered so that few lines cross, and then moved towards what they are joined to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np

from .tensor import Tensor

LARGEST = 100  # tensors; beyond it nobody reads the picture, and graphviz lays out better
BOX, HEIGHT, CIRCLE = 132, 60, 17  # a tensor's box, and the radius of an operation
COLUMN, ROW, MARGIN = 262, 78, 24  # from column to column, from box to box
BLUE, ORANGE, INK, GREY = "#0072B2", "#D55E00", "#222222", "#767676"
# Who reads on dark gets light on dark, in the same hues. By a class: inside of a page, :root would be the page's.
DARK = "<style>@media (prefers-color-scheme: dark) {.picture {filter: invert(0.92) hue-rotate(180deg)}}</style>"
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


def draw(result: Tensor, names: Mapping[str, Tensor] | None = None) -> "Graph":
    """The graph of result; names are written into the boxes of their tensors."""
    if not isinstance(result, Tensor):
        raise TypeError(f"draw: got {type(result).__name__}, want a Tensor, the result of a computation")
    return Graph(result, names or {})


class Graph:
    """A drawing of a Tensor's graph; a notebook shows it as a picture."""

    def __init__(self, result: Tensor, names: Mapping[str, Tensor]) -> None:
        self.result = result
        self.tensors = everything(result)
        self.names = {id(tensor): text for text, tensor in names.items()}

    @property
    def svg(self) -> str:
        """The picture as the text of an SVG file; ValueError for a graph of more than LARGEST tensors."""
        if len(self.tensors) > LARGEST:
            raise ValueError(f"draw: got {len(self.tensors)} tensors, want at most {LARGEST}; .dot is for graphviz")
        return svg(self.result, self.names)

    @property
    def dot(self) -> str:
        """The graph in graphviz's language, whatever its size: `dot -Tsvg graph.dot -o graph.svg` draws it."""
        return dot(self.tensors, self.names)

    def save(self, path: str | Path) -> Path:
        """Writes the picture, or for a name that ends in .dot the text for graphviz; the path."""
        path = Path(path)
        path.write_text(self.dot if path.suffix == ".dot" else self.svg, encoding="utf-8")
        return path

    def __repr__(self) -> str:
        return f"graph of {len(self.tensors)} tensors; .save('graph.svg') draws it, .dot is its text for graphviz"

    def _repr_svg_(self) -> str | None:
        return self.svg if len(self.tensors) <= LARGEST else None


def inputs(tensor: Tensor) -> tuple[Tensor, ...]:
    return () if tensor.node is None else tensor.node.inputs


def everything(result: Tensor) -> list[Tensor]:
    """Every tensor of the graph once, the result first."""
    found, seen = [result], {id(result)}
    for tensor in found:  # which grows on the way
        for source in inputs(tensor):
            if id(source) not in seen:
                seen.add(id(source))
                found.append(source)
    return found


def number(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def shown(values: np.ndarray | None) -> str:
    """A number to four digits, of an array the smallest and the largest."""
    if values is None:
        return "none"
    if values.size < 2:
        return number(values.item()) if values.size else "empty"
    return f"{number(values.min())} … {number(values.max())}"


def symbol(tensor: Tensor) -> str:
    """What is written into the circle of the operation that made a tensor."""
    operation = type(tensor.node.function).__name__
    return SYMBOLS.get(operation, operation.lower())


# For graphviz


def dot(tensors: list[Tensor], names: Mapping[int, str]) -> str:
    number_of = {id(tensor): index for index, tensor in enumerate(tensors)}
    lines = ["digraph {", '  rankdir="LR"; node [shape="box"];']
    for index, tensor in enumerate(tensors):
        shape = f"shape {tensor.shape}" if tensor.ndim else ""
        rows = [names.get(id(tensor), ""), shape, f"data {shown(tensor.data)}", f"grad {shown(tensor.grad)}"]
        lines.append(f"  t{index} [label={quoted(chr(10).join(filter(None, rows)))}];")
        if tensor.node:
            lines.append(f'  o{index} [label={quoted(symbol(tensor))}, shape="ellipse"]; o{index} -> t{index};')
            lines += [f"  t{number_of[id(source)]} -> o{index};" for source in inputs(tensor)]
    return "\n".join([*lines, "}\n"])


def quoted(text: str) -> str:
    """A text of graphviz's: a backslash begins an escape there, and a quote ends the text."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


# Layout


@dataclass(eq=False)
class Place:
    """Where a tensor stands, or where a line passes a column by (tensor is None)."""

    tensor: Tensor | None
    column: int  # 0 for the result, counted from right to left
    y: float = 0.0
    sources: "list[Place]" = field(default_factory=list)  # in the column to the left, one for each line
    users: "list[Place]" = field(default_factory=list)  # in the column to the right


def places(result: Tensor) -> list[list[Place]]:
    """A list of places for each column, joined to each other."""
    tensors = everything(result)
    column = {id(tensor): 0 for tensor in tensors}
    is_moved = True
    while is_moved:  # to the left of what was made of it; slow, and drawings are small
        is_moved = False
        for tensor in tensors:
            for source in inputs(tensor):
                if column[id(source)] <= column[id(tensor)]:
                    column[id(source)], is_moved = column[id(tensor)] + 1, True
    columns: list[list[Place]] = [[] for _ in range(max(column.values()) + 1)]
    place = {}
    for tensor in sorted(tensors, key=lambda each: -column[id(each)]):
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


# The picture


def svg(result: Tensor, names: Mapping[int, str]) -> str:
    columns = places(result)
    arrange(columns)
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
        shapes.append(box(x, y, names.get(id(place.tensor), ""), place.tensor))
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
            f'<svg class="picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}" font-family="DejaVu Sans, Verdana, sans-serif" font-size="13" '
            f'fill="{INK}">',
            "<title>Expression graph: values and gradients</title>",
            DARK,
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


def written(x: float, y: float, text: str, rest: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {rest}>{escape(text)}</text>'


def box(x: float, y: float, name: str, tensor: Tensor) -> str:
    """A tensor: its name and shape, its value and its gradient; leaves are filled."""
    fill = "#E3F0F8" if tensor.node is None else "white"
    shape = str(tensor.shape) if tensor.ndim else ""
    start, end = x + 9, x + BOX - 9
    shapes = [
        f'<rect x="{x:.1f}" y="{y - HEIGHT / 2:.1f}" width="{BOX}" height="{HEIGHT}" rx="5" fill="{fill}" '
        f'stroke="{BLUE}" stroke-width="1.4"/>'
    ]
    if name and shape:
        shapes.append(written(start, y - 13, name, 'font-weight="bold"'))
    elif name:
        shapes.append(written(x + BOX / 2, y - 13, name, 'text-anchor="middle" font-weight="bold"'))
    if shape:
        shapes.append(written(end, y - 13, shape, f'text-anchor="end" fill="{GREY}" font-size="11"'))
    rows = [("data", shown(tensor.data), INK), ("grad", shown(tensor.grad), ORANGE)]
    for index, (label, text, color) in enumerate(rows):
        row = y + 17 * index + (6 if name or shape else -4)
        size = "" if len(text) < 11 else ' font-size="10"'
        shapes.append(written(start, row, label, f'fill="{GREY}"'))
        shapes.append(written(end, row, text, f'text-anchor="end" fill="{color}"{size}'))
    return "\n".join(shapes)


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
        written(x, y + 0.36 * size, text, f'text-anchor="middle" font-size="{size}"'),
    ]
    if type(place.tensor.node.function).__name__ in ORDERED:
        by_height = sorted(range(len(place.sources)), key=lambda index: place.sources[index].y)
        order = "inputs " + ", ".join(str(index + 1) for index in by_height)
        shapes.append(written(x, y + CIRCLE + 13, order, f'text-anchor="middle" font-size="10" fill="{GREY}"'))
    return "\n".join(shapes)
