"""`draw`: every tensor with its value, gradient and shape, as SVG of our own layout and as text for graphviz."""

import html
import importlib
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

SOLUTIONS = Path(__file__).parents[2] / "solutions"


@pytest.fixture(scope="module")
def graph():
    """The reference's module feedforward.graph; other tests' modules are put back at the end."""
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "feedforward"}
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SOLUTIONS)
        for name in before:
            del sys.modules[name]
        yield importlib.import_module("feedforward.graph")
        for name in [name for name in sys.modules if name.partition(".")[0] == "feedforward"]:
            del sys.modules[name]
    sys.modules.update(before)


def texts(svg):
    return [element.text for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def elements(svg, name):
    return [*ET.fromstring(svg).iter(f"{{http://www.w3.org/2000/svg}}{name}")]


def test_graph_has_every_tensor_with_its_name_value_and_gradient(graph):
    a, b = graph.Tensor(2.0), graph.Tensor(-3.5)
    product = a * b
    c = product + a
    c.backward()
    names = {"a": a, "b": b, "ab": product, "c": c}
    written = texts(graph.draw(c, names).svg)
    assert written.count("data") == written.count("grad") == 4
    for name, value, gradient in ("a", "2", "−2.5"), ("b", "−3.5", "2"), ("ab", "−7", "1"), ("c", "−5", "1"):
        at = written.index(name)
        assert written[at + 1 : at + 5] == ["data", value, "grad", gradient]
    assert [written.count(symbol) for symbol in ("×", "+")] == [1, 1]


def test_graph_shows_an_arrays_shape_and_range(graph):
    x, W = graph.Tensor(np.arange(6.0).reshape(2, 3)), graph.Tensor(np.ones((3, 2)))
    written = texts(graph.draw(x @ W, {"x": x}).svg)
    assert {"(2, 3)", "(3, 2)", "(2, 2)", "0 … 5", "1 … 1", "3 … 12", "none"} <= {*written}
    assert "inputs 1, 2" in written
    assert "empty" in texts(graph.draw(graph.Tensor(np.zeros((0, 3)))).svg)


def test_graph_draws_a_tensor_used_twice_once_with_two_lines(graph):
    a = graph.Tensor([1.0, 2.0])
    svg = graph.draw(a * a).svg
    assert texts(svg).count("data") == 2
    lines = [path.get("d") for path in elements(svg, "path") if path.get("d", "").count("C")]
    assert len(set(lines)) == 2


def test_text_in_a_graph_is_escaped(graph):
    a = graph.Tensor(1.0)
    name = '</text><script>alert("x")</script>\\n&'
    drawn = graph.draw(a, {name: a})
    assert name in texts(drawn.svg)
    assert "<script" not in drawn.svg
    assert html.escape(name) in drawn.svg
    assert r'label="</text><script>alert(\"x\")</script>\\n&\ndata 1\ngrad none"' in drawn.dot
    evil = type("</text><b>", (), {})
    a.node = type("Node", (), {"inputs": (), "function": evil()})()
    assert "</text><b>" in texts(graph.draw(a).svg)


def test_dot_names_every_tensor_and_joins_it_to_its_operation(graph):
    a = graph.Tensor([1.0, 2.0])
    lines = graph.draw(a * a + 1, {"a": a}).dot.splitlines()
    assert lines[0] == "digraph {"
    assert lines[-1] == "}"
    assert sum(line.endswith(r'[label="a\nshape (2,)\ndata 1 … 2\ngrad none"];') for line in lines) == 1
    product = next(line.split()[0] for line in lines if '"×"' in line)
    source = next(line.split()[0] for line in lines if 'label="a' in line)
    assert lines.count(f"  {source} -> {product};") == 2


def test_graph_of_a_deep_chain_is_text_for_graphviz_alone(graph):
    result = graph.Tensor(1.0)
    for _ in range(2000):
        result = -result
    drawn = graph.draw(result)
    assert repr(drawn).startswith("graph of 2001 tensors")
    assert drawn._repr_svg_() is None
    with pytest.raises(ValueError, match=r"draw: got 2001 tensors, want at most 100; \.dot is for graphviz"):
        _ = drawn.svg
    assert drawn.dot.count("->") == 4000


def test_graph_is_saved_by_the_files_ending(graph, tmp_path):
    drawn = graph.draw(graph.Tensor(1.0) + 2)
    assert drawn.save(tmp_path / "g.svg").read_text("utf-8") == drawn.svg == drawn._repr_svg_()
    assert drawn.save(tmp_path / "g.dot").read_text("utf-8") == drawn.dot


def test_drawing_refuses_what_is_no_tensor(graph):
    with pytest.raises(TypeError, match="draw: got float, want a Tensor, the result of a computation"):
        graph.draw(2.0)


def test_layout_places_nothing_upon_another_and_inputs_to_the_left(graph):
    x, b = graph.Tensor(3.0), graph.Tensor(1.0)
    y = x
    for _ in range(6):
        y = (y * b + x / b) - y
    columns = graph.places(y)
    graph.arrange(columns)
    assert sum(place.tensor is not None for column in columns for place in column) == len(graph.everything(y))
    for number, column in enumerate(columns):
        assert (np.diff([place.y for place in column]) > graph.ROW - 1e-6).all()
        for place in column:
            assert place.column == number
            assert all(source.column == number + 1 for source in place.sources)
            if place.tensor is not None:
                assert len(place.sources) == len(graph.inputs(place.tensor))


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [([0, 2], [0, 2]), ([0, 0], [-0.5, 0.5]), ([0, 0, 0.5, 5], [-5 / 6, 1 / 6, 7 / 6, 5])],
    ids=["room enough", "two in one place", "three too near and one far"],
)
def test_heights_are_the_nearest_that_keep_a_row_between_boxes(wanted, rows, graph):
    column = [graph.Place(None, 0) for _ in wanted]
    graph.spread(column, [each * graph.ROW for each in wanted])
    np.testing.assert_allclose([place.y / graph.ROW for place in column], rows, atol=1e-12)
