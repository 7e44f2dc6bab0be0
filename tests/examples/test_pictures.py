"""The pictures draw without a warning, and what each claims is in its data; handouts show those that are there."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests import needs

needs.package("matplotlib")

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "assignments" / "pictures"
OURS = ("pictures", "feedforward")


def ours() -> dict:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] in OURS}


@pytest.fixture(scope="module")
def pictures():
    """The package, on the reference; other tests' modules and path are put back at the end."""
    before = ours()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "solutions")
        patch.syspath_prepend(ROOT / "assignments")
        for name in before:
            del sys.modules[name]
        yield importlib.import_module("pictures")
        for name in ours():
            del sys.modules[name]
    sys.modules.update(before)


@pytest.fixture(scope="module")
def load(pictures):
    """load("moons") is the module pictures.moons."""
    return lambda name: importlib.import_module(f"pictures.{name}")


def test_pictures_are_the_files_of_the_folder(pictures):
    helpers = {"__init__", "__main__", "style"}
    assert sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in helpers) == sorted(pictures.PICTURES)
    assert len(set(pictures.PICTURES)) == len(pictures.PICTURES)


def test_handouts_show_every_picture_once_and_none_that_is_a_solution(pictures):
    shown = [name for name in pictures.PICTURES if name not in pictures.OWN]
    assert sorted(path.stem for path in FOLDER.glob("*.svg")) == sorted(shown)
    for name in ("handout.md", "handout.ru.md"):
        text = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "assignments").glob(f"*/{name}")))
        links = re.findall(r"^!\[[^\]]+\]\(\.\./pictures/(\w+)\.svg\)$", text, re.MULTILINE)
        assert sorted(links) == sorted(shown)
        assert text.count("](../") == len(links)
        assert set(re.findall(r"pictures\.show\(\"(\w+)\"\)", text)) <= set(pictures.PICTURES)
        assert set(pictures.OWN) <= set(re.findall(r"pictures\.show\(\"(\w+)\"\)", text))


def test_picture_in_the_repository_is_what_its_script_draws(pictures):
    """By the one that is the same whatever version of matplotlib is here."""
    assert (FOLDER / "expression_graph.svg").read_text("utf-8") == pictures.drawing("expression_graph")


def test_pictures_in_the_repository_are_light_on_dark_where_that_is_wanted():
    for path in FOLDER.glob("*.svg"):
        text = path.read_text("utf-8")
        assert text.count('<svg class="picture"') == text.count("prefers-color-scheme: dark") == 1, path.name


NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in ("__init__", "__main__", "style"))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_picture_draws_without_a_warning_and_says_what_to_see(name, pictures, load):
    first, again = pictures.drawing(name), pictures.drawing(name)
    assert '<svg class="picture"' in first
    assert first == again or name == "cost_by_inputs", "which looks at the clock"
    assert "To see:" in load(name).__doc__


@pytest.mark.slow
def test_command_draws_the_named_picture_and_prints_its_path(tmp_path):
    command = [sys.executable, "-m", "pictures", "network", "--out", str(tmp_path / "new")]
    path = os.pathsep.join([str(ROOT / "assignments"), str(ROOT / "solutions")])
    environment = {**os.environ, "PYTHONWARNINGS": "error", "PYTHONPATH": path}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()).read_text("utf-8").endswith("</svg>\n")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["network.svg"]


def test_command_without_a_name_lists_every_picture_and_what_it_is(pictures, load, capsys):
    assert load("__main__").main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(pictures.PICTURES)
    assert all(len(line) > 40 for line in lines)


def test_command_refuses_an_unknown_picture(load, tmp_path, capsys):
    assert load("__main__").main(["xor", "--out", str(tmp_path / "new")]) == 1
    assert "no picture called 'xor'; want one of basis_functions, overfitting" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
