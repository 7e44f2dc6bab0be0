"""A replay answers as the sandbox does, ends at the first answer that differs, and leaves its package as it was."""

import numpy as np
import pytest

from autograder.boundary.trace import MAX_ANSWERS, Answer, Trace
from autograder.course.manifest import Course
from autograder.course.variants import import_variant
from autograder.grading.replay import Beside, Differs, Replay


@pytest.fixture
def course(tiny_root):
    return Course.load(tiny_root)


@pytest.fixture
def packages(course):
    """The reference, and one whose totals are doubled."""
    source = (course.package_folder / "sums.py").read_text()
    doubled = {"sums": source.replace("np.cumsum(vector)", "2 * np.cumsum(vector)")}
    with import_variant(course, {}) as plain, import_variant(course, doubled) as doubled:
        yield plain, doubled


def totals(session, values=(1.0, 2.0)):
    return session.root().sums.running_totals(list(values))


def recorded(package, talk):
    session = Replay(package)
    talk(session)
    return session.trace


def test_replay_gives_values_by_value_and_objects_by_handle(packages):
    session = Replay(packages[0])
    assert totals(session).tolist() == [1.0, 3.0]
    average = session.root().sums.Average()
    average.add(2.0)
    assert (repr(average), average.mean()) == ("<Average of the submission>", 2.0)


def test_replay_raises_what_the_package_raises(packages):
    with pytest.raises(ValueError, match="no numbers so far"):
        Replay(packages[0]).root().sums.Average().mean()


def test_replay_calls_the_tests_own_function(course):
    source = "def apply(f, x):\n    return f(x) + f(2 * x)\n"
    seen = []
    with import_variant(course, {"apply": source}) as package:
        session = Replay(package)
        assert session.root().apply.apply(lambda x: seen.append(x) or float(x.sum()), np.ones(3)) == 9.0
    assert [x.tolist() for x in seen] == [[1.0] * 3, [2.0] * 3]
    assert session.trace.answers[-1].n_callbacks == 2


def test_replay_warns_as_the_package_does(packages):
    session = Replay(packages[0])
    with pytest.warns(RuntimeWarning, match="overflow"):
        totals(session, [1e308, 1e308])
    assert session.trace.answers[-1].warned == ("RuntimeWarning",)


def test_package_beside_itself_is_complete(packages):
    beside = Beside(recorded(packages[1], totals))
    totals(Replay(packages[1], beside))
    assert beside.is_complete


def test_first_answer_that_differs_ends_the_replay(packages):
    beside = Beside(recorded(packages[1], totals))
    with pytest.raises(Differs):
        totals(Replay(packages[0], beside))
    assert not beside.is_complete
    assert (beside.got.value.tolist(), beside.want.value.tolist()) == ([2.0, 6.0], [1.0, 3.0])


def test_answer_beyond_the_submissions_last_is_a_difference(packages):
    beside = Beside(recorded(packages[0], totals))
    session = Replay(packages[0], beside)
    totals(session)
    with pytest.raises(Differs):
        totals(session)
    assert (beside.is_complete, beside.got) == (False, None)


def test_replay_that_stops_short_is_not_complete(packages):
    beside = Beside(recorded(packages[0], lambda session: [totals(session), totals(session)]))
    totals(Replay(packages[0], beside))
    assert not beside.is_complete


def test_patch_is_undone_after_the_difference_too(packages):
    """pytest's monkeypatch takes back what it did when the test is over; the package is there for the next replay."""

    def talk(session, patch):
        patch.setattr(session.root().sums, "as_vector", lambda values: np.array([9.0, 9.0]))
        totals(session)

    patches = [pytest.MonkeyPatch(), pytest.MonkeyPatch()]
    beside = Beside(recorded(packages[1], lambda session: talk(session, patches[0])))
    with pytest.raises(Differs):
        talk(Replay(packages[0], beside), patches[1])
    patches[1].undo()
    assert totals(Replay(packages[0])).tolist() == [1.0, 3.0]


def test_patch_whose_undoing_is_the_first_difference_is_undone(packages):
    """A test that takes its patch back itself may be cut off in the middle of that: its look-up is an answer too."""

    def patched(session):
        session.root().sums.as_vector = lambda values: np.array([9.0, 9.0])

    beside = Beside(recorded(packages[1], patched))
    session = Replay(packages[0], beside)
    patched(session)
    with pytest.raises(Differs):
        session.root().sums  # noqa: B018
    session.restore()
    assert totals(Replay(packages[0])).tolist() == [1.0, 3.0]


def test_name_that_a_test_added_is_gone_and_one_set_twice_is_the_first(packages):
    session = Replay(packages[0])
    sums = session.root().sums
    sums.added, sums.as_vector, sums.as_vector = 1.0, 2.0, 3.0
    session.restore()
    again = Replay(packages[0])
    assert totals(again).tolist() == [1.0, 3.0]
    with pytest.raises(AttributeError):
        again.root().sums.added  # noqa: B018


def test_trace_that_grows_too_long_proves_nothing():
    trace = Trace()
    for _ in range(MAX_ANSWERS + 1):
        trace.note(Answer(1.0))
    assert (trace.is_whole, trace.answers) == (False, [])


def test_trace_that_grows_too_large_proves_nothing():
    trace = Trace()
    for _ in range(5):
        trace.note(Answer([np.zeros(1 << 20)]))
    assert not trace.is_whole
