"""Steps whose results stay over there are sent together; a submission that answers otherwise is asked step by step."""

import marshal
import warnings

import numpy as np
import pytest

from autograder.boundary import session as conversation
from autograder.boundary.ends import Stopped
from autograder.boundary.session import Foreseen, Session, Unforeseen
from autograder.grading.sameness import same
from autograder.inside import messages, values, wire

SUBMISSION = (
    "".join(f"import no_such_module_{number}\n" for number in range(20))
    + """
import os
import marshal
import warnings
import numpy as np

class Box:
    made = 0
    def __init__(self, data):
        self.data = data
        Box.made += 1
    def __add__(self, other):
        return Box(self.data + (other.data if isinstance(other, Box) else other))
    def double(self):
        self.data = self.data * 2
    def plain(self):
        return 7
    def nothing(self):
        return None
    def fail(self):
        raise ValueError("not today")
    def end(self):
        os._exit(3)
    def call(self, f):
        return Box(f(self))

def try_and_look(f, box):
    try:
        f(box)
    except RuntimeError:
        pass
    return box.data

def quiet(x):
    return x

def noisy(x):
    warnings.warn("loud", UserWarning)
    return x

def twice(x):
    warnings.warn("loud", DeprecationWarning)
    return noisy(x)

def loud(x):
    warnings.warn("loud", UserWarning)
    return Box(x)
"""
)

OBJECT, NOTHING, VALUE, CALLBACK = Foreseen.OBJECT, Foreseen.NOTHING, Foreseen.VALUE, Foreseen.CALLBACK


@pytest.fixture
def talk(open_session):
    """talk(conversation): what it gives when asked step by step, and a session of which that is foreseen."""

    def talk(conversation):
        first = open_session()
        conversation(first.root().code)
        first.flush()
        second = open_session()
        second.foreseen = bytes(first.answered)
        return first, second

    return talk


def training(code):
    box = code.Box(np.ones(2))
    for _ in range(20):
        box.double()
        box = box + 1.0
    return np.array(box.data), code.Box.made


def test_a_conversation_that_was_foreseen_takes_a_message_for_each_value(talk):
    one_by_one, session = talk(training)
    array, made = training(session.root().code)
    np.testing.assert_array_equal(array, np.full(2, 2.0**21 - 1))
    assert made == 21
    assert session.n_programs == 2
    assert one_by_one.n_programs > 40
    assert session.answered == one_by_one.answered
    assert len(session.trace.answers) == len(one_by_one.trace.answers)
    assert all(map(same, session.trace.answers, one_by_one.trace.answers))
    assert session.n_calls == one_by_one.n_calls


def test_what_cannot_change_is_looked_up_once(session):
    for _ in range(5):
        assert session.root().code.Box.made == 0
    assert session.n_programs == 2 + 5  # a module and a class, and the number that may have changed
    session.root().code.Box.made = 3
    assert session.root().code.Box.made == 3
    assert session.n_programs == 7 + 1 + 3  # what was known is forgotten where a test sets something


def test_a_function_that_a_test_replaces_is_the_new_one(session):
    code = session.root().code
    assert code.loud is code.loud
    code.loud = lambda x: 5
    assert code.loud(1) == 5


def test_what_was_looked_up_before_it_was_replaced_is_not_taken_for_the_new_one(open_session):
    """As monkeypatch does it: these steps wait, and are sent when a value is wanted."""
    session = open_session()
    session.foreseen = bytes([VALUE, OBJECT, OBJECT, NOTHING, OBJECT, VALUE])
    code = session.root().code
    before, code.noisy = code.noisy, code.quiet
    assert code.Box.made == 0
    assert code.noisy is not before
    assert code.noisy(2.0) == 2.0


def test_what_a_failing_function_of_the_test_has_set_is_there_when_student_code_goes_on(talk):
    """It is sent with its failure, though nobody waited for it."""

    def conversation(code):
        box = code.Box(np.ones(2))

        def failing(other):
            box.data = np.full(2, 7.0)
            raise KeyError("on purpose")

        return code.try_and_look(failing, box)

    first, second = talk(conversation)
    assert np.array_equal(conversation(first.root().code), [7.0, 7.0])
    assert np.array_equal(conversation(second.root().code), [7.0, 7.0])


