"""Each part killed or broken at each stage: no point is given, and no zero either."""

import errno
import os

import pytest

from autograder.errors import CourseError
from autograder.grading import graders
from autograder.grading.results import read_record, write_results
from autograder.grading.verdicts import Graded

pytestmark = pytest.mark.slow

READING = """
read = grader.read_apart
hit = ""
begun = 0
def below(pid):
    return [int(child) for child in open(f"/proc/{pid}/task/{pid}/children").read().split()]
def kill_below(bwrap, depth):
    pid = bwrap
    for _ in range(depth):
        pid = (below(pid) or [pid])[0]
    if pid != bwrap:
        os.kill(pid, 9)
        time.sleep(0.1)  # every process below ends with it
def kill_zygote(bwrap):
    kill_below(bwrap, 3 if isinstance(box, Bubblewrap) else 1)
def sandboxes():
    return below(os.getpid())
def reading(paths, **options):
    global hit, begun
    hit, begun = paths[0].name, 0
    return read(paths, **options)
grader.read_apart = reading
"""


def replaced(owner, name, action, before=True, victim="victim"):
    """Code that has a function of the engine do something first (or last) while the victim is graded."""
    call = "    result = original(*args, **options)\n"
    act = f"    if hit == {victim!r}:\n        {action}\n"
    body = act + call if before else call + act
    return (
        f"original_{victim} = {owner}.{name}\n"
        f"def acting(*args, original=original_{victim}, **options):\n    global begun\n{body}    return result\n"
        f"{owner}.{name} = acting\n"
    )


# What happens to a grader's victim, and what the reason then says.
NO_WORKER = "raise ends.WorkerFault('worker: no memory')"
KILL_ZYGOTE = "kill_zygote(args[0].process.pid)"
KILL_ANY_ZYGOTE = "[kill_zygote(pid) for pid in sandboxes()]"
DYING = "the grader ended (exit status -9)"

STAGES = {
    "grader_while_reading": (("grader", "fingerprint", "die()"), DYING),
    "grader_while_loading": (("worker.Worker", "load", "die()"), DYING),
    "grader_while_probing": (("plugin.SubmissionUnderTest", "probe_modules", "die()"), DYING),
    "grader_in_a_test": (("plugin", "runtestprotocol", "die()"), DYING),
    "grader_between_tests": (("plugin.GradingPlugin", "run_test", "die()", False), DYING),
    "grader_after_the_last_test": (("grader.Grader", "_done", "die()"), DYING),
    "grader_while_answering": (
        ("grader.Grader", "say", 'args[0].lines.write(b\'{"type":"Done"\'); args[0].lines.flush(); die()'),
        DYING,
    ),
    "grader_out_of_memory": (
        ("plugin.GradingPlugin", "run_test", "raise MemoryError"),
        "the grader ended (exit status 1): RuntimeError: pytest stopped: MemoryError:",
    ),
    "worker_cannot_start": (("worker.Worker", "begin", NO_WORKER), "worker: no memory"),
    "worker_cannot_start_for_a_test": (
        ("worker.Worker", "begin", f"begun += 1\n        if begun > 3: {NO_WORKER}"),
        "call: WorkerFault: worker: no memory (and 4 more)",
    ),
    "zygote_killed_after_each_start": (
        ("worker.Worker", "begin", KILL_ZYGOTE, False),
        "worker: the sandbox ended in the middle of a test",
    ),
    "nursery_killed_after_each_start": (
        ("worker.Worker", "begin", "kill_below(args[0].process.pid, 1)", False),
        "worker: the sandbox ended in the middle of a test",
    ),
    "zygote_killed_while_it_loads": (
        ("worker.Worker", "_expect_ready", KILL_ZYGOTE, False),
        "worker: the zygote does not",
    ),
    "zygote_killed_while_probing": (
        ("channels.Channel", "receive", KILL_ANY_ZYGOTE),
        "worker: the sandbox ended in the middle of a test",
    ),
    "zygote_killed_in_every_call": (
        ("channels.Channel", "receive", f"begun += 1\n        if begun > 2: {KILL_ANY_ZYGOTE}"),
        "worker: the sandbox ended in the middle of a test",
    ),
    "test_was_never_called": (
        ("plugin", "runtestprotocol", "return"),
        "test_total[three]: the test was not run (and 5 more)",
    ),
}


