"""The tensor, its operators, its backward pass, and the corners of the operations that PyTorch does not share."""

import re

import numpy as np
import pytest


def gradients(*tensors):
    return [tensor.grad for tensor in tensors]


# unbroadcast


@pytest.mark.parametrize(
    ("given", "shape", "want"),
    [
        pytest.param([[1.0, 2.0], [3.0, 4.0]], (2,), [4.0, 6.0], id="new-axis"),
        pytest.param([[1.0, 2.0], [3.0, 4.0]], (2, 1), [[3.0], [7.0]], id="stretched-axis"),
        pytest.param([[1.0, 2.0], [3.0, 4.0]], (1, 2), [[4.0, 6.0]], id="stretched-first-axis"),
        pytest.param([[1.0, 2.0], [3.0, 4.0]], (1,), [10.0], id="new-and-stretched"),
        pytest.param([[1.0, 2.0], [3.0, 4.0]], (), 10.0, id="scalar"),
        pytest.param([[1.0, 2.0], [3.0, 4.0]], (2, 2), [[1.0, 2.0], [3.0, 4.0]], id="nothing-to-sum"),
        pytest.param([[1.0, 2.0]], (1, 1), [[3.0]], id="one-by-one"),
        pytest.param(np.zeros((0, 3)), (3,), [0.0, 0.0, 0.0], id="sum-of-nothing"),
        pytest.param(np.zeros((2, 0)), (1, 0), np.zeros((1, 0)), id="empty"),
        pytest.param(5.0, (), 5.0, id="0-d"),
    ],
)
def test_unbroadcast_sums_what_broadcasting_repeated(feedforward, given, shape, want):
    grad = np.array(given)
    before = grad.copy()
    got = feedforward.tensor.unbroadcast(grad, shape)
    assert isinstance(got, np.ndarray)
    assert got.shape == shape
    assert np.array_equal(got, want)
    assert np.array_equal(grad, before)
    assert not np.shares_memory(got, grad)


@pytest.mark.parametrize(("grad", "shape"), [((3,), (2,)), ((3,), (1, 3)), ((1,), (3,)), ((2, 3), (2,))])
def test_unbroadcast_of_a_shape_that_does_not_broadcast_is_refused(feedforward, grad, shape):
    message = f"unbroadcast: got grad {grad}, want a shape that {shape} broadcasts to"
    with pytest.raises(ValueError, match=re.escape(message)):
        feedforward.tensor.unbroadcast(np.zeros(grad), shape)


# backward, by hand


def test_product_and_sum(Tensor):
    a, b = Tensor(2.0), Tensor(3.0)
    product = a * b
    result = product + a
    result.backward()
    assert gradients(a, b, product, result) == [4.0, 2.0, 1.0, 1.0]


def test_a_tensor_used_twice_by_one_operation_gets_both_parts(Tensor):
    a = Tensor([3.0, -1.0])
    (a * a).backward([1.0, 10.0])
    assert np.array_equal(a.grad, [6.0, -20.0])


def test_diamond_whose_sides_have_different_depths(Tensor):
    x = Tensor(2.0)
    top = x * x
    deep = ((top * 3.0) * 1.0) * 1.0
    result = top * deep  # 3 x^4
    result.backward()
    assert gradients(x, top, deep) == [96.0, 24.0, 4.0]


def test_repeated_diamonds_take_time_linear_in_their_number(Tensor):
    x = y = Tensor(1.0)
    for _ in range(200):  # 2^200 paths
        y = y + y
    y.backward()
    assert x.grad == 2.0**200


def test_gradients_of_leaves_results_and_what_lies_between(Tensor):
    a, b = Tensor([1.0, 2.0]), Tensor(3.0)
    scaled = a * b
    result = scaled.exp().sum()
    result.backward()
    assert np.allclose(scaled.grad, np.exp([3.0, 6.0]), rtol=1e-14)
    assert np.allclose(a.grad, 3.0 * np.exp([3.0, 6.0]), rtol=1e-14)
    assert np.allclose(b.grad, np.exp(3.0) + 2.0 * np.exp(6.0), rtol=1e-14)
    assert result.grad == 1.0


