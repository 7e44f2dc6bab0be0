"""Closes the system calls through which student code could reach past its test although it has no privilege at all.

A seccomp filter, put in place by the zygote on itself and inherited by everything it forks. It names what is closed,
not what is open, so that numpy and Python keep whatever they need:

    unshare, clone with CLONE_NEWUSER   a user namespace of one's own has every capability inside: mounts of memory
                                        without limit, and a large part of the kernel to attack
    shmget, semget, msgget              System V objects outlive the process: a note to the next test, memory that no
                                        limit counts
    add_key, request_key, keyctl        keyrings belong to the uid: a note to the next submission; and a session
                                        keyring may hold the instructor's own tickets
    prlimit64 of another process        the zygote has the same uid, so its limits could be poisoned for later tests
    memfd_create, memfd_secret          memory that RLIMIT_AS does not count
    sched_setaffinity                   each grader has a processor: computing on the others' would slow them down
    socket                              a network namespace does not hold VM sockets, which reach the machine that runs
                                        this one; nor is the rest of the kernel's families a student's business
    ptrace, process_vm_*, kcmp,         a test's process and what it started share a uid: one that traces another keeps
    pidfd_getfd, process_madvise        it from being waited for, and memory and descriptors are each one's own
    fadvise64, readahead, preadv2,      which pages of a file are in memory is the same for all who read it: a note to
    cachestat, mincore                  other tests and submissions
    inotify, fanotify, vmsplice,        nothing a student needs, and where kernels have had their holes
    name_to_handle_at, modify_ldt,
    io_uring, bpf, userfaultfd, perf

Where no namespace shuts a process in, that is not enough: `confining_program` names what is open instead: what
computing takes, and of the calls that reach others what stays within the own process (its threads, its signals, its
limits). No new process, no program, no socket, nothing that changes a file by its path.

clone3 keeps its flags in memory, where a filter cannot look: it is answered with ENOSYS, and the C library falls back
to clone. A call by another architecture's numbers (32-bit, x32) is refused whatever it is.
"""

import ctypes
import errno
import os
import platform
import struct

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
CLONE_NEWUSER, CLONE_THREAD = 0x10000000, 0x00010000
SET_OWNER = (8, 10, 15)  # fcntl's F_SETOWN, F_SETSIG, F_SETOWN_EX: a signal to another process when data comes
SET_OWNER_IOCTL = (0x8901, 0x8902)  # FIOSETOWN, SIOCSPGRP: the same

# AUDIT_ARCH_*, then the numbers of clone, clone3 and prlimit64.
_MACHINES = {"x86_64": (0xC000003E, 56, 435, 302), "aarch64": (0xC00000B7, 220, 435, 261)}
# name:x86_64:aarch64, "-" where a machine has no such call. From <asm/unistd_64.h> and <asm-generic/unistd.h>.
CLOSED = """
    unshare:272:97 shmget:29:194 semget:64:190 msgget:68:186 add_key:248:217 request_key:249:218 keyctl:250:219
    memfd_create:319:279 memfd_secret:447:447 sched_setaffinity:203:122 socket:41:198 io_uring_setup:425:425
    bpf:321:280 userfaultfd:323:282 perf_event_open:298:241 ptrace:101:117 process_vm_readv:310:270
    process_vm_writev:311:271 process_madvise:440:440 pidfd_getfd:438:438 kcmp:312:272 fadvise64:221:223
    readahead:187:213 preadv2:327:286 cachestat:451:451 mincore:27:232 inotify_init:253:- inotify_init1:294:26
    fanotify_init:300:262 vmsplice:278:75 name_to_handle_at:303:264 open_by_handle_at:304:265 modify_ldt:154:-
"""
_OPEN = """
    read:0:63 write:1:64 readv:19:65 writev:20:66 pread64:17:67 pwrite64:18:68 open:2:- openat:257:56 close:3:57
    lseek:8:62 stat:4:- fstat:5:80 lstat:6:- newfstatat:262:79 statx:332:291 access:21:- faccessat:269:48
    faccessat2:439:439 readlink:89:- readlinkat:267:78 getcwd:79:17 chdir:80:49 fchdir:81:50 getdents64:217:61
    dup:32:23 dup2:33:- dup3:292:24 pipe:22:- pipe2:293:59 poll:7:- ppoll:271:73 select:23:- pselect6:270:72
    epoll_create1:291:20 epoll_ctl:233:21 epoll_wait:232:- epoll_pwait:281:22 eventfd2:290:19 sendto:44:206
    recvfrom:45:207 sendmsg:46:211 recvmsg:47:212 shutdown:48:210 getsockopt:55:209 setsockopt:54:208
    getsockname:51:204 getpeername:52:205 mmap:9:222 mprotect:10:226 munmap:11:215 brk:12:214 mremap:25:216
    madvise:28:233 msync:26:227 membarrier:324:283 mlock:149:228 munlock:150:229 rt_sigaction:13:134
    rt_sigprocmask:14:135 rt_sigreturn:15:139 rt_sigpending:127:136 rt_sigtimedwait:128:137 rt_sigsuspend:130:133
    sigaltstack:131:132 pause:34:- alarm:37:- getitimer:36:102 setitimer:38:103 timer_create:222:107
    timer_settime:223:110 timer_gettime:224:108 timer_getoverrun:225:109 timer_delete:226:111 nanosleep:35:101
    clock_nanosleep:230:115 clock_gettime:228:113 clock_getres:229:114 gettimeofday:96:169 time:201:- times:100:153
    getrusage:98:165 sysinfo:99:179 uname:63:160 getrandom:318:278 futex:202:98 set_robust_list:273:99
    get_robust_list:274:100 set_tid_address:218:96 rseq:334:293 restart_syscall:219:128 sched_yield:24:124
    sched_getaffinity:204:123 getpid:39:172 gettid:186:178 getppid:110:173 getuid:102:174 geteuid:107:175
    getgid:104:176 getegid:108:177 getgroups:115:158 getpgid:121:155 getpgrp:111:- getsid:124:156 getrlimit:97:163
    setrlimit:160:164 umask:95:166 arch_prctl:158:- exit:60:93 exit_group:231:94 wait4:61:260 waitid:247:95
    fstatfs:138:44 statfs:137:43 getcpu:309:168 close_range:436:436
"""
# The numbers of kill, tgkill, fcntl and ioctl: open for some arguments only.
_OWN = {"x86_64": (62, 234, 72, 16), "aarch64": (129, 131, 25, 29)}
_X32_BIT = 0x40000000

