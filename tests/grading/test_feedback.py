"""What a student may read, by policy; nothing of a hidden test's values, however a submission tries to carry them."""

import re
import sys
from pathlib import Path

import msgspec
import pytest

from autograder.boundary import channels, ends, session
from autograder.checks.words import hidden_texts
from autograder.course.manifest import Feedback
from autograder.grading.feedback import test_feedback, with_version
from autograder.grading.harmless import MAX_OUTPUT, printable
from autograder.grading.results import student_report
from autograder.grading.verdicts import Graded, StudentWords, TestSpec, Verdict

pytestmark = pytest.mark.slow


def spec(public=False, name="test_b", exercise="sums.total"):
    return TestSpec(
        name=name, exercise=exercise, points=50.0, public=public, visibility="visible", hint="mind the sign"
    )


def verdict(code, outcome="failed", public=False, name="test_b", **words):
    return Verdict(
        test=spec(public, name),
        outcome=outcome,
        code=code,
        message="got 3, want 4",
        words=StudentWords(trace="line 7", printed="SECRET 3.25", **words),
    )


@pytest.mark.parametrize(
    ("code", "outcome", "policy", "want"),
    [
        ("wrong", "failed", "nothing", ""),
        ("wrong", "failed", "name", ""),
        ("wrong", "failed", "verdict", "wrong answer"),
        ("wrong", "failed", "hint", "wrong answer\nhint: mind the sign"),
        ("raised", "failed", "hint", "your code raised an exception\nhint: mind the sign"),
        ("unusable", "failed", "hint", hidden_texts()["unusable"]),
        ("not_implemented", "failed", "hint", "not done yet"),
        ("passed", "passed", "hint", ""),
        ("cpu_limit", "stopped", "hint", "stopped: your code computed longer than a test may; an infinite loop?"),
    ],
)
def test_hidden_test_says_what_the_policy_allows(code, outcome, policy, want):
    assert test_feedback(verdict(code, outcome), policy) == want


def test_public_test_says_everything():
    text = test_feedback(verdict("wrong", public=True, is_cut=True), "nothing")
    printed = "it printed:\nSECRET 3.25\n[cut: it printed more]"
    assert text == f"got 3, want 4\nline 7\nhint: mind the sign\n{printed}"


def test_hint_is_about_values_and_an_exception_has_words_of_its_own():
    public = verdict("raised", public=True)
    assert "hint: mind the sign" not in test_feedback(public, "nothing")
    told = msgspec.structs.replace(public, message="your code raised TypeError: ufunc 'bitwise_xor' not supported for")
    assert "hint: a power is written **" in test_feedback(told, "nothing")
    hidden = msgspec.structs.replace(told, test=msgspec.structs.replace(told.test, public=False))
    assert "power" not in test_feedback(hidden, "hint")  # what a hidden test's exception said is told to nobody
    none = msgspec.structs.replace(verdict("wrong", public=True), message="f: got None, want an array")
    assert test_feedback(none, "nothing").split("hint: ")[1].startswith("is a return missing?")


def test_every_way_to_be_stopped_has_its_words():
    source = "".join(Path(str(each.__file__)).read_text() for each in (channels, ends, session))
    codes = set(re.findall(r'Stopped\(\s*"(\w+)"', source))
    assert {"wall_limit", "exit", "killed"} <= codes <= hidden_texts().keys()


@pytest.fixture
def assignment(tiny_root):
    import msgspec

    from autograder.course.manifest import Course

    chosen = Course.load(tiny_root).assignment("t1")

    def with_policy(policy):
        return msgspec.structs.replace(chosen, feedback=Feedback(hidden=policy))

    return with_policy