def test_template_says_what_is_missing_for_a_picture(tmp_path):
    """Without matplotlib which package, and with it which exercise; in a shell and in a notebook."""
    (tmp_path / "matplotlib.py").write_text("raise ModuleNotFoundError('no', name='matplotlib')")
    template = str(ROOT / "student_template")
    runs = {}
    for name, path in (("without", os.pathsep.join([str(tmp_path), template])), ("with", template)):
        code = "import pictures; shown = pictures.show('relu_kinks'); print(shown, shown._repr_svg_())"
        for command in (["-m", "pictures", "relu_kinks"], ["-c", code]):
            runs[name, command[0]] = subprocess.run(
                [sys.executable, "-P", *command],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                env={**os.environ, "PYTHONPATH": path},
            )
    missing = "relu_kinks: not drawn: matplotlib is not installed; run python -m pip install matplotlib"
    undone = "relu_kinks: not drawn: not done yet: a5_mlp, exercise nn.Linear: handout section 2.1"
    for name, said in (("without", missing), ("with", undone)):
        assert (runs[name, "-m"].returncode, runs[name, "-m"].stderr) == (1, said + "\n")
        assert (runs[name, "-c"].returncode, runs[name, "-c"].stdout) == (0, f"{said} None\n")


# Fits


def test_residuals_are_orthogonal_to_each_basis(load):
    picture = load("basis_functions")
    x, t = picture.points(20, 1)
    for basis in picture.BASES.values():
        left = t - picture.fitted(basis).predict(x)
        assert np.abs(basis(x).T @ left).max() < 1e-9
        assert 0.1 < np.sqrt(np.mean(left**2)) < 0.3


def test_overfitting_training_error_falls_for_ever_and_the_other_turns(load):
    train, others = load("overfitting").errors()
    assert (np.diff(train) < 1e-9).all()
    assert train[-1] < 1e-3
    assert 2 < others.argmin() < 7
    assert others[-1] > 5 * others.min()


# Activations


def test_activations_derivatives_agree_with_differences_of_the_values(load):
    picture = load("activations")
    x, h = np.linspace(-3.9, 3.9, 40), 1e-5  # 0 is not among them
    assert len(picture.ACTIVATIONS) == 13
    for title, activation in picture.ACTIVATIONS.items():
        value = [picture.curves(activation, x + step)[0] for step in (-h, h)]
        np.testing.assert_allclose(
            picture.curves(activation, x)[1], (value[1] - value[0]) / (2 * h), atol=1e-8, err_msg=title
        )


@pytest.mark.slow
def test_stable_formulas_keep_their_digits_and_those_on_paper_lose_them(load):
    picture = load("stable_formulas")
    for title, lost in zip(picture.FORMULAS, (0.99, 0.1, 0.1), strict=True):
        naive, ours = picture.relative_errors(title)
        assert naive.max() > lost, title
        assert ours.max() < 4 * picture.EPS, title


def test_depth_leaves_of_a_gradient_what_the_handout_says(load):
    picture = load("depth")
    left = {name: picture.gradients(activation)[-1] for name, (activation, *_) in picture.ACTIVATIONS.items()}
    assert left["ReLU"] == 1
    assert left["sigmoid"] == pytest.approx(9e-14, rel=0.05)
    assert left["tanh"] == pytest.approx(0.016, rel=0.05)


@pytest.mark.slow
def test_initialisation_fades_keeps_and_saturates(load):
    picture = load("initialisation")
    size, gradient, saturated = {}, {}, {}
    for title, deviation in picture.DEVIATIONS.items():
        sums, outputs = picture.signals(deviation)
        size[title] = np.sqrt(np.mean(outputs[-1].data ** 2))
        gradient[title] = np.sqrt(np.mean(sums[0].grad ** 2))
        saturated[title] = np.mean(np.abs(outputs[-1].data) > 0.99)
    small, right, large = picture.DEVIATIONS
    assert size[small] < gradient[small] < 1e-10
    assert 0.1 < size[right] < 0.5
    assert 0.1 < gradient[right] < 2
    assert saturated[large] > 0.5
    assert gradient[large] > 1e3


def test_losses_are_those_of_their_titles(load):
    picture = load("losses")
    margins = picture.MARGINS
    wanted = [np.maximum(0, 1 - margins), np.log1p(np.exp(-margins)), (margins - 1) ** 2]
    for (loss, _), want in zip(picture.LOSSES.values(), wanted, strict=True):
        values, slopes = picture.curves(loss())
        np.testing.assert_allclose(values, want, atol=1e-12)
        np.testing.assert_allclose(slopes[1:-1], np.gradient(want, margins)[1:-1], atol=0.6)


