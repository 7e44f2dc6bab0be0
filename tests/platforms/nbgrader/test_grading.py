"""A class in nbgrader's hands: our scores, whatever became of a notebook's cells, and no zero for our own faults."""

import copy
import json
import tomllib
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grading.verdicts import Graded
from autograder.platforms.nbgrader import warm
from tests.notebooks import members_notebook
from tests.platforms.nbgrader.lab import WARNINGS, Lab

TINY = Path(__file__).parents[2] / "tiny_course"
ALL = ("sums.total", "sums.running_totals", "sums.Average")
pytestmark = [*WARNINGS, pytest.mark.slow]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Lab(Course.load(TINY), "t1_sums", tmp_path_factory.mktemp("made") / "course")


@pytest.fixture
def lab(made):
    made.forget()
    return made


# --- notebooks that a student has worked on, and what they are worth ------------------------------------------


def copied_solution(notebook, lab):
    """The stub once more at the end, as JupyterLab pastes it: with its metadata."""
    notebook["cells"].append(copied(lab.cell(lab.released, "solution-sums-total")))


def copied_test(notebook, lab):
    notebook["cells"].insert(2, copied(lab.cell(lab.released, "test-sums-total")))


def deleted_tests(notebook, lab):
    notebook["cells"] = [cell for cell in notebook["cells"] if not cell["source"].startswith("check(")]


def deleted_solution(notebook, lab):
    notebook["cells"].remove(lab.cell(notebook, "solution-sums-total"))


def renamed(notebook, lab):
    for name in ("solution-sums-total", "test-sums-Average"):
        lab.cell(notebook, name)["metadata"]["nbgrader"]["grade_id"] = f"my-{name}"


def reversed_cells(notebook, lab):
    notebook["cells"].reverse()


def split(notebook, lab):
    """The second half of a split cell has the metadata of the first."""
    whole = lab.cell(notebook, "solution-sums-total")
    half = copied(whole)
    first, rest = "".join(whole["source"]).split("\n", 1)
    whole["source"], half["source"] = first, rest
    notebook["cells"].insert(notebook["cells"].index(whole) + 1, half)


def without_metadata(notebook, lab):
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def flags_changed(notebook, lab):
    lab.cell(notebook, "solution-sums-total")["metadata"]["nbgrader"] |= {"grade": True, "points": 1000}
    lab.cell(notebook, "test-sums-total")["metadata"]["nbgrader"] |= {"grade": False, "locked": False}
    lab.cell(notebook, "test-sums-Average")["metadata"]["nbgrader"] |= {"points": 1000, "schema_version": 0, "extra": 1}


def types_changed(notebook, lab):
    for name in ("test-sums-total", "solution-sums-Average"):
        cell = lab.cell(notebook, name)
        cell["cell_type"] = "markdown"
        del cell["outputs"], cell["execution_count"]


def forged(notebook, lab):
    """Outputs that were never computed, and a test cell that says it has passed."""
    cell = lab.cell(notebook, "test-sums-total")
    cell["source"] = "25.0"
    result = {"output_type": "execute_result", "data": {"text/plain": "25.0"}, "metadata": {}, "execution_count": 1}
    for each in notebook["cells"]:
        if each["cell_type"] == "code":
            each["outputs"] = [result]
    lab.cell(notebook, "solution-sums-total")["source"] = "def total(values):\n    return 0"


def copied(cell):
    return copy.deepcopy(cell) | {"id": f"{cell['id']}-copy"}


CHANGES = {
    copied_solution: 100,
    copied_test: 100,
    deleted_tests: 100,
    deleted_solution: 75,
    renamed: 100,
    reversed_cells: 100,
    split: 100,
    without_metadata: 100,
    flags_changed: 100,
    types_changed: 75,  # a solution in Markdown is none
    forged: 75,  # the total of no numbers is right, and rides on those of some
}