def test_a_leaf_passes_the_gradient_to_itself(Tensor):
    leaf = Tensor([1.0, 2.0])
    leaf.backward([3.0, 4.0])
    assert np.array_equal(leaf.grad, [3.0, 4.0])


@pytest.mark.slow
def test_chain_of_ten_thousand(Tensor):
    x = y = Tensor(1.5)
    for _ in range(10_000):
        y = y + 1.0
    y.backward()
    assert x.grad == 1.0
    assert y.item() == 10_001.5


def test_ten_thousand_leaves(Tensor):
    leaves = [Tensor(float(number)) for number in range(10_000)]
    total = leaves[0]
    for leaf in leaves[1:]:
        total = total + leaf
    total.backward(2.0)
    assert all(leaf.grad == 2.0 for leaf in leaves)


def test_one_leaf_used_ten_thousand_times_and_concatenated(feedforward, Tensor):
    leaf = Tensor([1.0, 2.0])
    joined = feedforward.functional.concat(*[leaf] * 10_000)
    joined.backward(np.ones(20_000))
    assert np.array_equal(leaf.grad, [10_000.0, 10_000.0])


def test_second_call_doubles_every_gradient(Tensor):
    a, b = Tensor([[1.0, 2.0]]), Tensor([[3.0], [4.0]])
    product = a * b
    result = (product * product + a).sum()
    tensors = (a, b, product, result)
    result.backward()
    once = [grad.copy() for grad in gradients(*tensors)]
    result.backward()
    for got, want in zip(gradients(*tensors), once, strict=True):
        assert np.array_equal(got, 2.0 * want)


def test_zero_grad_forgets(Tensor):
    a = Tensor(2.0)
    (a * 3.0).backward()
    a.zero_grad()
    assert a.grad is None
    (a * 5.0).backward()
    assert a.grad == 5.0


def test_two_graphs_over_one_leaf_do_not_mix(Tensor):
    a = Tensor(2.0)
    first, second = a * 3.0, a * 5.0
    first.backward()
    assert (a.grad, second.grad) == (3.0, None)
    second.backward()
    assert (a.grad, first.grad) == (8.0, 1.0)


def test_no_two_arrays_share_memory(Tensor):
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    total = a + b
    view = total.reshape(2, 1).T
    grad = np.array([[1.0, 1.0]])
    view.backward(grad)
    between = view.node.inputs[0]
    arrays = [grad, a.data, b.data, total.data, *gradients(a, b, total, between, view)]
    for position, one in enumerate(arrays):
        assert not any(np.shares_memory(one, other) for other in arrays[:position])


def test_a_failing_operation_leaves_every_gradient_as_it_was(feedforward, Tensor):
    functional = feedforward.functional

    class Broken(functional.Function):
        @staticmethod
        def forward(ctx, a):
            return Tensor(a.data)

        @staticmethod
        def backward(ctx, grad_in):
            raise FloatingPointError("no gradient today")

    a = Tensor(1.0)
    result = Broken()(a) + a
    with pytest.raises(FloatingPointError, match="no gradient today"):
        result.backward()
    assert gradients(a, result) == [None, None]


# backward, what it refuses


def test_backward_without_grad_wants_one_element(Tensor):
    with pytest.raises(ValueError, match=r"backward: got no grad for shape \(2,\), want one element; pass grad"):
        Tensor([1.0, 2.0]).backward()


def test_backward_refuses_a_grad_of_another_shape(Tensor):
    with pytest.raises(ValueError, match=r"backward: got grad of shape \(\), want \(2,\), as the tensor"):
        Tensor([1.0, 2.0]).backward(1.0)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        pytest.param(np.ones(2), TypeError, "got ndarray, want a list with one array per input", id="bare-array"),
        pytest.param([], ValueError, "got 0 gradients, want 1, one per input", id="too-few"),
        pytest.param([None], TypeError, "gradient of input 0: got NoneType, want an array", id="none"),
        pytest.param(
            [np.ones(3)],
            ValueError,
            "gradient of input 0: got shape (3,), want (2,) or what",
            id="wrong-shape",
        ),
        pytest.param([np.ones(())], ValueError, "gradient of input 0: got shape (), want (2,) or what", id="too-small"),
    ],
)
def test_a_backward_that_answers_wrongly_is_named(feedforward, Tensor, answer, error, message):
    class Wrong(feedforward.functional.Function):
        @staticmethod
        def forward(ctx, a):
            return Tensor(a.data)

        @staticmethod
        def backward(ctx, grad_in):
            return answer

    with pytest.raises(error, match=re.escape(f"Wrong.backward: {message}")):
        Wrong()(Tensor([1.0, 2.0])).backward([1.0, 1.0])


