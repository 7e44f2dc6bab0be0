"""No test sees what another test of the same submission did, and nothing that it started outlives it."""

import contextlib
import os

import pytest

from autograder.boundary.ends import Stopped
from tests import needs

pytestmark = needs.BUBBLEWRAP  # a /tmp and processes of their own; the attacks are tried on Landlock too

SUBMISSION = '''
import _thread, ctypes, os, signal, socket, sys, threading, time

state = []
libc = ctypes.CDLL(None, use_errno=True)

def remember(x):
    state.append(x)
    sys.modules["left_behind"] = sys
    os.environ["LEFT"] = "1"
    return len(state)
def recall():
    return (len(state), "left_behind" in sys.modules, dict(os.environ).get("LEFT"), os.getcwd())
def write(name):
    with open("/tmp/" + name, "w") as file:
        file.write("note")
def write_and_remove(name):
    write(name)
    os.unlink("/tmp/" + name)
def files():
    return os.listdir("/tmp")
def start_thread():
    def forever():
        while True:
            time.sleep(0.01)
    threading.Thread(target=forever, daemon=True).start()
    threading.Thread(target=forever).start()
    return threading.active_count()
def number(n_threads=0):
    """This process's, and what a thread of it gets when so many others have come and gone."""
    for _ in range(n_threads):
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    return os.getpid(), thread.native_id
def threads():
    return threading.active_count()
def fork(n, daemonise=False, stubborn=False):
    """n processes that hold on as well as they can, and the number of them."""
    for _ in range(n):
        if os.fork() == 0:
            if daemonise:
                os.setsid()
                if os.fork():
                    os._exit(0)
            if stubborn:
                for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                    try:
                        signal.signal(number, signal.SIG_IGN)
                    except (OSError, ValueError):
                        pass
            os.closerange(0, 64)
            while True:
                time.sleep(1000)
    return n
def others():
    """Every process that a signal can reach, but this one and the zygote."""
    alive = []
    for pid in range(2, 4000):
        try:
            os.kill(pid, 0)
        except OSError:
            continue
        if pid != os.getpid():
            alive.append(pid)
    return alive
def bomb():
    """How many processes there were when the system said no."""
    n, children = 0, 0
    while True:
        try:
            if os.fork() == 0:
                time.sleep(1000)
            n += 1
        except OSError as error:
            return n, error.errno
def thread_bomb():
    n = 0
    try:
        while n < 1000:
            _thread.start_new_thread(time.sleep, (1000,))  # Thread.start() waits for one that finds no memory
            n += 1
    except RuntimeError:
        pass
    return n
def fork_and_leave():
    fork(3, daemonise=True)
    os._exit(0)
def call(number, *args):
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(x) if isinstance(x, int) else x for x in args])
    return (result, ctypes.get_errno())
def shared_memory():
    return libc.shmget(1234, 4096, 0o1666)
def semaphore():
    return libc.semget(1234, 1, 0o1666)
def message_queue():
    return libc.msgget(1234, 0o1666)
def seeded():
    import random
    import numpy as np
    return (random.random(), float(np.random.random()))
def time_of_tmp():
    return os.stat("/tmp").st_mtime_ns
def interrupt_zygote():
    for number in range(1, 65):
        try:
            os.kill(1, number)
        except OSError:
            pass
    time.sleep(0.1)
    return "sent"
'''


@pytest.fixture
def fresh(open_session):
    """fresh(): the module in a new test's process; the test before it has ended."""
    return lambda **limits: open_session(**limits).root().code


def test_module_state_is_gone_in_the_next_test(fresh):
    before = fresh().recall()
    assert fresh().remember(1) == 1
    assert fresh().recall() == before == (0, False, None, "/tmp")


def test_state_lasts_within_a_test(fresh):
    code = fresh()
    code.remember(1)
    assert code.remember(2) == 2


def test_global_generators_start_every_test_alike(fresh):
    assert fresh().seeded() == fresh().seeded()


def test_file_left_in_tmp_is_gone_and_the_zygote_replaced(fresh, worker):
    fresh().write("note")
    before = worker.n_started
    assert fresh().files() == []
    assert worker.n_started == before + 1


