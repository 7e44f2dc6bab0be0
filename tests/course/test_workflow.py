"""What GitHub runs in a student's repository: the released workflow's own steps, run here as a runner runs them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from autograder.checks.report.markdown import markdown
from autograder.checks.report.summary import Summary
from autograder.course import Course, release
from autograder.course.release import WORKFLOW


@pytest.fixture
def template(tiny_root, tmp_path):
    """The tiny course's template, as a student has it in a repository."""
    release(Course.load(tiny_root), tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def workflow(template):
    return yaml.safe_load((template / WORKFLOW).read_text(encoding="utf-8"))


@pytest.fixture
def push(template, workflow, tmp_path):
    """Runs the steps one after the other, until one fails; (exit status, the job's summary, the last step's output)."""

    def run():
        summary = tmp_path / "summary.md"
        summary.write_text("")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        own = {"GITHUB_STEP_SUMMARY": str(summary), "PYTHONDONTWRITEBYTECODE": "1", "PIP_NO_INDEX": "1"}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        (job,) = workflow["jobs"].values()
        for script in (step["run"] for step in job["steps"] if "run" in step):
            # As GitHub runs a step that names no shell.
            done = subprocess.run(
                ["bash", "-e", "-c", script],
                cwd=template,
                env={**kept, **own, "PATH": path},
                capture_output=True,
                text=True,
                timeout=120,
            )
            if done.returncode != 0:
                break
        return done.returncode, summary.read_text(encoding="utf-8"), done.stdout + done.stderr

    return run


def test_workflow_may_read_and_nothing_else_and_runs_what_is_pinned(workflow):
    assert workflow[True] == "push", "YAML 1.1 takes `on` for a truth"
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    assert "permissions" not in job
    assert job["timeout-minutes"] <= 20
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert [name.partition("@")[0] for name in used] == ["actions/checkout", "actions/setup-python"]
    assert all(re.fullmatch(r"[0-9a-f]{40}", name.partition("@")[2]) for name in used)
    assert job["steps"][0]["with"] == {"persist-credentials": False}
    assert "secrets" not in str(workflow)


@pytest.mark.slow
def test_push_of_unfinished_work_shows_points_and_feedback_and_stays_green(push, template, tiny_root):
    text = (tiny_root / "solutions" / "tiny" / "sums.py").read_text()
    text = text.replace("np.cumsum(vector)", "2 * np.cumsum(vector)")
    text = text.replace(
        "self.count += 1", 'raise NotImplementedError("t1_sums, exercise sums.Average: handout section 3")'
    )
    (template / "tiny" / "sums.py").write_text(text)
    status, summary, printed = push()
    assert status == 0, printed
    assert (
        summary
        == """\
## 10 of 40 public points

| exercise | points | |
|---|--:|---|
| **t1\\_sums** |  |  |
| `sums.total` | 10 / 10 | done |
| `sums.running_totals` | 0 / 20 | fix: test\\_running\\_totals |
| `sums.Average` | 0 / 10 | not done yet: handout section 3 |

next: sums.running\\_totals, fix: test\\_running\\_totals

#### t1\\_sums: test\\_running\\_totals (10 points)

```text
running totals: got [np.float64(2.0), np.float64(6.0), np.float64(14.0)], want [1.0, 3.0, 7.0]
tests/t1_sums/test_public.py:25, in test_running_totals
    assert list(got) == [1.0, 3.0, 7.0], f"running totals: got {list(got)}, want [1.0, 3.0, 7.0]"
hint: as many totals as numbers
```
"""
    )


@pytest.mark.slow
def test_push_of_tests_that_cannot_run_is_red_and_says_why(push, template):
    (template / "tests" / "t1_sums" / "test_public.py").write_text("def test_mine(:\n")
    status, summary, printed = push()
    assert status == 1, printed
    assert summary.startswith("#### tests/t1\\_sums/test\\_public.py: cannot be read\n\n```text\n")
    assert "SyntaxError: invalid syntax" in summary


def test_text_of_a_student_stays_text():
    summary = Summary()
    summary.add("a.b", 1, "failed", group="t<b>", note="test[x|y]")
    written = markdown(summary, [("t: test[`a`]", ["```", "x" * 10_000])], "next: <script>")
    assert "| **t\\<b\\>** |" in written
    assert "| `a.b` | 0 / 1 | fix: test\\[x\\|y\\] |" in written
    assert "next: \\<script\\>" in written
    assert f"#### t: test\\[\\`a\\`\\]\n\n````text\n```\n{'x' * 500}\n````\n" in written
