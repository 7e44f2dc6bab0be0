"""How a test becomes a verdict: markers, phases, clocks, seeds."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.boundary.ends import Stopped, WorkerFault
from autograder.boundary.remote import OpaqueValue
from autograder.boundary.student_error import student_error
from autograder.course import Course, release
from autograder.course.secret import VARIABLE, fingerprint
from autograder.errors import CourseError
from autograder.grading import graders
from autograder.grading.collecting import collect
from autograder.grading.judging import judge
from autograder.grading.markers import check_total
from autograder.grading.verdicts import Graded, TestSpec, Verdict, settle
from autograder.inside import messages

pytestmark = pytest.mark.slow


def raised(kind, text, *bases):
    return student_error(messages.Raised(0, kind, [kind, *bases, "Exception"], text, "sums.py:7 in total", "a trace"))


STUB = raised("NotImplementedError", "t1_sums, exercise sums.total: handout section 1", "RuntimeError")
STOPPED = Stopped("cpu_limit", "stopped after 1 s of computing")


def skip():
    with pytest.raises(pytest.skip.Exception) as caught:
        pytest.skip("no time")
    return caught.value


def fail(text):
    with pytest.raises(pytest.fail.Exception) as caught:
        pytest.fail(text)
    return caught.value


def phases(setup=None, call=None, teardown=None):
    return [("setup", setup), ("call", call), ("teardown", teardown)]


@pytest.mark.parametrize(
    ("phases", "stopped", "fault", "want"),
    [
        pytest.param(phases(), None, None, ("passed", "passed", ""), id="nothing_raised"),
        pytest.param([], None, None, ("fault", "fault", "the test was not run"), id="not_run"),
        pytest.param(
            [("setup", None), ("teardown", None)], None, None, ("fault", "fault", "was not run"), id="setup_only"
        ),
        pytest.param(phases()[:2], None, None, ("fault", "fault", "was not run"), id="no_teardown"),
        pytest.param(
            phases(call=raised("ValueError", "no")),
            None,
            None,
            ("failed", "raised", r"your code raised ValueError: no \(sums.py:7 in total\)"),
            id="student_error",
        ),
        pytest.param(
            phases(call=raised("FileNotFoundError", "no", "OSError")),
            None,
            None,
            ("failed", "raised", "your code raised FileNotFoundError"),
            id="student_error_of_a_fault_type",
        ),
        pytest.param(
            phases(call=STUB),
            None,
            None,
            ("failed", "not_implemented", "not done yet: sums.total, handout section 1"),
            id="not_implemented",
        ),
        pytest.param(
            phases(call=raised("NotImplementedError", "later")),
            None,
            None,
            ("failed", "raised", "NotImplementedError: later"),
            id="not_implemented_of_their_own",
        ),
        pytest.param(
            phases(call=AssertionError("got 1, want 2")), None, None, ("failed", "wrong", "got 1"), id="assert"
        ),
        pytest.param(phases(call=fail("too slow")), None, None, ("failed", "wrong", "^too slow$"), id="pytest_fail"),
        pytest.param(phases(call=OpaqueValue("got an object")), None, None, ("failed", "wrong", "object"), id="opaque"),
        pytest.param(phases(call=skip()), None, None, ("fault", "fault", "the test skipped itself"), id="skip"),
        pytest.param(phases(setup=skip()), None, None, ("fault", "fault", "setup: Skipped: no time"), id="skip_mark"),
        pytest.param(phases(), STOPPED, None, ("stopped", "cpu_limit", "after 1 s"), id="stopped_and_swallowed"),
        pytest.param(phases(call=STOPPED), STOPPED, None, ("stopped", "cpu_limit", "after 1 s"), id="stopped"),
        pytest.param(phases(call=STOPPED), None, None, ("stopped", "cpu_limit", "after 1 s"), id="known_to_be_stopped"),
        pytest.param(
            phases(), None, WorkerFault("gone"), ("fault", "fault", "WorkerFault: gone"), id="fault_and_swallowed"
        ),
        pytest.param(
            phases(call=AssertionError("x")), STOPPED, WorkerFault("gone"), ("fault", "fault", "gone"), id="fault_first"
        ),
        *(
            pytest.param(phases(call=error), None, None, ("fault", "fault", type(error).__name__), id=f"call_{error!r}")
            for error in (
                OSError("disk"),
                MemoryError(),
                ImportError("no scipy"),
                NameError("typo"),
                SyntaxError("typo"),
                WorkerFault("gone"),
                KeyboardInterrupt(),
                SystemExit(0),
            )
        ),
        *(
            pytest.param(
                phases(**{phase: error}), None, None, ("fault", "fault", f"^{phase}: "), id=f"{phase}_{error!r}"
            )
            for phase in ("setup", "teardown")
            for error in (AssertionError("x"), TypeError("x"), ValueError("x"))
        ),
        pytest.param(
            phases(setup=raised("ValueError", "no")), None, None, ("failed", "raised", "no"), id="in_a_fixture"
        ),
        pytest.param(
            phases(call=TypeError("can't add")),
            None,
            None,
            ("failed", "unusable", "the test cannot use what your code returned: TypeError: can't add"),
            id="type_error_on_what_came_back",
        ),
        pytest.param(
            phases(call=AssertionError("x"), teardown=OSError("disk")),
            None,
            None,
            ("fault", "fault", "teardown: OSError: disk"),
            id="wrong_and_then_a_fault",
        ),
    ],
)
def test_judge(phases, stopped, fault, want):
    outcome, code, message, words = judge(phases, stopped, fault)
    assert (outcome, code) == want[:2]
    assert re.search(want[2], message)
    assert (words.where != "") == (code in ("raised", "not_implemented"))


def spec(points=1.0, name="test_x"):
    return TestSpec(name=name, exercise="sums.total", points=points, public=True, visibility="visible", hint="")


@pytest.mark.parametrize("points", [[100], [0.1] * 1000, [100 / 3] * 3, [0.25] * 400], ids=str)
def test_points_that_make_100_are_taken(points, tiny_root):
    check_total(tuple(map(spec, points)), None)
    verdicts = tuple(Verdict(test=spec(each), outcome="passed", code="passed") for each in points)
    assert Graded(id="a", status="graded", verdicts=verdicts).score == 100.0


def test_verdict_that_is_missing_or_a_fault_is_nobodys_zero():
    passed = Verdict(test=spec(60.0, "test_a"), outcome="passed", code="passed")
    broken = Verdict(test=spec(40.0, "test_b"), outcome="fault", code="fault", message="call: OSError: disk")
    expected = (passed.test, broken.test)
    cut = settle(Graded(id="a", status="graded", verdicts=(passed,)), expected)
    assert (cut.score, cut.status, cut.reason) == (None, "needs_attention", "grading ended after 1 of 2 tests")
    faulty = settle(Graded(id="a", status="graded", verdicts=(passed, broken)), expected)
    assert (faulty.score, faulty.reason) == (None, "test_b: call: OSError: disk")
    worse = settle(Graded(id="a", status="graded", verdicts=(broken, broken)), (broken.test, broken.test))
    assert worse.reason == "test_b: call: OSError: disk (and 1 more)"


BAD_MARKERS = {
    "none": ("", "got 0 points markers, want one: @pytest.mark.points(2, exercise="),
    "two": ("@pytest.mark.points(1, exercise='x')\n@pytest.mark.points(2, exercise='x')", "got 2 points markers"),
    "no_number": ("@pytest.mark.points(exercise='x')", "points: got (), want one positive number"),
    "zero": ("@pytest.mark.points(0, exercise='x')", "points: got (0,), want one positive number"),
    "negative": ("@pytest.mark.points(-1, exercise='x')", "points: got (-1,), want one positive number"),
    "true": ("@pytest.mark.points(True, exercise='x')", "points: got (True,), want one positive number"),
    "nan": ("@pytest.mark.points(float('nan'), exercise='x')", "points: got (nan,), want one positive number"),
    "text": ("@pytest.mark.points('2', exercise='x')", "points: got ('2',), want one positive number"),
    "no_exercise": ("@pytest.mark.points(2)", "points: exercise: got None, want the name of an exercise"),
    "empty_exercise": ("@pytest.mark.points(2, exercise='')", "points: exercise: got '', want the name"),
    "visibility": (
        "@pytest.mark.points(2, exercise='x', visibility='never')",
        "points: visibility: got 'never', want one of visible, hidden, after_due_date, after_published",
    ),
    "hint": ("@pytest.mark.points(2, exercise='x', hint=3)", "points: got 3, want only exercise, hint (a text)"),
    "unknown": ("@pytest.mark.points(2, exercise='x', hnit='')", "points: got ['hnit'], want only exercise, hint"),
}


def test_every_mistake_in_a_marker_is_named_before_anything_is_graded(lab):
    tests = [f"{marker}\ndef test_{name}():\n    pass\n" for name, (marker, _) in BAD_MARKERS.items()]
    tests.append(
        "import unittest\n@pytest.mark.points(1, exercise='x')\nclass TestOld(unittest.TestCase):\n"
        "    def test_case(self):\n        self.fail()\n"
    )
    lab.tests("\n\n".join(tests))
    lab.hand_in("someone")
    with pytest.raises(CourseError) as caught:
        lab.grade()
    lines = str(caught.value).splitlines()
    assert len(lines) == len(tests)
    for name, (_, message) in BAD_MARKERS.items():
        assert [line for line in lines if line.startswith(f"t1_sums/test_hidden.py::test_{name}: {message}")], lines
    assert "t1_sums/test_hidden.py::test_case: got a TestCaseFunction, want a plain test function" in lines
    assert not (lab.out / "someone").exists()


ONE = "@pytest.mark.points({}, exercise='sums.total')\ndef test_one(student):\n    pass\n"


@pytest.mark.parametrize("points", [[99.5], []], ids=["too_few", "none"])
def test_points_that_do_not_make_100_are_refused(points, lab):
    want = rf"t1_sums: the tests' points make {sum(points):g}; want 100"
    with pytest.raises(CourseError, match=want):
        check_total(tuple(map(spec, points)), lab.course.assignment("t1"))


def test_collecting_looks_at_no_folder_above_the_course(lab, sabotage, tmp_path):
    """pytest would list all that lies there, and a /tmp may hold tens of thousands of files."""
    seen = tmp_path / "seen"
    sabotage(
        "def listed(event, arguments):\n"
        "    if event in ('os.scandir', 'os.listdir'):\n"
        f"        print(arguments[0], file=open({str(seen)!r}, 'a'))\n"
        "sys.addaudithook(listed)\n"
    )
    assert lab.one().score == 100.0
    folders = seen.read_text().splitlines()
    assert str(lab.assignment_folder) in folders
    above = {str(folder) for folder in lab.root.parents}
    assert above.isdisjoint(folders)


def test_tests_of_several_courses_are_collected_one_after_the_other(lab):
    """Their files have the same names, and no process of its own is started for each."""
    ours = Course.load(Path(__file__).parents[2])
    first = collect(ours, ours.assignments[0])
    tiny = collect(lab.course, lab.course.assignment("t1"))
    assert {test.exercise for test in tiny} == {"sums.total", "sums.running_totals", "sums.Average"}
    assert collect(ours, ours.assignments[0]) == first
    lab.tests("def test_without_a_marker():\n    pass\n")
    with pytest.raises(CourseError, match="test_without_a_marker: got 0 points markers, want one"):
        collect(lab.course, lab.course.assignment("t1"))


def test_tests_that_cannot_be_used_are_refused_before_anything_is_graded(lab):
    lab.tests("import scipi\n", "def test_one(:\n")
    lab.hand_in("someone")
    with pytest.raises(CourseError) as caught:
        lab.grade()
    assert str(caught.value).splitlines() == [
        "t1_sums/test_public.py: does not import: SyntaxError: invalid syntax",
        "t1_sums/test_hidden.py: does not import: ModuleNotFoundError: No module named 'scipi'",
    ]
    lab.tests(ONE.format(99.5))
    with pytest.raises(CourseError, match=r"t1_sums: the tests' points make 99.5; want 100"):
        lab.grade()
    assert not (lab.out / "someone").exists()


# Tests graded for real. Each course here is a list of tests, to be paid for with one grading.


def test_what_a_test_does_comes_out_as_its_verdict(lab):
    bodies = {
        "passes": "assert student.sums.total([1.0]) == 1.0",
        "swallows_a_stop": "pytest.raises(BaseException, student.sums.running_totals, [])",
        "subtest_fails": "with subtests.test():\n        assert False, 'one of many'",
        "exits": "sys.exit(0)",
        "adds_to_an_object": "student.sums.Average() + np.ones(2)",
        "warns_of_nothing": "assert student.sums.total([2.0]) == 2.0",
    }
    if pytest.version_tuple < (9,):  # which has no subtests
        del bodies["subtest_fails"]
    fixtures = {"subtest_fails": "student, subtests"}
    tests = [
        f"@pytest.mark.points({101 - len(bodies) if name == 'passes' else 1}, exercise='x')\n"
        f"def test_{name}({fixtures.get(name, 'student')}):\n    {body}\n"
        for name, body in bodies.items()
    ]
    lab.tests("\n\n".join(tests))
    source = lab.source(
        ("sums = np.cumsum(vector)", "import os\n    os._exit(3)"),
        (
            "return float(as",
            "import warnings\n    warnings.warn('deprecated', DeprecationWarning)\n    return float(as",
        ),
    )
    result = lab.one(source)
    outcomes = {each["name"]: (each["outcome"], each["code"]) for each in result.record["tests"]}
    want = {
        "test_passes": ("passed", "passed"),
        "test_swallows_a_stop": ("stopped", "exit"),
        "test_subtest_fails": ("failed", "wrong"),
        "test_exits": ("fault", "fault"),
        "test_adds_to_an_object": ("failed", "raised"),
        "test_warns_of_nothing": ("passed", "passed"),
    }
    assert outcomes == {name: verdict for name, verdict in want.items() if name.removeprefix("test_") in bodies}
    assert result.status == "needs_attention", "a test that exits has come to no verdict"
    assert result.record["reason"] == "test_exits: call: SystemExit: 0"


@pytest.mark.parametrize("end", ["raise KeyboardInterrupt", "pytest.exit('enough')"])
def test_test_that_ends_pytest_gives_nobody_a_score(lab, end, monkeypatch):
    monkeypatch.setattr(graders, "TRIES", 1)
    lab.tests(f"{ONE.format(50)}\n@pytest.mark.points(50, exercise='x')\ndef test_two():\n    {end}\n")
    result = lab.one()
    assert (result.status, result.score) == ("needs_attention", None)
    assert result.record["reason"].startswith("the grader ended (exit status 1): RuntimeError: pytest stopped: ")


def test_module_that_does_not_load_is_tried_once_and_costs_nothing_afterwards(lab, sabotage, tmp_path):
    begun = tmp_path / "begun"
    sabotage(
        "begin = worker.Worker.begin\n"
        "def count(*args):\n"
        f"    open({str(begun)!r}, 'a').write('x')\n"
        "    return begin(*args)\n"
        "worker.Worker.begin = count\n"
    )
    tests = (ONE.format(25).replace("one", str(n)).replace("pass", "student.sums.total([])") for n in range(4))
    lab.tests("\n\n".join(tests))
    result = lab.one("while True:\n    pass\n")
    assert begun.read_text() == "x"
    assert {each["code"] for each in result.record["tests"]} == {"cpu_limit"}
    [error] = result.record["load_errors"]
    assert re.fullmatch(
        r"sums\.py does not load: stopped after 1 s of computing: an infinite loop\? \(sums\.py:[12] in <module>\)",
        error,
    )


def test_submission_that_used_up_its_time_fails_the_rest(lab):
    slow = "@pytest.mark.points(20, exercise='x')\ndef test_{0}(student):\n    student.sums.total([1.0])\n"
    lab.tests("\n\n".join(slow.format(n) for n in range(5)))
    lab.policy("hint", submission_wall_s=1.5)
    result = lab.one(lab.source(("return float(as", "import time\n    time.sleep(1)\n    return float(as")))
    codes = [each["code"] for each in result.record["tests"]]
    assert codes in (
        ["passed", "passed"] + ["submission_limit"] * 3,
        ["passed"] + ["submission_limit"] * 4,  # on a machine that takes half a second to start a sandbox
    )
    assert result.status == "graded"
    message = "not run: the tests before it used up the 1.5 s that a submission has"
    assert result.test("test_4")[0]["message"] == message


def test_what_may_be_the_machines_doing_gets_a_second_chance(lab, tmp_path):
    """Each test fails the first time for a reason of the machine's: a signal 9, a fault, the clock."""
    flag = f"{str(tmp_path)!r} + '/' + request.node.name"
    once = f"first = not os.path.exists({flag})\n    open({flag}, 'w')"
    lab.tests(
        "@pytest.mark.points(30, exercise='x')\n"
        f"def test_killed(student, request):\n    {once}\n    student.sums.die(9 if first else 0)\n\n\n"
        "@pytest.mark.points(30, exercise='x')\n"
        f"def test_fault(request):\n    {once}\n    if first:\n        raise OSError('disk')\n\n\n"
        "@pytest.mark.points(40, exercise='x')\n"
        f"def test_clock(student, request):\n    {once}\n    student.sums.sleep(60 if first else 0)\n"
    )
    lab.policy("hint", wall_s=0.5)
    result = lab.one("import os\nfrom time import sleep\n\n\ndef die(number):\n    os.kill(os.getpid(), number)\n")
    assert result.score == 100


