import marshal
from pathlib import Path

import pytest

from autograder.course import Course, release
from autograder.course.stand_ins import are_public, code, module

RIGHT = '''"""Stand-ins."""

import itertools

import numpy as np


class Recorder:
    LONGEST = 3

    def __call__(self, values):
        return list(itertools.islice(values, self.LONGEST))


async def later(scale=1.5, *, name="x"):
    return scale, name


def asked(f, times, x):
    """f, asked so often."""
    for _ in range(times):
        x = f(np.asarray(x))
    return x
'''


@pytest.fixture
def course(tiny_root):
    return Course.load(tiny_root)


@pytest.fixture
def assignment(course):
    return course.assignment("t1")


@pytest.fixture
def of(course, assignment):
    """The code of a file with this text."""

    def read(text):
        assignment.stand_ins.write_text(text, encoding="utf-8")
        return code(course, assignment)

    return read


def test_an_assignment_without_the_file_has_none(course, assignment):
    assert code(course, assignment) == b""
    assert not are_public(assignment)


def test_the_code_is_that_of_the_file(of, assignment):
    names = {}
    exec(marshal.loads(of(RIGHT)), names)
    assert names["asked"](lambda x: x + 1, 5, 2) == 7
    assert module(assignment).Recorder()("abcd") == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("WANT = [0.25, 0.5]\n", ("beside_student_code.py:1", "a value of its own", "functions and classes")),
        ("import numpy as np\n\nSTART = np.ones(3)\n", ("beside_student_code.py:3", "a value of its own")),
        ("for x in 'ab':\n    pass\n", ("beside_student_code.py:1", "a value of its own")),
        ("import pytest\n", ("beside_student_code.py:1", "imports pytest", "want what submissions may import")),
        ("from tiny.sums import total\n", ("beside_student_code.py:1", "imports tiny.sums", "as an argument")),
        ("def f():\n    from . import secrets\n", ("beside_student_code.py:2", "imports .", "want what")),
        ("def f(x):\n    assert x == 1\n", ("beside_student_code.py:2", "an assert", "return what they have to see")),
        ("class A:\n    WANT = (1, 2)\n", ("beside_student_code.py:2", "a value of its own")),
        ("def f(x=(0.25, 0.5)):\n    pass\n", ("beside_student_code.py:1", "a value of its own")),
        ("def f(*, x=[1]):\n    pass\n", ("beside_student_code.py:1", "a value of its own")),
        ("from numpy.testing import assert_allclose\n", ("beside_student_code.py:1", "imports numpy.testing")),
        ("import unittest\n", ("beside_student_code.py:1", "imports unittest")),
        (
            "def f(np):\n    np.testing.assert_allclose(1, 2)\n",
            ("beside_student_code.py:2", "assert_allclose", "verdicts"),
        ),
        ("def f():\n    raise AssertionError\n", ("beside_student_code.py:2", "AssertionError", "verdicts")),
        ("def f():\n    return __import__('tiny')\n", ("beside_student_code.py:2", "__import__", "as an argument")),
        ("def f(student):\n    return student.reference\n", ("beside_student_code.py:2", "reference", "never meet")),
        ("x = " + "-" * 20_000 + "1\n", ("beside_student_code.py", "cannot be read as Python")),
        ("def f(reference):\n    pass\n", ("beside_student_code.py:1", "reference", "must never meet")),
        ("def f():\n    return gradcheck\n", ("beside_student_code.py:2", "gradcheck", "must never meet")),
        ("def f(:\n", ("beside_student_code.py", "cannot be read as Python")),
        ("x\0", ("beside_student_code.py", "cannot be read as Python")),
    ],
)
def test_what_could_tell_student_code_a_wanted_value_is_refused(of, refused, text, says):
    with refused(*says):
        of(text)


@pytest.mark.parametrize(
    "line",
    [
        "import beside_student_code",
        "from beside_student_code import asked",
        "from . import beside_student_code",
        "import importlib; importlib.import_module('beside_student_code')",
    ],
)
@pytest.mark.parametrize("tests", ["test_public.py", "test_hidden.py"])
def test_tests_that_import_it_are_refused(of, refused, assignment, line, tests):
    file = assignment.folder / tests
    file.write_text(f"{line}\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    with refused(f"{tests}:1", "imports beside_student_code.py", "want the fixture `beside`"):
        of(RIGHT)


def test_the_template_has_it_where_public_tests_ask_for_it(of, course, assignment, tmp_path):
    of(RIGHT)
    inside = Path("tests") / "t1_sums" / "beside_student_code.py"
    release(course, tmp_path / "without")
    assert not (tmp_path / "without" / inside).exists()
    assert "beside" not in (tmp_path / "without" / "conftest.py").read_text(encoding="utf-8")
    tests = assignment.public_tests
    tests.write_text(
        tests.read_text(encoding="utf-8").replace("def test_average(student):", "def test_average(student, beside):"),
        encoding="utf-8",
    )
    release(course, tmp_path / "with")
    assert (tmp_path / "with" / inside).read_text(encoding="utf-8") == RIGHT
    assert "def beside(request):" in (tmp_path / "with" / "conftest.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "asking",
    [
        '@pytest.mark.usefixtures("beside")\ndef test_more():\n    pass\n',
        'def test_more(request):\n    request.getfixturevalue("beside")\n',
    ],
)
def test_it_is_public_however_a_public_test_asks_for_it(of, assignment, asking):
    of(RIGHT)
    file = assignment.public_tests
    file.write_text(file.read_text(encoding="utf-8") + "\n\n" + asking, encoding="utf-8")
    assert are_public(assignment)
