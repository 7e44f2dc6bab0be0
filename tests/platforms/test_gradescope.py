"""autograder.zip in a replica of Gradescope's container: installed, run, attacked, and broken in every way."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import CourseError
from autograder.intake import find_submissions
from autograder.platforms.gradescope import Options, export
from tests import needs
from tests.examples.feedback import REVIEWED, as_read, assert_reads_as
from tests.notebooks import members_notebook
from tests.platforms.replica import SITE_PACKAGES, Replica

pytestmark = [needs.ROOT, needs.BUBBLEWRAP, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
COURSE = Course.load(ROOT)
TINY = ROOT / "tests" / "tiny_course"
TOTAL = "return float(as_vector(values).sum())"

REACH = """
    import os, signal
    for path in (
        "/autograder/source/course/assignments/t1_sums/test_hidden.py",
        "/autograder/source/options.json",
        "/autograder/results/results.json",
        "/autograder/submission_metadata.json",
    ):
        for mode in ("r", "w"):
            try:
                with open(path, mode) as file:
                    print("REACHED", mode, path, file.read() if mode == "r" else file.write("{}"))
            except OSError as error:
                print("refused", mode, type(error).__name__)
    return float(as_vector(values).sum())
"""
KILL = """
    import os, signal
    for number in (os.getppid(), 1, -1):
        try:
            os.kill(number, signal.SIGKILL)
        except OSError as error:
            print("refused", type(error).__name__)
    os._exit(0)
"""


@pytest.fixture(scope="module")
def a1(tmp_path_factory):
    """The first assignment's autograder, installed by its setup.sh."""
    folder = tmp_path_factory.mktemp("a1")
    archive = export(COURSE, COURSE.assignment("a1"), folder, Options("a1_linear_models")).read_bytes()
    replica = Replica(folder, archive)
    replica.installed = replica.install()
    return replica


@pytest.fixture
def tiny(a1, tmp_path):
    """tiny(**options): the tiny course's autograder, on the image that is there."""
    root = shutil.copytree(TINY, tmp_path / "tiny")
    file = root / "assignments" / "t1_sums" / "assignment.toml"
    # A wall clock that a loop meets after its CPU limit, however busy the machine is.
    file.write_text(file.read_text().replace("wall_s = 2.0", "wall_s = 20.0"))
    course = Course.load(root)

    def make(minutes=10, deadline_s=0, **options):
        chosen = Options("t1_sums", minutes=minutes, **options)
        archive = export(course, course.assignment("t1"), tmp_path / "zip", chosen).read_bytes()
        replica = a1.with_zip(tmp_path / "replica", archive)
        if deadline_s:
            script = replica.autograder / "run_autograder"
            script.write_text(script.read_text().replace("DEADLINE_S=540", f"DEADLINE_S={deadline_s}"))
        return replica

    return make


@pytest.fixture
def hand_in(tmp_path):
    """A folder with the tiny course's module, `total` changed."""

    def make(body=TOTAL):
        text = (TINY / "solutions" / "tiny" / "sums.py").read_text(encoding="utf-8")
        assert TOTAL in text
        folder = tmp_path / "hand-in"
        folder.mkdir(exist_ok=True)
        (folder / "sums.py").write_text(text.replace(TOTAL, body.strip()), encoding="utf-8")
        return folder

    return make


def test_setup_installs_the_engine_and_closes_the_course(a1):
    assert a1.installed.returncode == 0, a1.installed.stderr
    assert "Successfully installed feedforward-autograder" in a1.installed.stdout
    assert (a1.opt / "autograder" / SITE_PACKAGES / "autograder" / "cli" / "platforms.py").is_file()
    assert (a1.autograder / "source").stat().st_mode & 0o077 == 0


@pytest.mark.prove
def test_whole_class_reads_and_gets_what_autograder_grade_gives(a1, tmp_path):
    """Whose scores and texts are asserted in tests/examples, on another machine and in another sandbox."""
    found = find_submissions([ROOT / "examples" / "a1_class"], package=COURSE.package, modules=["linear"])
    results = {}
    for each in found:
        (path,) = each.paths
        if path.suffix == ".py":  # Canvas has put a name in front of it, Gradescope leaves it as it is
            path = Path(shutil.copy(path, tmp_path / "linear.py"))
        results[each.id] = a1.run(path).results
    expected = tomllib.loads((ROOT / "examples" / "a1_class" / "expected.toml").read_text(encoding="utf-8"))
    assert {identity: each["score"] for identity, each in results.items()} == expected["scores"]
    assert_reads_as(as_read(results), (REVIEWED / "a1_class.txt").read_text(encoding="utf-8"))
    assert {each["extra_data"]["sandbox"] for each in results.values()} == {"landlock"}
    assert {each["stdout_visibility"] for each in results.values()} == {"hidden"}


