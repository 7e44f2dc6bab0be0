"""Layers, networks, losses and the objective against PyTorch's, in float64: values and gradients."""

import math

import numpy as np
import pytest

from tests import needs

torch = needs.package("torch")

TOLERANCE = 1e-10  # both sides compute in float64; sums of at most a hundred terms differ by far less


@pytest.fixture
def nn(feedforward):
    return feedforward.nn


@pytest.fixture
def rng(request):
    return np.random.default_rng(sum(map(ord, request.node.name)))


def close(got, want):
    want = want.detach().numpy() if isinstance(want, torch.Tensor) else want
    assert got.shape == want.shape
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, want, rtol=TOLERANCE, atol=TOLERANCE)


def torch_mlp(mlp, activation, output=None):
    """The same network in PyTorch, with copies of the weights."""
    steps = []
    for layer in mlp.layers:
        n_out, n_in = layer.W.shape
        linear = torch.nn.Linear(n_in, n_out, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(layer.W.data))
            linear.bias.copy_(torch.from_numpy(layer.b.data))
        steps += [linear, activation()]
    steps[-1:] = [output()] if output else []
    return torch.nn.Sequential(*steps)


def set_random_biases(mlp, rng):
    for layer in mlp.layers:
        layer.b.data = rng.normal(size=layer.b.shape)


# Linear


@pytest.mark.parametrize("shape", [(3,), (1, 3), (5, 3), (0, 3)], ids=str)
def test_linear_agrees_with_torch(nn, Tensor, rng, shape):
    mlp = nn.MLP((3, 4), rng)
    set_random_biases(mlp, rng)
    peer, x = torch_mlp(mlp, torch.nn.Identity), rng.normal(size=shape)
    ours, theirs = Tensor(x), torch.tensor(x, requires_grad=True)
    got, want = mlp.layers[0](ours), peer(theirs)
    close(got.data, want)
    upstream = rng.normal(size=got.shape)
    got.backward(upstream)
    want.backward(torch.from_numpy(upstream))
    close(ours.grad, theirs.grad)
    close(mlp.layers[0].W.grad, peer[0].weight.grad)
    close(mlp.layers[0].b.grad, peer[0].bias.grad)


def test_linear_by_hand(nn, Tensor):
    linear = nn.Linear(3, 2, np.random.default_rng(0))
    linear.W, linear.b = Tensor([[1, 2, 3], [4, 5, 6]]), Tensor([10, -20])
    close(linear([1, 0, -1]).data, np.array([8.0, -22.0]))


@pytest.mark.parametrize(("n_in", "n_out", "gain"), [(1000, 300, 1.0), (300, 1000, 1.0), (500, 500, math.sqrt(2))])
def test_linear_initial_weights_have_the_variance_asked_for(nn, rng, n_in, n_out, gain):
    W = nn.Linear(n_in, n_out, rng, gain).W.data * math.sqrt(n_in) / gain
    # The mean of N standard normal numbers has deviation 1 / sqrt(N), that of squares sqrt(2 / N), of fourth powers
    # sqrt(96 / N).
    for power, want, variance in [(1, 0.0, 1.0), (2, 1.0, 2.0), (4, 3.0, 96.0)]:
        assert abs(np.mean(W**power) - want) < 6 * math.sqrt(variance / W.size)


def test_linear_takes_all_randomness_from_rng(nn):
    first, second = (nn.Linear(4, 3, np.random.default_rng(8)).W.data for _ in range(2))
    assert np.array_equal(first, second)
    rng = np.random.default_rng(8)
    assert not np.array_equal(nn.Linear(4, 3, rng).W.data, nn.Linear(4, 3, rng).W.data)
    assert not nn.Linear(4, 3, rng).b.data.any()


# MLP