def test_every_way_gives_the_same_score_whatever_became_of_the_cells(lab):
    want = {"untouched": 0.0, "half": 25.0, "wrong": 85.0}
    lab.submit("untouched", lab.notebook())
    lab.submit("half", lab.notebook("sums.total"))
    wrong = lab.notebook(*ALL)
    lab.cell(wrong, "solution-sums-total")["source"] = "def total(values):\n    return max(sum(values), 0.0)"
    lab.submit("wrong", wrong)
    for change, score in CHANGES.items():
        notebook = lab.notebook(*ALL)
        change(notebook, lab)
        lab.submit(change.__name__, notebook)
        want[change.__name__] = float(score)
    done = lab.autograde()
    assert done["success"], done["log"]
    assert lab.scores() == want
    assert lab.graded_alone() == want
    by_nbgrader = {student: lab.autograded(student) for student in want}
    status, said = lab.grade()
    assert status == 0, said
    assert lab.scores() == want
    # The notebooks too, so that feedback and formgrader show the same.
    for student in want:
        assert shown(lab.autograded(student)) == shown(by_nbgrader[student]), student
    assert "it is put back" in done["log"]


def shown(notebook):
    """What is in a notebook, but for the ids of cells that were put back."""
    return [(cell["cell_type"], cell["source"], cell["metadata"], cell.get("outputs")) for cell in notebook["cells"]]


def test_failed_test_is_told_in_its_cell_as_the_policy_allows(lab):
    notebook = lab.notebook(*ALL)
    lab.cell(notebook, "solution-sums-total")["source"] = "def total(values):\n    return sum(values) + 1"
    lab.submit("ann", notebook)
    assert lab.autograde()["success"]
    feedback, points = lab.cell(lab.autograded("ann"), "test-sums-total")["outputs"]
    assert points["data"]["text/plain"] == ["0.0"]
    text = "".join(feedback["data"]["text/plain"])
    assert text.startswith(
        "sums.total: 0 of 25 points\n  test_total[three]  failed 0/5\n      total of [1, 2, 3]: got 7"
    )
    assert "test_total_of_random_numbers  failed 0/15\n      wrong answer\n      hint: negative numbers" in text
    assert "sums.total: taken from cell" in text  # the marker line was deleted
    assert ">0/15</td>" in "".join(feedback["data"]["text/html"])


def test_nbgraders_own_steps_before_ours_change_no_score(lab):
    lab.submit("ann", lab.notebook(*ALL))
    notebook = lab.notebook(*ALL)
    deleted_tests(notebook, lab)
    lab.submit("ben", notebook)
    own = lab.config.Autograde.pop("sanitize_preprocessors")
    try:
        done = lab.autograde()
    finally:
        lab.config.Autograde.sanitize_preprocessors = own
    assert done["success"], done["log"]
    assert lab.scores() == {"ann": 100.0, "ben": 100.0}


# --- faults, late penalties, grades given by hand -------------------------------------------------------------


def test_fault_leaves_the_submission_ungraded_and_says_so(lab, monkeypatch):
    lab.submit("ann", lab.notebook(*ALL))
    lab.submit("ben", lab.notebook(*ALL))
    grade = warm.WarmGraders.grade

    def broken(self, paths, ahead=()):
        if "ann" in paths[0].parts:
            return Graded(id="ann", status="needs_attention", reason="the grader ended (exit status 1)")
        return grade(self, paths, ahead)

    monkeypatch.setattr(warm.WarmGraders, "grade", broken)
    done = lab.autograde()
    assert not done["success"]
    assert (
        "NotGraded: ann: t1_sums could not be graded, which is not the student's fault: the grader ended" in done["log"]
    )
    assert not (lab.root / "autograded" / "ann" / "t1_sums").exists()
    assert lab.scores()["ben"] == 100.0
    assert [each["student"] for each in lab.api.get_submissions("t1_sums") if not each["autograded"]] == ["ann"]
    monkeypatch.undo()
    done = lab.autograde("ann")
    assert done["success"]
    assert lab.scores() == {"ann": 100.0, "ben": 100.0}


def test_fault_in_the_quick_way_leaves_the_submission_ungraded(lab, monkeypatch):
    lab.submit("ann", lab.notebook(*ALL))
    lab.submit("ben", lab.notebook(*ALL))
    (lab.root / "submitted" / "cyd" / "t1_sums").mkdir(parents=True)
    from autograder.platforms.nbgrader.submitted import Submitted  # needs nbgrader

    shown = Submitted.shown

    def broken(self, *args):
        if "ann" in self.folder.parts:
            raise RuntimeError("the database is locked")
        return shown(self, *args)

    monkeypatch.setattr(Submitted, "shown", broken)
    status, said = lab.grade()
    assert status == 1
    assert lab.scores() == {"ben": 100.0}
    assert not (lab.root / "autograded" / "ann" / "t1_sums").exists()
    assert "no t1_sums.ipynb among what was submitted: got an empty folder; rename the notebook" in said
    assert "nbgrader: RuntimeError: the database is locked" in said


