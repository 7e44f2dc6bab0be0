"""A class graded for real: scores, reruns, graders that die, folders."""

import json
import os
import py_compile
import shutil
import stat
import subprocess
import sys
import threading

import pytest

from autograder.boundary.sandbox import Unsandboxed, find_sandbox
from autograder.errors import CourseError
from autograder.grading import grader_process, graders, results
from autograder.grading.fingerprints import base_digest
from autograder.grading.jobs import Settings
from autograder.grading.packages import base_package
from autograder.grading.results_folder import locked, refuse_clashes
from autograder.grading.terminal import common_troubles
from autograder.intake.found import Submission
from tests.lab import MEANS

pytestmark = pytest.mark.slow

SCORES = {
    "perfect": 100,
    "untouched": 0,
    "half": 25,  # its Average divides by twice the count, and what raises for nothing rides on that
    "wrong": 75 + 5,
    "syntax": 0,
    "loop_import": 0,
    "loop_function": 85,
    "sys_exit": 0,
    "megabyte": 100,
    "os_exit": 75,
    "broken": 0,
    "essay": 0,
}


def test_class_gets_the_scores_it_has_earned(graded_class, a_class):
    assert {name: each.score for name, each in graded_class.items()} == SCORES
    unreadable = {name for name, each in graded_class.items() if each.status == "unreadable"}
    assert unreadable == {"broken", "essay"}
    assert {row["id"]: float(row["score"]) for row in a_class.csv().values()} == SCORES


def test_outcomes_say_what_happened(graded_class):
    def codes(name):
        return {each["code"] for each in graded_class[name].record["tests"]} - {"passed", "not_judged"}

    assert codes("untouched") == {"not_implemented"}
    assert codes("syntax") == {"raised"}
    assert codes("loop_import") == codes("loop_function") == {"cpu_limit"}
    assert codes("os_exit") == {"exit"}
    assert codes("sys_exit") == {"raised"}  # what else is in the file is loaded: here nothing
    assert codes("wrong") == {"wrong"}
    assert "sums.py does not load: SyntaxError" in graded_class["syntax"].results["output"]
    assert "sums.py does not load: stopped after 1 s" in graded_class["loop_import"].results["output"]
    assert "archive 'broken.zip'" in graded_class["broken"].results["output"]
    assert "no module found: looked for sums.py" in graded_class["essay"].results["output"]


def test_module_that_does_not_load_is_told_once_without_hints(graded_class):
    syntax = graded_class["syntax"]
    assert syntax.results["output"].count("SyntaxError") == 1
    told = {test["output"] for test in syntax.results["tests"]}
    assert "not run: sums.py does not load, see above" in told
    assert not [text for text in told if "hint" in text or "SyntaxError" in text]
    loop = {test["output"] for test in graded_class["loop_import"].results["tests"]}
    assert not [text for text in loop if "hint" in text]


def test_lateness_and_name_of_the_platform_are_in_every_file_and_a_change_of_them_is_seen(lab):
    (lab.hand_ins / "doejane_LATE_12345_67890_sums.py").write_text(lab.reference)
    late = lab.grade()["12345"]
    assert (late.record["name"], late.record["late"], late.results["extra_data"]["late"]) == ("doejane", True, True)
    assert (lab.csv()["12345"]["name"], lab.csv()["12345"]["late"]) == ("doejane", "yes")
    (lab.hand_ins / "doejane_LATE_12345_67890_sums.py").rename(lab.hand_ins / "doejane_12345_67890_sums.py")
    again = lab.grade()["12345"]
    assert (again.fresh, again.record["late"], lab.csv()["12345"]["late"]) == (True, False, "")
    assert not lab.grade()["12345"].fresh


def test_two_graders_leave_the_bytes_that_one_leaves(a_class, graded_class, tmp_path, tree):
    a_class.grade(jobs=2, out=tmp_path / "two")
    assert tree(tmp_path / "two") == tree(a_class.out)