def test_sgd_leaves_above_two_by_c_and_momentum_arrives_first(load):
    picture = load("sgd_path")
    assert abs(picture.valley(0.102)[-1, 1]) > abs(picture.START[1]) > abs(picture.valley(0.095)[-1, 1])
    plain, ball = (np.linalg.norm(picture.valley(0.02, momentum)[-1]) for momentum in (0.0, 0.8))
    assert ball < plain / 5
    x, y = picture.points()
    best = np.polyfit(x[:, 0], y[:, 0], 1)
    for batch_size, epochs in ((4, 6), (40, 60)):
        assert np.linalg.norm(picture.line(batch_size, epochs)[-1] - best) < 0.25


# The error against h


@pytest.mark.parametrize(("kind", "exponent"), [("forward", 1 / 2), ("central", 1 / 3)], ids=["forward", "central"])
def test_step_size_error_is_least_near_the_right_power_of_epsilon(kind, exponent, load):
    picture = load("step_size")
    best = picture.STEPS[np.argmin(picture.study()[kind])]
    assert abs(np.log10(best) - exponent * np.log10(picture.EPS)) < 1


@pytest.mark.parametrize("kind", ["forward", "central"])
def test_step_size_error_follows_truncation_on_the_right_and_stays_under_rounding_on_the_left(kind, load):
    picture = load("step_size")
    errors, h = picture.study()[kind], picture.STEPS
    right = (h > 1e-4) & (h < 1e-2)
    np.testing.assert_allclose(errors[right], picture.truncation()[kind][right], rtol=0.02)
    left = h < 1e-10
    ratio = errors[left] / picture.rounding()[left]
    assert 0.05 < np.median(ratio) < 1
    assert ratio.max() < 1.2  # in units of the bound


# XOR


def test_xor_plane_has_the_right_values_at_the_corners_and_a_line_between_the_hidden_points(load):
    picture = load("xor_plane")
    network = importlib.import_module("feedforward.nn").xor_network()
    np.testing.assert_array_equal(network(picture.POINTS).data[:, 0], picture.LABELS)
    seen = picture.hidden(network, picture.POINTS)
    last = network.layers[1](seen).data[:, 0]  # affine in the hidden units, so that f = 1/2 is a line there
    np.testing.assert_array_equal(last > 0.5, picture.LABELS == 1)


# Bishop's functions, Cybenko's sum, kinks


@pytest.mark.parametrize(
    ("name", "most"),
    [("square", 0.016), ("sine", 0.024), ("absolute", 0.035), ("heaviside", 0.014)],
    ids=lambda v: str(v),
)
def test_bishop_three_units_fit_fifty_points_as_well_as_the_handouts_table_says(name, most, load):
    fit = load("bishop").trained(name)
    assert fit.x.shape == fit.y.shape == (50, 1)
    assert fit.units.shape == (401, 3)
    assert np.abs(fit.units).max() <= 1
    assert fit.error < most


def test_bishop_network_is_a_weighted_sum_of_the_units_drawn_and_a_constant(load):
    fit = load("bishop").trained("sine")
    columns = np.column_stack([fit.units, np.ones(len(fit.units))])
    weights = np.linalg.lstsq(columns, fit.prediction, rcond=None)[0]
    np.testing.assert_allclose(columns @ weights, fit.prediction, atol=1e-10)


@pytest.mark.slow
def test_cybenko_staircase_falls_as_one_over_n(load):
    picture = load("cybenko")
    stairs = picture.errors()["staircase"]
    assert (np.diff(stairs) < 0).all()
    assert 1.8 < stairs[-2] / stairs[-1] < 2.2
    slope = np.abs(np.diff(picture.f(picture.X)) / np.diff(picture.X)).max()
    assert stairs[-1] < slope / (2 * picture.UNITS[-1]) * 1.05  # half a step's width, at the steepest place


def test_cybenko_best_weights_beat_the_staircase_and_gradient_descent_stays_behind(load):
    errors = load("cybenko").errors()
    middle = np.median(errors["random"], axis=0)
    assert (np.diff(middle) < 0).all()
    assert middle[-1] < 1e-6 * errors["staircase"][-1]
    assert (errors["descent"][-3:] > 10 * middle[-3:]).all()


def test_relu_kinks_are_where_the_network_bends_and_nowhere_else(load):
    picture = load("relu_kinks")
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


def test_relu_kinks_have_the_colour_of_the_unit_that_bends_there(load):
    from matplotlib.figure import Figure

    figure = Figure()
    load("relu_kinks").draw(figure)
    lines = figure.axes[1].lines
    kinks = {line.get_color(): line.get_xdata()[0] for line in lines if line.get_marker() == "o"}
    units = [line for line in lines if len(line.get_xdata()) > 100]
    assert len(kinks) == len(units) == 6
    for line in units:
        bend = line.get_xdata()[1 + np.abs(np.diff(line.get_ydata(), 2)).argmax()]
        assert abs(bend - kinks[line.get_color()]) < 0.01


