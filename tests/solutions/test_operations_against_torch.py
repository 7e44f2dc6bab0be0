"""Every operation's value and gradients against PyTorch's, in float64, on many shapes."""

import zlib

import numpy as np
import pytest

from tests import needs

torch = needs.package("torch")

TOLERANCE = 1e-10  # both sides compute in float64; sums of at most a hundred terms differ by far less


def anything(rng, shape):
    return rng.normal(size=shape)


def positive(rng, shape):
    return rng.uniform(0.5, 2.0, size=shape)


def away_from_zero(rng, shape):
    return rng.uniform(0.5, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)


PAIRS = [
    ((), ()),
    ((1,), ()),
    ((), (2, 3)),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (2, 3)),
    ((2, 1), (1, 3)),
    ((4, 1, 3), (2, 1)),
    ((1, 1), (5, 2, 3)),
    ((2, 1, 4), (2, 3, 4)),
    ((1,), (1, 1)),
    ((0,), ()),
    ((0, 3), (1, 3)),
    ((0, 1), (1, 3)),
]
SINGLES = [(), (1,), (0,), (5,), (2, 3), (2, 0, 3), (2, 3, 4)]
MATRICES = [
    ((3,), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (3,)),
    ((2, 3), (3, 4)),
    ((1, 1), (1, 1)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (3,)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (4, 3, 2)),
    ((1, 2, 3), (5, 3, 4)),
    ((3,), (4, 5, 3, 2)),
    ((4, 5, 2, 3), (3,)),
    ((2, 0), (0, 3)),
    ((0, 2), (2, 3)),
    ((0,), (0,)),
    ((0, 2, 3), (3, 4)),
]
REDUCTIONS = [
    ((), None),
    ((4,), 0),
    ((4,), None),
    ((4,), -1),
    ((1,), 0),
    ((2, 3), None),
    ((2, 3), 0),
    ((2, 3), 1),
    ((2, 3), -2),
    ((2, 3), (0, 1)),
    ((2, 3, 4), 1),
    ((2, 3, 4), (0, 2)),
    ((2, 3, 4), (-1, 0)),
    ((2, 3, 4), (2, 1, 0)),
    ((2, 1, 4), 1),
    ((0, 3), 1),
]
ELEMENTWISE = [
    ("add", torch.add, anything),
    ("sub", torch.sub, anything),
    ("mul", torch.mul, anything),
    ("div", torch.div, away_from_zero),
    ("pow", torch.pow, positive),
]
UNARY = [
    ("neg", torch.neg, anything),
    ("exp", torch.exp, anything),
    ("log", torch.log, positive),
    ("sqrt", torch.sqrt, positive),
    ("abs", torch.abs, away_from_zero),
]
REDUCING = [
    ("sum", torch.sum, anything),
    ("mean", torch.mean, anything),
    ("max", lambda a, dim, keepdim: torch.amax(a, () if dim is None else dim, keepdim), anything),
    ("norm", lambda a, dim, keepdim: torch.linalg.vector_norm(a, 2, dim, keepdim), away_from_zero),
]
RESHAPES = [((), (1,)), ((1,), ()), ((2, 3), (3, 2)), ((2, 3), -1), ((2, 3, 4), (4, -1)), ((0, 3), (3, 0))]
TRANSPOSES = [
    ((), None),
    ((), ()),
    ((3,), None),
    ((2, 3), None),
    ((2, 3), (1, 0)),
    ((2, 3), (0, 1)),
    ((2, 3, 4), None),
    ((2, 3, 4), (2, 0, 1)),
    ((2, 3, 4), (-1, 0, -2)),
    ((2, 3, 4, 5), (1, 3, 0, 2)),
    ((2, 0, 3), (1, 2, 0)),
]
ints, masks = np.array, np.array
INDICES = [
    ((5,), 2),
    ((5,), -1),
    ((5,), slice(1, 4)),
    ((5,), slice(None, None, 2)),
    ((5,), ints([0, 3, 3, 3, -1])),
    ((5,), [1, 1]),
    ((5,), ints([[0, 0], [4, 0]])),
    ((5,), masks([True, False, True, False, False])),
    ((5,), masks([False] * 5)),
    ((5,), ...),
    ((5,), None),
    ((3, 4), 1),
    ((3, 4), (1, 2)),
    ((3, 4), (slice(None), 1)),
    ((3, 4), (..., -1)),
    ((3, 4), (slice(1, None), slice(None, 2))),
    ((3, 4), (None, 0, slice(None), None)),
    ((3, 4), (ints([0, 0, 2]), ints([1, 1, 3]))),
    ((3, 4), (slice(None), [2, 2, 0])),
    ((3, 4), masks([[True, False, True, True]] * 3)),
    ((3, 4), (masks([True, False, True]), slice(None))),
    (
        (2, 3, 4),
        (slice(0, 1), ..., ints([1, 1])),
    ),  # with 0 for the slice the two libraries order axes differently
    ((2, 3, 4), (slice(None), None, ints([2, 0, 2]), slice(None, 3))),
    ((3, 4), slice(0, 0)),
    ((), ()),
    ((), None),
    ((), ...),
    ((0, 3), (slice(None), 1)),
]
CONCATS = [
    ([(2,)], 0),
    ([(2,), (3,)], 0),
    ([(2,), (0,), (1,)], -1),
    ([(2, 3), (2, 1), (2, 4)], 1),
    ([(2, 3), (1, 3)], -2),
    ([(2, 3, 1), (2, 3, 2)], -1),
    ([(0, 3), (2, 3)], 0),
]


