"""Student code that writes to the data socket itself is found out, whatever it writes, and only its test is lost."""

import os
import time

import numpy as np
import pytest

from autograder.boundary.ends import Stopped
from autograder.boundary.student_error import StudentError
from autograder.inside import messages, values, wire

SUBMISSION = '''
import os, socket, stat, struct, sys, threading, time
from inside import messages, values, wire

def channel():
    """The test's own socket, found as anybody can."""
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return socket.socket(fileno=os.dup(number))
        except OSError:
            pass
def frame(message):
    return wire.encode_frame(message)
def send(data):
    channel().sendall(data)

def healthy():
    return "well"
def send_late():
    """An answer to a question that nobody has asked yet."""
    threading.Timer(0.1, lambda: send(frame(messages.Value(999, 42)))).start()
def question():
    """The number of the program that runs, which only who runs can know."""
    caller = sys._getframe(1)
    while "program" not in caller.f_locals:
        caller = caller.f_back
    return caller.f_locals["program"].seq
def answer_twice():
    send(frame(messages.Value(question(), 42)) * 2)
    time.sleep(1000)
def answer_another():
    send(frame(messages.Value(question() ^ 1, 42)))
    time.sleep(1000)
def claim_more():
    send(frame(messages.Value(question(), 42, [], ["Tensor"])))
    time.sleep(1000)
def send_raw(data):
    send(bytes(data))
    time.sleep(1000)
def send_header_and_leave():
    send(struct.pack("<II", 1000, 0))
    os._exit(0)
def send_slowly():
    for byte in struct.pack("<II", 1000, 0) + bytes(1000):
        send(bytes([byte]))
        time.sleep(0.05)
def call_back_unasked(number, args, kwargs):
    send(frame(messages.Callback(number, args, kwargs)))
    time.sleep(1000)
def flood_of_callbacks(f):
    data = frame(messages.Callback(0, [values.TUPLE], [values.DICT])) * 1000
    sock = channel()
    while True:
        sock.sendall(data)
def nest_callbacks(f):
    """From now on a call back is the answer to everything."""
    import inside.zygote
    data = frame(messages.Callback(0, [values.TUPLE], [values.DICT]))
    inside.zygote.Child._answer = lambda self, request, blobs: self.sock.sendall(data)
def answer_by_value():
    """To requests after this one that want a handle."""
    import inside.zygote
    inside.zygote.Child._handle = lambda self, value: 42
def shut_reading():
    channel().shutdown(socket.SHUT_RD)
    time.sleep(1000)
def disturb_and_sleep():
    """One byte to wake the trusted side again and again, while nothing is read here."""
    def later():
        time.sleep(0.2)
        channel().sendall(b"x")
        time.sleep(1000)
    threading.Thread(target=later).start()
    return "started"
def sleep_with_the_lock():
    time.sleep(1000)
def endless():
    """Half a megabyte of empty lists as an answer, again and again, to any question."""
    n = wire.MAX_META_BYTES // 2 - 16
    data = b"\\x93\\xa5value\\x01\\xdd" + (n + 1).to_bytes(4, "big") + b"\\x00" + b"\\x91\\x00" * n
    send(struct.pack("<II", len(data), 0) + data)
    time.sleep(1000)
class Long:
    pass
def long_name():
    import inside.zygote
    inside.zygote.Child._handle = lambda self, value: [values.HANDLE, 1, "x" * 100_000]
    return Long()
def object_with_handle(number):
    import inside.zygote
    inside.zygote.Child._handle = lambda self, value: [values.HANDLE, number, "Tensor"]
    return Long()
def accept(value):
    return "accepted"
def raise_long_name():
    """A name past the cap, as the worker's own code would never send it."""
    import inside.zygote
    def raised(self, seq, error, kinds):
        return messages.Raised(seq, "E" * 1_000, ["object"], "", "", "", [])
    inside.zygote.Child.raised = raised
    raise ValueError
'''

PIPE = "your code wrote to the grader's own pipe: "


@pytest.fixture
def stopped(open_session):
    """stopped(name, *args, **limits): the Stopped that a call ends in; the next test is well."""

    def stopped(name: str, *args: object, **limits: float) -> Stopped:
        session = open_session(**limits)
        with pytest.raises(Stopped) as caught:
            getattr(session.root().code, name)(*args)
        assert session.stopped is caught.value
        assert open_session().root().code.healthy() == "well"
        return caught.value

    return stopped


@pytest.mark.slow
def test_answer_before_its_question_is_found_out(open_session):
    session = open_session()
    code = session.root().code
    code.send_late()
    time.sleep(0.3)
    with pytest.raises(Stopped, match=PIPE + "an answer to another question came"):
        code.healthy()


def test_second_answer_to_a_question_is_found_out(open_session):
    session = open_session()
    code = session.root().code
    assert code.answer_twice() == 42
    with pytest.raises(Stopped, match=PIPE + "an answer to another question came"):
        code.healthy()
    assert session.stopped.code == "broken_frame"


def test_answer_to_another_question_is_found_out(stopped):
    end = stopped("answer_another")
    assert (end.code, str(end)) == ("broken_frame", PIPE + "an answer to another question came")