# Training


def test_moons_border_bends_and_ends_where_the_handouts_table_says(load):
    first, *_, last = load("moons").snapshots()
    assert last.accuracy > first.accuracy
    assert last.accuracy > 0.97
    assert last.test_accuracy >= 1 - 0.016


def test_iris_losses_fall_on_both_sets_and_one_flower_is_wrong(load):
    run = load("loss_curves").iris()
    for losses in (run.train, run.validation):
        assert losses[-1] < losses[0] / 3
    wrong = run.network(run.x_validation).data.argmax(axis=1) != run.y_validation
    assert len(wrong) == 50
    assert wrong.sum() <= 1


@pytest.mark.slow
def test_diabetes_training_error_falls_and_the_validation_error_turns(load):
    run = load("loss_curves").diabetes()
    assert run.train[-1] < 0.6 * run.train[0]
    assert 1 < run.best_epoch < 50
    assert run.validation[-1] > 1.1 * run.validation[run.best_epoch]


@pytest.mark.slow
def test_penalty_raises_the_training_error_and_lowers_the_validation_error_before_it_raises_it(load):
    picture = load("loss_curves")
    runs = [picture.diabetes(penalty) for penalty in picture.PENALTIES]
    train, validation = ([np.mean(getattr(run, which)[-10:]) for run in runs] for which in ("train", "validation"))
    assert train[0] < 0.6 * train[-2] < train[-1]
    best = int(np.argmin(validation))
    assert 0 < best < len(runs) - 1
    assert validation[best] < 0.85 * validation[0]
    assert validation[best] < 0.85 * validation[-1]


def test_neuron_has_micrograds_numbers(load):
    names = load("expression_graph").neuron()
    assert names["h"].item() == pytest.approx(np.sqrt(0.5))
    expected = {"x₁": -1.5, "w₁": 1.0, "x₂": 0.5, "w₂": 0.0, "b": 0.5}
    assert {name: names[name].grad.item() for name in expected} == pytest.approx(expected)


# The cost of a gradient, and its length by depth


def test_cost_by_inputs_counts_grow_as_they_must(load):
    picture = load("cost_by_inputs")
    n = np.array(picture.SIZES)
    wanted = {"forward difference": n + 1, "central difference": 2 * n, "forward mode": n, "reverse mode": n**0}
    for name, counts in picture.calls().items():
        np.testing.assert_array_equal(counts, wanted[name], err_msg=name)
    sizes = np.array(picture.formula_sizes())
    assert 7.5 < sizes[-1] / sizes[-2] < 8.5  # n³, for twice as many variables


def test_cost_by_inputs_differentiates_one_function_in_all_its_ways(load):
    picture, x = load("cost_by_inputs"), np.array([2.0, 3.0, 0.5, -1.0])
    want = np.prod(x) / x
    for name, method in picture.METHODS.items():
        np.testing.assert_allclose(method(picture.product, x), want, rtol=1e-6, err_msg=name)


def test_gradient_by_depth_keeps_its_length_with_the_right_gain_alone(load):
    picture = load("gradient_by_depth")
    ends = {
        (name, gain): picture.lengths(name, gain)[0] for name in picture.ACTIVATIONS for gain in (0.7, 1.0, 2**0.5, 2.0)
    }
    assert 0.3 < ends["ReLU", 2**0.5] < 3
    assert 0.03 < ends["tanh", 1.0] < 3
    assert ends["ReLU", 1.0] < 1e-3
    assert ends["ReLU", 2.0] > 1e3
    assert ends["tanh", 0.7] < 1e-3
    assert max(end for (name, _), end in ends.items() if name == "sigmoid") < 1e-9


def test_gradient_by_depth_follows_the_foretold_factor(load):
    picture = load("gradient_by_depth")
    costs = importlib.import_module("feedforward.costs")
    for gain in picture.GAINS.values():
        per_layer = picture.lengths("ReLU", gain)[0] ** (1 / picture.DEPTH)
        np.testing.assert_allclose(
            per_layer, costs.gradient_factor(picture.ACTIVATIONS["ReLU"][1], gain, 1.0), rtol=0.03
        )