def test_notes_of_a_module_hide_no_warning_of_the_same_program(open_session):
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT])
    with pytest.warns(UserWarning, match="loud"):
        assert session.root().code.noisy(1.0) == 1.0
    assert session.n_programs == 1
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT])
    with pytest.warns() as caught:
        session.root().code.twice(1.0)
    assert [each.category for each in caught] == [DeprecationWarning, UserWarning]
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT, OBJECT])
    session.root().code.loud(1.0)
    session.settle()
    assert session.is_unforeseen


@pytest.mark.parametrize(
    ("method", "foreseen"),
    [
        ("plain", NOTHING),
        ("plain", OBJECT),
        ("nothing", OBJECT),
        ("fail", OBJECT),
        ("fail", NOTHING),
        ("double", OBJECT),
    ],
)
def test_other_than_foreseen_is_seen_at_the_next_value(open_session, method, foreseen):
    session = open_session()
    session.foreseen = bytes(
        [OBJECT, OBJECT, OBJECT, OBJECT, foreseen, OBJECT, VALUE]
    )  # module, class, box, method, its call
    box = session.root().code.Box(1.0)
    getattr(box, method)()
    with pytest.raises(Unforeseen):
        box.data.real  # noqa: B018
    assert session.is_unforeseen
    with pytest.raises(Unforeseen):
        session.root().code.Box(1.0)
    assert session.stopped is None


def test_an_error_is_not_taken_for_one_that_a_test_waits_for(open_session):
    """The first fails, which no test has seen yet; the second does not, and must not pass for it."""
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT, OBJECT, OBJECT, NOTHING, OBJECT, VALUE])
    box = session.root().code.Box(1.0)
    box.fail()
    with pytest.raises(Unforeseen), pytest.raises(ValueError, match="not today"):
        box.plain()
    assert session.is_unforeseen


def test_a_warning_that_nobody_foresaw_is_given_where_it_belongs(open_session):
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT, OBJECT, OBJECT])
    with warnings.catch_warnings(record=True) as caught:
        session.root().code.loud(1.0)
        with pytest.raises(Unforeseen):
            session.flush()
    assert session.is_unforeseen
    assert not caught


def test_an_error_where_a_value_is_wanted_is_raised_there(open_session):
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT, OBJECT, OBJECT])
    box = session.root().code.Box(1.0)
    with pytest.raises(ValueError, match="not today"):
        box.fail()
    assert not session.is_unforeseen


def test_a_process_that_ends_meanwhile_is_told_as_ended(open_session):
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT, OBJECT, OBJECT, NOTHING, OBJECT])
    box = session.root().code.Box(1.0)
    box.end()
    with pytest.raises(Stopped, match="exit status 3"):
        session.flush()
    assert session.stopped.code == "exit"


def test_a_function_of_the_test_is_called_when_all_before_has_happened(talk):
    seen = []

    def conversation(code):
        box = code.Box(1.0)
        box.double()
        seen.append("asked")
        made = box.call(lambda each: seen.append(float(each.data)) or 5.0)
        return made.data

    first, session = talk(conversation)
    assert CALLBACK in first.answered
    seen.clear()
    assert conversation(session.root().code) == 5.0
    assert seen == ["asked", 2.0]


def test_a_call_back_that_nobody_foresaw_is_not_served(open_session):
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT, OBJECT, OBJECT, OBJECT, VALUE])
    seen = []
    made = session.root().code.Box(1.0).call(lambda each: seen.append(1))
    with pytest.raises(Unforeseen):
        made.data.real  # noqa: B018
    assert not seen


def test_a_name_of_a_type_waits_with_the_rest(open_session):
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT, OBJECT])
    box = session.root().code.Box(1.0)
    assert session.n_programs == 0
    assert repr(box) == "<Box of the submission>"
    assert session.n_programs == 1


def test_more_steps_than_one_program_holds(open_session):
    session = open_session()
    count = 3 * messages.MAX_STEPS
    session.foreseen = bytes([OBJECT, OBJECT, *[OBJECT] * count, VALUE])
    box, make = None, session.root().code.Box
    boxes = [make(float(i)) for i in range(count)]
    del box
    assert boxes[-1].data == count - 1
    assert 3 <= session.n_programs <= 4