def test_fixtures_of_any_scope_are_torn_down_between_submissions(lab):
    lab.tests(
        "STATE = []\n\n\n@pytest.fixture(scope='session')\ndef kept():\n"
        "    STATE.append(1)\n    yield STATE\n    STATE.clear()\n\n\n"
        "@pytest.mark.points(100, exercise='x')\ndef test_state(kept):\n    assert kept == [1]\n"
    )
    for name in ("ann", "bob"):
        lab.hand_in(name)
    assert {name: each.score for name, each in lab.grade().items()} == {"ann": 100, "bob": 100}


def test_hidden_tests_draw_from_the_secret_and_public_ones_do_not(lab, monkeypatch):
    marker = "@pytest.mark.points(50, exercise='sums.total')\n"
    body = "    pytest.fail(f'drawn {rng.integers(2**32)} {gradcheck.keywords[\"rng\"].integers(2**32)}')\n"
    toml = lab.root / "assignments" / "course.toml"
    toml.write_text(toml.read_text() + '[gradcheck]\ntensor = "sums.Average"\n')
    lab.tests(
        f"{marker}def test_hidden_draw(student, rng, gradcheck):\n{body}",
        f"{marker}def test_public_draw(student, rng, gradcheck):\n{body}",
    )
    drawn, named = {"hidden": [], "public": []}, []
    for secret in ("a" * 32, "b" * 32, "a" * 32):
        monkeypatch.setenv(VARIABLE, secret)
        one = lab.one()
        assert one.fresh
        assert secret not in one.text
        named.append((one.record["secret"], one.results["extra_data"]["secret"]))
        for kind, said in drawn.items():
            said.append(one.test(f"test_{kind}_draw")[0]["message"].split()[1:3])
    assert drawn["public"][0] == drawn["public"][1] == drawn["public"][2]
    assert drawn["hidden"][0] == drawn["hidden"][2]
    numbers = drawn["hidden"][0] + drawn["hidden"][1] + drawn["public"][0]
    assert len(set(numbers)) == 6
    assert all(number.isdigit() for number in numbers)
    assert named[0] == named[2] == (fingerprint("a" * 32),) * 2
    assert named[1] == (fingerprint("b" * 32),) * 2