def test_submission_without_its_notebook_is_told_what_was_found(lab):
    lab.submit("ann", lab.notebook(*ALL))
    folder = lab.root / "submitted" / "ann" / "t1_sums"
    (folder / "t1_sums.ipynb").rename(folder / "t1 (1).ipynb")
    status, said = lab.grade()
    assert status == 1
    wanted = "no t1_sums.ipynb among what was submitted: got 't1 (1).ipynb'; rename the notebook, and run the same"
    assert wanted in said
    for number in range(6):
        (folder / f"{number}.py").touch()
    assert "got '0.py', '1.py', '2.py', '3.py', '4.py', ...; rename" in lab.grade()[1]


def with_halves(notebook):
    """Half a character wherever there may be one."""
    half = "\udc9f"
    notebook["metadata"] |= {half: [half, {"a": half}], "nan": float("nan")}
    for cell in notebook["cells"]:
        cell["metadata"] |= {"half": half}
    notebook["cells"].append({"cell_type": "markdown", "id": "last", "metadata": {}, "source": [half, "x"]})
    return notebook


def test_halves_of_characters_are_graded_like_whole_ones(lab):
    lab.submit("ann", with_halves(lab.notebook(*ALL)))
    lab.submit("ben", lab.notebook(*ALL))
    done = lab.autograde()
    assert done["success"], done["log"]
    by_nbgrader = lab.autograded("ann")
    assert by_nbgrader["cells"][-1]["source"] == ["<div><p>\ufffdx</p>&#10;</div>"]
    assert lab.scores() == {"ann": 100.0, "ben": 100.0}
    status, said = lab.grade()
    assert status == 0, said
    assert lab.scores() == {"ann": 100.0, "ben": 100.0}
    assert shown(lab.autograded("ann")) == shown(by_nbgrader)


@pytest.mark.parametrize("name", ["t1_sums-Copy1.ipynb", "t1_sums (1).ipynb"])
def test_copy_beside_the_notebook_counts_for_what_was_not_done_in_it(lab, name):
    wrong = lab.notebook(*ALL)
    lab.cell(wrong, "solution-sums-total")["source"] = "def total(values):\n    return 0"
    for student, notebook, beside in (
        ("ann", lab.notebook(), lab.notebook(*ALL)),
        ("ben", lab.notebook("sums.total"), wrong),
    ):
        lab.submit(student, beside)
        folder = lab.root / "submitted" / student / "t1_sums"
        (folder / "t1_sums.ipynb").rename(folder / name)
        lab.submit(student, notebook)
    lab.autograde()
    assert lab.scores() == {"ann": 100.0, "ben": 100.0}
    lab.grade()
    assert lab.scores() == {"ann": 100.0, "ben": 100.0}


def test_no_course_or_no_sandbox_grades_nothing(lab, monkeypatch):
    lab.submit("ann", lab.notebook(*ALL))
    monkeypatch.setenv("AUTOGRADER_COURSE", str(lab.root))
    done = lab.autograde()
    assert not done["success"]
    assert "CourseError" in done["log"]
    assert not (lab.root / "autograded" / "ann" / "t1_sums").exists()


def test_points_that_differ_from_the_gradebook_are_refused(lab):
    lab.submit("ann", lab.notebook(*ALL))
    with lab.api.gradebook as gradebook:
        gradebook.update_or_create_grade_cell("test-sums-total", "t1_sums", "t1_sums", max_score=30)
    try:
        done = lab.autograde()
        status, said = lab.grade()
    finally:
        with lab.api.gradebook as gradebook:
            gradebook.update_or_create_grade_cell("test-sums-total", "t1_sums", "t1_sums", max_score=25)
    message = "cell test-sums-total: got 30 points in the gradebook, want 25, those of its tests"
    assert not done["success"]
    assert message in done["log"]
    assert status == 1
    assert message in said


