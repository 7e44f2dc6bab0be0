"""The pictures draw without a warning, and what each claims is in its data; the examples reach what they print."""

import importlib
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from tests import needs

needs.package("matplotlib")

ROOT = Path(__file__).parents[2]
OURS = ("examples", "feedforward")


def ours() -> dict:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] in OURS}


@pytest.fixture(scope="module")
def load():
    """load("plots.moons") is the module examples.plots.moons; other tests' modules and path are put back at the end."""
    before = ours()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT)
        for name in before:
            del sys.modules[name]
        yield lambda name: importlib.import_module(f"examples.{name}")
        for name in ours():
            del sys.modules[name]
    sys.modules.update(before)


@pytest.fixture(scope="module")
def drawn(load, tmp_path_factory):
    """drawn(name): the file of a picture, drawn once."""
    folder = tmp_path_factory.mktemp("plots")
    return lambda name: load("plots.__main__").write(name, folder)


PICTURES = (
    "activations",
    "bishop",
    "cybenko",
    "expression_graph",
    "loss_curves",
    "moons",
    "relu_kinks",
    "step_size",
    "xor_plane",
)


def test_pictures_are_the_files_of_the_folder(load):
    helpers = {"__init__", "__main__", "style"}
    assert sorted(path.stem for path in (ROOT / "examples/plots").glob("*.py") if path.stem not in helpers) == [
        *PICTURES
    ]
    assert load("plots.__main__").PICTURES == PICTURES


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_picture_draws_without_a_warning_and_says_what_to_see(name, load, drawn):
    path = drawn(name)
    assert "To see:" in load(f"plots.{name}").__doc__
    if path.suffix == ".svg":
        assert ET.fromstring(path.read_text(encoding="utf-8")).tag.endswith("svg")
    else:
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size > 20_000


@pytest.mark.slow
def test_picture_drawn_twice_is_the_same_file(load, drawn, tmp_path):
    for name in ("step_size", "expression_graph"):
        assert load("plots.__main__").write(name, tmp_path).read_bytes() == drawn(name).read_bytes()


@pytest.mark.slow
def test_command_draws_the_named_picture_and_prints_its_path(tmp_path):
    command = [sys.executable, "-m", "examples.plots", "expression_graph", "--out", str(tmp_path / "new")]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONWARNINGS": "error"}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()).is_file()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["expression_graph.svg"]


def test_command_refuses_an_unknown_picture(load, tmp_path, capsys):
    with pytest.raises(SystemExit):
        load("plots.__main__").main(["xor", "--out", str(tmp_path / "new")])
    assert "no picture called 'xor'; want one of activations, bishop" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


# Activations


def test_activations_derivatives_agree_with_differences_of_the_values(load):
    picture = load("plots.activations")
    x, h = np.linspace(-3.9, 3.9, 40), 1e-5  # 0 is not among them
    for title, activation in {**picture.SMOOTH, **picture.BROKEN}.items():
        value = [picture.curves(activation, x + step)[0] for step in (-h, h)]
        np.testing.assert_allclose(
            picture.curves(activation, x)[1], (value[1] - value[0]) / (2 * h), atol=1e-8, err_msg=title
        )


def test_activations_are_drawn_each_once(load):
    picture = load("plots.activations")
    assert sorted(picture.ORDER) == list(range(len(picture.SMOOTH) + len(picture.BROKEN)))


# The error against h


@pytest.mark.parametrize(("kind", "exponent"), [("forward", 1 / 2), ("central", 1 / 3)], ids=["forward", "central"])
def test_step_size_error_is_least_near_the_right_power_of_epsilon(kind, exponent, load):
    picture = load("plots.step_size")
    best = picture.STEPS[np.argmin(picture.study()[kind])]
    assert abs(np.log10(best) - exponent * np.log10(picture.EPS)) < 1


@pytest.mark.parametrize("kind", ["forward", "central"])
def test_step_size_error_follows_truncation_on_the_right_and_stays_under_cancellation_on_the_left(kind, load):
    picture = load("plots.step_size")
    errors, h = picture.study()[kind], picture.STEPS
    right = (h > 1e-4) & (h < 1e-2)
    np.testing.assert_allclose(errors[right], picture.truncation()[kind][right], rtol=0.02)
    left = h < 1e-10
    ratio = errors[left] * h[left] / picture.EPS  # about |sin 1| times what was rounded away
    assert 0.05 < np.median(ratio) < 1
    assert ratio.max() < 2


