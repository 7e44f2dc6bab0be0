"""Where a module asks for complex or extended numbers is found; where it only speaks of them, nothing is."""

import pytest

from autograder.grading.wider_numbers import MAX_BYTES, wider_numbers


@pytest.mark.parametrize(
    "line",
    [
        "h = 1e-30j",
        "y = f(x + 1j * h)",
        "z = complex(0, h)",
        "z = x.astype(complex)",
        "z = x.astype('complex128')",
        "z = np.asarray(x, dtype='c16')",
        "z = np.zeros(3, 'D')",
        "d = y.imag / h",
        "d = np.imag(y) / h",
        "z = np.longdouble(x)",
        "z = x.astype(np.float128)",
        "from numpy import imag",
    ],
)
def test_asking_for_them_is_found_with_its_line(line):
    module = f"import numpy as np\n\n{line}\n".encode()
    assert wider_numbers({"layers": module, "other": b"x = 1\n"}) == {"layers": 3}


@pytest.mark.parametrize(
    "source",
    [
        '"""A complex matter: 1j and .imag, in words."""\n# complex128, 1e-30j',
        "complexity = 3\nimage = x.image\nj = 2\nlabel = 'D'\nprint(f'{x:g}', 'c16')",
        "kind = {'F': 1}['F']\nnp.array([1.0, 2.0], dtype='f8')",
    ],
)
def test_words_alone_are_not_found(source):
    assert wider_numbers({"layers": source.encode()}) == {}


@pytest.mark.parametrize(
    "source",
    [b"def f(:", b"\x00", b"\xff\xfe", b"x = " + b"-" * 100_000 + b"1", b"(" * 5000, b"x = 0x" + b"f" * 5000],
    ids=["syntax", "NUL", "UTF-16", "deep", "brackets", "digits"],
)
def test_module_that_cannot_be_parsed_is_passed_over(source):
    assert wider_numbers({"layers": source, "other": b"h = 1j"}) == {"other": 1}


def test_module_too_large_is_not_looked_at():
    assert wider_numbers({"layers": b"h = 1j\n" + b"#" * MAX_BYTES}) == {}