def test_rng_draws_the_same_numbers_in_the_template_and_while_grading(lab, tmp_path):
    draw = "integers(2**32, size=3).tolist()"
    public = (
        "@pytest.mark.points(100, exercise='sums.total')\n@pytest.mark.parametrize('size', [7])\n"
        "def test_draw(student, rng, gradcheck, size):\n"
        f"    pytest.fail(f'drawn {{rng.{draw}}} {{gradcheck.keywords[\"rng\"].{draw}}}')\n"
    )
    lab.tests("", public)
    toml = lab.root / "assignments" / "course.toml"
    toml.write_text(toml.read_text() + '[gradcheck]\ntensor = "sums.Average"\n')
    lab.hand_in("someone")
    record = lab.grade(seed=5)["someone"].record
    assert record["seed"] == 5
    message = record["tests"][0]["message"]
    assert message.startswith("drawn [")
    release(lab.course, tmp_path / "template")
    for seed in (0, 5):
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "--seed", str(seed), "-p", "no:cacheprovider"],
            cwd=tmp_path / "template",
            env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            capture_output=True,
            text=True,
        )
        assert "drawn [" in run.stdout
        assert (message in run.stdout) == (seed == 5)


def test_number_in_place_of_a_module_is_no_fault_of_ours(lab):
    """The fixture looks the tensor's class up in set-up, where a fault would be graded again on every run."""
    lab.tests(
        "@pytest.mark.points(50, exercise='x')\ndef test_slope(gradcheck):\n    pass\n\n\n"
        "@pytest.mark.points(50, exercise='y')\ndef test_class(student):\n    student.sums.Average()\n"
    )
    toml = lab.root / "assignments" / "course.toml"
    toml.write_text(toml.read_text() + '[gradcheck]\ntensor = "sums.Average"\n')
    result = lab.one(lab.reference + "\n\nimport sys\nsys.modules[__name__] = 5\n")
    assert (result.status, result.score) == ("graded", 0)
    said = result.test("test_slope")[0]["message"]
    assert said == "gradcheck: sums of sums.Average: got int, want a module or a class"