# XOR


def test_xor_plane_has_the_right_values_at_the_corners_and_a_line_between_the_hidden_points(load):
    picture = load("plots.xor_plane")
    network = importlib.import_module("feedforward.nn").xor_network()
    np.testing.assert_array_equal(network(picture.POINTS).data[:, 0], picture.LABELS)
    seen = picture.hidden(network, picture.POINTS)
    last = network.layers[1](seen).data[:, 0]  # affine in the hidden units, so that f = 1/2 is a line there
    np.testing.assert_array_equal(last > 0.5, picture.LABELS == 1)


# Bishop's functions, Cybenko's sum, kinks


@pytest.mark.parametrize(
    ("name", "most"), [("square", 0.02), ("sine", 0.03), ("absolute", 0.05), ("heaviside", 0.08)], ids=lambda v: str(v)
)
def test_bishop_three_units_fit_fifty_points(name, most, load):
    fit = load("plots.bishop").trained(name)
    assert fit.x.shape == fit.y.shape == (50, 1)
    assert fit.units.shape == (401, 3)
    assert np.abs(fit.units).max() <= 1
    assert fit.error < most


def test_bishop_network_is_a_weighted_sum_of_the_units_drawn_and_a_constant(load):
    fit = load("plots.bishop").trained("sine")
    columns = np.column_stack([fit.units, np.ones(len(fit.units))])
    weights = np.linalg.lstsq(columns, fit.prediction, rcond=None)[0]
    np.testing.assert_allclose(columns @ weights, fit.prediction, atol=1e-10)


def test_cybenko_staircase_falls_as_one_over_n(load):
    picture = load("plots.cybenko")
    stairs = picture.errors()["staircase"]
    assert (np.diff(stairs) < 0).all()
    assert 1.8 < stairs[-2] / stairs[-1] < 2.2
    slope = np.abs(np.diff(picture.f(picture.X)) / np.diff(picture.X)).max()
    assert stairs[-1] < slope / (2 * picture.UNITS[-1]) * 1.05  # half a step's width, at the steepest place


def test_cybenko_best_weights_beat_the_staircase_and_gradient_descent_stays_behind(load):
    errors = load("plots.cybenko").errors()
    middle = np.median(errors["random"], axis=0)
    assert (np.diff(middle) < 0).all()
    assert middle[-1] < 1e-6 * errors["staircase"][-1]
    assert (errors["descent"][-3:] > 10 * middle[-3:]).all()


def test_relu_kinks_are_where_the_network_bends_and_nowhere_else(load):
    picture = load("plots.relu_kinks")
    network = picture.trained()
    x, y, slopes = picture.pieces(network)
    assert len(x) == 8  # six units, all in the picture, and the two ends
    fine = np.linspace(-picture.LIMIT, picture.LIMIT, 5001)
    np.testing.assert_allclose(picture.value(network, fine), np.interp(fine, x, y), atol=1e-12)
    np.testing.assert_allclose(slopes, np.diff(y) / np.diff(x), atol=1e-10)
    assert np.abs(np.diff(slopes)).min() > 0.01
    np.testing.assert_allclose(
        picture.contributions(network, fine).sum(axis=1) + network.layers[1].b.data, picture.value(network, fine)
    )


# Training


def test_moons_are_told_apart(load):
    result = load("moons").run()
    assert result.accuracies[-1] > 0.95
    assert result.losses[-1] < result.losses[0] / 10
    scores = load("plots.moons").scores(result.x)
    assert np.mean(np.sign(scores) == result.labels) == result.accuracies[-1]


def test_iris_losses_fall_on_both_sets(load):
    result = load("iris").run()
    for losses in (result.train_losses, result.validation_losses):
        assert losses[-1] < losses[0] / 3
    assert result.train_accuracy > 0.95
    assert result.validation_accuracy > 0.9


def test_regression_training_error_falls_and_the_test_error_turns(load):
    result = load("regression").run()
    assert result.train_errors[-1] < 0.75 * result.train_errors[0]
    assert 3 < result.best_epoch < 60
    assert result.validation_errors[-1] > 1.05 * result.validation_errors[result.best_epoch]
    assert result.validation_errors[result.best_epoch] < 0.8 * result.mean_error


PRINTED = {
    "expression": "g = 24.7041",
    "iris": "accuracy: training",
    "moons": "step  99",
    "regression": "the best on the validation set",
}