def torch_index(index):
    """The index with numpy's arrays turned into torch's."""
    if isinstance(index, tuple):
        return tuple(torch_index(part) for part in index)
    return torch.from_numpy(index) if isinstance(index, np.ndarray) else index


CASES = (
    [(name, peer, draw, pair, {}, {}) for name, peer, draw in ELEMENTWISE for pair in PAIRS]
    + [(name, peer, draw, (shape,), {}, {}) for name, peer, draw in UNARY for shape in SINGLES]
    + [("matmul", torch.matmul, anything, pair, {}, {}) for pair in MATRICES]
    + [
        (name, peer, draw, (shape,), {"axis": axis, "keepdims": keep}, {"dim": axis, "keepdim": keep})
        for name, peer, draw in REDUCING
        for shape, axis in REDUCTIONS
        for keep in (False, True)
    ]
    + [
        ("reshape", torch.reshape, anything, (old,), {"shape": new}, {"shape": (new,) if new == -1 else new})
        for old, new in RESHAPES
    ]
    + [
        (
            "transpose",
            torch.permute,
            anything,
            (shape,),
            {"axes": axes},
            {"dims": tuple(reversed(range(len(shape)))) if axes is None else axes},
        )
        for shape, axes in TRANSPOSES
    ]
    + [
        ("getitem", lambda a, index: a[index], anything, (shape,), {"index": i}, {"index": torch_index(i)})
        for shape, i in INDICES
    ]
    + [
        ("concat", lambda *ts, dim: torch.cat(ts, dim), anything, shapes, {"axis": axis}, {"dim": axis})
        for shapes, axis in CONCATS
    ]
)


def case_id(case):
    name, _, _, shapes, params, _ = case
    return f"{name}-{'-'.join(map(str, shapes))}-{','.join(f'{k}={v}' for k, v in params.items())}"


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_value_and_gradients_are_torchs(feedforward, case):
    name, peer, draw, shapes, params, peer_params = case
    rng = np.random.default_rng(zlib.crc32(case_id(case).encode()))
    arrays = [np.asarray(draw(rng, shape)) for shape in shapes]

    inputs = [feedforward.tensor.Tensor(array.copy()) for array in arrays]
    out = getattr(feedforward.functional, name)(*inputs, **params)
    grad = np.asarray(rng.normal(size=out.shape))
    out.backward(grad)

    peers = [torch.tensor(array, requires_grad=True) for array in arrays]
    want = peer(*peers, **peer_params)
    want.backward(torch.tensor(grad))

    same(out.data, want.detach().numpy())
    for ours, theirs, array in zip(inputs, peers, arrays, strict=True):
        same(ours.grad, theirs.grad.numpy())
        assert np.array_equal(ours.data, array)


def same(got, want):
    assert isinstance(got, np.ndarray)
    assert got.dtype == np.float64
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
def test_max_shares_ties_as_torch_does(feedforward, axis, keepdims):
    array = np.array([[2.0, 5.0, 5.0, 1.0], [5.0, 0.0, 5.0, 1.0]])
    ours = feedforward.tensor.Tensor(array)
    out = ours.max(axis=axis, keepdims=keepdims)
    out.backward(np.ones(out.shape) * 3)
    theirs = torch.tensor(array, requires_grad=True)
    peer = torch.amax(theirs, () if axis is None else axis, keepdims)
    peer.backward(torch.ones_like(peer) * 3)
    same(ours.grad, theirs.grad.numpy())


def test_norm_of_zeros_has_torchs_subgradient(feedforward):
    array = np.array([[0.0, 0.0], [3.0, 4.0]])
    ours = feedforward.tensor.Tensor(array)
    ours.norm(axis=1).backward([2.0, 5.0])
    theirs = torch.tensor(array, requires_grad=True)
    torch.linalg.vector_norm(theirs, dim=1).backward(torch.tensor([2.0, 5.0], dtype=torch.float64))
    same(ours.grad, theirs.grad.numpy())


def test_a_small_network_has_torchs_gradients(feedforward):
    rng = np.random.default_rng(7)
    arrays = [rng.normal(size=shape) for shape in [(8, 3), (3, 5), (5,), (5, 2), (2,)]]

    def loss(x, w, b, v, c):
        hidden = (x @ w + b) ** 2
        scores = (hidden[:, ::2] @ v[::2] + c).exp()
        return (scores / scores.sum(1)[:, None]).log().mean() + (w * w).sum() ** 0.5

    ours = [feedforward.tensor.Tensor(array * 0.3) for array in arrays]
    theirs = [torch.tensor(array * 0.3, requires_grad=True) for array in arrays]
    out, want = loss(*ours), loss(*theirs)
    out.backward()
    want.backward()
    same(out.data, want.detach().numpy())
    for mine, peer in zip(ours, theirs, strict=True):
        same(mine.grad, peer.grad.numpy())
