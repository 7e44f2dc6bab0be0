"""Steps that are not waited for change no verdict and no word of it, whatever a submission answers in their place."""

import pytest

from autograder.course.variants import import_variant
from autograder.grading.foresight import Foresight
from autograder.grading.replay import Replay

STEP_BY_STEP = "from autograder.grading.foresight import Foresight\nForesight.of = lambda self, test: b''\n"
TESTS = """
@pytest.mark.points(20, exercise="sums.total", hint="h")
def test_total(student):
    assert student.sums.total([1.0, 2.0]) == 3.0

@pytest.mark.points(20, exercise="sums.running_totals", hint="h")
def test_kinds(student):
    average = student.sums.Average()
    assert average.add(1.0) is None, "add: want None"
    assert isinstance(average.mean(), float), f"mean: got {type(average.mean()).__name__}"
    assert average.add(3.0) is None
    assert average.mean() == 2.0

@pytest.mark.points(20, exercise="sums.Average", hint="h")
def test_errors(student):
    average = student.sums.Average()
    average.add(2.0)
    with pytest.raises(ValueError):
        student.sums.Average().mean()
    assert average.mean() == 2.0

@pytest.mark.points(20, exercise="sums.Average", hint="h")
def test_warnings(student):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        average = student.sums.Average()
        average.add(2.0)
        assert average.mean() == 2.0
    assert not caught, f"warned: {caught[0].message}"

@pytest.mark.points(20, exercise="sums.Average", hint="h")
def test_ends_without_a_value(student):
    student.sums.Average().add(1.0)
"""
ADD = "    def add(self, value: float) -> None:\n"
INIT = "        self.so_far = 0.0\n"
MISTAKES = {
    "right": [],
    "add_raises": [(ADD, ADD + "        raise ValueError('no numbers so far')\n")],
    "add_gives_a_number": [(ADD, ADD + "        return 1.0\n")],
    "add_gives_itself": [(ADD, ADD + "        return self\n")],
    "add_warns": [(ADD, ADD + "        import warnings\n        warnings.warn('loud')\n")],
    "add_ends": [(ADD, ADD + "        import os\n        os._exit(5)\n")],
    "add_never_ends": [(ADD, ADD + "        while True: pass\n")],
    "prints_and_ends_later": [
        (INIT, INIT + "        print('made')\n"),
        (ADD, ADD + "        import os\n        os._exit(5)\n"),
    ],
    "rebinds_itself": [
        (INIT, INIT + "        globals()['Average'] = type('Average', (), {'add': print, 'mean': lambda self: 7.0})\n")
    ],
    "average_is_a_number": [("class Average:", "Average = lambda: 1.0\nclass Other:")],
    "average_is_missing": [("class Average:", "class Other:")],
    "average_is_none": [("class Average:", "Average = None\nclass Other:")],
}


def told(lab, out):
    left_out = ("trace",)
    records = {identity: graded.record for identity, graded in lab.grade(out=out, jobs=1).items()}
    return {
        identity: [{key: value for key, value in test.items() if key not in left_out} for test in record["tests"]]
        for identity, record in records.items()
    }


@pytest.mark.slow
def test_no_verdict_and_no_word_depends_on_what_was_foreseen(lab, sabotage, tmp_path):
    lab.tests(TESTS)
    lab.hand_in("a_first")
    for name, changes in MISTAKES.items():
        lab.hand_in(name, lab.source(*changes))
    together = told(lab, tmp_path / "together")
    sabotage(STEP_BY_STEP)
    step_by_step = told(lab, tmp_path / "step_by_step")
    assert together == step_by_step
    assert [test["outcome"] for test in together["right"]] == ["passed"] * 5
    assert "passed" not in [test["outcome"] for test in together["add_raises"]][1:]
    assert together["prints_and_ends_later"][1]["printed"] == "made\n"
    assert together["rebinds_itself"][2]["outcome"] == "passed"


@pytest.mark.slow
def test_step_that_waits_for_ever_is_asked_once_as_foreseen_and_once_step_by_step(lab, sabotage, tmp_path):
    asked = tmp_path / "asked"
    sabotage(
        "before = plugin.GradingPlugin._asked\n"
        "def counted(self, item, submission, foreseen=b''):\n"
        f"    print(item.name, bool(foreseen), file=open({str(asked)!r}, 'a'))\n"
        "    return before(self, item, submission, foreseen)\n"
        "plugin.GradingPlugin._asked = counted\n"
    )
    lab.tests(TESTS)
    lab.policy("hint", wall_s=1.0)
    for name in ("first", "second"):
        lab.hand_in(name)
    lab.hand_in("waits", lab.source((ADD, ADD + "        import time\n        time.sleep(60)\n")))
    test, _ = lab.grade(jobs=1)["waits"].test("test_kinds")
    assert test["code"] == "wall_limit"
    at_kinds = [line for line in asked.read_text().splitlines() if line.startswith("test_kinds")]
    assert at_kinds[2:] == ["test_kinds True", "test_kinds False"]


@pytest.fixture
def package(lab):
    with import_variant(lab.course, {}) as package:
        yield package


def test_nothing_is_foreseen_where_the_reference_fails(package):
    def run(test: int, session: Replay) -> bool:
        session.root().sums.Average()
        return test == 0

    foresight = Foresight(lambda: package, run)
    assert [foresight.of(test) for test in (0, 1)] == [b"", b""], "asked once: a replay would cost more than it gains"
    assert len(foresight.of(0)) == 3
    assert foresight.of(1) == b""
    assert foresight.of(0) is foresight.of(0)
