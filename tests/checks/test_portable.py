"""What works at home and not where it is graded is said with its line, and nothing else is."""

import sys

import pytest

from autograder.checks.portable import remarks

IMPORTABLE = ["numpy", "feedforward"]


def said(source, python=""):
    return [(line, text.partition(" is not there")[0]) for line, text in remarks(source, IMPORTABLE, python)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import matplotlib.pyplot as plt", [(1, "matplotlib")]),
        ("import numpy, torch, json, pandas.core", [(1, "pandas"), (1, "torch")]),
        ("\nfrom scipy.special import erf", [(2, "scipy")]),
        ("from scipy.special import *", [(1, "scipy")]),
        ("def f():\n    import torch\n    return torch", [(2, "torch")]),
        ("try:\n    import torch\nfinally:\n    pass", [(2, "torch")]),
        ("try:\n    import torch\nexcept ValueError:\n    import scipy", [(2, "torch"), (4, "scipy")]),
        ("try:\n    import torch\nexcept ImportError:\n    import scipy", [(4, "scipy")]),
        ("try:\n    import torch\nexcept (ValueError, ModuleNotFoundError):\n    pass", []),
        ("try:\n    import torch\nexcept:\n    pass", []),
        ("import numpy as np\nfrom numpy.linalg import norm\nimport math, os.path", []),
        ("from . import tensor\nfrom .torch import Tensor\nfrom feedforward.tensor import Tensor", []),
        ("import torch\ndef f(:", []),
        ("import torch\0", []),
    ],
)
def test_imports_of_what_is_not_there(source, found):
    assert said(source) == found


def test_line_says_what_and_where():
    assert remarks("import torch", IMPORTABLE) == [(1, "torch is not there when it is graded")]


@pytest.mark.parametrize("name", ["tkinter", "curses", "msvcrt", "imp", "cgi", "compression"])
def test_part_of_the_library_that_not_every_python_has(name):
    assert remarks(f"import {name}", IMPORTABLE) == [(1, f"{name} may be missing when it is graded")]
    assert remarks(f"import {name}", [*IMPORTABLE, name]) == []  # a module of the student's own
    assert remarks(f"try:\n    import {name}\nexcept ImportError:\n    pass", IMPORTABLE) == []


@pytest.mark.parametrize(
    "line",
    [
        """f"{d["a"]}" """,
        r"""f"{'\n'.join(d)}" """,
        r"""f"{f'\n'}" """,
        """f"{f"{1}"}" """,
        """f'{"'"}' """,
        '''f"""{"""a"""}""" ''',
        'f"{\n1}"',
        'f"{1 # one\n}"',
        "type A = int",
        "def f[T](x: T): pass",
    ],
)
def test_syntax_of_python_3_12(line):
    if sys.version_info < (3, 12):  # where it is no Python at home either, the tests say so
        assert remarks(f"d = {{}}\n{line}\n", IMPORTABLE, "3.11") == []
        return
    ((number, text),) = remarks(f"d = {{}}\n{line}\n", IMPORTABLE, "3.11")
    assert number == 2
    assert text.endswith("; it is graded with Python 3.11")
    assert remarks(f"d = {{}}\n{line}\n", IMPORTABLE, "3.12") == []
    assert remarks(f"d = {{}}\n{line}\n", IMPORTABLE) == []


@pytest.mark.parametrize(
    "line",
    [
        """f"{d['a']}" """,
        """f'{d["a"]}' """,
        '''f"""{d["a"]}""" ''',
        '''f"""{\n1}""" ''',
        r"""f"\n{1}\n" """,
        """f"{f'{1}'}" """,
        """f"{{}}" "a" '{"a"}' """,
        """f"{1:>{2}}" + "'" """,
        "match d:\n    case {}: pass",
    ],
)
def test_syntax_that_python_3_11_reads(line):
    assert remarks(f"d = {{}}\n{line}\n", IMPORTABLE, "3.11") == []