@pytest.fixture(scope="module")
def broken_class(tmp_path_factory, make_lab, start_with):
    """A submission for each stage, its graders breaking at that stage; and one that nothing happens to."""
    lab = make_lab(tmp_path_factory.mktemp("broken"))
    for stage in (*STAGES, "unharmed"):
        lab.hand_in(stage)
    code = "".join(replaced(*what, victim=stage) for stage, (what, _) in STAGES.items())
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(graders, "TRIES", 1)
        start_with(monkeypatch, READING + code)
        return lab, lab.grade(jobs=2)


@pytest.mark.parametrize("stage", STAGES)
def test_part_that_breaks_leaves_no_score_and_no_zero(broken_class, stage):
    lab, graded = broken_class
    broken = graded[stage]
    assert (broken.status, broken.score) == ("needs_attention", None)
    assert "score" not in broken.results
    assert broken.results["tests"] == []
    assert STAGES[stage][1] in broken.record["reason"]
    assert lab.csv()[stage]["score"] == ""


def test_submissions_beside_the_broken_ones_are_untouched(broken_class):
    assert broken_class[1]["unharmed"].score == 100


def test_verdicts_that_are_lost_on_the_way_leave_no_score(lab, sabotage):
    lab.hand_in("victim")
    sabotage(
        "finish = grader.Grader._done\n"
        "def without_the_last(self, graded, submission, verdicts, in_cells):\n"
        "    return finish(self, graded, submission, verdicts[:-1], in_cells)\n"
        "grader.Grader._done = without_the_last\n"
    )
    victim = lab.grade()["victim"]
    assert (victim.status, victim.score) == ("needs_attention", None)
    assert victim.record["reason"] == "grading ended after 9 of 10 tests"


def test_zygote_killed_once_costs_nothing(lab, sabotage, tmp_path):
    once = str(tmp_path / "once")
    action = f"if not os.path.exists({once!r}): open({once!r}, 'w'); {KILL_ZYGOTE}"
    lab.hand_in("victim")
    sabotage(READING + replaced("worker.Worker", "begin", action, before=False))
    assert lab.grade()["victim"].score == 100


@pytest.mark.parametrize("part", ["__init__", "_work"])
def test_grader_that_dies_before_it_has_tests_grades_nothing(lab, sabotage, part):
    lab.hand_in("victim")
    sabotage(f"grader.Grader.{part} = die")
    with pytest.raises(CourseError, match=r"grader: cannot start: the grader ended \(exit status -9\)"):
        lab.grade()
    assert list(lab.out.iterdir()) == [lab.out / ".lock"]


def test_fault_that_a_test_swallows_is_no_pass(lab, sabotage):
    """pytest.raises(Exception) catches what the engine raises too."""
    lab.tests(
        "@pytest.mark.points(100, exercise='x')\n"
        "def test_refuses(student):\n    with pytest.raises(Exception):\n        student.sums.total('abc')\n"
    )
    lab.hand_in("victim")
    count = f"begun += 1\n        if begun > 1: {NO_WORKER}"
    sabotage(READING + replaced("worker.Worker", "begin", count))
    victim = lab.grade()["victim"]
    assert (victim.status, victim.score) == ("needs_attention", None)


# What other graders have got wrong, by the number of its report.


def test_nbgrader_427_process_that_is_dead_passes_no_test(lab):
    """A dead kernel ran no cell, and no cell had failed. Here tests that any error or silence would satisfy run too."""
    lab.tests(
        "@pytest.mark.points(40, exercise='x')\n"
        "def test_refuses(student):\n    with pytest.raises(Exception):\n        student.sums.total('abc')\n\n\n"
        "@pytest.mark.points(30, exercise='x')\n"
        "def test_does_not_mind(student):\n"
        "    try:\n        student.sums.total([1.0])\n    except Exception:\n        pass\n\n\n"
        "@pytest.mark.points(30, exercise='x')\n"
        "def test_only_calls(student):\n    student.sums.total([1.0])\n"
    )
    kill = "import os\n    os.kill(os.getpid(), 9)\n"
    lab.hand_in("at_import", f"if True:\n    {kill}" + lab.reference)
    lab.hand_in("at_call", f"def total(values):\n    {kill}")
    for each in lab.grade().values():
        assert (each.status, each.score) == ("graded", 0)
        assert {test["code"] for test in each.record["tests"]} == {"killed"}