def test_rerun_grades_only_what_changed(lab):
    def fresh(**options):
        return {name for name, each in lab.grade(**options).items() if each.fresh}

    lab.hand_in("ann")
    lab.hand_in("bob")
    assert fresh() == {"ann", "bob"}
    lab.hand_in("bob", lab.source(("return float(as", "return 1 + float(as")))
    assert fresh() == {"bob"}
    lab.policy("name")
    assert fresh(jobs=2) == {"ann", "bob"}
    assert fresh(seed=1) == {"ann", "bob"}
    assert fresh(seed=1, regrade=True) == {"ann", "bob"}


@pytest.fixture
def digest(lab):
    """The digest of all that results depend on but the submission."""

    def take(secret="", **options):
        chosen = lab.course.assignment("t1")
        settings = Settings(course=str(lab.root), assignment="t1_sums", **options)
        package = base_package(lab.course, chosen, settings.follow_through)
        return base_digest(lab.course, chosen, settings, Unsandboxed(), package, secret)

    return take


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("assignments/t1_sums/test_hidden.py", "size=20", "size=21"),
        ("assignments/t1_sums/test_public.py", "[1, 2, 3]", "[1, 2, 4]"),
        ("assignments/t1_sums/assignment.toml", '"hint"', '"name"'),
        ("assignments/t1_sums/handout.md", "## 3 Average", "## 4 Average"),  # a stub's message names the section
        ("assignments/t1_sums/numbers.csv", "", "1,2"),  # a test may read it
        ("assignments/course.toml", "a tiny course", "a course"),
        ("solutions/tiny/sums.py", ".sum())", ".sum() + 0)"),
    ],
    ids=lambda value: value.replace("/", "_") if "/" in value else "",
)
def test_change_that_may_change_a_result_grades_everything_again(lab, digest, file, old, new):
    before = digest()
    assert digest() == before
    path = lab.root / file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new, 1) if old else new, encoding="utf-8")
    if file.endswith("handout.md"):
        russian = path.with_name("handout.ru.md")
        russian.write_text(russian.read_text(encoding="utf-8").replace("## 3", "## 4"), encoding="utf-8")
    assert digest() != before


def test_change_that_changes_no_result_grades_nothing_again(lab, digest):
    before = digest()
    handout = lab.assignment_folder / "handout.md"
    handout.write_text(handout.read_text(encoding="utf-8") + "\nA remark.\n", encoding="utf-8")
    (lab.assignment_folder / "__pycache__").mkdir()
    for name in ("test_hidden.pyc", "test_hidden.pyc.140234"):  # the second while another process writes it
        (lab.assignment_folder / "__pycache__" / name).write_bytes(b"x")
    (lab.assignment_folder / ".test_hidden.py.swp").write_bytes(b"x")
    assert digest() == before
    assert len({before, digest(seed=1), digest(follow_through=True), digest(secret="another")}) == 4


@pytest.mark.parametrize("file", ["results.json", "instructor.json"])
@pytest.mark.parametrize("damage", ["edited", "cut", "deleted", "no_object"])
def test_result_that_is_not_as_it_was_written_is_no_record(lab, graded_class, a_class, tmp_path, file, damage):
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in ("results.json", "instructor.json"):
        (folder / name).write_bytes((a_class.out / "wrong" / name).read_bytes())
    record = results.read_record(folder)
    assert record is not None
    assert record.score == 80
    text = (folder / file).read_text(encoding="utf-8")
    if damage == "deleted":
        (folder / file).unlink()
    else:
        broken = {"edited": text.replace("80.0", "100.0"), "cut": text[:-20], "no_object": "[1]"}[damage]
        assert broken != text
        (folder / file).write_text(broken, encoding="utf-8")
    assert results.read_record(folder) is None