def test_notebook_is_a_hand_in_too(a1, tmp_path):
    notebook = tmp_path / "galina.ipynb"
    notebook.write_bytes(members_notebook(COURSE, COURSE.assignment("a1"), "galina"))
    assert a1.run(notebook).results["score"] == 94


def test_nothing_handed_in_is_an_answer_and_not_a_failure_of_ours(a1):
    results = a1.run().results
    assert results["score"] == 0
    assert "no module found: looked for linear.py" in results["output"]


@pytest.mark.parametrize("sandbox", ["landlock", "unprivileged"])
def test_submission_reaches_neither_tests_nor_results(tiny, hand_in, tmp_path, sandbox):
    """Nor where the kernel has no Landlock, and only file modes stand between."""
    replica, mounts = tiny(), ()
    if sandbox == "unprivileged":
        inside = f"autograder/{SITE_PACKAGES}/autograder/inside/landlock.py"
        text = (replica.opt / inside).read_text(encoding="utf-8")
        assert "def version() -> int:" in text
        (tmp_path / "landlock.py").write_text(text + "\n\ndef version() -> int:\n    return 0\n", encoding="utf-8")
        mounts = ("--ro-bind", str(tmp_path / "landlock.py"), f"/opt/{inside}")
    run = replica.run(hand_in(REACH), mounts=mounts)
    assert run.results["extra_data"]["sandbox"] == sandbox
    assert run.results["score"] == 100, "it computes rightly, besides"
    assert "REACHED" not in run.stdout + json.dumps(run.results)
    assert run.stdout.count("refused r PermissionError") == 12, "four files, in each of three tests"
    assert run.stdout.count("refused w PermissionError") == 12


def test_submission_that_kills_everybody_loses_its_own_tests(tiny, hand_in):
    run = tiny().run(hand_in(KILL))
    assert run.results["score"] == 75
    stopped = {test["extra_data"]["code"] for test in run.results["tests"] if "sums.total" in test["name"]}
    assert stopped == {"exit", "not_judged"}


def test_endless_submission_loses_its_own_tests(tiny, hand_in):
    run = tiny().run(hand_in("while True:\n        pass"))
    assert run.results["score"] == 75
    assert "stopped: your code computed longer than a test may" in json.dumps(run.results)


def test_instructor_reads_what_the_student_does_not(tiny, hand_in):
    run = tiny().run(hand_in("print(values)\n    return 1.0"))
    hidden = [test for test in run.results["tests"] if test["name"].endswith("test_total_of_random_numbers")]
    assert [test["output"] for test in hidden] == ["wrong answer\nhint: negative numbers count too"]
    assert '"printed": "[' in run.stdout


def test_visibility_is_the_assignments(tiny, hand_in, tmp_path):
    file = tmp_path / "tiny" / "assignments" / "t1_sums" / "assignment.toml"
    file.write_text(file.read_text() + '\n[feedback]\nhidden = "name"\nhidden_visibility = "after_due_date"\n')
    run = tiny(leaderboard=True).run(hand_in())
    seen = {test["visibility"]: "score" in test for test in run.results["tests"]}
    assert seen == {"visible": True, "after_due_date": False}
    assert run.results["leaderboard"] == [{"name": "Points", "value": 40.0}, {"name": "Exercises done", "value": 3}], (
        "everybody sees it, so nothing of hidden tests counts"
    )


# --- whatever happens, results.json is valid ----------------------------------------------------------------


def test_no_python_is_not_graded_and_said(tiny, hand_in):
    run = tiny().run(hand_in(), mounts=("--tmpfs", "/opt"))
    assert run.is_not_graded
    assert "no Python in /opt/autograder; did setup.sh fail?" in run.stdout


def test_broken_course_is_not_graded_and_said(tiny, hand_in):
    replica = tiny()
    (replica.autograder / "source" / "course" / "assignments" / "t1_sums" / "test_hidden.py").write_text(
        "import nothing\n"
    )
    run = replica.run(hand_in())
    assert run.is_not_graded
    assert "not graded: " in run.stdout
    assert "test_hidden.py" in run.stdout


def test_broken_engine_is_not_graded_and_said(tiny, hand_in):
    broken = ("--ro-bind", "/dev/null", f"/opt/autograder/{SITE_PACKAGES}/autograder/grading/batch.py")
    run = tiny().run(hand_in(), mounts=broken)
    assert run.is_not_graded
    assert "No module named 'autograder.grading.batch'" in run.stderr
    assert "the grader ended with status 1" in run.stdout


def test_time_that_is_up_is_not_graded_and_said(tiny, hand_in):
    run = tiny(deadline_s=1).run(hand_in("while True:\n        pass"))
    assert run.is_not_graded
    assert "not graded: stopped after 1 s" in run.stdout


