"""The way of an assignment through otter-grader: exported, assigned, worked on, run."""

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from autograder.boundary.sandbox import find_sandbox
from autograder.course import Course, handouts
from autograder.course.notebook_cells import notebook_cells
from autograder.course.stubs import module_stubs
from autograder.platforms.otter.export import marked_sources
from tests import needs
from tests.container import python_in_container
from tests.platforms.otter.tool import WARNINGS, Assigned, otter, scores, tiny

nbformat = needs.package("nbformat")
nbclient = needs.package("nbclient")

pytestmark = [*WARNINGS, pytest.mark.slow]
ROOT = Path(__file__).parents[3]
TOTAL = "return float(as_vector(values).sum())"
SETUP = "from checks.notebook import check\nfrom tiny.sums import as_vector\nimport numpy as np"


@pytest.fixture(scope="module")
def assigned(tmp_path_factory):
    """The tiny course's assignment; `otter assign` runs the solutions through our plugin, and wants all points."""
    folder = tmp_path_factory.mktemp("otter")
    return Assigned(tiny(folder), "t1", folder, run_tests=True)


def test_master_is_a_notebook(assigned):
    master = nbformat.read(assigned.master, as_version=nbformat.NO_CONVERT)
    nbformat.validate(master)
    assert len({cell.id for cell in master.cells}) == len(master.cells)


def test_master_is_its_owners_alone(assigned):
    assert assigned.master.parent.stat().st_mode & 0o077 == 0


def test_students_get_the_notebook_that_we_export(assigned, tmp_path):
    russian = Assigned(assigned.course, "t1", tmp_path, language="ru")
    for each, handout in zip((assigned, russian), handouts(assigned.assignment), strict=True):
        notebook = nbformat.read(each.students / each.master.name, as_version=nbformat.NO_CONVERT)
        nbformat.validate(notebook)
        cells = [(cell.id, cell.source) for cell in notebook.cells]
        assert cells == [(cell.id, cell.source) for cell in notebook_cells(each.course, each.assignment, handout)]


@pytest.mark.parametrize("course", [tiny, lambda _: Course.load(ROOT)], ids=["tiny", "ours"])
def test_what_otter_leaves_of_a_module_is_the_stub_line_for_line(course, tmp_path):
    from otter.assign.solutions import replace_solutions

    course = course(tmp_path)
    stubs, _ = module_stubs(course)
    for module, source in marked_sources(course).items():
        assert replace_solutions(source.split("\n"), "python") == stubs[module].text.split("\n"), module


def test_students_get_nothing_of_the_instructors(assigned):
    texts = {
        path.relative_to(assigned.students).as_posix(): path.read_text("utf-8")
        for path in assigned.students.rglob("*")
        if path.is_file()
    }
    assert {"t1_sums.ipynb", "tiny/sums.py", "tests/t1_sums/test_public.py", "tests/sums.total.py"} <= texts.keys()
    for secret in (TOTAL, "np.cumsum(vector)", "test_total_of_random_numbers", "SOLUTION", "test_hidden"):
        assert not [name for name, text in texts.items() if secret in text], secret
    with zipfile.ZipFile(assigned.archive) as archive:
        inside = set(archive.namelist())
        settings = json.loads(archive.read("otter_config.json"))
        environment = archive.read("environment.yml").decode()
    assert "files/course/assignments/t1_sums/test_hidden.py" in inside
    assert settings["plugins"] == [{"autograder.platforms.otter.plugin.Grading": {"assignment": "t1_sums"}}]
    (installed,) = [name for name in inside if name.endswith(".whl")]
    assert f"- /autograder/source/{installed}[sandbox]\n" in environment


