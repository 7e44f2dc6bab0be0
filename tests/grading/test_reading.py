"""What is hostile is read in a process of its own: whatever ends that is a reason, but for the machine's own faults."""

import ctypes
import json
import os
import resource
import signal
import time
from functools import partial

import pytest

from autograder.grading import graders, reading
from autograder.grading.reading import apart, read_apart
from autograder.intake import SeveralHandIns, Stubs, UnreadableHandIn, read_hand_in

# From Python 3.12 on; what tests have in other threads, graders have not.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")

STEP = "; hand in the modules alone, as .py files"
STUBS = Stubs({"sums": "def total(values):\n    raise NotImplementedError\n"}, ("sums.total",))


def raises(error):
    raise error


def dies(number):
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)  # pytest's own prints where it was
    os.kill(os.getpid(), number)


def loops():
    while True:
        pass


def fills():
    """More than it may; less than would harm a machine on which nothing stops it."""
    return [bytes(64 << 20) for _ in range(2 * reading.MEMORY_BYTES // (64 << 20))] and None


def kind_of_end(work):
    with pytest.raises(UnreadableHandIn) as caught:
        apart(work, int, "hand-in 'ann'")
    text = str(caught.value)
    assert text.startswith("hand-in 'ann': reading it ")
    assert text.endswith(STEP)
    return text.removeprefix("hand-in 'ann': reading it ").removesuffix(STEP)


def test_result_comes_back():
    assert apart(partial(dict, a=3), dict[str, int], "x") == {"a": 3}


def test_hand_in_is_what_it_is_without_a_process(tmp_path):
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "def total(values):\n    return 1\n"}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "a1.ipynb").write_text(json.dumps(notebook))
    (tmp_path / "helper.py").write_bytes(b"\xff\0")
    (tmp_path / "\udcff.py").write_bytes(b"")
    options = {"package": "tiny", "modules": ("sums",), "stubs": STUBS}
    read = read_apart([tmp_path], **options)
    assert read == read_hand_in([tmp_path], **options)
    assert read.assembly.place("sums", 3) == "cell sums.total, line 2"


@pytest.mark.parametrize("kind", [UnreadableHandIn, SeveralHandIns])
def test_why_a_hand_in_cannot_be_read_comes_back(kind):
    with pytest.raises(UnreadableHandIn, match=r"^hand-in 'ann': is empty$") as caught:
        apart(partial(raises, kind("hand-in 'ann': is empty")), int, "x")
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    "error", [OSError(5, "Input/output error"), PermissionError(13, "Permission denied", "a\udcff"), OSError("odd")]
)
def test_fault_of_the_machine_stays_one(error):
    with pytest.raises(OSError, match=r"Input/output error$|Permission denied: 'a\\udcff'$|odd$") as caught:
        apart(partial(raises, error), int, "x")
    assert caught.value.errno == (error.errno or 0)


@pytest.mark.parametrize(
    ("work", "end"),
    [
        (partial(raises, ValueError("Exceeds the limit\n")), r"ended in ValueError: 'Exceeds the limit\n'"),
        (partial(raises, RecursionError()), "ended in RecursionError: ''"),
        (partial(raises, KeyboardInterrupt()), "ended without a word (status 1)"),
        (partial(os._exit, 0), "ended without a word (status 0)"),
        (partial(dies, signal.SIGSEGV), "crashed (SIGSEGV)"),
        (partial(dies, signal.SIGKILL), "took more than 60 s, or more memory than there is, 2 times"),
        (fills, "takes more than 768 MiB of memory"),
        (partial(bytes, 17 << 20), "gives more than 16 MiB of code"),
        (partial(int, "1" * 4300), 'ended in OverflowError: "can\'t serialize ints < -2**63 or > 2**64 - 1"'),
    ],
    ids=["exception", "recursion", "interrupt", "exit", "crash", "kill", "memory", "large", "no message"],
)
def test_whatever_else_ends_it_is_a_reason(work, end, capfd):
    assert kind_of_end(work) == end


