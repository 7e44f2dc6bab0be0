"""The system call filters are well formed for each machine, and let through what they name and nothing else."""

import platform
import struct

import pytest

from autograder.inside import system_calls

# Of what no filter opens, that by which somebody has got out of a sandbox, or past a test. As in system_calls.py.
CLOSED = """
    unshare:272:97 shmget:29:194 semget:64:190 msgget:68:186 add_key:248:217 request_key:249:218 keyctl:250:219
    memfd_create:319:279 memfd_secret:447:447 sched_setaffinity:203:122 socket:41:198 io_uring_setup:425:425
    bpf:321:280 userfaultfd:323:282 perf_event_open:298:241 ptrace:101:117 process_vm_readv:310:270
    process_vm_writev:311:271 process_madvise:440:440 pidfd_getfd:438:438 kcmp:312:272 fadvise64:221:223
    readahead:187:213 preadv2:327:286 cachestat:451:451 mincore:27:232 inotify_init:253:- inotify_init1:294:26
    fanotify_init:300:262 vmsplice:278:75 name_to_handle_at:303:264 open_by_handle_at:304:265 modify_ldt:154:-
    mq_open:240:180 prctl:157:167 seccomp:317:277 mount:165:40 setns:308:268 personality:135:92
    recvmmsg:299:243 sendmmsg:307:269 setsockopt:54:208 flock:73:32
    setpriority:141:140 ioprio_set:251:30 sched_setscheduler:144:119 sched_setattr:314:274
    connect:42:203 bind:49:200 listen:50:201
"""

FILTERS = {
    "contained": system_calls.contained_program,
    "alone": lambda machine: system_calls.confining_program(machine, 77),
}
EVERY_FILTER = [
    pytest.param(program(machine), machine, id=f"{name}-{machine}")
    for name, program in FILTERS.items()
    for machine in ("x86_64", "aarch64")
]
NAMED = system_calls._COMPUTING + system_calls._CONTAINED + system_calls._BY_ARGUMENT


def answer(program, number, *arguments, architecture):
    """What the kernel would answer: "allow", or the error's number."""
    steps = list(struct.iter_unpack("<HBBI", program))
    data = {0: number, 4: architecture} | {16 + 8 * at: value for at, value in enumerate(arguments)}
    at = accumulator = 0
    while True:
        code, if_true, if_false, constant = steps[at]
        at += 1
        if code == 0x06:
            return "allow" if constant == 0x7FFF0000 else constant & 0xFFFF
        if code == 0x20:
            accumulator = data.get(constant, 0)
        else:
            holds = {0x15: accumulator == constant, 0x35: accumulator >= constant, 0x45: bool(accumulator & constant)}
            at += if_true if holds[code] else if_false


def asked(program, machine, name, *arguments):
    """The same for a call by its name."""
    number = system_calls.numbers(NAMED, machine)[name]
    return answer(program, number, *arguments, architecture=system_calls._ARCHITECTURES[machine])


@pytest.mark.parametrize(("program", "machine"), EVERY_FILTER)
def test_jumps_of_a_filter_land_inside_it(program, machine):
    steps = list(struct.iter_unpack("<HBBI", program))
    for at, (code, if_true, if_false, _) in enumerate(steps):
        if code & 0x07 == 0x05:  # a jump
            assert at + 1 + max(if_true, if_false) < len(steps)
    assert steps[-1][0] == 0x06  # ends in a return


@pytest.mark.parametrize(("program", "machine"), EVERY_FILTER)
def test_what_a_filter_does_not_name_is_refused(program, machine):
    own = system_calls._ARCHITECTURES[machine]
    for name, number in {**system_calls.numbers(CLOSED, machine), "unheard of": 1000}.items():
        assert answer(program, number, architecture=own) == 1, name
    assert answer(program, 435, architecture=own) == 38, "clone3: the C library then falls back to clone"
    assert answer(program, 0x40000000, architecture=own) == 1, "x32"
    other = "aarch64" if machine == "x86_64" else "x86_64"
    read = system_calls.numbers(NAMED, machine)["read"]
    assert answer(program, read, architecture=own) == "allow"
    assert answer(program, read, architecture=system_calls._ARCHITECTURES[other]) == 1