def test_score_edited_by_hand_or_moved_to_another_student_is_graded_again(lab, tree):
    lab.hand_in("ann")
    lab.hand_in("bob", lab.source(("return float(as", "return 1 + float(as")))
    assert lab.grade()["bob"].score == 75
    before = tree(lab.out)
    for name in ("results.json", "instructor.json"):
        (lab.out / "bob" / name).write_bytes((lab.out / "ann" / name).read_bytes())
    (lab.hand_ins / "bob" / "sums.py").write_bytes((lab.hand_ins / "bob" / "sums.py").read_bytes())
    again = lab.grade()
    assert (again["ann"].fresh, again["bob"].fresh) == (False, True)
    record = lab.out / "bob" / "instructor.json"
    record.write_text(record.read_text(encoding="utf-8").replace("75.0", "99.0"), encoding="utf-8")
    assert lab.grade()["bob"].fresh
    assert tree(lab.out) == before


def test_result_of_a_hand_in_that_became_unreadable_is_replaced(lab):
    assert lab.one().score == 100
    (lab.hand_ins / "someone" / "sums.py").rename(lab.hand_ins / "someone" / "sum.txt")
    now = lab.grade()["someone"]
    assert (now.status, now.score) == ("unreadable", 0)
    assert now.results["tests"] == now.record["tests"] == []


KILL_IT = """
read = grader.read_apart
def read_or_die(paths, **options):
    hand_in = read(paths, **options)
    if paths[0].name == "victim" and {condition}:
        die()
    return hand_in
grader.read_apart = read_or_die
"""


def test_grader_that_dies_is_replaced(lab, sabotage, tmp_path):
    once = tmp_path / "once"
    sabotage(KILL_IT.format(condition=f"not os.path.exists({str(once)!r}) and open({str(once)!r}, 'w')"))
    for name in ("ann", "victim", "zoe"):
        lab.hand_in(name)
    graded = lab.grade()
    assert once.exists()
    assert {name: each.score for name, each in graded.items()} == {"ann": 100, "victim": 100, "zoe": 100}


def test_submission_that_kills_two_graders_needs_attention_and_the_next_run_picks_it_up(lab, sabotage):
    for name in ("ann", "victim", "zoe"):
        lab.hand_in(name)
    sabotage(KILL_IT.format(condition="True"))
    graded = lab.grade()
    assert {name: each.score for name, each in graded.items()} == {"ann": 100, "victim": None, "zoe": 100}
    assert graded["victim"].status == "needs_attention"
    assert graded["victim"].record["reason"] == "the grader ended (exit status -9)"
    assert "score" not in graded["victim"].results
    assert lab.csv()["victim"] == {
        "id": "victim",
        "name": "",
        "score": "",
        "max": "100",
        "sums.total": "",
        "sums.running_totals": "",
        "sums.Average": "",
        "status": "needs_attention",
        "late": "",
        "submitted": "",
        "left": "",
        "reason": "the grader ended (exit status -9)",
    }
    sabotage("")
    again = lab.grade()
    assert again["victim"].score == 100
    assert [name for name, each in again.items() if each.fresh] == ["victim"]


def test_grader_that_falls_silent_is_replaced(lab, sabotage, monkeypatch):
    collect = grader_process.GraderProcess.collect

    def collect_and_grow_impatient(grader):
        collected = collect(grader)
        grader.connection.settimeout(0.5)
        return collected

    monkeypatch.setattr(grader_process.GraderProcess, "collect", collect_and_grow_impatient)
    monkeypatch.setattr(graders, "TRIES", 1)
    lab.hand_in("victim")
    sabotage(KILL_IT.format(condition="time.sleep(60)"))
    graded = lab.grade()
    assert graded["victim"].record["reason"].startswith("the grader fell silent")
    assert graded["victim"].score is None


