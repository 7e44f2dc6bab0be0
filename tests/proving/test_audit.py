"""Answers that compute nothing are made from the reference, graded, and may earn next to nothing."""

from types import SimpleNamespace

import numpy as np
import pytest

from autograder.course.manifest import Course
from autograder.errors import CourseError
from autograder.proving.audit import ALL, KINDS, audit, read_exceptions
from autograder.proving.audit_report import lines
from autograder.proving.trivial import ANSWERS, OF_GRADIENTS, UNDONE, Kinds, neighbour, replaced, slot_of

pytestmark = pytest.mark.slow

SHAPES = """
@pytest.mark.points(20, exercise="sums.running_totals", hint="shape")
def test_shape(student):
    assert np.shape(student.sums.running_totals([1.0, 2.0])) == (2,)
"""
RANDOM = """
@pytest.mark.points(30, exercise="sums.running_totals", hint="values")
def test_values(student, rng):
    values = rng.normal(size=4)
    got = student.sums.running_totals(values)
    assert np.shape(got) == (4,) and np.allclose(got, np.cumsum(values))
"""
REST = """
@pytest.mark.points(25, exercise="sums.total", hint="values")
def test_total(student):
    assert student.sums.total([1.5, 2.0]) == 3.5


@pytest.mark.points(25, exercise="sums.Average", hint="values")
def test_average(student):
    average = student.sums.Average()
    average.add(1.0)
    average.add(4.0)
    assert average.mean() == 2.5
"""


def audited(lab):
    course = lab.course
    return audit(course, course.assignment("t1"))


def test_shapes_alone_are_found_to_pay_and_the_line_names_the_test(lab):
    lab.tests(SHAPES + RANDOM + REST)
    result = audited(lab)
    for kind in ("zeros", "ones", "NaN", "twice", "first input"):
        paid = result.of("sums.running_totals", kind)
        assert paid.points == 20, kind
        assert paid.tests == ("test_shape",)
    told = list(lines(result))
    assert (
        "t1_sums: sums.running_totals pays 20 of 50 for the answer 'zeros', want at most 2.5; paid by test_shape"
        in told
    )
    assert "t1_sums: all of them pays 20 of 100 for the answer 'zeros', want at most 5; paid by test_shape" in told


def test_shapes_that_ride_on_values_pay_for_nothing(lab):
    lab.tests(RANDOM + SHAPES.replace('hint="shape"', 'hint="shape", after="test_values"') + REST)
    result = audited(lab)
    assert [each for each in result.paid if each.points] == []
    assert result.too_much == []
    assert {each.answer for each in result.paid} == set(KINDS)
    assert set(result.exercises) == {"sums.total", "sums.running_totals", "sums.Average", ALL}


def test_exception_with_a_reason_is_allowed_and_one_that_is_none_is_told(lab):
    lab.tests(SHAPES + RANDOM + REST)
    file = lab.assignment_folder / "audit.toml"
    table = '[[exception]]\nexercise = "{}"\nanswer = "{}"\nreason = "{}"\n'
    file.write_text(
        table.format("sums.running_totals", "zeros", "for this test")
        + table.format("sums.total", "zeros", "is not paid")
        + table.format("sums.nothing", "zeros", "is not there")
        + table.format("sums.running_totals", "ones", " ")
    )
    result = audited(lab)
    assert ("sums.running_totals", "zeros") not in {(each.exercise, each.answer) for each in result.too_much}
    assert ("sums.running_totals", "twice") in {(each.exercise, each.answer) for each in result.too_much}
    assert [line.partition("; the answers")[0] for line in result.stale] == [
        "sums.total, zeros: is not paid any more; remove the exception",
        "sums.nothing, zeros: there is no such exercise or answer",
        "sums.running_totals, ones: has no reason",
    ]


@pytest.mark.parametrize(
    "text", ["exception = 3", "[[exception]]\nexercise = 'a'", "[other]\na = 1", "[[exceptions]]\n", "x = ["]
)
def test_exceptions_that_cannot_be_read_are_refused(text, lab):
    (lab.assignment_folder / "audit.toml").write_text(text)
    with pytest.raises(CourseError, match=r"audit\.toml"):
        read_exceptions(lab.course.assignment("t1"))


# The limit may strike in a __del__, where Python only warns of what is raised: it strikes again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_answer_that_never_ends_costs_its_tests_and_no_more(lab, monkeypatch):
    from autograder.proving import audit as module

    monkeypatch.setattr(module, "LIMIT_S", 0.3)
    endless = "\n@pytest.mark.points(10, exercise='sums.total', hint='h')\ndef test_loop(student):\n"
    endless += "    while student.sums.total([3.25]) != 3.25:\n        pass\n"
    lab.tests(SHAPES.replace("20", "10") + RANDOM + REST + endless)
    course = lab.course
    audited = module.AuditRun(course, course.assignment("t1"), ["sums.total"], False)
    module.run(audited.plugin, audited.work)
    # An array of one truth value ends the loop too: that is the neighbour's answer.
    assert {paid.answer for paid in audited.paid if paid.points} <= {"neighbour's"}


# The answers themselves


class Tensor:
    def __init__(self, data):
        self.data = np.asarray(data, dtype=np.float64)


class Formula:
    """Something that is neither an array nor a number."""


class Number(Formula):
    def __init__(self, value):
        self.value = value


class Double:
    @staticmethod
    def forward(ctx, a: Tensor) -> Tensor:
        ctx.saved = a.data
        return Tensor(2 * a.data)

    @staticmethod
    def backward(ctx, grad_in):
        return [2 * grad_in]


