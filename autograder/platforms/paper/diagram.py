"""The diagrams of handouts, drawn: boxes in layers, joined by arrows. They are written as Mermaid's `graph LR` or `TD`.

Of Mermaid this reads `name["a label<br>of two lines"] --> other`, which is what handouts use; GitHub and JupyterLab
draw the same text themselves.
"""

import html
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.errors import CourseError

_NODE = re.compile(r'\s*(\w+)(?:\["([^"]*)"\])?\s*')
_LETTER, _LINE, _PADDING, _GAP, _BETWEEN = 8.2, 20.0, 10.0, 46.0, 22.0


Place = tuple[float, float, float, float]  # x and y of the middle, width, height


@dataclass
class _Graph:
    is_across: bool
    labels: dict[str, list[str]] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)

    def size(self, name: str) -> tuple[float, float]:
        lines = self.labels.get(name)
        if lines is None:  # where an arrow passes a layer
            return 0.0, 0.0
        return max(map(len, lines)) * _LETTER + 2 * _PADDING, len(lines) * _LINE + _PADDING

    def depths(self) -> dict[str, int]:
        """The layer of each node: behind all that leads to it; where nothing does, next to what it leads to."""
        depth = dict.fromkeys(self.labels, 0)
        for _ in self.labels:
            for start, end in self.edges:
                depth[end] = max(depth[end], depth[start] + 1)
        if any(depth[end] <= depth[start] for start, end in self.edges):
            raise CourseError("diagram: its arrows lead round in a circle; want one without")
        ends = {end for _, end in self.edges}
        later = {name: [depth[end] for start, end in self.edges if start == name] for name in self.labels}
        return {name: min(later[name]) - 1 if name not in ends and later[name] else depth[name] for name in self.labels}

    def layers(self) -> tuple[list[list[str]], list[list[str]]]:
        """The nodes by their layers, and each edge as the nodes that it passes; in each layer near to what leads there.

        An edge over several layers has a place of its own in each, so that it goes round what stands there.
        """
        depth = self.depths()
        layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
        for name in self.labels:
            layers[depth[name]].append(name)
        ways = []
        for number, (start, end) in enumerate(self.edges):
            passed = [f"{number}/{layer}" for layer in range(depth[start] + 1, depth[end])]
            for at, name in enumerate(passed, start=depth[start] + 1):
                layers[at].append(name)
            ways.append([start, *passed, end])
        steps = {step for way in ways for step in itertools.pairwise(way)}
        for above, layer in itertools.pairwise(layers):
            where = {name: place for place, name in enumerate(above)}
            before = {name: [where[start] for start, end in steps if end == name and start in where] for name in layer}
            layer.sort(key=lambda name: sum(before[name]) / len(before[name]) if before[name] else len(above))
        return layers, ways


def svg(source: str, where: str) -> str:
    """The diagram as SVG that takes the colours of the page around it; CourseError if it is none that is read here."""
    graph = _read(source, where)
    layers, ways = graph.layers()
    at = _places(graph, layers)
    width = max(x + w / 2 for x, y, w, h in at.values()) + 2
    height = max(y + h / 2 for x, y, w, h in at.values()) + 2
    parts = [_arrow([at[name] for name in way], is_across=graph.is_across) for way in ways]
    for name, lines in graph.labels.items():
        x, y, w, h = at[name]
        parts.append(f'<rect x="{x - w / 2:.1f}" y="{y - h / 2:.1f}" width="{w:.1f}" height="{h:.1f}" rx="5"/>')
        for number, line in enumerate(lines):
            baseline = y + (number - (len(lines) - 1) / 2) * _LINE + 5
            parts.append(f'<text x="{x:.1f}" y="{baseline:.1f}">{html.escape(line)}</text>')
    said = "; ".join(f"{' '.join(graph.labels[a])} to {' '.join(graph.labels[b])}" for a, b in graph.edges)
    return (
        f'<svg class="diagram" role="img" aria-label="{html.escape(said)}" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}"><defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" '
        'markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z"/></marker></defs>'
        f"{''.join(parts)}</svg>"
    )


def _read(source: str, where: str) -> _Graph:
    first, *rest = [line.strip() for line in source.strip().splitlines()]
    if first not in ("graph LR", "graph TD"):
        raise CourseError(f"{where}: diagram: got {first!r}, want graph LR or graph TD")
    graph = _Graph(first == "graph LR")
    for line in filter(None, rest):
        names = []
        for part in line.split("-->"):
            match = _NODE.fullmatch(part)
            if match is None:
                raise CourseError(f'{where}: diagram: got {line!r}, want name["label"] --> name')
            name, label = match.groups()
            if label is not None or name not in graph.labels:
                graph.labels[name] = (label or name).split("<br>")
            names.append(name)
        graph.edges += itertools.pairwise(names)
    return graph


def _places(graph: _Graph, layers: Sequence[Sequence[str]]) -> Mapping[str, Place]:
    along, across = (0, 1) if graph.is_across else (1, 0)

    def room(layer: Sequence[str]) -> float:
        return sum(graph.size(name)[across] for name in layer) + _BETWEEN * (len(layer) - 1)

    most, found, start = max(map(room, layers)), dict[str, Place](), 2.0
    for layer in layers:
        depth = max(graph.size(name)[along] for name in layer)
        side = 2 + (most - room(layer)) / 2
        for name in layer:
            size = graph.size(name)
            middle = (start + depth / 2, side + size[across] / 2)
            x, y = middle if graph.is_across else middle[::-1]
            found[name] = (x, y, *size)
            side += size[across] + _BETWEEN
        start += depth + _GAP
    return found


def _arrow(way: Sequence[Place], *, is_across: bool) -> str:
    """From the first's edge by way of those between to the last's."""
    (x1, y1, w1, h1), *between, (x2, y2, w2, h2) = way
    if is_across:
        x1, x2 = x1 + w1 / 2, x2 - w2 / 2
    else:
        y1, y2 = y1 + h1 / 2, y2 - h2 / 2
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in [(x1, y1), *((x, y) for x, y, _, _ in between), (x2, y2)])
    return f'<polyline points="{points}" marker-end="url(#arrow)"/>'