@pytest.mark.slow
def test_large_arguments_do_not_wait_for_each_other(open_session):
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT, OBJECT, OBJECT, VALUE])
    make = session.root().code.Box
    large = np.ones(values.MAX_BLOB_BYTES // 8 // 2 + 1)
    boxes = [make(large) for _ in range(2)]
    assert boxes[1].data.size == large.size


def test_objects_that_nobody_holds_are_forgotten_after_what_needs_them(open_session):
    session = open_session()
    count = 40
    session.foreseen = bytes([OBJECT, OBJECT, *[OBJECT] * (2 * count), VALUE])
    make = session.root().code.Box
    box = make(0.0)
    for _ in range(count):
        box = box + make(1.0)
    assert box.data == count


def test_arguments_are_those_of_the_time_of_the_call(open_session):
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT, OBJECT, VALUE])
    array = np.ones(2)
    box = session.root().code.Box(array)
    array[:] = 9.0
    np.testing.assert_array_equal(box.data, [1.0, 1.0])


def test_a_value_that_cannot_be_sent_is_the_tests_own_error_and_nothing_is_lost(open_session):
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT, OBJECT, OBJECT, VALUE, VALUE])
    box = session.root().code.Box(np.ones(2))
    with pytest.raises(TypeError, match="a object cannot be sent"):
        session.root().code.Box(np.ones(3), object())
    np.testing.assert_array_equal(box.data, [1.0, 1.0])


def test_a_session_foresees_nothing_by_itself(session):
    assert isinstance(session, Session)
    assert session.foreseen == b""
    assert conversation.MAX_WAITING_BYTES < wire.MAX_META_BYTES


def test_what_a_test_took_for_an_object_is_seen_at_its_end(open_session):
    """A test that looks at a value's type fails by what was foreseen, before anything was asked: it does not count."""
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT, OBJECT, OBJECT])
    assert not isinstance(session.root().code.Box(np.ones(2)).data, np.ndarray)
    assert not session.is_unforeseen
    session.settle()
    assert session.is_unforeseen


def test_an_end_after_the_last_look_is_told(open_session):
    session = open_session()
    session.foreseen = bytes([OBJECT, OBJECT, OBJECT, OBJECT, NOTHING])
    session.root().code.Box(1.0).end()
    session.settle()
    assert session.stopped.code == "exit"


STAND_INS = """
def doubled(box, times):
    for _ in range(times):
        box.double()
    return box, box.data.tolist()

def failing(box):
    return box.fail()
"""


@pytest.fixture
def stand_ins():
    return marshal.dumps(compile(STAND_INS, "beside_student_code.py", "exec"))


def test_a_stand_in_is_one_step_however_often_it_asks_student_code(open_session, stand_ins):
    session = open_session()
    code, beside = session.root().code, session.beside(stand_ins)
    box = code.Box(np.ones(2))
    before = session.n_programs
    same_box, values = beside.doubled(box, 10)
    assert session.n_programs == before + 2, "the function is looked up, and called"
    assert values == [1024.0, 1024.0]
    assert np.array_equal(same_box.data, [1024.0, 1024.0])
    assert beside.doubled(box, 1)[1] == [2048.0, 2048.0]
    assert session.n_programs == before + 4, "it was looked up"


def test_what_student_code_raises_in_a_stand_in_has_its_own_line(open_session, stand_ins):
    session = open_session()
    box = session.root().code.Box(np.ones(2))
    with pytest.raises(ValueError, match="not today") as raised:
        session.beside(stand_ins).failing(box)
    assert raised.value.raised.where.startswith("code.py:")
    assert raised.value.raised.where.endswith(" in fail")


def test_stand_ins_are_made_anew_in_every_test(open_session, stand_ins):
    first = open_session()
    first.beside(stand_ins).failing = 7
    second = open_session()
    with pytest.raises(ValueError, match="not today"):
        second.beside(stand_ins).failing(second.root().code.Box(np.ones(2)))
