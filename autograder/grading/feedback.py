"""What a student may read about each test, by the assignment's policy.

Trust: of a hidden test a student sees at most its name, its verdict and its author's hint: never its inputs or
expected values, and never the submission's own words from it, because a submission can print or raise its inputs.
"""

import re
import sys

from autograder.checks.report.advice import advice, is_of_wrong_type
from autograder.checks.report.summary import Summary
from autograder.checks.words import hidden_texts, say
from autograder.course.manifest import Assignment
from autograder.grading.harmless import printable, printed_text
from autograder.grading.verdicts import Graded, TestSpec, Verdict

NOT_DONE = ("not_implemented", "not_judged")  # codes of failed tests of which no value is known
PRINTED_IN_FEEDBACK = 2000

# What one Python reads or has, and another does not: a module, a name in one, or a way to write.
_OF_A_VERSION = re.compile(
    "SyntaxError|IndentationError|TabError|ImportError|ModuleNotFoundError|is not available here|is not Python: "
)
# What a name raises whose statement failed when its module was loaded (see inside/pieces.py): of no idea of the test's.
_NOT_MADE = re.compile(r"\b(?:ModuleNotFoundError|NameError: \w+ was not made): ")


def with_version(text: str) -> str:
    """A syntax or import error with the Python in which it was met, any other text as it is.

    Trust: `text` may hold the submission's words; at worst the version is said where nobody asks for it.
    """
    first, newline, rest = text.partition("\n")
    if not _OF_A_VERSION.search(first):
        return text
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{first} {say('graded_with', version=version)}{newline}{rest}"


def is_shown(test: TestSpec, policy: str) -> bool:
    """Whether the student may know how this test went."""
    return test.public or policy in ("verdict", "hint")


def test_feedback(verdict: Verdict, policy: str) -> str:
    """What the student reads about one test; `policy` is the assignment's word for hidden ones."""
    if verdict.test.public:
        return _public(verdict)
    if not is_shown(verdict.test, policy):
        return ""
    # Which test comes first is the author's word, and the name of a test that the student is shown; which module does
    # not load is found without any test.
    own = verdict.code == "not_judged" or verdict.not_loaded
    text = verdict.message if own else hidden_texts()[verdict.code]
    show_hint = policy == "hint" and verdict.outcome == "failed" and verdict.code not in NOT_DONE
    return "\n".join([text] * bool(text) + (_help(verdict, public=False) if show_hint else []))


def _help(verdict: Verdict, public: bool) -> list[str]:
    """What the values look like, then the hints: of the mistake that was recognised before that of the test, which is
    about values: where there are none of the right kind, it would lead astray.
    """
    if verdict.not_loaded or (verdict.code == "raised" and _NOT_MADE.search(verdict.message)):
        return []
    # What an exception means depends on its text, which of a hidden test nobody is told.
    meant = advice(verdict.message, _last_line(verdict.words.trace)) if public else ""
    # Of a hidden test that ended in an exception the hint is all that there is to go by.
    is_about_values = verdict.code == "wrong" or (verdict.code == "raised" and not public)
    own = verdict.test.hint if is_about_values and not is_of_wrong_type(verdict.message) else ""
    looks = verdict.likeness
    if looks is not None and public and looks.code == "shape":
        looks = None  # a public test says itself which shape it got
    seen = [say("failed.value", looks=looks.text(public))] if looks is not None else []
    return seen + [
        say("failed.hint", hint=hint) for hint in dict.fromkeys((*verdict.mistake_hints, meant or own)) if hint
    ]


def _last_line(trace: str) -> str:
    """The source line in which an exception was raised."""
    lines = [line for line in trace.splitlines() if line.strip(" ^~")]
    return lines[-1].strip() if lines else ""


def _public(verdict: Verdict) -> str:
    """Of a public test everything may be shown: the student has it."""
    if verdict.outcome == "passed":
        return ""
    lines = [verdict.message]
    if verdict.words.trace:
        lines.append(verdict.words.trace.rstrip())
    if verdict.code != "not_judged":
        lines += _help(verdict, public=True)
    if verdict.words.printed:
        lines += [say("failed.printed"), printed_text(verdict.words, PRINTED_IN_FEEDBACK)]
    return printable("\n".join(lines))


def overview(graded: Graded, assignment: Assignment) -> str:
    """What stands above the tests: trouble with the hand-in first, then the points of each exercise."""
    if graded.status == "needs_attention":
        return say("fault.again")
    lines = [printable(text) for text in (graded.reason, *graded.load_errors, *graded.notes) if text]
    shown = [verdict for verdict in graded.verdicts if is_shown(verdict.test, assignment.feedback.hidden)]
    summary = Summary()
    for verdict in shown:
        not_done = verdict.code in NOT_DONE
        summary.add(verdict.test.exercise, verdict.test.points, "not done" if not_done else verdict.outcome)
    if summary.rows:
        total = "report.points" if len(shown) == len(graded.verdicts) else "report.public_points"
        lines.append(summary.table(total))
    return "\n\n".join(lines)


test_feedback.__test__ = False  # type: ignore[attr-defined]
