"""SGD against PyTorch's, step by step in float64, and by hand where PyTorch has nothing to compare with."""

import itertools

import numpy as np
import pytest

from tests import needs

pytestmark = pytest.mark.slow

torch = needs.package("torch")

TOLERANCE = 1e-10  # both sides compute in float64; ten steps differ by far less
SHAPES = [(3, 2), (2,), (1, 4), ()]


@pytest.fixture
def SGD(feedforward):
    return feedforward.optim.SGD


@pytest.fixture
def rng():
    return np.random.default_rng(6)


def close(got, want):
    np.testing.assert_allclose(got, want, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize(("momentum", "weight_decay"), list(itertools.product([0.0, 0.5, 0.9], [0.0, 0.1, 1.0])))
def test_ten_steps_agree_with_torch(SGD, Tensor, rng, momentum, weight_decay):
    ours = [Tensor(rng.normal(size=shape)) for shape in SHAPES]
    theirs = [torch.tensor(each.data.copy(), requires_grad=True) for each in ours]
    optimizer = SGD(ours, 0.05, momentum=momentum, weight_decay=weight_decay)
    peer = torch.optim.SGD(theirs, lr=0.05, momentum=momentum, weight_decay=weight_decay)
    for step in range(10):
        for index, (tensor, other) in enumerate(zip(ours, theirs, strict=True)):
            if (step + index) % 4 == 0:  # not every parameter has a gradient in every step
                tensor.grad, other.grad = None, None
            else:
                tensor.grad = rng.normal(size=tensor.shape)
                other.grad = torch.tensor(tensor.grad)
        optimizer.step()
        peer.step()
        for tensor, other in zip(ours, theirs, strict=True):
            close(tensor.data, other.detach().numpy())


def test_normalized_step_agrees_with_torchs_clipping_of_long_gradients(SGD, Tensor, rng):
    """Clipping to length 1 is normalising, where gradients are longer than 1; torch adds 1e-6 to the length."""
    ours = [Tensor(rng.normal(size=shape)) for shape in SHAPES]
    theirs = [torch.tensor(each.data.copy(), requires_grad=True) for each in ours]
    for tensor, other in zip(ours, theirs, strict=True):
        tensor.grad = 1e6 * (1.0 + rng.uniform(size=tensor.shape))
        other.grad = torch.tensor(tensor.grad)
    SGD(ours, 0.05, normalize=True).step()
    torch.nn.utils.clip_grad_norm_(theirs, 1.0)
    torch.optim.SGD(theirs, lr=0.05).step()
    for tensor, other in zip(ours, theirs, strict=True):
        close(tensor.data, other.detach().numpy())


def test_normalized_steps_all_have_length_lr(SGD, Tensor, rng):
    ours = [Tensor(rng.normal(size=shape)) for shape in SHAPES]
    optimizer = SGD(ours, 0.3, normalize=True)
    for scale in (1e-8, 1.0, 1e8):
        before = [each.data.copy() for each in ours]
        for tensor in ours:
            tensor.grad = scale * rng.normal(size=tensor.shape)
        optimizer.step()
        moved = [np.sum((each.data - old) ** 2) for each, old in zip(ours, before, strict=True)]
        close(np.sqrt(sum(moved)), 0.3)


def test_normalized_step_by_hand(SGD, Tensor):
    first, second = Tensor([1.0]), Tensor([[1.0]])
    first.grad, second.grad = np.array([3.0]), np.array([[-4.0]])
    SGD([first, second], 0.5, normalize=True).step()
    close(first.data, [0.7])
    close(second.data, [[1.4]])


def test_zero_gradient_normalized_does_not_move_and_does_not_warn(SGD, Tensor):
    w = Tensor([1.0, 2.0])
    w.grad = np.zeros(2)
    SGD([w], 0.5, normalize=True).step()
    np.testing.assert_array_equal(w.data, [1.0, 2.0])


def test_step_writes_into_the_data_and_leaves_the_gradient(SGD, Tensor):
    w = Tensor([1.0, 2.0])
    data, grad = w.data, np.array([3.0, 4.0])
    w.grad = grad
    SGD([w], 0.5, momentum=0.9, weight_decay=0.1).step()
    assert w.data is data
    assert w.grad is grad
    np.testing.assert_array_equal(grad, [3.0, 4.0])


def test_params_may_be_a_generator_and_zero_grad_forgets_all(SGD, Tensor):
    ws = [Tensor([1.0]), Tensor([2.0])]
    for w in ws:
        w.grad = np.ones(1)
    optimizer = SGD((w for w in ws), 0.5)
    optimizer.zero_grad()
    assert [w.grad for w in ws] == [None, None]
    optimizer.step()
    assert [w.item() for w in ws] == [1.0, 2.0]


def test_a_parameter_given_twice_takes_one_step(SGD, Tensor):
    w, other = Tensor([1.0]), Tensor([1.0])
    w.grad, other.grad = np.array([1.0]), np.array([1.0])
    SGD([w, other, w], 0.5, momentum=0.9).step()
    assert w.item() == other.item() == 0.5


@pytest.mark.parametrize("size", [3e200, 3e-170])
def test_normalized_step_of_a_length_whose_square_is_no_number(SGD, Tensor, size):
    first, second = Tensor([0.0, 0.0]), Tensor(0.0)
    first.grad, second.grad = np.array([size, 0.0]), np.array(-size)
    SGD([first, second], 1.0, normalize=True).step()
    close(first.data, [-np.sqrt(0.5), 0.0])
    close(second.data, np.sqrt(0.5))


def test_plain_step_squares_no_gradient(SGD, Tensor):
    w = Tensor([0.0])
    w.grad = np.array([3e200])
    SGD([w], 1.0).step()
    assert w.item() == -3e200