@pytest.mark.parametrize(("name", "text"), PRINTED.items(), ids=PRINTED)
def test_example_prints_its_results(name, text, load, capsys):
    load(name).main()
    assert text in capsys.readouterr().out


def test_every_example_is_run_by_a_test():
    assert sorted(PRINTED) == sorted(path.stem for path in (ROOT / "examples").glob("*.py") if path.stem != "__init__")


# The expression graph


def texts(svg):
    return [element.text for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def elements(svg, name):
    return [*ET.fromstring(svg).iter(f"{{http://www.w3.org/2000/svg}}{name}")]


def test_expression_graph_has_every_tensor_with_its_value_and_gradient(load):
    picture = load("plots.expression_graph")
    names = picture.neuron()
    assert names["h"].item() == pytest.approx(np.sqrt(0.5))
    expected = {"x₁": -1.5, "w₁": 1.0, "x₂": 0.5, "w₂": 0.0, "b": 0.5}
    assert {name: names[name].grad.item() for name in expected} == pytest.approx(expected)
    written = texts(picture.draw())
    assert written.count("data") == written.count("grad") == len(names)
    for name, tensor in names.items():
        at = written.index(name)
        assert written[at + 1 : at + 5] == ["data", picture.number(tensor.data), "grad", picture.number(tensor.grad)]
    assert [written.count(symbol) for symbol in ("×", "+", "tanh")] == [2, 2, 1]


def test_expression_graph_of_micrograds_readme_has_its_numbers(load):
    a, b, g = load("expression").run()
    assert (g.item(), a.grad.item(), b.grad.item()) == pytest.approx((24.7041, 138.8338, 645.5773), abs=5e-5)
    written = texts(load("plots.expression_graph").svg(g, {"a": a, "b": b, "g": g}))
    assert {"24.7", "138.8", "645.6"} <= {*written}


def test_expression_graph_places_nothing_upon_another_and_inputs_to_the_left(load):
    picture = load("plots.expression_graph")
    columns = picture.places(load("expression").run()[-1])
    picture.arrange(columns)
    for number, column in enumerate(columns):
        assert (np.diff([place.y for place in column]) > picture.ROW - 1e-6).all()
        for place in column:
            assert place.column == number
            assert all(source.column == number + 1 for source in place.sources)
            if place.tensor is not None:
                assert len(place.sources) == len(picture.inputs(place.tensor))


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [([0, 2], [0, 2]), ([0, 0], [-0.5, 0.5]), ([0, 0, 0.5, 5], [-5 / 6, 1 / 6, 7 / 6, 5])],
    ids=["room enough", "two in one place", "three too near and one far"],
)
def test_expression_graph_heights_are_the_nearest_that_keep_a_row_between_boxes(wanted, rows, load):
    picture = load("plots.expression_graph")
    column = [picture.Place(None, 0) for _ in wanted]
    picture.spread(column, [each * picture.ROW for each in wanted])
    np.testing.assert_allclose([place.y / picture.ROW for place in column], rows, atol=1e-12)


def test_expression_graph_draws_a_tensor_used_twice_once_with_two_lines(load):
    picture = load("plots.expression_graph")
    tensor = importlib.import_module("feedforward.tensor").Tensor
    a = tensor([1.0, 2.0])
    svg = picture.svg(a * a, {"a<b": a})
    assert texts(svg).count("data") == 2
    assert "a<b" in texts(svg)  # escaped in the file
    assert {"shape (2,)", "none"} <= {*texts(svg)}
    lines = [path.get("d") for path in elements(svg, "path") if path.get("d", "").count("C")]
    assert len(set(lines)) == 2


def test_expression_graph_of_a_deep_chain_needs_no_recursion(load):
    picture = load("plots.expression_graph")
    tensor = importlib.import_module("feedforward.tensor").Tensor
    result = tensor(1.0)
    for _ in range(2000):
        result = -result
    assert len(picture.topological(result)) == 2001


def test_expression_graph_of_operations_whose_order_matters_numbers_the_inputs(load):
    picture = load("plots.expression_graph")
    tensor = importlib.import_module("feedforward.tensor").Tensor
    assert "inputs 1, 2" in texts(picture.svg(tensor(1.0) - tensor(2.0), {}))
    assert not any("inputs" in text for text in texts(picture.svg(tensor(1.0) + tensor(2.0), {})))