def test_object_that_makes_up_its_distances_gets_nothing(lab):
    """`abs(got - want) < 1e-12`, as a test may well say, is not asked of what the submission returned."""
    near = "\n\nclass Near:\n    def __sub__(self, other):\n        return 0.0\n\n    __rsub__ = __sub__\n"
    result = lab.one(lab.source(("return float(as_vector(values).sum())", "return Near()")) + near)
    private, _ = result.test("test_total_of_random_numbers")
    assert private["code"] == "wrong"
    assert private["message"].startswith("sub with an object of type Near: got float, want an object again")


def test_gradcheck_of_a_course_without_one_is_a_fault_that_says_what_to_add(lab):
    lab.tests("@pytest.mark.points(100, exercise='x')\ndef test_slope(gradcheck):\n    pass\n")
    result = lab.one()
    assert result.status == "needs_attention"
    assert "gradcheck: assignments/course.toml has no [gradcheck]; add it with tensor" in result.record["reason"]


def test_grader_holds_no_more_after_many_runs_of_a_test(lab):
    """A failed test's report, with its traceback, must not stay for the rest of the class."""
    lab.tests(
        "@pytest.mark.points(100, exercise='x')\n"
        "def test_memory(student, request):\n"
        "    terminal = request.config.pluginmanager.getplugin('terminalreporter')\n"
        "    held = sum(map(len, terminal.stats.values())) + len(request.node._report_sections)\n"
        "    print('something')\n"
        "    pytest.fail(f'held {held}')\n"
    )
    for name in ("ann", "bob", "eve"):
        lab.hand_in(name)
    assert {each.record["tests"][0]["message"] for each in lab.grade().values()} == {"held 0"}


STAND_IN = "def total(student):\n    return student.sums.total([1.0])\n"
ASKING = (
    "@pytest.mark.points(100, exercise='x')\n"
    "def test_total(student, beside):\n    assert beside.total(student) == 1.0\n"
)


def test_stand_ins_run_beside_the_submission(lab):
    lab.tests(ASKING)
    (lab.assignment_folder / "beside_student_code.py").write_text(STAND_IN, encoding="utf-8")
    assert lab.one().score == 100


def test_module_that_never_loads_raises_at_once_for_who_else_imports_it(lab):
    lab.tests(ASKING)
    (lab.assignment_folder / "beside_student_code.py").write_text(STAND_IN, encoding="utf-8")
    private, _ = lab.one("while True:\n    pass\n").test("test_total")
    assert private["message"] == "your code raised SyntaxError: sums.py does not load, see above (sums.py)"


def test_test_that_asks_for_stand_ins_where_there_are_none_is_the_courses_error(lab):
    lab.tests(ASKING)
    with pytest.raises(CourseError, match=r"beside_student_code.py: no such file, and .*::test_total asks for the"):
        collect(lab.course, lab.course.assignment("t1"))