def test_answers_to_more_steps_than_were_sent_are_found_out(stopped):
    end = stopped("claim_more")
    assert (end.code, str(end)) == ("broken_frame", PIPE + "more answers than questions came")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff" * 8, "wire: a frame claims 4294967295"),
        (b"\x00\x00\x20\x00\x00\x00\x00\x00", "wire: a frame claims 2097152"),
        (b"\x04\x00\x00\x00\x00\x00\x00\x00junk", "wire: a frame is not a message"),
        (b"\x00" * 8, "wire: a frame is not a message"),
        (b"\x09\x00\x00\x00\x00\x00\x00\x00\x93\xa5ready\x01\xc0", "wire: a frame is not a message"),
    ],
    ids=["length_of_4_billion", "length_over_the_cap", "junk", "empty", "message_of_the_zygote"],
)
def test_broken_frame_is_found_out(stopped, data, message):
    end = stopped("send_raw", list(data))
    assert end.code == "broken_frame"
    assert str(end).startswith(PIPE + message)


def test_frame_cut_short_by_the_end_is_told_as_the_end(stopped):
    end = stopped("send_header_and_leave")
    assert (end.code, str(end)) == ("exit", "your code ended the process itself with exit status 0")


@pytest.mark.slow
def test_frame_that_trickles_is_stopped_by_the_clock(stopped):
    before = time.monotonic()
    assert stopped("send_slowly", wall_s=0.4).code == "wall_limit"
    assert time.monotonic() - before < 3


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((5, [1], [2]), "a call of a function that was never sent"),
        ((-1, [1], [2]), "a call of a function that was never sent"),
    ],
    ids=["too_high", "negative"],
)
def test_call_of_a_function_never_sent_is_found_out(stopped, args, message):
    assert str(stopped("call_back_unasked", *args)) == PIPE + message


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [([0], [2]), (None, [2]), ([1], [1]), ([1], [2, [3, 4]])],
    ids=["list", "none", "tuple_for_a_dict", "keys_are_numbers"],
)
def test_call_without_proper_arguments_is_found_out(open_session, args, kwargs):
    session = open_session()
    code = session.root().code
    session._callbacks.append(lambda: 1)
    with pytest.raises(Stopped) as caught:
        code.call_back_unasked(0, args, kwargs)
    assert str(caught.value) == PIPE + "a call without arguments"


@pytest.mark.slow
def test_flood_of_callbacks_is_stopped_by_the_clock(stopped):
    """They come so fast that reading never waits: the clock is looked at all the same."""
    assert stopped("flood_of_callbacks", lambda: 1, wall_s=0.5).code in ("wall_limit", "call_limit")


def test_forged_nesting_of_callbacks_is_found_out(open_session):
    """The worker's own count is in reach of student code; without ours this would be a RecursionError of ours."""
    session = open_session()
    code = session.root().code

    def again():
        return code.healthy()

    code.nest_callbacks(again)
    with pytest.raises(Stopped) as caught:
        code.healthy()
    assert str(caught.value) == PIPE + f"a call inside more than {messages.MAX_CALLBACK_DEPTH} others"


def test_value_in_place_of_a_handle_is_found_out(open_session):
    session = open_session()
    session.root().code.answer_by_value()
    with pytest.raises(Stopped) as caught:
        session.keep(np.zeros(2))
    assert str(caught.value) == PIPE + "a value came for a handle"
    assert session.stopped is caught.value


def test_type_name_past_its_cap_is_found_out(stopped):
    assert str(stopped("long_name")) == PIPE + "wire: a handle is not a number and the name of a type"


@pytest.mark.parametrize("number", [0, -5, 2**40, 123456])
def test_handle_that_was_never_given_harms_only_its_own_test(open_session, number):
    session = open_session()
    code = session.root().code
    forged = code.object_with_handle(number)
    with pytest.raises((StudentError, Stopped, TypeError)):  # what it is called does not matter
        code.accept(forged.anything)
    del forged
    assert open_session().root().code.healthy() == "well"


def test_words_past_their_caps_are_found_out(stopped):
    end = stopped("raise_long_name")
    assert end.code == "broken_frame"
    assert "length <= 80" in str(end)


@pytest.mark.slow
def test_worker_that_stops_reading_is_told(open_session):
    session = open_session(wall_s=0.4)
    with pytest.raises(Stopped, match=r"stopped after 0\.4 s"):
        session.root().code.shut_reading()


@pytest.mark.slow
def test_megabyte_of_empty_lists_is_found_out_cheaply(stopped):
    """The answer to another question, and until that is known half a million small objects."""
    assert str(stopped("endless")) == PIPE + "an answer to another question came"


@pytest.mark.slow
def test_byte_that_nobody_reads_costs_no_time_of_ours(open_session):
    """While a large frame is being sent and not taken, waiting for input as well would be a busy loop."""
    session = open_session(wall_s=1.0)
    code = session.root().code
    code.disturb_and_sleep()
    sleep, accept = code.sleep_with_the_lock, code.accept
    channel = session.channel

    def program(function, args, blobs=None):
        call = messages.Call(function._handle, args, [values.DICT])
        return wire.encode_frame(messages.Program(98, [], 1000, [call], True), blobs)

    channel.send(program(sleep, [values.TUPLE]))
    blobs = values.Blobs()
    tree = values.pack((np.zeros(1 << 20),), blobs, lambda value: [])
    frame = program(accept, tree, blobs)
    before = os.times()
    with pytest.raises(Stopped, match="stopped after 1 s"):
        channel.send(frame)
    after = os.times()
    assert (after.user + after.system) - (before.user + before.system) < 0.3