class Thrice:
    @staticmethod
    def forward(ctx, a: Tensor) -> Tensor:
        return Tensor(3 * a.data)

    @staticmethod
    def backward(ctx, grad_in):
        return [3 * grad_in]


def package(**extra):
    from types import ModuleType

    made = ModuleType("package")
    made.layers = ModuleType("package.layers")
    made.layers.Double, made.layers.Thrice = Double, Thrice
    vars(made.layers).update(extra)
    return made


KIND = Kinds(tensor=Tensor, number=Number)


def run_double(here, answer):
    """(value, gradient) of Double with an answer in its place."""
    places = [slot_of(here, f"layers.Double.{name}") for name in ("forward", "backward")]
    made = {place.name: answer(place, KIND) for place in places}
    ctx = SimpleNamespace()
    with replaced(here, places, {name: f for name, f in made.items() if f is not None}):
        out = here.layers.Double.forward(ctx, Tensor([1.0, 2.0, 5.0]))
        return out, here.layers.Double.backward(ctx, np.array([1.0, -1.0, 3.0]))


@pytest.mark.parametrize(
    ("kind", "value", "gradient"),
    [
        ("zeros", [0, 0, 0], [0, 0, 0]),
        ("ones", [1, 1, 1], [1, 1, 1]),
        ("NaN", [np.nan] * 3, [np.nan] * 3),
        ("twice", [4, 8, 20], [4, -4, 12]),
        ("first input", [1, 2, 5], [1, -1, 3]),
        ("other input's", [15, 6, 3], [9, -3, 3]),
    ],
)
def test_answers_of_an_operation(kind, value, gradient):
    out, grads = run_double(package(), ANSWERS[kind])
    assert np.array_equal(out.data, value, equal_nan=True)
    assert len(grads) == 1
    assert np.array_equal(grads[0], gradient, equal_nan=True)


@pytest.mark.parametrize(("kind", "gradient"), [("gradients zero", [0, 0, 0]), ("gradients upstream", [1, -1, 3])])
def test_answers_with_right_values(kind, gradient):
    out, (grad,) = run_double(package(), OF_GRADIENTS[kind])
    assert np.array_equal(out.data, [2, 4, 10])
    assert np.array_equal(grad, gradient)


def test_undone_backward_raises_and_leaves_values():
    with pytest.raises(NotImplementedError):
        run_double(package(), UNDONE)


def test_neighbours_take_each_others_place_and_give_it_back():
    here = package()
    double, thrice = (
        [slot_of(here, f"layers.{name}.{method}") for method in ("forward", "backward")]
        for name in ("Double", "Thrice")
    )
    functions = {**neighbour(double, [thrice]), **neighbour(thrice, [double])}
    with replaced(here, double + thrice, functions):
        assert Double.backward(None, 1.0) == [3.0]
        assert Thrice.backward(None, 1.0) == [2.0]
    assert Double.backward(None, 1.0) == [2.0]
    assert isinstance(vars(Double)["backward"], staticmethod)


def test_functions_are_replaced_wherever_they_were_imported():
    def area(a, b):
        return a * b

    def sides(a, b):
        return a + b

    here = package(area=area, sides=sides, alias=area)
    places = [slot_of(here, f"layers.{name}") for name in ("area", "sides")]
    with replaced(here, places, {"layers.area": sides, "layers.sides": area}):
        assert (here.layers.area(2, 5), here.layers.alias(2, 5), here.layers.sides(2, 5)) == (7, 7, 10)
    assert (here.layers.area, here.layers.alias, here.layers.sides) == (area, area, sides)


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (True, False),
        (3, 0),
        (2.5, 0.0),
        ([1.0, (2, None)], [0.0, (0, None)]),
        ({"a": np.array([1.0])}, {"a": np.array([0.0])}),
        ("text", "text"),
        (None, None),
    ],
    ids=str,
)
def test_zeros_of_values_of_every_kind(value, want):
    place = SimpleNamespace(function=lambda: value, attribute="f", returns_nothing=False)
    got = ANSWERS["zeros"](place, KIND)()
    assert got == want
    assert type(got) is type(want)


def test_zero_of_a_formula_is_the_number_that_the_course_names():
    place = SimpleNamespace(function=Formula, attribute="f", returns_nothing=False)
    got = ANSWERS["zeros"](place, KIND)()
    assert (type(got), got.value) == (Number, 0.0)


def test_zeros_of_a_generator_come_one_by_one():
    place = SimpleNamespace(function=lambda: (n for n in (1.0, 2.0)), attribute="f", returns_nothing=False)
    assert list(ANSWERS["zeros"](place, KIND)()) == [0.0, 0.0]


@pytest.mark.parametrize("kind", ["zeros", "twice", "None", "ValueError"])
def test_method_that_returns_nothing_does_nothing(kind):
    done = []
    place = SimpleNamespace(function=lambda: done.append(1), attribute="step", returns_nothing=True)
    assert ANSWERS[kind](place, KIND)() is None
    assert done == []


def test_constructor_is_left_as_it_is():
    place = SimpleNamespace(function=None, attribute="__init__", returns_nothing=True)
    assert ANSWERS["zeros"](place, KIND) is None


def test_number_class_is_looked_up_in_the_course(tiny_root):
    toml = tiny_root / "assignments" / "course.toml"
    toml.write_text(toml.read_text() + '\n[audit]\nnumber = "sums.Average"\n')
    assert Course.load(tiny_root).audit.number == "sums.Average"