@pytest.mark.parametrize("sizes", [(2, 1), (3, 4, 2), (1, 5, 1, 3), (2, 3, 3, 3, 3, 1)], ids=str)
@pytest.mark.parametrize(
    ("activation", "output"),
    [("tanh", None), ("relu", None), ("sigmoid", "sigmoid"), ("softplus", "tanh")],
    ids=str,
)
def test_mlp_agrees_with_torch(nn, functional, Tensor, rng, sizes, activation, output):
    peers = {
        "tanh": torch.nn.Tanh,
        "relu": torch.nn.ReLU,
        "sigmoid": torch.nn.Sigmoid,
        "softplus": lambda: torch.nn.Softplus(threshold=1e6),
    }
    options = {"activation": getattr(functional, activation), "output": output and getattr(functional, output)}
    mlp = nn.MLP(sizes, rng, gain=1.5, **options)
    set_random_biases(mlp, rng)
    peer = torch_mlp(mlp, peers[activation], output and peers[output])
    x = rng.normal(size=(6, sizes[0]))
    ours, theirs = Tensor(x), torch.tensor(x, requires_grad=True)
    got, want = mlp(ours), peer(theirs)
    close(got.data, want)
    upstream = rng.normal(size=got.shape)
    got.backward(upstream)
    want.backward(torch.from_numpy(upstream))
    close(ours.grad, theirs.grad)
    for mine, other in zip(mlp.parameters(), peer.parameters(), strict=True):
        close(mine.grad, other.grad)


def test_mlp_default_activation_is_tanh_and_output_nothing(nn, functional, rng):
    mlp = nn.MLP((2, 3, 1), rng)
    assert mlp.activation is functional.tanh
    assert mlp.output is None


