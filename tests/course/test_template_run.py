"""What a student sees: the template of the tiny course, run by a real pytest in a process of its own."""

import os
import re
import subprocess
import sys

import pytest

from autograder.course import Course, release

pytestmark = pytest.mark.slow


@pytest.fixture
def template(tiny_root, tmp_path):
    release(Course.load(tiny_root), tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def solve(template, tiny_root):
    """Puts the reference into the template, with a text in it replaced."""

    def put(old="", new=""):
        text = (tiny_root / "solutions" / "tiny" / "sums.py").read_text()
        assert old in text
        (template / "tiny" / "sums.py").write_text(text.replace(old, new))

    return put


@pytest.fixture
def run(template):
    """Runs pytest there; (exit status, what it printed without pytest's last line and trailing blanks)."""

    def pytest_here(*arguments, cwd=template):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", *arguments],
            cwd=cwd,
            env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stderr == "" or done.returncode == pytest.ExitCode.USAGE_ERROR
        lines = [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]
        return done.returncode, "\n".join(re.sub(r" in \d+\.\d+s ", " in TIME ", line) for line in lines)

    return pytest_here


def test_untouched_template_says_where_to_begin_and_nothing_else(run):
    status, text = run()
    assert text == (
        """\
============================= test session starts ==============================
collected 5 items

tests/t1_sums/test_public.py -----                                       [100%]

t1_sums
  sums.total           0 / 10  not done yet: handout section 1
  sums.running_totals  0 / 20  not done yet: handout section 2
  sums.Average         0 / 10  not done yet: handout section 3

0 of 40 public points
next: sums.total, handout section 1 in handouts/t1_sums.md
================== 3 not done yet, 2 not judged yet in TIME ==================="""
    )
    assert status == 1


@pytest.mark.parametrize("seed", ["0", "1"])
def test_reference_gets_every_point(run, solve, seed):
    solve()
    status, text = run("--seed", seed)
    assert status == 0
    assert "sums.running_totals  20 / 20  done" in text
    assert "40 of 40 public points\nall public tests pass; hidden tests will look further" in text


def test_wrong_answer_shows_message_line_and_hint(run, solve):
    solve("np.cumsum(vector)", "2 * np.cumsum(vector)")
    status, text = run()
    assert status == 1
    assert (
        """
t1_sums: test_running_totals (10 points)
    running totals: got [np.float64(2.0), np.float64(6.0), np.float64(14.0)], want [1.0, 3.0, 7.0]
    tests/t1_sums/test_public.py:25, in test_running_totals
        assert list(got) == [1.0, 3.0, 7.0], f"running totals: got {list(got)}, want [1.0, 3.0, 7.0]"
    hint: as many totals as numbers

t1_sums
  sums.total           10 / 10  done
  sums.running_totals   0 / 20  fix: test_running_totals
  sums.Average         10 / 10  done

20 of 40 public points
next: sums.running_totals, fix: test_running_totals
"""
        in text
    )


def test_exception_shows_the_line_in_the_students_file_and_what_was_printed(run, solve):
    solve("sums = np.cumsum(vector)", "print(len(vector))\n    sums = np.cumsum(vectr)")
    _, text = run("-k", "alone")
    assert (
        """
t1_sums: test_running_totals_leaves_its_argument_alone (10 points)
    NameError: name 'vectr' is not defined
    tiny/sums.py:30, in running_totals
        sums = np.cumsum(vectr)
    hint: is it self.vectr, an argument that is called otherwise, or an import?
    printed: 5
"""
        in text
    )
    assert "0 of 10 public points" in text


def test_syntax_error_is_said_once_for_all_tests(run, solve):
    solve('-> float:\n    """The sum', '-> float\n    """The sum')
    _, text = run()
    assert (
        """
t1_sums: test_total[three] and 2 more (25 points)
    SyntaxError: expected ':'
    tiny/sums.py:13
        def total(values: Iterable[float]) -> float

t1_sums
"""
        in text
    )
    assert text.count("SyntaxError") == 1
    assert "0 of 40 public points" in text


@pytest.mark.parametrize("call", ["total(values)", "[total(values) for _ in range(1)][0]"])
def test_infinite_recursion_is_short(run, solve, call):
    solve("float(as_vector(values).sum())", call)
    _, text = run()
    assert "RecursionError: maximum recursion depth exceeded" in text
    assert "a function that calls itself without end?\n    tiny/sums.py:16, in " in text
    assert len(text.splitlines()) < 20
    assert "30 of 40 public points" in text


def test_endless_loop_is_stopped_and_the_rest_goes_on(run, solve):
    solve("return float(as_vector(values).sum())", "while True:\n        pass")
    _, text = run("--limit", "0.3")
    assert "    still running after 0.3 s; a loop that never ends?\n    tiny/sums.py:1" in text
    assert "30 of 40 public points" in text


def test_run_that_the_student_stops_says_in_which_test_and_where(run, solve):
    solve("return float(as_vector(values).sum())", "raise KeyboardInterrupt")
    _, text = run()
    assert re.search(r"\nstopped in test_total\[.*\] at tiny/sums.py:1\d, in total: a loop that never ends\?", text)
    assert "The tests after it were not run\n" in text
    assert "all public tests" not in text


@pytest.mark.parametrize("arguments", [("-k", "total"), ("tests/t1_sums/test_public.py::test_total",)])
def test_part_of_the_tests_is_not_all_of_them(run, solve, arguments):
    solve()
    status, text = run(*arguments)
    assert status == 0
    assert "what was run passes, and is not all: pytest alone runs every public test\n" in text
    assert "all public tests pass" not in text


def test_assignment_that_was_run_alone_is_named(run, solve, template):
    solve()
    other = template / "tests" / "t2_more" / "test_public.py"
    other.parent.mkdir()
    other.write_text("def test_mine():\n    assert False\n")
    _, text = run("tests/t1_sums")
    assert "\nall public tests of t1_sums pass; hidden tests will look further\n" in text


@pytest.mark.parametrize(
    ("asked", "says"), [("totl", "did you mean total?"), ("xyz", "there are average, running_totals")]
)
def test_name_that_no_test_has_is_answered_with_those_there_are(run, asked, says):
    _, text = run("-k", asked)
    assert f"no test is called so: -k {asked!r}; {says}" in text


def test_import_of_what_is_not_there_when_it_is_graded_is_said_with_its_line(run, solve, template):
    solve("import numpy as np", "import numpy as np, pluggy")
    (template / "tiny" / "extra.py").write_text("try:\n    import torch\nexcept ImportError:\n    torch = None\n")
    status, text = run("--markdown", "points.md")
    line = "    tiny/sums.py:5: pluggy is not there when it is graded\n"
    assert f"before you hand in\n{line}\n" in text
    assert "all public tests pass; hidden tests will look further\n" in text
    assert line.strip() in (template / "points.md").read_text()
    assert status == 0


@pytest.mark.parametrize("seconds", ["-1", "nan", "soon"])
def test_limit_that_is_none_is_refused(run, seconds):
    status, text = run("--limit", seconds)
    assert status == 4
    assert f"argument --limit: got '{seconds}', want seconds, 0 (never) or more" in text


def test_markdown_that_cannot_be_written_is_refused_before_any_test(run, template):
    status, text = run("--markdown", "no/such/folder/points.md")
    assert status == 4
    assert text.strip() == "ERROR: --markdown no/such/folder/points.md: No such file or directory"


def test_first_failure_stops_where_asked_and_what_was_not_begun_does_not(run, template):
    source = template / "tiny" / "sums.py"
    text = source.read_text()
    _, everything = run()
    assert "not done yet" in everything
    _, until = run("-x")
    assert until == everything
    source.write_text(text + "\n\ndef total(values):\n    return -1.0\n")
    _, until = run("-x")
    assert "stopping after" in until
    assert "total" in until


def test_loop_that_swallows_the_limit_once_is_stopped(run, solve):
    # A student's code: what the limit raises is an exception there, which it may catch, or be in a __del__. (The first
    # loop calls something, as Python's tables of handlers leave out a jump alone.)
    once = "try:\n        while True: abs(1)\n    except Exception: pass\n    while True: pass"
    solve("return float(as_vector(values).sum())", once)
    _, text = run("--limit", "0.3")
    assert "    still running after 0.3 s; a loop that never ends?\n    tiny/sums.py:1" in text
    assert "30 of 40 public points" in text


def test_exit_and_missing_module_end_no_run(run, solve, template):
    solve("import numpy as np", "import sys; sys.exit()")
    _, text = run()
    assert "    SystemExit\n    tiny/sums.py:5, in <module>\n" in text
    assert "0 of 40 public points" in text
    (template / "tiny" / "sums.py").unlink()
    _, text = run()
    assert "    ModuleNotFoundError: No module named 'tiny.sums'\n" in text
    assert "0 of 40 public points" in text


def test_exercise_that_needs_another_says_which(run, solve):
    message = "t1_sums, exercise sums.total: handout section 1"
    solve(
        "self.count += 1",
        f'self.count += total([1.0])\n        raise ValueError("no") from NotImplementedError("{message}")',
    )
    _, text = run()
    assert "  sums.Average          0 / 10  not done yet: needs sums.total, handout section 1\n" in text
    assert "next: sums.Average, needs sums.total, handout section 1 in handouts/t1_sums.md" in text


def test_exercise_that_needs_one_of_another_assignment_says_which(run, solve, template):
    solve(
        "return float", 'raise NotImplementedError("t0_words, exercise words.one: handout section 2")\n    return float'
    )
    (template / "handouts" / "t0_words.md").write_text("# Words\n")
    _, text = run()
    assert " / 10  not done yet: needs words.one, handout section 2 of t0_words\n" in text
    assert "next: sums.total, needs words.one, handout section 2 in handouts/t0_words.md" in text


def test_only_the_first_failures_are_shown_unless_asked_for_more(run, solve, template):
    solve()
    test = "\n\n@pytest.mark.points(1, exercise='sums.total')\ndef test_{0}():\n    assert False, 'number {0}'\n"
    file = template / "tests" / "t1_sums" / "test_public.py"
    file.write_text(file.read_text() + "".join(test.format(index) for index in range(10)))
    _, text = run()
    assert "number 7" in text
    assert "number 8" not in text
    assert "2 more failures of other kinds: pytest -v shows all, pytest -x stops at the first\n\nt1_sums\n" in text
    assert "number 9" in run("-v")[1]


def test_plain_assertion_and_unmarked_test_and_broken_test_file(run, template):
    file = template / "tests" / "t1_sums" / "test_public.py"
    file.write_text("def test_mine():\n    x = 1\n    assert x == 2\n")
    _, text = run()
    assert "t1_sums: test_mine (0 points)\n    assert 1 == 2\n    tests/t1_sums/test_public.py:3, in test_mine" in text
    assert "public points" not in text
    file.write_text("def test_mine(:\n")
    status, text = run()
    assert status == 2
    assert "tests/t1_sums/test_public.py: cannot be read\n" in text
    assert "SyntaxError: invalid syntax" in text


def test_pytests_own_traceback_comes_back_on_request(run, solve):
    solve("np.cumsum(vector)", "2 * np.cumsum(vector)")
    _, text = run("--tb=short")
    assert "E   AssertionError: running totals" in text
    assert text.count("\n    running totals: got") == 0
    assert "20 of 40 public points" in text


def test_folder_without_tests_says_where_they_are(run, template):
    status, text = run(cwd=template / "tiny")
    assert status == 5
    assert f"no tests here: run python -m pytest in {template}\n" in text


def test_file_of_tests_that_is_run_as_a_program_runs_them(template):
    file = template / "tests" / "t1_sums" / "test_public.py"
    done = subprocess.run([sys.executable, file], cwd=template / "tiny", capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "0 of 40 public points\nnext: sums.total, handout section 1 in handouts/t1_sums.md\n" in done.stdout


def test_run_from_a_folder_inside_the_template(run, template):
    _, text = run(cwd=template / "tests" / "t1_sums")
    assert "0 of 40 public points" in text


@pytest.mark.parametrize("seed", ["-1", "x"])
def test_seed_that_is_none_is_refused(template, seed):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", f"--seed={seed}"],
        cwd=template,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 4
    assert f"argument --seed: got '{seed}', want a whole number, 0 or more" in done.stderr


def test_gradcheck_fixture_is_bound_to_the_students_classes(tiny_root, tmp_path, run, template):
    file = tiny_root / "assignments" / "course.toml"
    file.write_text(file.read_text() + '[gradcheck]\ntensor = "sums.Average"\ncontext = "sums.as_vector"\n')
    release(Course.load(tiny_root), tmp_path / "out")
    (template / "tests" / "t1_sums" / "test_public.py").write_text(
        "import sys\n\n"
        "def test_bound(gradcheck, student, rng, monkeypatch):\n"
        "    asked = []\n"
        "    there = sys.modules[gradcheck.func.__module__]\n"
        "    monkeypatch.setattr(there, 'check_gradient', lambda *given, **options: asked.append((given, options)))\n"
        "    gradcheck('sums.total', 1.0, mode='fast')\n"
        "    gradcheck(lambda package, x: package.sums.as_vector(x), 1.0, name='sum')\n"
        "    (f, x), options = asked[0]\n"
        "    assert (f, x, options['name'], options['mode']) == (student.sums.total, 1.0, 'total', 'fast')\n"
        "    assert options['tensor'] is student.sums.Average\n"
        "    assert options['context'] is student.sums.as_vector\n"
        "    assert options['rng'].random() != rng.random()\n"
        "    (f, _), options = asked[1]\n"
        "    assert (list(f([1.0, 2.0])), options['name']) == ([1.0, 2.0], 'sum')\n"
    )
    status, text = run()
    assert status == 0, text


def test_tiny_course_is_worth_100_points_and_its_stubs_none(run, solve, template, tiny_root):
    hidden = (tiny_root / "assignments" / "t1_sums" / "test_hidden.py").read_text()
    (template / "tests" / "t1_sums" / "test_hidden.py").write_text(
        hidden + "\n\n@pytest.fixture\ndef reference(student):\n    return student\n"
    )
    assert "\n0 of 100 public points\n" in run()[1]
    solve()
    assert "\n100 of 100 public points\n" in run()[1]


def test_test_that_rides_on_a_wrong_value_is_not_judged_and_says_which_comes_first(run, solve):
    solve("np.cumsum(vector)", "2 * np.cumsum(vector)")
    _, text = run("-v")
    assert re.search(r"test_running_totals_leaves_its_argument_alone NOT JUDGED", text)
    assert "argument was changed" not in text
    assert "1 failed, 3 passed, 1 not judged yet" in text


def test_test_that_rides_alone_is_judged_where_the_other_was_not_chosen(run, solve):
    solve("np.cumsum(vector)", "2 * np.cumsum(vector)")
    status, text = run("-k", "argument_alone")
    assert status == 0
    assert "10 of 10 public points" in text


GRADIENT = """
import numpy as np
import pytest


@pytest.mark.points(10, exercise="sums.total")
def test_value(student):
    assert student.sums.total(student.sums.Average()).data == 1


@pytest.mark.points(10, exercise="sums.total", forward="test_value")
def test_gradient(student):
    assert student.sums.total(student.sums.Average()).slope == 1
"""


@pytest.mark.parametrize(
    ("value", "slope", "ends"),
    [
        (1, 1, "20 of 20 public points\nall public tests pass"),
        (1, 2, "10 of 20 public points\nnext: sums.total, fix: test_gradient"),
        # Its slope may agree with a wrong value: nothing can be said of it, and it is not done.
        (2, 1, "0 of 20 public points\nnext: sums.total, fix: test_value"),
        (2, 2, "0 of 20 public points\nnext: sums.total, fix: test_value"),
    ],
)
def test_gradient_is_judged_at_home_once_the_values_are_right(run, template, value, slope, ends):
    (template / "tests" / "t1_sums" / "test_public.py").write_text(GRADIENT)
    (template / "tiny" / "sums.py").write_text(
        "from types import SimpleNamespace\n\nclass Average:\n    pass\n\n"
        f"def total(x):\n    return SimpleNamespace(data={value}, slope={slope})\n"
    )
    _, text = run("-v")
    assert ends in text
    assert ("test_gradient NOT JUDGED" in text) == (value != 1)


def test_exercise_whose_other_tests_wait_says_so(run, template):
    """A value that is not done leaves the gradient waiting: neither is wrong."""
    (template / "tests" / "t1_sums" / "test_public.py").write_text(GRADIENT)
    _, text = run()
    assert "sums.total  0 / 20  not done yet: handout section 1" in text
    assert "1 not done yet, 1 not judged yet" in text


SHUFFLED = """
import pytest

class Shuffle:
    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        items.reverse()

def pytest_configure(config):
    config.pluginmanager.register(Shuffle())
"""


@pytest.mark.parametrize("options", [("-p", "shuffled"), ("-n", "2")], ids=" ".join)
def test_order_is_the_courses_whatever_order_tests_are_run_in(run, solve, template, options):
    (template / "shuffled.py").write_text(SHUFFLED)
    # Of another assignment, which two processes may be done with first.
    (template / "tests" / "t0_first").mkdir()
    (template / "tests" / "t0_first" / "test_public.py").write_text(
        "import pytest, time\n\n@pytest.mark.points(1, exercise='sums.total')\ndef test_late(student):\n"
        "    time.sleep(0.3)\n    assert student.sums.total([1]) == 2, 'late'\n"
    )
    solve("np.cumsum(vector)", "2 * np.cumsum(vector)")
    _, text = run(*options)
    assert "sums.running_totals   0 / 20  fix: test_running_totals\n" in text  # what rides on it was not judged
    assert "sums.total            0 / 1   fix: test_late\n" in text
    order = ("t0_first: test_late", "t1_sums: test_running", "t0_first  ", "sums.total  ", "sums.running_totals  ")
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "\nnext: sums.total, fix: test_late\n" in text