@pytest.mark.parametrize(
    ("policy", "named", "knows"),
    [("nothing", False, False), ("name", True, False), ("verdict", True, True), ("hint", True, True)],
)
def test_results_hold_of_a_hidden_test_what_the_policy_allows(assignment, policy, named, knows):
    tests = (spec(public=True, name="test_a"), spec())
    verdicts = (verdict("passed", "passed", public=True, name="test_a"), verdict("wrong"))
    graded = Graded(id="ann", status="graded", verdicts=verdicts)
    report = student_report(graded, assignment(policy), tests)
    hidden = [each for each in report["tests"] if each["name"].endswith("test_b")]
    assert bool(hidden) == named
    for entry in hidden:
        assert ({"score", "max_score", "status"} <= entry.keys()) == knows
        assert ({"outcome", "code"} <= entry["extra_data"].keys()) == knows
    assert report["extra_data"]["exercises"] == {"sums.total": (50.0, 100.0 if knows else 50.0)}
    assert report["output"].splitlines()[-1] == ("50 of 100 points" if knows else "50 of 50 public points")
    assert ("mind the sign" in str(report)) == (policy == "hint")


def test_reason_of_a_fault_is_kept_from_the_student(assignment):
    graded = Graded(id="ann", status="needs_attention", reason="test_b: call: OSError: 3.25", verdicts=(verdict("x"),))
    report = student_report(graded, assignment("hint"), (spec(),))
    assert "3.25" not in str(report)
    assert "test_b" not in str(report)
    assert report["tests"] == []
    assert "score" not in report
    assert report["extra_data"]["exercises"] == {"sums.total": (0.0, 50.0)}


BLABBER = """
import os
import sys
import warnings

def tell(values):
    text = "LEAK" + "_".join(str(float(v)).replace(".", "_") for v in values)
    print(text)
    print(text, file=sys.stderr)
    warnings.warn(text)
    open("/tmp/" + text[:100], "w").close()
    how = len(text) % 4
    if len(values) == 3:
        os.write(1, text.encode())
    error = type(text, (ValueError,), {})(text)
    error.add_note(text)
    raise error

def total(values):
    tell(values)

running_totals = total

class Average:
    def __init__(self):
        self.seen = []

    def add(self, value):
        self.seen.append(value)

    def mean(self):
        return type("LEAK" + "_".join(map(str, self.seen)), (), {"seen": self.seen})()
"""


def test_submission_that_tells_its_hidden_inputs_tells_them_to_the_instructor_only(lab):
    hidden = lab.assignment_folder / "test_hidden.py"
    hidden.write_text(
        hidden.read_text(encoding="utf-8").replace("rng.normal(size=20) - 1.0", "np.array([1234.5, 6789.25])"),
        encoding="utf-8",
    )
    result = lab.one(BLABBER)
    assert result.score == 0
    secret, shown = result.test("test_total_of_random_numbers")
    assert "LEAK1234_5_6789_25" in secret["message"]
    assert "LEAK1234_5_6789_25" in secret["printed"]
    assert shown["output"] == "your code raised an exception\nhint: negative numbers count too"
    for part in ("1234", "6789", "LEAK1_0_3_0"):
        assert part not in result.text, "results.json"
    assert "LEAK1_0_2_0" in result.text, "of a public test everything may be said"
    assert "got an object of type LEAK" in result.test("test_averages_do_not_mix")[0]["message"]


def test_what_a_submission_prints_is_escaped_capped_and_the_cut_marked(lab):
    noise = r"""'\x1b[31mred\x00\r\u202e<script>alert(1)</script>' + chr(0xd800) + '\xff' * 5"""
    source = lab.source(
        ("return float(as", f"print({noise})\n    return 1 + float(as"),
        (
            "sums = np.cumsum(vector)",
            "import os\n    os.write(1, b'\\xff' * 60_000)\n    sums = 2 * np.cumsum(vector)",
        ),
        ("self.count += 1", "print(object())"),
    )
    result = lab.one(source)
    printed = result.test("test_total[three]")[0]["printed"]
    assert "\\x1b[31mred\\x00\\r\\u202e<script>alert(1)</script>" in printed
    assert "\x1b" not in printed
    assert result.results["test_output_format"] == "text", "so that HTML stays text"
    much = result.test("test_running_totals")[0]["printed"]
    assert len(much) < MAX_OUTPUT + 100
    assert re.search(r"\[cut: \d+ more characters\]$", much)
    assert "at 0x…>" in result.test("test_average")[0]["printed"], "an address differs from run to run"
    assert result.results["tests"][0]["output"].count("\\x1b[31mred") == 1