@pytest.mark.slow
def test_computing_has_an_end(monkeypatch):
    monkeypatch.setattr(reading, "CPU_S", 1)
    monkeypatch.setattr(reading, "TRIES", 1)
    assert kind_of_end(loops) == "took more than 1 s of computing"


def test_waiting_has_an_end(monkeypatch):
    monkeypatch.setattr(reading, "WALL_S", 0.1)
    assert kind_of_end(partial(time.sleep, 600)) == "took more than 0 s, or more memory than there is, 2 times"


def test_stop_that_may_be_the_machines_doing_is_tried_again(tmp_path):
    def dies_once():
        if not (tmp_path / "once").exists():
            (tmp_path / "once").touch()
            dies(signal.SIGKILL)
        return 7

    assert apart(dies_once, int, "x") == 7


def test_process_holds_nothing_that_others_wait_for_and_goes_with_the_grader():
    ours, theirs = os.pipe()

    def looks():
        signal_number = ctypes.c_int()
        ctypes.CDLL(None).prctl(2, ctypes.byref(signal_number))  # PR_GET_PDEATHSIG
        held = [name for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")]
        return [sum(int(name) > 2 for name in held), signal_number.value]

    try:
        assert apart(looks, list[int], "x") == [1, signal.SIGKILL]
    finally:
        os.close(ours)
        os.close(theirs)


def test_process_can_fill_no_file(tmp_path):
    with pytest.raises(OSError, match="File too large"):
        apart(partial((tmp_path / "x").write_bytes, b"1"), int, "x")


def test_limit_that_the_machine_has_already_is_kept():
    def looks():
        return [*resource.getrlimit(resource.RLIMIT_AS)]

    def looks_twice():
        ballast = bytes(64 << 20)
        return [looks(), apart(looks, list[int], "x")] if ballast else []

    outer, inner = apart(looks_twice, list[list[int]], "x")
    assert outer == inner
    assert outer[0] != resource.RLIM_INFINITY


# --- in a class ---------------------------------------------------------------------------------------------

HOSTILE = """
from autograder.grading import reading
read, look = reading.read_hand_in, grader.wider_numbers
def reads(paths, **options):
    match paths[0].name:
        case "loops":
            while True: pass
        case "crashes":
            os.kill(os.getpid(), 11)
        case "fails":
            raise ZeroDivisionError("by hand")
        case "fills":
            all([bytes(64 << 20) for _ in range(32)])
    return read(paths, **options)
def looks(modules):
    if b"# odd" in modules["sums"]:
        raise RecursionError
    return look(modules)
reading.read_hand_in, reading.CPU_S, grader.wider_numbers = reads, 1, looks
"""
ENDS = {
    "loops": "hand-in 'loops': reading it took more than 1 s of computing",
    "crashes": "hand-in 'crashes': reading it crashed (SIGSEGV)",
    "fails": "hand-in 'fails': reading it ended in ZeroDivisionError: 'by hand'",
    "fills": "hand-in 'fills': reading it takes more than 768 MiB of memory",
    "odd": "submission odd: reading it ended in RecursionError: ''",
}


@pytest.mark.slow
def test_hand_in_that_ends_its_reader_is_unreadable_on_every_run_and_the_class_is_graded(lab, sabotage, monkeypatch):
    monkeypatch.setattr(graders, "TRIES", 1)  # no grader dies of it
    sabotage(HOSTILE)
    for name in ("ann", *ENDS, "zoe"):
        lab.hand_in(name, f"# {name}\n{lab.reference}")
    for run in range(2):
        graded = lab.grade()
        assert {name: each.score for name, each in graded.items()} == {"ann": 100, "zoe": 100} | dict.fromkeys(ENDS, 0)
        assert {name: graded[name].status for name in ENDS} == dict.fromkeys(ENDS, "unreadable")
        assert {name: graded[name].record["reason"] for name in ENDS} == {
            name: end + STEP for name, end in ENDS.items()
        }
        assert graded["ann"].fresh == (run == 0)
        assert ENDS["loops"] in graded["loops"].results["output"]