def test_full_disk_is_not_graded_and_said(tiny, hand_in):
    """The folder of results has room for the file that says so, and for no grade."""
    small = ("--size", "4096", "--tmpfs", "/autograder/results")
    show = "/autograder/run_autograder; cat /autograder/results/results.json"
    replica = tiny()
    replica.hand_in(hand_in())
    done = replica.command("/bin/sh", "-c", show, mounts=small)
    printed, _, results = done.stdout.rpartition("\n{\n")
    assert "results.json: cannot be written: No space left on device" in printed
    assert "could not be graded" in json.loads("{" + results)["output"]


# --- when it was handed in, and how often -------------------------------------------------------------------

DUE = {"due_date": "2026-03-01T12:00:00+00:00"}


def earlier(hour, score, **own):
    results = {"score": score, "output": "as it was", "tests": [], "extra_data": {"status": "graded", **own}}
    return {"submission_time": f"2026-03-01T{hour:02}:00:00+00:00", "score": score, "results": results}


def metadata(at, *before):
    return {"id": 7, "created_at": at, "users": [{"name": "Ann"}], "assignment": DUE, "previous_submissions": before}


@pytest.mark.parametrize(
    ("penalty", "score", "told"),
    [
        (0.0, 75, "Handed in late, by 1 d 6.0 h."),
        (10.0, 60, "Handed in late, by 1 d 6.0 h. 20 % of 75 points are taken off: 60 are left."),
    ],
    ids=["reported", "penalised"],
)
def test_late_submission_is_told_and_penalised_only_if_asked_for(tiny, hand_in, penalty, score, told):
    run = tiny(late_penalty=penalty).run(hand_in("return 0.5"), metadata=metadata("2026-03-02T18:00:00+00:00"))
    assert run.results["score"] == score
    assert run.results["output"].startswith(told + "\n\n")
    assert run.results["extra_data"]["name"] == "Ann"


def test_attempts_that_are_used_up_keep_the_last_graded_score(tiny, hand_in):
    before = (earlier(8, 50.0), earlier(9, None, status="needs_attention"), earlier(10, 30.0))
    replica = tiny(max_attempts=3)
    third = replica.run(hand_in(), metadata=metadata("2026-03-01T11:00:00+00:00", *before))
    assert third.results["score"] == 100, "what we could not grade was no attempt"
    assert third.results["output"].startswith("Attempt 3 of 3.\n\n")
    before = (*before, earlier(11, 40.0), earlier(12, 40.0, kept=True))
    fourth = replica.run(hand_in(), metadata=metadata("2026-03-01T12:30:00+00:00", *before))
    assert fourth.results["score"] == 40
    assert fourth.results["output"] == (
        "Not graded: all 3 attempts are used up. The score of your last graded attempt stands.\n\nas it was"
    )
    assert fourth.results["extra_data"]["kept"] is True


@pytest.mark.parametrize(("at", "score"), [("11:30", 20), ("12:00", 100)], ids=["too soon", "soon enough"])
def test_cooldown_lies_between_two_attempts(tiny, hand_in, at, score):
    told = metadata(f"2026-03-01T{at}:00+00:00", earlier(11, 20.0))
    run = tiny(cooldown_minutes=60).run(hand_in(), metadata=told)
    assert run.results["score"] == score
    if score == 20:
        assert "60 minutes have to lie between two attempts; hand in again in 30" in run.results["output"]


def test_metadata_that_cannot_be_read_costs_nobody_a_grade(tiny, hand_in):
    run = tiny(max_attempts=1).run(hand_in(), metadata={"of": "another form"})
    assert run.results["score"] == 100
    assert "graded without due date and attempts: " in run.stdout


# --- the export ---------------------------------------------------------------------------------------------


def test_export_is_the_same_every_time(tmp_path):
    assignment = COURSE.assignment("a1")
    archives = [export(COURSE, assignment, tmp_path / name, Options(assignment.name)) for name in ("one", "two")]
    assert archives[0].read_bytes() == archives[1].read_bytes()


def test_export_is_its_owners_alone_also_in_the_place_of_an_open_one(tmp_path):
    (tmp_path / "autograder.zip").touch(0o644)
    assignment = COURSE.assignment("a1")
    for folder, mode in ((tmp_path, tmp_path.stat().st_mode), (tmp_path / "new", 0o40700)):
        archive = export(COURSE, assignment, folder, Options(assignment.name))
        assert (archive.stat().st_mode, folder.stat().st_mode) == (0o100600, mode)


def test_submission_that_may_take_longer_than_gradescope_waits_is_refused(tmp_path):
    """Gradescope gives a zero to what it has to stop."""
    assignment = COURSE.assignment("a3")
    with pytest.raises(CourseError, match="a submission of a3_autograd may take 350 s, but 6 minutes there leave 300"):
        export(COURSE, assignment, tmp_path, Options(assignment.name, minutes=6))
    assert export(COURSE, assignment, tmp_path, Options(assignment.name, minutes=8)).is_file()