def test_signals_keep_their_size_through_twenty_layers(nn, functional):
    """What the gain is for: √2 with ReLU keeps the mean square, 1 halves it in every layer."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(50, 200))
    sizes = (200,) * 21
    kept = nn.MLP(sizes, rng, activation=functional.relu, gain=math.sqrt(2))(x).data
    lost = nn.MLP(sizes, rng, activation=functional.relu)(x).data
    assert 0.3 < np.mean(kept**2) < 6  # 2 is expected: no ReLU follows the last layer
    assert np.mean(lost**2) < 1e-4


# Module


def test_parameters_are_leaves_in_order_each_once(nn, Tensor):
    outer, inner = nn.Module(), nn.Module()
    inner.a = Tensor([1.0])
    outer.first, outer.number, outer.layers = Tensor([2.0]), 3, [inner, (Tensor([4.0]), inner)]
    outer.computed, outer.again, outer.itself = outer.first * 2.0, outer.first, outer
    assert [parameter.item() for parameter in outer.parameters()] == [2.0, 1.0, 4.0]


def test_zero_grad_forgets_every_gradient(nn, rng):
    mlp = nn.MLP((2, 3, 1), rng)
    mlp(np.ones((4, 2))).sum().backward()
    assert all(parameter.grad is not None for parameter in mlp.parameters())
    mlp.zero_grad()
    assert all(parameter.grad is None for parameter in mlp.parameters())


def test_module_without_forward_says_so(nn):
    with pytest.raises(NotImplementedError, match="every module defines its own"):
        nn.Module()(1.0)


# Losses


def torch_hinge(scores, labels):
    return torch.clamp(1 - labels * scores, min=0).mean()


LOSSES = {
    "MSELoss": torch.nn.functional.mse_loss,
    "BCEWithLogitsLoss": torch.nn.functional.binary_cross_entropy_with_logits,
    "CrossEntropyLoss": torch.nn.functional.cross_entropy,
    "HingeLoss": torch_hinge,
}


def check_loss(nn, Tensor, name, prediction, target):
    ours, theirs = Tensor(prediction), torch.tensor(prediction, requires_grad=True)
    got, want = getattr(nn, name)()(ours, target), LOSSES[name](theirs, torch.from_numpy(np.array(target)))
    close(got.data, want)
    (3.0 * got).backward()
    (3.0 * want).backward()
    close(ours.grad, theirs.grad)


@pytest.mark.parametrize("size", [1.0, 30.0, 1e4])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (5, 1), (3, 4), (2, 3, 2)], ids=str)
def test_elementwise_losses_agree_with_torch(nn, Tensor, rng, shape, size):
    prediction = np.asarray(size * rng.normal(size=shape))
    check_loss(nn, Tensor, "MSELoss", prediction, np.asarray(rng.normal(size=shape)))
    check_loss(nn, Tensor, "BCEWithLogitsLoss", prediction, np.asarray(rng.uniform(size=shape)))
    check_loss(nn, Tensor, "BCEWithLogitsLoss", prediction, np.asarray(rng.integers(0, 2, size=shape), dtype=float))
    check_loss(nn, Tensor, "HingeLoss", prediction, np.asarray(rng.choice([-1.0, 1.0], size=shape)))


@pytest.mark.parametrize("size", [1.0, 30.0, 1e4])
@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (4, 1), (3, 3), (8, 2), (5, 10)], ids=str)
def test_cross_entropy_agrees_with_torch(nn, Tensor, rng, shape, size):
    check_loss(nn, Tensor, "CrossEntropyLoss", size * rng.normal(size=shape), rng.integers(0, shape[1], size=shape[0]))


@pytest.mark.parametrize("logit", [0.0, 36.0, 37.0, 40.0, 709.0, 710.0, 745.0, 746.0, 1e4])
def test_cross_entropies_at_extreme_logits(nn, Tensor, logit):
    """From 37 on a probability rounds to 1, above 709 its exponential overflows, above 745 it underflows to 0."""
    logits = np.array([logit, -logit, logit, -logit, logit, -logit])
    check_loss(nn, Tensor, "BCEWithLogitsLoss", logits, np.array([0.0, 0.0, 1.0, 1.0, 0.3, 0.3]))
    rows = np.stack([logits, np.zeros(6), -logits], axis=1)
    check_loss(nn, Tensor, "CrossEntropyLoss", rows, np.array([0, 1, 2, 0, 1, 2]))


def test_small_losses_keep_their_digits(nn, Tensor):
    assert nn.BCEWithLogitsLoss()(Tensor([-700.0]), [0.0]).item() == pytest.approx(math.exp(-700.0), rel=1e-12)
    assert nn.BCEWithLogitsLoss()(Tensor([40.0]), [1.0]).item() == pytest.approx(math.exp(-40.0), rel=1e-12)


def test_two_classes_are_a_logit_and_zero(nn, Tensor, rng):
    """Cross-entropy of softmax over (0, a) is binary cross-entropy of the logit a."""
    a, labels = 5 * rng.normal(size=9), rng.integers(0, 2, size=9)
    two = nn.CrossEntropyLoss()(Tensor(np.stack([np.zeros(9), a], axis=1)), labels)
    close(two.data, nn.BCEWithLogitsLoss()(Tensor(a), labels).data)


@pytest.mark.parametrize(("activation", "gain", "want"), [("tanh", 1.0, 2.5), ("relu", np.sqrt(2.0), 3.1)])
def test_fresh_network_costs_what_the_handout_says(nn, functional, rng, activation, gain, want):
    losses = []
    for _ in range(40):
        network = nn.MLP((20, 64, 10), rng, activation=getattr(functional, activation), gain=gain)
        logits = network(rng.normal(size=(100, 20)))
        losses.append(nn.CrossEntropyLoss()(logits, rng.integers(10, size=100)).item())
    assert np.mean(losses) == pytest.approx(want, abs=0.1)


def test_hinge_at_the_kink_has_a_subgradient(nn, Tensor):
    scores = Tensor([1.0, -1.0])
    nn.HingeLoss()(scores, [1, -1]).backward()
    assert -0.5 <= scores.grad[0] <= 0.0 <= scores.grad[1] <= 0.5


@pytest.mark.parametrize(
    ("name", "shape", "target", "message"),
    [
        (
            "MSELoss",
            (3, 1),
            np.zeros(3),
            r"MSELoss: got target of shape \(3,\), want \(3, 1\), one for each prediction",
        ),
        ("MSELoss", (3,), 1.0, r"MSELoss: got target of shape \(\), want \(3,\)"),
        ("BCEWithLogitsLoss", (3, 1), np.zeros(3), r"BCEWithLogitsLoss: got target of shape \(3,\), want \(3, 1\)"),
        ("BCEWithLogitsLoss", (2,), [-1, 1], "BCEWithLogitsLoss: got a target outside of 0 to 1; want probabilities"),
        ("BCEWithLogitsLoss", (2,), [np.nan, 1], "BCEWithLogitsLoss: got a target outside of 0 to 1"),
        ("CrossEntropyLoss", (3,), [0], r"CrossEntropyLoss: got logits of shape \(3,\), want \(batch, classes\)"),
        ("CrossEntropyLoss", (2, 3), np.eye(3)[:2], r"CrossEntropyLoss: got target of shape \(2, 3\), want \(2,\)"),
        (
            "CrossEntropyLoss",
            (2, 3),
            [0.0, 1.0],
            r"CrossEntropyLoss: got labels \[0. 1.\], want whole numbers from 0 to 2",
        ),
        ("CrossEntropyLoss", (2, 3), [0, 3], r"CrossEntropyLoss: got labels \[0 3\], want whole numbers from 0 to 2"),
        (
            "CrossEntropyLoss",
            (2, 3),
            [0, -1],
            r"CrossEntropyLoss: got labels \[ 0 -1\], want whole numbers from 0 to 2",
        ),
        ("HingeLoss", (2, 1), [1, -1], r"HingeLoss: got target of shape \(2,\), want \(2, 1\)"),
        ("HingeLoss", (2,), [0, 1], r"HingeLoss: got a label that is neither -1 nor \+1; labels 0 and 1 become"),
    ],
)
def test_losses_refuse_targets_that_do_not_fit(nn, Tensor, name, shape, target, message):
    with pytest.raises(ValueError, match=message):
        getattr(nn, name)()(Tensor(np.zeros(shape)), target)


# The objective


def test_l2_penalty_is_that_of_the_weights_alone(nn, rng):
    mlp = nn.MLP((2, 3, 1), rng)
    set_random_biases(mlp, rng)
    omega = nn.l2_penalty(mlp)
    close(omega.data, np.asarray(0.5 * sum(np.sum(layer.W.data**2) for layer in mlp.layers)))
    omega.backward()
    for layer in mlp.layers:
        close(layer.W.grad, layer.W.data)
        assert layer.b.grad is None


def test_l2_penalty_of_no_weights_is_zero(nn):
    assert nn.l2_penalty(nn.Module()).item() == 0.0


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("lam", [0.0, 0.3])
def test_objective_agrees_with_torch(nn, rng, name, lam):
    mlp = nn.MLP((3, 5, 2), rng)
    set_random_biases(mlp, rng)
    x = rng.normal(size=(7, 3))
    targets = {
        "MSELoss": rng.normal(size=(7, 2)),
        "BCEWithLogitsLoss": rng.uniform(size=(7, 2)),
        "CrossEntropyLoss": rng.integers(0, 2, size=7),
        "HingeLoss": rng.choice([-1.0, 1.0], size=(7, 2)),
    }
    peer = torch_mlp(mlp, torch.nn.Tanh)
    penalty = 0.5 * sum(weight.pow(2).sum() for weight in peer.parameters() if weight.ndim == 2)
    want = LOSSES[name](peer(torch.from_numpy(x)), torch.from_numpy(targets[name])) + lam * penalty
    got = nn.objective(getattr(nn, name)(), mlp, x, targets[name], lam)
    close(got.data, want)
    got.backward()
    want.backward()
    for mine, other in zip(mlp.parameters(), peer.parameters(), strict=True):
        close(mine.grad, other.grad)


def test_worked_example_of_the_handout(nn, functional, Tensor):
    mlp = nn.MLP((2, 2, 1), np.random.default_rng(0), activation=functional.relu)
    hidden, last = mlp.layers
    hidden.W, hidden.b = Tensor([[1, -1], [2, 0]]), Tensor([0, -1])
    last.W, last.b = Tensor([[1, 1]]), Tensor([-1])
    x, y = np.array([[1, 2], [3, 1]]), np.array([[1], [5]])
    close(mlp(x).data, np.array([[0.0], [6.0]]))
    J = nn.objective(nn.MSELoss(), mlp, x, y, 0.1)
    assert J.item() == pytest.approx(1.4)
    J.backward()
    close(last.W.grad, np.array([[2.1, 4.1]]))
    close(hidden.W.grad, np.array([[3.1, 0.9], [2.2, -1.0]]))


# XOR


def test_xor_network_is_xor(nn):
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    network = nn.xor_network()
    assert np.array_equal(network(x).data, np.bitwise_xor(x[:, :1], x[:, 1:]))
    assert [layer.W.shape for layer in network.layers] == [(2, 2), (1, 2)]