def test_gradient_that_is_a_tensor_is_refused(feedforward, Tensor):
    class Wrong(feedforward.functional.Function):
        @staticmethod
        def forward(ctx, a):
            return Tensor(a.data)

        @staticmethod
        def backward(ctx, grad_in):
            return (Tensor(grad_in),)

    message = r"Wrong.backward: gradient of input 0: got Tensor, want an array; compute with .data"
    with pytest.raises(TypeError, match=message):
        Wrong()(Tensor([1.0, 2.0])).backward([1.0, 1.0])


def test_forward_that_returns_an_array_is_refused(feedforward, Tensor):
    class Wrong(feedforward.functional.Function):
        @staticmethod
        def forward(ctx, a):
            return a.data

    with pytest.raises(TypeError, match=r"Wrong.forward: got ndarray, want a Tensor"):
        Wrong()(Tensor(1.0))


def test_forward_that_returns_its_input_makes_no_loop(feedforward, Tensor):
    class Identity(feedforward.functional.Function):
        @staticmethod
        def forward(ctx, a):
            return a

        @staticmethod
        def backward(ctx, grad_in):
            return (grad_in,)

    a = Tensor([1.0, 2.0])
    Identity()(a).backward([3.0, 4.0])
    assert a.node is None
    assert np.array_equal(a.grad, [3.0, 4.0])


@pytest.mark.parametrize("method", ["forward", "backward"])
def test_operation_that_defines_neither_says_so(feedforward, method):
    with pytest.raises(NotImplementedError, match=f"Function.{method}: every operation defines its own"):
        getattr(feedforward.functional.Function, method)(None, None)


# the tensor itself


@pytest.mark.parametrize("data", [3, [1, 2], np.arange(4, dtype=np.int32).reshape(2, 2), [True, False]])
def test_data_becomes_float64(Tensor, data):
    tensor = Tensor(data)
    assert tensor.data.dtype == np.float64
    assert np.array_equal(tensor.data, data)


def test_float64_array_is_not_copied(Tensor):
    array = np.ones(3)
    assert Tensor(array).data is array


def test_tensor_of_a_tensor_is_refused(Tensor):
    with pytest.raises(TypeError, match=r"Tensor: got a Tensor, want numbers or an array; pass its .data"):
        Tensor(Tensor(1.0))


def test_shape_size_and_item(Tensor):
    tensor = Tensor([[1.0, 2.0, 3.0]])
    assert (tensor.shape, tensor.ndim, tensor.size, tensor.T.shape) == ((1, 3), 2, 3, (3, 1))
    assert Tensor([[7.0]]).item() == 7.0
    with pytest.raises(ValueError, match="size 1"):
        tensor.item()


def test_repr_shows_values_and_operation(Tensor):
    assert repr(Tensor([1.0, 2.5])) == "Tensor([1. , 2.5])"
    assert repr(Tensor(1.0) + 1.0) == "Tensor(2., Add)"


@pytest.mark.parametrize("other", [2, 2.5, np.float64(2.5), np.array([1.5, 2.0]), [3.0, 1.0]], ids=repr)
@pytest.mark.parametrize("symbol", ["+", "-", "*", "/", "**"])
def test_operators_take_numbers_and_arrays_on_either_side(Tensor, symbol, other):
    array = np.array([2.0, 4.0])
    compute = eval(f"lambda left, right: left {symbol} right")
    for got, want in [
        (compute(Tensor(array), other), compute(array, np.asarray(other))),
        (compute(other, Tensor(array)), compute(np.asarray(other), array)),
    ]:
        assert isinstance(got, Tensor)
        assert np.array_equal(got.data, want)