def test_replacement_that_cannot_start_costs_no_other_submission(lab, sabotage, tmp_path):
    flag = tmp_path / "flag"
    sabotage(
        f"if os.path.exists({str(flag)!r}): sys.exit('no room')\n"
        + KILL_IT.format(condition=f"open({str(flag)!r}, 'w')")
    )
    for name in ("ann", "victim", "zoe"):
        lab.hand_in(name)
    graded = lab.grade()
    assert (graded["ann"].score, graded["victim"].score, graded["zoe"].score) == (100, None, None)
    assert graded["zoe"].record["reason"] == "the grader ended (exit status 1): no room"
    flag.unlink()


def test_first_grader_that_cannot_start_is_an_error(lab, sabotage):
    lab.hand_in("ann")
    sabotage("sys.exit('no numpy')")
    with pytest.raises(CourseError, match=r"grader: cannot start: .*no numpy; run .autograder doctor."):
        lab.grade()
    assert not (lab.out / "ann").exists()


def test_course_that_changes_while_grading_ends_it(lab, sabotage):
    test = lab.assignment_folder / "test_hidden.py"
    sabotage(KILL_IT.format(condition=f"open({str(test)!r}, 'a').write('# changed') and True"))
    lab.hand_in("victim")
    with pytest.raises(CourseError, match=r"t1_sums: its tests, .* changed while grading; run the same command again"):
        lab.grade()


def test_progress_that_fails_ends_every_grader_and_thread(lab):
    for name in ("ann", "bob", "zoe"):
        lab.hand_in(name)

    def fail(_):
        raise RuntimeError("no terminal")

    grading = lab.batch(jobs=2, progress=fail)
    before = threading.active_count()
    with pytest.raises(RuntimeError, match="no terminal"):
        grading.grade(lab.submissions())
    assert threading.active_count() == before
    assert all(each.process.returncode is not None for each in grading.graders.graders)


def test_score_of_an_id_that_becomes_a_conflict_is_taken_back(lab):
    lab.hand_in("ann")
    lab.hand_in("bob")
    assert lab.grade()["ann"].score == 100.0
    (lab.hand_ins / "ann.py").write_text(lab.reference)
    again = lab.grade()
    assert again["bob"].score == 100.0
    assert "ann" not in again
    record = results.read_record(lab.out / "ann")
    assert (record.status, record.score) == ("needs_attention", None)
    assert "has the id 'ann', and so has" in record.reason
    (lab.hand_ins / "ann.py").unlink()
    assert lab.grade()["ann"].score == 100.0


def test_record_of_a_version_that_kept_less_is_graded_again(lab):
    lab.one()
    folder = lab.out / "someone"
    content = json.loads((folder / "instructor.json").read_text(encoding="utf-8"))
    for missing in ("checksum", "diagnosis"):
        del content[missing]
    content["checksum"] = results._checksum(content, (folder / "results.json").read_bytes())
    (folder / "instructor.json").write_text(json.dumps(content), encoding="utf-8")
    assert results.read_record(folder) is None
    again = lab.one()
    assert (again.fresh, again.score) == (True, 100.0)


@pytest.mark.parametrize("is_packed", [False, True])
def test_class_in_the_place_of_a_hand_in_gets_no_score_and_no_zero(lab, is_packed):
    lab.hand_in("ann")
    lab.hand_in("week1")
    assert lab.grade()["week1"].score == 100.0
    week = lab.hand_ins / "week1"
    (week / "sums.py").unlink()
    for name in ("doejane_101_901_sums.py", "roebob_102_902_sums.py"):
        (week / name).write_text(lab.reference)
    if is_packed:
        shutil.make_archive(str(week), "zip", week)
        shutil.rmtree(week)
    again = lab.grade()
    record = again["week1"].record
    assert (record["status"], record["score"], again["ann"].score) == ("needs_attention", None, 100.0)
    assert "looks like a class of 2: 'doejane_101_901_sums.py', 'roebob_102_902_sums.py'" in record["reason"]


def test_nothing_to_grade_is_an_empty_class(lab):
    assert lab.batch().grade([]).rows == []
    assert (lab.out / "grades.csv").read_text(encoding="utf-8-sig").startswith("id,name,score,max,")