def test_file_made_and_removed_is_no_note_either(fresh, worker):
    """The folder's own times would tell the next test."""
    before = fresh().time_of_tmp()
    fresh().write_and_remove("note")
    started = worker.n_started
    assert fresh().time_of_tmp() != before
    assert worker.n_started == started + 1


def test_clean_test_keeps_its_zygote(fresh, worker):
    fresh().files()
    before = worker.n_started
    fresh().files()
    assert worker.n_started == before


@pytest.mark.slow
def test_process_number_of_a_place_is_the_same_whatever_ran_before(fresh, worker):
    """A test could leave a number for the next one by what it starts, or by having its zygote replaced."""
    first, _ = fresh(place=0).number()
    before = [
        lambda code: code.files(),
        lambda code: code.number(n_threads=50),
        lambda code: code.fork(3),
        lambda code: code.fork_and_leave(),
        lambda code: code.write("note"),
        lambda code: None,  # nothing of it ran
    ]
    for place, run in enumerate(before, start=1):
        for again in range(2):
            with contextlib.suppress(Stopped):
                run(fresh(place=10 * place))
            expected = first + 10 * place + 1
            assert fresh(place=10 * place + 1).number() == (expected, expected + 1), (place, again)


def test_tests_in_their_order_keep_their_zygote(fresh, worker):
    worker.clear()  # what tests of this file have left
    before = worker.n_started
    for place in (0, 1, 2, 7):  # those between were not run
        fresh(place=place).files()
    assert worker.n_started == before + 1
    sandbox = worker.process
    fresh(place=7).files()  # asked again
    assert worker.n_started == before + 2
    assert worker.process is sandbox


def test_threads_left_behind_are_gone(fresh):
    assert fresh().start_thread() == 3
    assert fresh().threads() == 1


@pytest.mark.parametrize(
    "how",
    [{}, {"daemonise": True}, {"stubborn": True}, {"daemonise": True, "stubborn": True}],
    ids=["plain", "daemonised", "stubborn", "both"],
)
def test_processes_left_behind_are_gone(fresh, how):
    code = fresh()
    assert code.fork(4, **how) == 4
    assert len(code.others()) >= 4
    assert fresh().others() == []


def test_processes_of_a_test_that_ended_itself_are_gone(fresh):
    with pytest.raises(Exception, match="exit status 0"):
        fresh().fork_and_leave()
    assert fresh().others() == []


def test_processes_left_behind_are_gone_from_the_machine(fresh, worker, descendants, wait_until):
    fresh().fork(4, daemonise=True)
    wait_until(lambda: len(descendants(worker.process.pid)) == 8)
    worker.end()
    assert len(descendants(worker.process.pid)) == 3  # the nursery, what waits for the zygote, and the zygote


def test_fork_bomb_is_bounded_and_leaves_room_for_the_next_test(fresh, worker):
    for _ in range(2):
        n, errno = fresh(wall_s=5).bomb()
        assert 0 < n < worker.limits.processes
        assert os.strerror(errno) == "Resource temporarily unavailable"
    assert fresh().fork(2) == 2


def test_threads_are_bounded_too(fresh, worker):
    assert 0 < fresh().thread_bomb() < worker.limits.processes


@pytest.mark.parametrize("kind", ["shared_memory", "semaphore", "message_queue"])
def test_system_v_object_cannot_be_left_behind(fresh, kind):
    assert getattr(fresh(), kind)() == -1


def test_signals_to_the_zygote_change_nothing(fresh, worker):
    """It is pid 1, so only a signal with a handler would reach it: Python's own, for SIGINT."""
    before = worker.n_started
    assert fresh().interrupt_zygote() == "sent"
    assert fresh().threads() == 1
    assert worker.n_started == before


@pytest.mark.slow
def test_submission_loaded_after_another_is_graded_without_it(start_worker, session_of):
    with start_worker("def answer():\n    return 1\n") as worker:
        assert session_of(worker).root().code.answer() == 1
        files = {"__init__": b"", "code": b"from .other import answer\n", "other": b"def answer():\n    return 2\n"}
        worker.load("submission", files)
        assert session_of(worker).root().code.answer() == 2
        assert worker.n_started == 2, "each has a zygote of its own"
        worker.load("submission", files | {"other": b"def answer():\n    return 3\n"})
        assert session_of(worker).root().code.answer() == 3