def test_matmul_on_either_side_and_the_unary_operators(Tensor):
    matrix, vector = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, -6.0])
    for got, want in [
        (Tensor(matrix) @ vector, matrix @ vector),
        (vector @ Tensor(matrix), vector @ matrix),
        (-Tensor(vector), -vector),
        (abs(Tensor(vector)), abs(vector)),
        (Tensor(matrix)[1, :1], matrix[1, :1]),
        (Tensor(matrix).reshape((4,)), matrix.reshape(4)),
        (Tensor(matrix).reshape(-1), matrix.reshape(4)),
        (Tensor(matrix).transpose((1, 0)), matrix.T),
        (Tensor(matrix).transpose(0, 1), matrix),
    ]:
        assert isinstance(got, Tensor)
        assert np.array_equal(got.data, want)


# the package


def test_package_lists_what_it_has(feedforward):
    assert feedforward.__all__ == sorted(feedforward.__all__)
    assert all(hasattr(feedforward, name) for name in feedforward.__all__)


def test_package_without_such_a_module_says_so(feedforward):
    with pytest.raises(AttributeError, match="feedforward: no module or attribute 'nothing'"):
        _ = feedforward.nothing


def test_rng_repeats_itself(feedforward):
    assert feedforward.rng(3).normal() == feedforward.rng(3).normal()


# operations: by hand, and where numpy's own behaviour is what counts


@pytest.mark.parametrize(
    ("shape", "axis", "want"),
    [
        ((2, 3, 4), None, (1, 1, 1)),
        ((2, 3, 4), -1, (2, 3, 1)),
        ((2, 3, 4), (0, -1), (1, 3, 1)),
        ((2, 3), (), (2, 3)),
        ((), None, ()),
        ((0, 3), 0, (1, 3)),
    ],
)
def test_keepdims_shape(functional, shape, axis, want):
    assert functional.keepdims_shape(shape, axis) == want


@pytest.mark.parametrize(("shape", "axis"), [((2, 3), 2), ((2, 3), (0, -3)), ((), 0)])
def test_keepdims_shape_without_such_an_axis(functional, shape, axis):
    with pytest.raises(np.exceptions.AxisError, match=r"axis: got .*, want an axis of an array of shape \("):
        functional.keepdims_shape(shape, axis)


def test_pow_where_the_formula_fails(functional, Tensor):
    base = Tensor([0.0, 0.0, 0.0, -2.0, -2.0, -2.0, 3.0])
    exponent = Tensor([0.0, 1.0, 2.0, 0.0, 3.0, -1.0, 0.0])
    functional.pow(base, exponent).backward(np.ones(7))
    assert np.array_equal(base.grad, [0.0, 1.0, 0.0, 0.0, 12.0, -0.25, 0.0])
    assert np.allclose(exponent.grad, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, np.log(3.0)], rtol=1e-15)


def test_mean_of_nothing_is_numpys_and_has_an_empty_gradient(functional, Tensor):
    empty = Tensor(np.zeros((0, 3)))
    with (
        pytest.warns(RuntimeWarning, match="Mean of empty slice"),
        pytest.warns(RuntimeWarning, match="invalid"),
    ):
        result = functional.mean(empty, axis=0)
    assert np.isnan(result.data).all()
    result.backward(np.ones(3))
    assert empty.grad.shape == (0, 3)


@pytest.mark.parametrize(("shape", "axis"), [((0,), None), ((0, 3), 0), ((2, 0), (0, 1))])
def test_max_of_nothing_is_refused(functional, Tensor, shape, axis):
    with pytest.raises(ValueError, match="zero-size array"):
        functional.max(Tensor(np.zeros(shape)), axis=axis)


@pytest.mark.parametrize("name", ["sum", "mean", "max", "norm"])
def test_reducing_over_no_axis_keeps_every_element(functional, Tensor, name):
    a = Tensor([[1.0, 2.0]])
    result = getattr(functional, name)(a, axis=())
    result.backward([[3.0, 4.0]])
    assert np.array_equal(result.data, a.data)
    assert np.array_equal(a.grad, [[3.0, 4.0]])


@pytest.mark.parametrize("name", ["sum", "mean", "max", "norm"])
def test_reducing_over_an_axis_that_is_not_there_is_refused(functional, Tensor, name):
    with pytest.raises(ValueError, match="axis 2 is out of bounds"):
        getattr(functional, name)(Tensor(np.ones((2, 3))), axis=2)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [0, -1, (0,)])
