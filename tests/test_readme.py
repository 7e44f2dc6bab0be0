"""What the README shows is what its commands print."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# The product rule with its factors the wrong way round, as in the README's example.
MUL = """

class Mul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return Tensor(a.data * b.data)

    @staticmethod
    def backward(ctx, grad_in):
        a, b = ctx.saved
        return [a.data * grad_in, b.data * grad_in]


mul = Mul()
"""


def test_scores_of_the_table_are_those_of_the_sample_class():
    rows = re.findall(r"^│ (\w+) +│ +([\d.]+) │", README, re.MULTILINE)
    expected = tomllib.loads((ROOT / "examples" / "a3_class" / "expected.toml").read_text(encoding="utf-8"))["scores"]
    assert len(rows) >= 4
    assert {who: float(score) for who, score in rows} == {who: expected[who] for who, _ in rows}
    assert f"a3_autograd: {len(expected)} submissions" in README


def test_message_of_a_wrong_product_rule_is_what_a_student_reads(tmp_path):
    template = Path(shutil.copytree(ROOT / "student_template", tmp_path / "networks"))
    for name in ("tensor", "functional"):
        shutil.copy(ROOT / "solutions" / "feedforward" / f"{name}.py", template / "feedforward")
    with open(template / "feedforward" / "functional.py", "a", encoding="utf-8") as module:
        module.write(MUL)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", "-k", "mul", "tests/a3_autograd"],
        cwd=template,
        capture_output=True,
        text=True,
        check=False,
    )
    (shown,) = (block for block in re.findall(r"```text\n(.*?)```", README, re.DOTALL) if "Mul of" in block)
    assert shown in run.stdout