def test_nobody_else_can_enter_the_results(lab):
    lab.hand_in("ann")
    lab.grade()
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (lab.out, lab.out / "ann", *lab.out.rglob("*.*s*"))
    }
    assert modes == {
        "results": 0o700,
        "ann": 0o700,
        "results.json": 0o600,
        "instructor.json": 0o600,
        "grades.csv": 0o600,
    }


def test_two_gradings_into_one_folder_are_refused(lab):
    lab.hand_in("ann")
    with locked(lab.out), pytest.raises(CourseError, match="another grading is writing here; wait for it"):
        lab.grade()
    assert list(lab.out.iterdir()) == [lab.out / ".lock"]


def test_folder_that_cannot_be_written_is_refused(lab, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match="cannot write results here: Not a directory; choose another folder"):
        lab.batch(out=tmp_path / "file" / "results").grade([])


@pytest.mark.parametrize("identity", ["grades.csv", "Grades.CSV"])
def test_submission_named_as_a_result_file_is_refused(lab, identity):
    submission = Submission(id=identity, name="", paths=(lab.hand_ins,))
    with pytest.raises(CourseError, match="is the name of a result file; rename it"):
        lab.batch().grade([submission])


def test_ids_that_would_share_a_folder_are_refused(lab, tmp_path):
    def hand_ins(*ids):
        return [Submission(id=identity, name="", paths=(lab.hand_ins,)) for identity in ids]

    refuse_clashes(tmp_path, hand_ins("ann", "Ann"))
    (tmp_path / ".LOCK").write_text("")  # a file system that takes one for the other
    with pytest.raises(CourseError, match="'ann' and 'Ann' would share a folder; rename one"):
        refuse_clashes(tmp_path, hand_ins("ann", "Ann"))


def test_names_in_any_script_and_none_are_graded(lab):
    (lab.hand_ins / "пётр").mkdir()
    (lab.hand_ins / "пётр" / "sums.py").write_text(lab.reference)
    latin = os.fsencode(lab.hand_ins) + b"/J\xfcrgen \x1b[31m_77_assignsubmission_file_"
    os.mkdir(latin)
    with open(latin + b"/sums.py", "w") as file:
        file.write(lab.reference)
    graded = lab.grade()
    assert {name: each.score for name, each in graded.items()} == {"пётр": 100, "77": 100}
    assert graded["77"].results["extra_data"]["name"] == "J\\udcfcrgen \\x1b[31m"
    assert list(lab.csv()) == ["77", "пётр"]


def test_hand_in_that_the_disk_cannot_read_needs_attention(lab, sabotage):
    sabotage("def fail(*_, **__): raise OSError(5, 'Input/output error')\ngrader.read_apart = fail")
    result = lab.one()
    assert (result.status, result.score) == ("needs_attention", None)
    assert result.record["reason"] == "[Errno 5] Input/output error"
    assert "not your fault" in result.results["output"]


def test_follow_through_lays_the_reference_under_later_work(lab, later):
    lab.hand_in("ann", lab.source(("return float(as_vector(values).sum())", "return 7.0")))
    lab.hand_in("ann", MEANS, module="means")
    own = lab.grade(assignment="t2")["ann"]
    helped = lab.grade(assignment="t2", follow_through=True)["ann"]
    assert (own.score, helped.score) == (0, 100)
    assert helped.fresh


def test_follow_through_shows_student_code_nothing_of_a_later_assignment(lab, later):
    spy = "import inspect; from . import means; raise RuntimeError(inspect.getsource(means))"
    lab.hand_in("ann", lab.source(("return float(as_vector(values).sum())", spy)))
    seen = lab.grade(follow_through=True)["ann"].text
    assert "raise NotImplementedError" in seen
    assert "total(values) / len(values)" not in seen


