"""micrograd's and smaller_micrograd's examples run in their own notation, and compute what ours computes."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
OURS = ("examples", "feedforward")


def ours() -> dict:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] in OURS}


@pytest.fixture(scope="module")
def load():
    """load("micrograd") is the module examples.micrograd; other tests' modules and path are put back at the end."""
    before = ours()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT)
        for name in before:
            del sys.modules[name]
        yield lambda name: importlib.import_module(f"examples.{name}")
        for name in ours():
            del sys.modules[name]
    sys.modules.update(before)


PRINTED = {"micrograd": "g = 24.7041   dg/da = 138.8338   dg/db = 645.5773", "smaller_micrograd": "iris: cross-entropy"}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "text"), PRINTED.items(), ids=PRINTED)
def test_example_prints_its_results(name, text, load, capsys):
    load(name).main()
    assert text in capsys.readouterr().out


def test_every_example_is_run_by_a_test():
    assert sorted(PRINTED) == sorted(path.stem for path in (ROOT / "examples").glob("*.py") if path.stem != "__init__")


def test_expression_of_micrograds_readme_has_its_numbers(load):
    a, b, g = load("micrograd").expression()
    assert (g.item(), a.grad.item(), b.grad.item()) == pytest.approx((24.7041, 138.8338, 645.5773), abs=5e-5)


def test_network_of_single_numbers_has_the_value_and_the_gradients_of_the_one_in_matrices(load):
    example = load("micrograd")
    nn, functional = importlib.import_module("feedforward.nn"), importlib.import_module("feedforward.functional")
    rng = np.random.default_rng(3)
    single = example.MLP(2, [5, 4, 1], rng)
    matrices = nn.MLP((2, 5, 4, 1), rng, activation=functional.relu)
    for layer, other in zip(single.layers, matrices.layers, strict=True):
        other.W.data = np.array([[w.item() for w in neuron.w] for neuron in layer.neurons])
    x, y = rng.normal(size=(6, 2)), np.array([1, -1, 1, 1, -1, -1])
    loss, accuracy = example.margin_loss(single, x, y)
    penalty = sum((parameter**2).sum() for parameter in matrices.parameters())
    wanted = nn.HingeLoss()(matrices(x), y[:, np.newaxis]) + 1e-4 * penalty
    assert loss.item() == pytest.approx(wanted.item(), rel=1e-12)
    assert accuracy == np.mean(np.sign(matrices(x).data[:, 0]) == y)
    loss.backward()
    wanted.backward()
    for layer, other in zip(single.layers, matrices.layers, strict=True):
        np.testing.assert_allclose([[w.grad for w in each.w] for each in layer.neurons], other.W.grad, atol=1e-12)
        np.testing.assert_allclose([each.b.grad for each in layer.neurons], other.b.grad, atol=1e-12)


@pytest.mark.slow
def test_micrograds_demo_tells_the_moons_apart(load):
    losses, accuracies = load("micrograd").demo([8, 8, 1], n=50, steps=30)
    assert losses[-1] < losses[0] / 2
    assert accuracies[-1] > 0.85


def test_smaller_micrograds_losses_are_ours(load):
    example = load("smaller_micrograd")
    nn = importlib.import_module("feedforward.nn")
    logits, labels = np.random.default_rng(0).normal(size=(7, 3)), np.array([0, 2, 1, 1, 0, 2, 2])
    mine, theirs = (example.Tensor(logits) for _ in range(2))
    wanted = nn.CrossEntropyLoss()(mine, labels)
    loss = example.CrossEntropyLoss(theirs.softmax(axis=1), example.one_hot(labels))
    wanted.backward()
    loss.backward()
    assert loss.item() == pytest.approx(wanted.item(), rel=1e-12)
    np.testing.assert_allclose(theirs.grad, mine.grad, atol=1e-12)
    column = example.ones((7, 1))
    prediction = example.Tensor(logits[:, :1])
    assert example.MSELoss(prediction, column).item() == pytest.approx(nn.MSELoss()(prediction, column.data).item())


def test_smaller_micrograds_tensors_are_made_as_there(load):
    example = load("smaller_micrograd")
    x = example.uniform(-0.5, 0.25, (40, 50))
    assert x.shape == example.zeros_like(x).shape == example.ones_like(x).shape == example.randn((40, 50)).shape
    assert (x.data >= -0.5).all()
    assert (x.data <= 0.25).all()
    assert example.zeros((2,)).data.tolist() == [0, 0]
    assert example.one_hot(np.array([1, 0])).data.tolist() == [[0, 1], [1, 0]]


@pytest.mark.slow
def test_smaller_micrograds_examples_learn_something(load):
    example = load("smaller_micrograd")
    errors = example.regression(100)
    assert errors[-1] < 0.6 * errors[0]
    errors, accuracy = example.classification(100)
    assert errors[-1] < 0.3 * errors[0]
    assert accuracy > 0.9


def test_activations_are_methods_of_a_tensor(load):
    Tensor = load("micrograd").Value
    functional = importlib.import_module("feedforward.functional")
    numbers = np.array([[-1.0, 0.5, 2.0], [3.0, 0.0, -2.0]])
    for name in ("sigmoid", "tanh", "relu", "softmax"):
        x = Tensor(numbers)
        got = getattr(x, name)()
        np.testing.assert_array_equal(got.data, getattr(functional, name)(x).data)
        assert type(got.node.function).__name__.lower() == name
    np.testing.assert_array_equal(
        Tensor(numbers).softmax(axis=0).data, functional.softmax(Tensor(numbers), axis=0).data
    )


def test_in_place_sum_is_an_operation_on_the_tape_and_leaves_the_tensor_before_it(load):
    Tensor = load("micrograd").Value
    a = Tensor(2.0)
    b = a
    b += a * 3
    b.backward()
    assert (a.item(), b.item(), a.grad.item()) == (2, 8, 4)