def test_small_output_that_was_cut_says_so(lab):
    lab.policy("hint", output_bytes=20)
    result = lab.one(lab.source(("return float(as", "import os\n    os.write(1, b'\\xff' * 30)\n    return float(as")))
    assert result.test("test_total[empty]")[0]["printed"] == "\\xff" * 20 + "\n[cut: it printed more]"


@pytest.mark.parametrize(
    ("text", "limit", "want"),
    [
        ("a\tb\n", 10, "a\tb\n"),
        ("\x00\x1b[31m\x7f\x9b\r", 99, "\\x00\\x1b[31m\\x7f\\x9b\\r"),
        ("\ud800\u2028\u202e", 99, "\\ud800\\u2028\\u202e"),
        ("Пётр 😀 ∂", 99, "Пётр 😀 ∂"),
        ("ann\u3164 \u115f\u1160\uffa0\u2800\ufe0f", 99, "ann\\u3164 \\u115f\\u1160\\uffa0\\u2800\\ufe0f"),
        ("a\u200b\u202eb", 99, "a\\u200b\\u202eb"),
        ("e\u0302\u0323 ו\u05b9 ก\u0e35\u0e48", 99, "e\u0302\u0323 ו\u05b9 ก\u0e35\u0e48"),
        ("z" + "\u0301" * 6 + "a\u0301", 99, "z" + "\u0301" * 4 + "\\u0301" * 2 + "a\u0301"),
        ("\u0301a\n\u0301", 99, "\\u0301a\n\\u0301"),
        ("x" * 10, 10, "x" * 10),
        ("x" * 11, 10, "x" * 10 + "\n[cut: 1 more characters]"),
        ("\x00" * 11, 10, "\\x00\\x00\n[cut: 9 more characters]"),
        ("<tiny.A object at 0x7f3a5c0012d0> 0x7f3a5c0012d0", 99, "<tiny.A object at 0x…> 0x7f3a5c0012d0"),
        ("", 10, ""),
    ],
)
def test_printable(text, limit, want):
    assert printable(text, limit) == want
    assert printable(want, 10 * limit) == want, "twice is as good as once"


GRADED_WITH = f" (graded with Python {sys.version_info.major}.{sys.version_info.minor})"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("sums.py does not load: SyntaxError: x (sums.py:2)", "{}" + GRADED_WITH),
        (
            "sums.py does not load: IndentationError: x\n  trace",
            "sums.py does not load: IndentationError: x{}\n  trace",
        ),
        ("sums.py:2: ImportError: cannot import name 'batched' from 'itertools'", "{}" + GRADED_WITH),
        ("sums.py:2: annotationlib is not available here; what uses it fails", "{}" + GRADED_WITH),
        ("sums.total: cell 1 is not Python: line 2: expected ':'; it counts as not done", "{}" + GRADED_WITH),
        ("sums.py does not load: ValueError: x\nSyntaxError", "{}"),
        ("sums.total: cell 1 defines x, want total", "{}"),
    ],
)
def test_error_that_depends_on_the_version_says_with_which_it_was_graded(text, want):
    if want.startswith("{}"):
        assert with_version(text) == want.format(text)
    else:
        assert with_version(text) == want.format(GRADED_WITH)


def test_what_a_student_reads_of_a_syntax_error_names_the_version(lab):
    graded = lab.one("def total(:\n")
    (error,) = graded.record["load_errors"]
    assert error.split("\n")[0].endswith(GRADED_WITH)
    assert error.split("\n")[0] in graded.results["output"]