def test_nbgrader_1339_zero_is_zero_in_every_file(lab):
    """A score of 0 is false to Python, and was taken for one that is not there: full marks."""
    nothing = lab.one("")
    assert nothing.status == "graded"
    assert (nothing.results["score"], nothing.record["score"]) == (0, 0)
    assert [test["score"] for test in nothing.results["tests"]] == [0] * 10
    assert [got for got, _ in nothing.results["extra_data"]["exercises"].values()] == [0, 0, 0]
    assert [lab.csv()["someone"][column] for column in ("score", "sums.total", "sums.Average")] == ["0", "0", "0"]


STRANGE = {
    "text": "'6'",
    "nothing": "None",
    "newlines": "chr(10) * (1 << 20)",
    "object": "object()",
    "function": "len",
    "deep": "[[[[[[[[6.0]]]]]]]]",
    "empty_array": "np.zeros((0, 3))",
    "not_a_number": "float('nan')",
    "long_number": "10**400",
    "output_without_end": "[print() for _ in iter(int, 1)]",
}


def test_taskgrader_80_answer_that_breaks_the_checker_passes_no_test(lab):
    """Newlines without end used up the checker's memory, and a checker that had crashed had found nothing wrong."""
    lab.tests(
        "@pytest.mark.points(50, exercise='x')\n"
        "def test_total(student):\n    assert abs(student.sums.total([1.0, 2.0, 3.0]) - 6) < 1e-9\n\n\n"
        "@pytest.mark.points(50, exercise='x')\n"
        "def test_text(student):\n    assert '%.3f' % student.sums.total([6.0]) == '6.000'\n"
    )
    for name, value in STRANGE.items():
        lab.hand_in(name, f"import numpy as np\n\n\ndef total(values):\n    return {value}\n")
    for name, each in lab.grade(jobs=2).items():
        assert (each.status, each.score) == ("graded", 0), name
        want = {"stopped"} if name == "output_without_end" else {"failed"}
        assert {test["outcome"] for test in each.record["tests"]} == want, name


def test_taskgrader_80_answer_that_uses_up_the_checkers_memory_leaves_no_score(lab):
    lab.tests(
        "@pytest.mark.points(100, exercise='x')\n"
        "def test_outer(student):\n    assert np.outer(*[student.sums.total([1.0])] * 2).max() < 9\n"
    )
    broken = lab.one("import numpy as np\n\n\ndef total(values):\n    return np.zeros(1 << 21)\n")
    assert (broken.status, broken.score) == ("needs_attention", None)
    assert "MemoryError: Unable to allocate" in broken.record["reason"]


def full_disk(monkeypatch, file):
    replace = os.replace

    def fail(source, target):
        if target.name == file:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail)


@pytest.mark.parametrize("file", ["results.json", "instructor.json"])
def test_disk_that_fills_up_between_two_files_leaves_no_record(graded_class, a_class, tmp_path, monkeypatch, file):
    assignment = a_class.course.assignment("t1")
    write_results(tmp_path, Graded(id="ann", status="graded"), assignment, ())
    before = read_record(tmp_path)
    full_disk(monkeypatch, file)
    with pytest.raises(CourseError, match=f"{file}: cannot be written: No space left on device"):
        write_results(tmp_path, Graded(id="ann", status="unreadable", reason="no module"), assignment, ())
    assert read_record(tmp_path) == (before if file == "results.json" else None)
    assert {path.name for path in tmp_path.iterdir()} == {"results.json", "instructor.json"}


def test_disk_that_is_full_at_the_end_keeps_the_old_table_and_the_next_run_picks_it_up(lab, monkeypatch):
    lab.one()
    before = (lab.out / "grades.csv").read_bytes()
    lab.hand_in("someone", lab.source(("return float(as", "return 1 + float(as")))
    with monkeypatch.context() as full:
        full_disk(full, "grades.csv")
        with pytest.raises(CourseError, match=r"grades.csv: cannot be written: No space left on device"):
            lab.grade()
    assert (lab.out / "grades.csv").read_bytes() == before
    again = lab.grade()["someone"]
    assert (again.score, again.fresh) == (75, False)
    assert lab.csv()["someone"]["score"] == "75"