def test_earlier_module_that_was_not_handed_in_is_told_to_both(lab, later):
    lab.hand_in("ann", MEANS, module="means")
    lab.hand_in("bob", MEANS, module="means")
    lab.hand_in("bob")
    lab.hand_in("cem", MEANS, module="means")
    lab.hand_in("cem", base_package(lab.course, lab.course.assignment("t2"), False)["sums"].decode())
    result = lab.batch(assignment="t2").grade(lab.submissions("t2"))
    ann, bob, cem = (row.record for row in result.rows)
    assert (ann.score, bob.score, cem.score) == (0, 100, 0)
    assert ann.notes == cem.notes == ("sums.py was not handed in: the untouched template's stands in",)
    assert bob.notes == ()
    assert common_troubles(result) == [
        "2 of 3 handed in no sums.py, on which t2_means builds, and lost points; --follow-through gives them the "
        "reference's"
    ]


def test_module_that_takes_long_to_load_is_told_to_both(lab):
    limits = lab.assignment_folder / "assignment.toml"
    limits.write_text(limits.read_text().replace("cpu_s = 1.0", "cpu_s = 4.0"))
    lab.hand_in("ann", lab.reference + "\nimport time\nwhile time.process_time() < 1.3:\n    pass\n")
    lab.hand_in("bob", lab.reference)
    found = lab.grade()
    said = "sums.py computes for more than a second when it is loaded, in each test again: is there an example or"
    assert [said in note for note in found["ann"].record["notes"]] == [True]
    assert said in found["ann"].text
    assert found["bob"].record["notes"] == []


def test_trusted_submissions_say_so_in_every_result(lab):
    lab.hand_in("ann")
    (lab.hand_ins / "essay.pdf").write_bytes(b"%PDF")
    graded = lab.grade(trust=True)
    assert graded["ann"].score == 100
    for each in graded.values():
        assert each.results["extra_data"]["sandbox"] == each.record["sandbox"] == "none"
    boxed = lab.grade()
    assert boxed["ann"].fresh
    assert boxed["ann"].record["sandbox"] == find_sandbox().name


# What surrounds a grading must not change a verdict.


def test_environment_and_files_around_the_course_change_nothing(lab, real_graders, monkeypatch, tmp_path):
    evil = tmp_path / "evil"
    evil.mkdir()
    for name in ("numpy", "pytest", "msgspec", "sitecustomize", "evil", "conftest"):
        (evil / f"{name}.py").write_text(f"import os\nos.open({str(tmp_path / 'ran')!r}, os.O_CREAT)\n")
    for folder in (lab.root, lab.assignment_folder, evil):
        (folder / "pytest.ini").write_text("[pytest]\naddopts = --setup-only\n")
        (folder / "conftest.py").write_text("def pytest_pyfunc_call():\n    return True\n")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--setup-only -x")
    monkeypatch.setenv("PYTEST_PLUGINS", "evil")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("PYTHONPATH", f"{os.pathsep}.")
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")  # would take every assert out of the tests
    monkeypatch.chdir(evil)
    result = lab.one(lab.source(("return float(as_vector(values).sum())", "return 'six'")))
    assert result.score == 75
    assert not (tmp_path / "ran").exists()
    assert not list(lab.root.rglob("__pycache__"))


def test_python_that_leaves_out_asserts_is_refused(lab, real_graders, monkeypatch):
    """pytest puts them back in, but not here: before it was refused, a wrong answer got the points of these tests."""
    for test in ("test_public.py", "test_hidden.py"):
        file = lab.assignment_folder / test
        file.write_text('"""PYTEST_DONT_REWRITE"""\n' + file.read_text(encoding="utf-8"), encoding="utf-8")
    wrong = lab.source(("return float(as_vector(values).sum())", "return 6.5"))
    assert lab.one(wrong).score < 100
    monkeypatch.setattr(grader_process, "command", lambda program: (sys.executable, "-O", "-P", "-m", program))
    with pytest.raises(CourseError, match=r"grading: Python runs with -O or PYTHONOPTIMIZE, .*; run the same command"):
        lab.one(wrong, regrade=True)