@pytest.mark.parametrize(("program", "machine"), EVERY_FILTER)
def test_both_filters_compute_alike_and_send_nothing_out_of_band(program, machine):
    for name in ("read", "openat", "mmap", "futex", "exit_group", "close_range"):
        assert asked(program, machine, name) == "allow"
    for name, flags in (("sendto", 3), ("recvfrom", 3), ("sendmsg", 2), ("recvmsg", 2)):
        assert asked(program, machine, name, *[0] * flags, 0x40) == "allow"
        assert asked(program, machine, name, *[0] * flags, 0x41) == 1
    assert [asked(program, machine, "prlimit64", pid) for pid in (0, 1)] == ["allow", 1]


SETS_AN_OWNER, SETS_A_LEASE, TELLS_OF_A_FOLDER, NOTES_A_HINT = (8, 10, 15), (1024,), (1026,), (1036, 1038)


@pytest.mark.parametrize(("program", "machine"), EVERY_FILTER)
def test_of_calls_that_do_much_every_filter_opens_what_python_needs(program, machine):
    for command in (*SETS_AN_OWNER, *SETS_A_LEASE, *TELLS_OF_A_FOLDER, *NOTES_A_HINT):
        assert asked(program, machine, "fcntl", 3, command) == 1
    assert [asked(program, machine, "fcntl", 3, command) for command in (2, 4, 1030)] == ["allow"] * 3
    assert [asked(program, machine, "ioctl", 3, request) for request in (0x5401, 0x5421, 0x8901)] == [
        "allow",
        "allow",
        1,
    ]
    assert [asked(program, machine, "madvise", 0, 4096, advice) for advice in (4, 14, 12, 21)] == [
        "allow",
        "allow",
        1,
        1,
    ]


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_within_namespaces_processes_are_open_and_further_namespaces_are_not(machine):
    program = system_calls.contained_program(machine)
    assert asked(program, machine, "clone", 17) == "allow"
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert asked(program, machine, "clone", flag | 17) == 1
    assert (asked(program, machine, "socketpair", 1), asked(program, machine, "socketpair", 30)) == ("allow", 1)
    for name in ("execve", "kill", "unlinkat"):
        assert asked(program, machine, name) == "allow"
    assert [asked(program, machine, "fcntl", 3, command) for command in (6, 37)] == ["allow", 1], "locks"


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_alone_a_process_reaches_itself_only(machine):
    program = system_calls.confining_program(machine, 77)
    assert (asked(program, machine, "clone", 0x10F00), asked(program, machine, "clone", 17)) == ("allow", 1)
    assert [asked(program, machine, "kill", pid) for pid in (77, 78, 0xFFFFFFFF)] == ["allow", 1, 1]
    assert [asked(program, machine, "tgkill", pid) for pid in (77, 1)] == ["allow", 1]
    assert [asked(program, machine, "fcntl", 3, command) for command in (6, 37)] == [1, 1], "locks"
    for name in ("execve", "unlinkat", "socketpair"):
        assert asked(program, machine, name) == 1


def test_machine_without_a_filter_is_refused(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "vax")
    with pytest.raises(OSError, match="no system call filter for a vax; want one of x86_64, aarch64"):
        system_calls.close_what_reaches_out()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_student_code_makes_nothing_that_the_kernel_counts_for_all(machine):
    within, alone = system_calls.counted_program(machine), system_calls.confining_program(machine, 77)
    for name in system_calls.numbers("pipe:22:- pipe2:293:59 socketpair:53:199 pidfd_open:434:434", machine):
        assert asked(within, machine, name, 1) == asked(alone, machine, name, 1) == 1, name
    assert asked(within, machine, "read") == asked(within, machine, "clone", 17) == "allow"
    for program in (system_calls.contained_program(machine), alone):
        assert [asked(program, machine, "getsockopt", 3, 1, option) for option in (3, 38, 57, 71)] == ["allow"] * 2 + [
            1
        ] * 2
