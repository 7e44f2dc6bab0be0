"""What a submission imports and the sandbox does not hold costs what uses it, and is named with its line."""

import re

import pytest

from autograder.errors import CourseError
from tests import needs

pytestmark = pytest.mark.slow

BODY = "    return float(as_vector(values).sum())"


def lost(graded):
    return {test["exercise"] for test in graded.record["tests"] if test["outcome"] != "passed"}


def test_unused_import_costs_nothing_and_is_noted(lab):
    done = lab.one("import pluggy.hooks as hooks\nfrom scipy import special\n" + lab.reference)
    assert (done.score, lost(done)) == (100.0, set())
    noted = "sums.py:1: pluggy is not available here; what uses hooks fails"
    assert done.record["notes"][0].startswith(noted)
    assert noted in done.results["output"]


def test_import_costs_the_exercise_that_uses_it(lab):
    done = lab.one("import pluggy\n" + lab.source((BODY, "    pluggy.hookimpl\n" + BODY)))
    assert lost(done) == {"sums.total"}
    told = [test["message"] for test in done.record["tests"] if test["exercise"] == "sums.total"]
    assert any("pluggy is not available here (sums.py:1)" in message for message in told)
    assert done.record["load_errors"] == []


@pytest.mark.parametrize("cause", ["import pluggy as cause", "from pluggy import hooks as cause", "cause = open('x')"])
def test_hidden_test_that_meets_what_was_not_loaded_has_no_hint(lab, cause):
    done = lab.one(f"{cause}\n" + lab.source((BODY, "    cause.hookimpl\n" + BODY)))
    _, shown = done.test("test_total_of_random_numbers")
    assert shown["output"] == "your code raised an exception"
    _, shown = lab.one(lab.source((BODY, "    raise ValueError"))).test("test_total_of_random_numbers")
    assert shown["output"] == "your code raised an exception\nhint: negative numbers count too"


@pytest.mark.parametrize("first", ["def as_vector(values):\n    break\n    ", "@plugged\ndef as_vector(values):\n    "])
def test_function_that_was_not_loaded_may_be_lent_to_what_calls_it(lab, first):
    lab.tests(
        "@pytest.mark.points(50, exercise='sums.total')\n"
        "def test_total(student, monkeypatch):\n"
        "    monkeypatch.setattr(student.sums, 'as_vector', np.array)\n"
        "    assert student.sums.total([1.0]) == 1.0\n\n\n"
        "@pytest.mark.points(50, exercise='sums.Average')\n"
        "def test_vector(student):\n"
        "    assert student.sums.as_vector([1.0]) == 1.0\n"
    )
    done = lab.one(lab.source(("def as_vector(values: Iterable[float]) -> np.ndarray:\n    ", first)))
    assert (done.score, lost(done)) == (50.0, {"sums.Average"})


def test_import_where_it_is_used_costs_that_exercise(lab):
    assert lost(lab.one(lab.source((BODY, "    import pluggy\n" + BODY)))) == {"sums.total"}


def test_end_of_a_file_that_exits_or_reads_what_is_not_there_is_no_zero(lab):
    ending = "\nif __name__ != '__main__':\n    exit()\nweights = np.loadtxt('weights.csv')\nprint(weights)\n"
    done = lab.one(lab.reference + ending)
    assert done.score == 100.0
    line = len(lab.reference.splitlines()) + 4
    assert [note.partition(";")[0] for note in done.record["notes"]] == [
        f"sums.py:{line}: FileNotFoundError: weights.csv not found.",
        f"sums.py:{line + 1}: NameError: weights was not made: FileNotFoundError: "
        f"weights.csv not found. (sums.py:{line})",
    ]


def test_what_a_module_warns_of_at_its_top_costs_nothing_and_in_a_function_the_test_that_calls_it(lab):
    lab.tests(
        "@pytest.mark.points(100, exercise='sums.total')\n"
        "def test_total_without_a_warning(student):\n"
        "    with warnings.catch_warnings():\n"
        "        warnings.simplefilter('error')\n"
        "        assert student.sums.total([1.0]) == 1.0\n"
    )
    assert lab.one(lab.reference + "\nprint(np.log(np.zeros(3)))\n").score == 100.0
    assert lab.one(lab.source((BODY, "    np.log(np.zeros(3))\n" + BODY))).score == 0.0


@pytest.mark.parametrize("ending", ["while True:\n    pass\n", "def f():\n    while True:\n        pass\nf()\n"])
def test_endless_loop_at_the_end_of_a_file_is_told_with_its_line(lab, ending):
    """It is paid for once: each test would have to wait for it anew, and at home nothing runs either."""
    done = lab.one(lab.reference + "\n" + ending)
    line = len((lab.reference + "\n" + ending).splitlines()) - ("f()" in ending)
    [error] = done.record["load_errors"]
    told = r"sums\.py does not load: stopped after \d+ s of computing: an infinite loop\? \(sums\.py:(\d+) in"
    assert int(re.match(told, error)[1]) in (line - 1, line)
    assert {test["code"] for test in done.record["tests"]} == {"cpu_limit", "not_judged"}


def test_end_of_the_process_at_the_end_of_a_file_is_no_zero(lab):
    done = lab.one(lab.reference + "\nraise KeyboardInterrupt\nimport os\nos._exit(0)\n")
    assert (done.score, done.record["load_errors"]) == (100.0, [])


def test_course_that_promises_a_package_has_it(lab, real_graders):
    needs.package("scipy")
    toml = lab.course.root / "assignments" / "course.toml"
    changed = lab.source((BODY, "    assert xlogy(1.0, 1.0) == 0.0\n" + BODY))
    source = "from scipy.special import xlogy\n" + changed
    assert lost(lab.one(source)) == {"sums.total"}
    toml.write_text(toml.read_text() + 'imports = ["numpy", "scipy"]\n')
    assert lab.one(source).score == 100.0


def test_python_older_than_promised_does_not_grade(lab, real_graders):
    toml = lab.course.root / "assignments" / "course.toml"
    toml.write_text(toml.read_text() + 'python = "3.99"\n')
    with pytest.raises(CourseError, match=r"promises 3\.99, and this is 3\.\d+, which may not read what students"):
        lab.one()


def test_course_that_promises_what_is_not_installed_is_not_graded(lab, real_graders):
    toml = lab.course.root / "assignments" / "course.toml"
    toml.write_text(toml.read_text() + 'imports = ["numpy", "no_such_package"]\n')
    told = r"imports: assignments/course\.toml promises no_such_package, which is not installed here; run"
    with pytest.raises(CourseError, match=told):
        lab.one()
