"""The blocks of the handouts that are there to be tried run on the reference and print what is promised."""

import ast
import re
import sys
from pathlib import Path

import pytest

from tests import needs

needs.package("matplotlib")

ROOT = Path(__file__).parents[2]
OURS = ("pictures", "feedforward")
HANDOUTS = sorted((ROOT / "assignments").glob("*/handout.md"))
# What each assignment's blocks print, besides pictures; the last lines of a3 and a5 need PyTorch.
PRINTED = {
    "a1_linear_models": r"0\.0\d+\n(\[.*\] -?\d\.0 \[.*\]\n){4}\[.*\] -?\d\.0 \[0\. 0\. 1\. 0\.\]\n"
    r"\(0, 0\) 0\.0\n\(0, 1\) 1\.0\n\(1, 0\) 1\.0\n\(1, 1\) 0\.0\n",
    "a2_derivatives": "",
    "a3_autograd": r"0\.00[01]\d* \[0\. 1\. 1\. 1\.\]\n(not installed: .*|\d\.?\d*e-1[5-9]|0\.0)\n",
    "a4_activations": r"Sigmoid 9\.\d+e-14\nTanh 0\.016\d*\nReLU 1\.0\n",
    "a5_mlp": r"(not installed: .*|-?\d\.?\d*(e-1[5-9])? \d\.?\d*(e-1[5-9])?)\n",
    "a6_training": r"\[[^]]*\] \[[^]]*\] \[\[[^]]*\]\]\n(0\.\d+ 0\.\d+\n){25}(1\.0|0\.9\d*)\n",
    "a7_modes_and_costs": "",
}


def blocks(path):
    return re.findall(r"^```python try\n(.*?)^```$", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture
def on_the_reference(monkeypatch):
    """The path of the reference and the pictures; other tests' modules are put back at the end."""
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in OURS}
    for name in before:
        del sys.modules[name]
    monkeypatch.syspath_prepend(ROOT / "solutions")
    monkeypatch.syspath_prepend(ROOT / "assignments")
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    sys.modules.update(before)


def run(source, names):
    """Runs a block as a notebook does; the value of its last line, if that is an expression."""
    *body, last = ast.parse(source).body
    if not isinstance(last, ast.Expr):
        body, last = [*body, last], None
    exec(compile(ast.Module(body, []), "block", "exec"), names)
    return last and eval(compile(ast.Expression(last.value), "block", "eval"), names)


@pytest.mark.slow
@pytest.mark.parametrize("path", HANDOUTS, ids=lambda path: path.parent.name)
def test_blocks_run_on_the_reference_and_print_what_is_promised(path, on_the_reference, capsys):
    names = {}
    found = blocks(path)
    values = [run(source, names) for source in found]
    for source, value in zip(found, values, strict=True):
        if source.split("\n")[-2].startswith(("pictures.show", "draw(")):
            assert "</svg>" in (value._repr_svg_() or ""), repr(value)
        else:
            assert value is None
    assert re.fullmatch(PRINTED[path.parent.name], capsys.readouterr().out)
    if path.parent.name == "a3_autograd":
        assert names["a"].grad == 4
        assert values[0]._repr_svg_().count(">a</text>") == 1


@pytest.mark.parametrize("path", HANDOUTS, ids=lambda path: path.parent.name)
def test_both_languages_have_the_same_blocks(path):
    assert blocks(path) == blocks(path.with_name("handout.ru.md"))
    assert blocks(path)