# Classic BPF: load a word of struct seccomp_data, jump on the accumulator, return.
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24  # offsets in struct seccomp_data
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000

Step = tuple[int, int, int, int]  # code, jump if true, jump if false, constant
_REFUSE: Step = (_RETURN, 0, 0, _ERRNO | errno.EPERM)
_PASS: Step = (_RETURN, 0, 0, _ALLOW)


def program(machine: str) -> bytes:
    """The filter for a machine (as platform.machine() names it), as an array of struct sock_filter."""
    _, clone, _, prlimit64 = _MACHINES[machine]
    steps = _known_machine(machine)
    for number in numbers(CLOSED, machine):
        steps += [(_JUMP_EQUAL, 0, 1, number), _REFUSE]
    steps += _if_argument(clone, _FIRST_ARGUMENT, [(_JUMP_ANY_BIT, 0, 1, CLONE_NEWUSER), _REFUSE, _PASS])
    # Process 0 is the caller itself; getrlimit and setrlimit of the C library come this way.
    steps += _if_argument(prlimit64, _FIRST_ARGUMENT, [(_JUMP_EQUAL, 1, 0, 0), _REFUSE, _PASS])
    return _packed([*steps, _PASS])


def confining_program(machine: str, pid: int) -> bytes:
    """The filter that shuts the process `pid` in where no namespace does: what it does not name is refused."""
    _, clone, _, prlimit64 = _MACHINES[machine]
    kill, tgkill, fcntl, ioctl = _OWN[machine]
    steps = _known_machine(machine)
    for number in numbers(_OPEN, machine):
        steps += [(_JUMP_EQUAL, 0, 1, number), _PASS]
    steps += _if_argument(clone, _FIRST_ARGUMENT, [(_JUMP_ANY_BIT, 0, 1, CLONE_THREAD), _PASS, _REFUSE])
    for call, own in ((kill, pid), (tgkill, pid), (prlimit64, 0)):
        steps += _if_argument(call, _FIRST_ARGUMENT, [(_JUMP_EQUAL, 0, 1, own), _PASS, _REFUSE])
    for call, refused in ((fcntl, SET_OWNER), (ioctl, SET_OWNER_IOCTL)):
        checks = [step for value in refused for step in ((_JUMP_EQUAL, 0, 1, value), _REFUSE)]
        steps += _if_argument(call, _SECOND_ARGUMENT, [*checks, _PASS])
    return _packed([*steps, _REFUSE])


def numbers(calls: str, machine: str) -> list[int]:
    """The numbers of these calls, where the machine has them."""
    found = [entry.split(":")[1 if machine == "x86_64" else 2] for entry in calls.split()]
    return [int(number) for number in found if number != "-"]


def _known_machine(machine: str) -> list[Step]:
    """How every filter begins: by another architecture's numbers nothing is called; clone3 is said not to exist."""
    architecture, _, clone3, _ = _MACHINES[machine]
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, architecture),
        _REFUSE,
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_AT_LEAST, 0, 1, _X32_BIT),
        _REFUSE,
        (_JUMP_EQUAL, 0, 1, clone3),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]


def _if_argument(call: int, argument: int, checks: list[Step]) -> list[Step]:
    """Steps that decide, for this call alone, by the value of one of its arguments."""
    return [(_JUMP_EQUAL, 0, len(checks) + 1, call), (_LOAD, 0, 0, argument), *checks]


def _packed(steps: list[Step]) -> bytes:
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def close_dangerous() -> None:
    """Put the first filter in place for good; OSError where this machine has none. Needs PR_SET_NO_NEW_PRIVS."""
    _install(program(_machine()))


def close_all_but_computing() -> None:
    """Put the confining filter in place for good, for this process; OSError as above."""
    _install(confining_program(_machine(), os.getpid()))


def _machine() -> str:
    machine = platform.machine()
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, f"no system call filter for a {machine}; want one of {', '.join(_MACHINES)}")
    return machine


def _install(steps: bytes) -> None:
    buffer = ctypes.create_string_buffer(steps, len(steps))

    class Program(ctypes.Structure):  # struct sock_fprog
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    filter_ = Program(len(steps) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter_), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_SECCOMP) failed")