def test_student_sees_our_feedback_by_both_checks(assigned):
    right = f"# exercise: sums.total\ndef total(values):\n    {TOTAL}"
    start = f'import otter\ngrader = otter.Notebook("{assigned.master.name}")'
    by_otter = 'grader.check("sums.total")'
    sources = (SETUP, right.replace("return", "return 2 *"), 'check("sums.total")', start, by_otter, right, by_otter)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    resources = {"metadata": {"path": str(assigned.students)}}
    nbclient.NotebookClient(notebook, timeout=120, resources=resources).execute()
    pages = [
        [output["data"].get("text/html", "") for output in cell.outputs if "data" in output] for cell in notebook.cells
    ]
    ours = "total of [1, 2, 3]: got 12.0, want 6.0"
    (alone,) = pages[2]
    assert ours in alone
    assert pages[4][0] == alone, "otter's check shows our page"
    assert "sums.total: 0 of 10 public points" in pages[4][1]
    assert "all public tests pass" in pages[6][0]
    assert "passed!" in pages[6][1]


def test_run_gives_partial_credit_and_says_what_a_student_may_know(assigned):
    notebook = assigned.notebook("half", [("sums = np.cumsum(vector)", "sums = 2 * np.cumsum(vector)")])
    results, printed = assigned.run(notebook)
    assert scores(results) == {"sums.total": 25, "sums.running_totals": 0, "sums.Average": 25}
    assert "Total Score: 50.000 / 100.000 (50.000%)" in printed
    assert f"graded in {find_sandbox().name}, seed 0" in printed
    assert "50 of 100 points" in results["output"]
    public, _, running, _ = results["tests"]
    assert public["visibility"] == "visible"
    assert "want [1.0, 3.0, 7.0]\n" in public["output"]
    assert "random" not in public["output"]
    assert running["visibility"] == "after_published"
    assert "test_running_totals_of_random_numbers[7] result:\n        wrong answer\n" in running["output"]
    assert "hint: What is the first total of a single number?" in running["output"]


def test_module_is_graded_as_a_notebook_is(assigned):
    module = shutil.copy(assigned.course.package_folder / "sums.py", assigned.folder)
    assert scores(assigned.run(module)[0]) == {"sums.total": 25, "sums.running_totals": 50, "sums.Average": 25}


def test_nothing_of_ours_is_taken_for_a_hand_in_that_holds_nothing(assigned):
    from otter.run.run_autograder.utils import OtterRuntimeError

    with zipfile.ZipFile(assigned.folder / "empty.zip", "w"):
        pass
    with pytest.raises(OtterRuntimeError, match="No gradable files found in submission"):
        assigned.run(assigned.folder / "empty.zip")


@needs.BUBBLEWRAP
def test_container_without_namespaces_grades_too(assigned, tmp_path):
    """Root in a container, as on Gradescope: the call of otter's run_otter.py, and the files where it wants them."""
    root = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    with zipfile.ZipFile(assigned.archive) as archive:
        archive.extractall(root / "source")
    settings = root / "source" / "otter_config.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"autograder_dir": str(root)}))
    (root / "submission_metadata.json").write_text("{}")
    shutil.copy(assigned.notebook("solved"), root / "submission")
    code = f"from otter.run.run_autograder import main; main({str(root)!r})"
    run = subprocess.run([*python_in_container(), "-c", code], capture_output=True, text=True, timeout=300, check=True)
    assert "graded in landlock, seed 0" in run.stdout
    assert sum(scores(json.loads((root / "results" / "results.json").read_text())).values()) == 100


def test_nobody_gets_everything_should_the_plugin_be_lost(assigned):
    """otter then runs the notebook in its own kernel, as it always does."""
    results, _ = assigned.run(assigned.notebook("solved"), archive=assigned.without_plugin())
    told = [test["output"] for test in results["tests"] if "score" in test]
    assert sum(scores(results).values()) < 100
    assert all("hidden tests are graded by the plugin" in text for text in told)


def test_language_without_a_handout_is_refused(assigned, tmp_path):
    from autograder.errors import CourseError

    with pytest.raises(CourseError, match=r"t1_sums: no handout in 'fr'; want .*/handout\.fr\.md"):
        Assigned(assigned.course, "t1", tmp_path, language="fr")


def test_version_is_the_one_that_this_was_written_for():
    assert "7.0.0" in otter("--version")
