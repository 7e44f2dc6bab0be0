"""What is special about a7: it is optional, and stands on a3's tape with operations of its own."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.course import Course, drift, exercises, release
from autograder.course.regions import stub

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NAME = "a7_modes_and_costs"
DROPPED = f'dropped = ["{NAME}"]'


@pytest.fixture
def without_it(tmp_path):
    """The course after its author took away the "#" before the line that leaves a7 out, and its template."""
    for folder in ("assignments", "solutions"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    manifest = tmp_path / "assignments" / "course.toml"
    text = manifest.read_text(encoding="utf-8")
    assert text.count(f"\n# {DROPPED}") == 1
    manifest.write_text(text.replace(f"# {DROPPED}", DROPPED), encoding="utf-8")
    course = Course.load(tmp_path)
    release(course, course.template)
    return course


def test_line_of_course_toml_leaves_it_out(without_it):
    names = [each.name for each in Course.load(ROOT).assignments]
    assert [each.name for each in without_it.assignments] == [name for name in names if name != NAME]
    assert drift(without_it) == []
    template = without_it.template
    assert not [path for path in template.rglob("*") if NAME in path.name]
    assert NAME not in (template / "README.md").read_text(encoding="utf-8")
    assert "NotImplementedError" not in (template / "feedforward" / "dual.py").read_text(encoding="utf-8")


@pytest.mark.prove
def test_course_without_it_is_verified_and_its_template_is_current(without_it):
    where = ["--course", str(without_it.root)]
    verified, released = (
        CliRunner().invoke(main, [*command, *where]) for command in (["verify"], ["release", "--check"])
    )
    assert (verified.exit_code, NAME in verified.stdout) == (0, False), verified.stdout
    assert released.exit_code == 0, released.output


def test_operations_of_a3_and_a4_left_undone_cost_what_duals_of_tensors_are_worth(grade, package, course):
    others = {name for name, each in exercises(course).items() if each.assignment in ("a3_autograd", "a4_activations")}
    file = package / "functional.py"
    source = file.read_text(encoding="utf-8")
    undone = stub(source, "functional", lambda region: "undone" if region.rpartition(".")[0] in others else None)
    file.write_text(undone, encoding="utf-8")
    graded = grade(NAME, package)
    failed = {test.rpartition("::")[2].partition("[")[0] for test in graded.failed}
    assert failed == {"test_dual_of_tensors", "test_function_of_a_dual_of_tensors"}