def test_cell_that_nothing_tests_is_refused_not_given_all_points():
    from nbformat.v4 import new_code_cell

    from autograder.grading.verdicts import TestSpec
    from autograder.platforms.nbgrader.outcome import Outcomes

    test = TestSpec(name="test_x", exercise="sums.total", points=1, public=True, visibility="visible", hint="")
    outcomes = Outcomes(Graded(id="x", status="graded"), (test,), Course.load(TINY).assignment("t1"))
    cell = new_code_cell(metadata={"nbgrader": {"grade_id": "my-own-test", "points": 5}})
    with pytest.raises(Exception, match="cell my-own-test: no exercise of t1_sums, so nothing tests it"):
        outcomes.write([cell])
    with pytest.raises(Exception, match="cell test-sums-total: got it 0 times in the notebook, want it once"):
        outcomes.write([])


@pytest.mark.parametrize("way", ["autograde", "grade"])
def test_late_penalty_and_a_grade_given_by_hand_stay(lab, way):
    lab.submit("ann", lab.notebook(*ALL), timestamp="2026-01-02 00:00:00 UTC")
    with lab.api.gradebook as gradebook:
        gradebook.update_or_create_assignment("t1_sums", duedate="2026-01-01 00:00:00 UTC")
    config = lab.root / "nbgrader_config.py"
    text = config.read_text()
    config.write_text(text + '\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    lab.config.LateSubmissionPlugin.penalty_method = "zero"
    try:
        for _ in range(2):
            getattr(lab, way)()
            with lab.api.gradebook as gradebook:
                found = gradebook.find_submission("t1_sums", "ann")
                assert found.late_submission_penalty == found.score
                grade = gradebook.find_grade("test-sums-total", "t1_sums", "t1_sums", "ann")
                assert grade.auto_score == 25.0
                assert grade.score == (25.0 if grade.manual_score is None else 3.0)
                assert grade.needs_manual_grade == (grade.manual_score is not None)
                grade.manual_score = 3.0
                gradebook.db.commit()
        assert lab.scores() == {"ann": 78.0}
    finally:
        config.write_text(text)
        del lab.config["LateSubmissionPlugin"]
        with lab.api.gradebook as gradebook:
            gradebook.update_or_create_assignment("t1_sums", duedate=None)


# --- graders that stay ----------------------------------------------------------------------------------------


def test_graders_stay_until_the_course_changes(tiny_root):
    course = Course.load(tiny_root)
    first = warm.warm_graders(course, course.assignment("t1"))
    assert warm.warm_graders(course, course.assignment("t1")) is first
    hidden = course.assignment("t1").hidden_tests
    hidden.write_text(hidden.read_text() + "\n# changed\n")
    second = warm.warm_graders(course, course.assignment("t1"))
    assert second is not first
    assert all(grader.process.poll() is not None for grader in first.graders.graders)


# --- the sample classes ---------------------------------------------------------------------------------------

ROOT = Path(__file__).parents[3]
# One whole class, and members of others with one mistake: alone, and on the reference's earlier modules.
MEMBERS = {"a1_linear_models": None, "a2_derivatives": ["20417"], "a5_mlp": ["elif"]}
# A bracket that is missing costs hugo his whole module, but in a notebook only the cell that it is missing in.
AS_NOTEBOOKS = {"hugo": 98.0}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name.startswith("a5") else pytest.mark.prove) for name in MEMBERS]
)
def test_sample_class_gets_from_nbgrader_what_it_gets_from_us(tmp_path, name):
    course = Course.load(ROOT)
    lab = Lab(course, name, tmp_path / "course")
    expected = tomllib.loads((ROOT / "examples" / f"{name[:2]}_class" / "expected.toml").read_text("utf-8"))["scores"]
    want = {member: AS_NOTEBOOKS.get(member, float(expected[member])) for member in MEMBERS[name] or expected}
    for member in want:
        lab.submit(member, members_notebook(course, course.assignment(name), member))
    done = lab.autograde()
    assert done["success"], done["log"]
    assert lab.scores() == want


def test_scores_beside_the_gradebook_say_what_they_are_without(lab):
    lab.submit("ann", lab.notebook(*ALL))
    _, said = lab.grade()
    without = "grades given by hand, extra credit and late penalties, which are in nbgrader's gradebook"
    assert f"the scores here are without {without}" in said
    kept = json.loads((lab.root.parent / "results" / "records.json").read_text(encoding="utf-8"))
    assert kept["left_out"] == without
    _, said = lab.grade("--json")
    assert f'"left_out": "{without}"' in said