@pytest.mark.parametrize("name", ["sum", "mean", "max", "norm"])
def test_a_0d_tensor_has_no_axis_to_reduce_over(functional, Tensor, name, axis, keepdims):
    """numpy's own sum and max take axis 0 of a 0-d array."""
    with pytest.raises(ValueError, match=r"axis: got|axis .* is out of bounds for array of dimension 0"):
        getattr(functional, name)(Tensor(3.0), axis=axis, keepdims=keepdims)


def test_mean_of_huge_gradients_does_not_overflow(functional, Tensor):
    a = Tensor(np.zeros((2, 100)))
    functional.mean(a, axis=1).backward([1e308, -1e308])
    np.testing.assert_allclose(a.grad, [[1e306] * 100, [-1e306] * 100], rtol=1e-15)


@pytest.mark.parametrize("base", [np.inf, -np.inf, np.nan, 0.0, 1e308])
def test_pow_with_exponent_0_does_not_depend_on_its_base(functional, Tensor, base):
    a = Tensor(base)
    functional.pow(a, 0.0).backward()
    assert a.grad == 0.0


@pytest.mark.parametrize("size", [1e-150, 1e150])
def test_norm_is_exact_as_far_as_its_docstring_says(functional, Tensor, size):
    a = Tensor([3.0 * size, -4.0 * size, 0.0])
    norm = functional.norm(a)
    norm.backward()
    np.testing.assert_allclose(norm.data, 5.0 * size, rtol=1e-12)
    np.testing.assert_allclose(a.grad, [0.6, -0.8, 0.0], rtol=1e-12)


def test_abs_at_its_kink_is_a_subgradient(Tensor):
    zero = Tensor([0.0])
    abs(zero).backward([5.0])
    assert abs(zero.grad[0]) <= 5.0


def test_getitem_mixes_a_number_and_an_array_as_numpy_does(Tensor):
    a = Tensor(np.arange(24.0).reshape(2, 3, 4))
    taken = a[0, :, [1, 1]]  # numpy puts the index array's axis first here; PyTorch does not
    taken.backward(np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]]))
    assert np.array_equal(taken.data, a.data[0, :, [1, 1]])
    assert np.array_equal(a.grad[0, :, 1], [11.0, 22.0, 33.0])
    assert a.grad.sum() == 66.0


def test_only_reshape_and_transpose_share_memory_with_their_input(functional, Tensor):
    a = Tensor(np.full((2, 2), 0.5))
    params = {"reshape": {"shape": (4,)}, "getitem": {"index": slice(0, 1)}}
    two = {"add", "sub", "mul", "div", "pow", "matmul", "prelu"}
    names = [name for name, made in vars(functional).items() if isinstance(made, functional.Function)]
    assert len(names) == 19 + 13  # operations and activations
    sharing = set()
    for name in names:
        result = getattr(functional, name)(*[a] * (2 if name in two else 1), **params.get(name, {}))
        if np.shares_memory(result.data, a.data):
            sharing.add(name)
    assert sharing == {"reshape", "transpose"}


@pytest.mark.parametrize(
    ("name", "shapes", "params", "error"),
    [
        ("add", [(2,), (3,)], {}, ValueError),
        ("matmul", [(2, 3), (2, 3)], {}, ValueError),
        ("matmul", [(), (3,)], {}, ValueError),
        ("reshape", [(2, 3)], {"shape": (4,)}, ValueError),
        ("transpose", [(2, 3)], {"axes": (0, 0)}, ValueError),
        ("transpose", [()], {"axes": (0,)}, ValueError),
        ("getitem", [(2,)], {"index": 2}, IndexError),
        ("concat", [], {}, ValueError),
        ("concat", [(2, 3), (2, 4)], {}, ValueError),
        ("concat", [(2, 3)], {"axis": 2}, ValueError),
    ],
)
def test_shapes_that_do_not_fit_are_refused(functional, Tensor, name, shapes, params, error):
    with pytest.raises(error):
        getattr(functional, name)(*[Tensor(np.ones(shape)) for shape in shapes], **params)