def test_program_run_without_asserts_grades_as_with_them(lab, tmp_path):
    lab.hand_in("ann")
    lab.hand_in("bob", lab.source(("return float(as_vector(values).sum())", "return 6.5")))
    command = ["-c", "from autograder.cli import main; main()", "grade", str(lab.hand_ins), "--assignment", "t1"]
    for out, flags in (("with", []), ("without", ["-O"])):
        where = ["--course", str(lab.root), "--jobs", "1", "--out", str(tmp_path / out)]
        done = subprocess.run([sys.executable, *flags, *command, *where], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
    assert lab.csv(tmp_path / "without") == lab.csv(tmp_path / "with")
    assert float(lab.csv(tmp_path / "without")["bob"]["score"]) < 100


@pytest.mark.parametrize("answer", ["Unchanged()", "CannotGrade('no')"], ids=["unchanged", "refused"])
def test_answer_that_is_none_to_a_job_needs_attention(lab, sabotage, answer):
    """Unchanged is one only where a fingerprint was sent."""
    sabotage(f"grader.Done = lambda graded: grader.{answer}")
    result = lab.one()
    assert (result.status, result.score) == ("needs_attention", None)
    assert result.record["reason"] == f"the grader answered a job with {answer.partition('(')[0]}"


def test_grader_that_begins_with_anything_but_its_tests_is_an_error(lab, sabotage):
    sabotage("grader.Collected = lambda *_: grader.Unchanged()")
    with pytest.raises(CourseError, match=r"grader: cannot start: the grader began with Unchanged; run .autograder"):
        lab.one()


def test_grader_inherits_what_the_instructor_has_but_nothing_that_changes_python_or_pytest(monkeypatch):
    for name in list(os.environ):
        if name.startswith(("PYTHON", "PYTEST")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", ".", "lib", "/opt/numpy"]))
    for name in ("PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTEST_ADDOPTS", "CI", "BUILD_NUMBER", "MODULEPATH"):
        monkeypatch.setenv(name, "1")
    inherited = grader_process.grader_environment()
    assert inherited["PYTHONPATH"] == "/opt/numpy"
    assert inherited["PATH"] == os.environ["PATH"]
    assert inherited["MODULEPATH"] == "1"
    own = {"PYTHONPATH", "PYTHONHASHSEED"}
    assert {name for name in inherited if name.startswith(("PYTHON", "PYTEST", "CI", "BUILD"))} == own


def test_stale_bytecode_of_the_reference_is_not_run(lab):
    """An edit within one second that keeps the size leaves Python's own cache valid."""
    file = lab.root / "solutions" / "tiny" / "sums.py"
    stat = file.stat()
    py_compile.compile(str(file), doraise=True)
    file.write_text(lab.source(("dtype=np.float64", "dtype=np.float16")), encoding="utf-8")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert lab.one().score == 70, "the right answer is wrong by the new reference"


def test_two_that_claim_one_id_hold_up_nobody_else(lab):
    lab.hand_in("ann")
    lab.hand_in("bob")
    shutil.make_archive(str(lab.hand_ins / "bob"), "zip", lab.hand_ins / "bob")
    graded = lab.grade()
    assert graded["ann"].score == 100
    held = [each for each in graded.values() if each.status == "needs_attention"]
    assert [each.score for each in held] == [None, None]
    assert all("has the id 'bob', and so has" in each.record["reason"] for each in held)


def test_cpus_are_shared_out_beginning_with_our_own(monkeypatch):
    allowed = os.sched_getaffinity(0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: allowed)
    try:
        for cpu in allowed:
            os.sched_setaffinity(0, {cpu})
            assert (graders._cpus()[0], set(graders._cpus())) == (cpu, allowed)
    finally:
        os.sched_setaffinity(0, allowed)
