"""Closes the system calls through which student code could reach past its test although it has no privilege at all.

Seccomp filters that name what is open; everything else is refused. Inherited by whatever the process starts.

`close_all_but_computing`, where no namespace shuts a process in: what numpy and Python compute and answer with, and of
the calls that reach others what stays within the own process (its threads, its signals, its limits). No new process, no
program, no socket, nothing that changes a file by its path.

`close_what_reaches_out`, for all of a sandbox with namespaces: besides, processes, programs, signals and files, which
end with the namespace. What stays closed is what no namespace holds, or what nobody needs, among it

    unshare, clone with CLONE_NEWUSER   a user namespace of one's own has every capability inside: mounts of memory
                                        without limit, and a large part of the kernel to attack
    shmget, semget, msgget, mq_open     these objects outlive the process: a note to the next test, memory that no
                                        limit counts
    add_key, request_key, keyctl        keyrings belong to the uid: a note to the next submission; and a session
                                        keyring may hold the instructor's own tickets
    prlimit64 of another process        the zygote has the same uid, so its limits could be poisoned for later tests
    memfd_create, memfd_secret          memory that RLIMIT_AS does not count
    sched_setaffinity                   each grader has a processor: computing on the others' would slow them down
    socket                              a network namespace does not hold VM sockets, which reach the machine that runs
                                        this one; nor is the rest of the kernel's families a student's business
    socketpair but of AF_UNIX, MSG_OOB  the same; and where kernels have had their holes
    ptrace, process_vm_*, kcmp,         a test's process and what it started share a uid: one that traces another keeps
    pidfd_getfd, process_madvise        it from being waited for, and memory and descriptors are each one's own
    fadvise64, readahead, preadv2,      which pages of a file are in memory is the same for all who read it: a note to
    cachestat, mincore                  other tests and submissions
    pipe, socketpair, pidfd_open        of student code itself: their inodes have numbers that the kernel counts for a
                                        processor or for all, and so has a socket's SO_COOKIE: a note to others
    prctl but for further filters, seccomp, setsockopt, io_uring, bpf, userfaultfd, perf, inotify, fanotify, vmsplice,
    name_to_handle_at, modify_ldt

clone3 keeps its flags in memory, where a filter cannot look: it is answered with ENOSYS, and the C library falls back
to clone. A call by another architecture's numbers (32-bit, x32) is refused whatever it is.
"""

import ctypes
import errno
import os
import platform
import socket
import struct
from typing import NamedTuple

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
CLONE_NAMESPACES, CLONE_THREAD = 0x7E020000, 0x00010000  # the first: CLONE_NEWNS to CLONE_NEWNET, NEWUSER among them
# What is open of three calls that do much else: a signal to another process when data comes, notes in a file's inode
# (F_SET_RW_HINT), news of who opens a folder (F_NOTIFY), pages taken out of memory.
FCNTL = (0, 1, 2, 3, 4, 1030, 1031, 1032)  # F_DUPFD, F_GETFD to F_SETFL, F_DUPFD_CLOEXEC, F_SETPIPE_SZ, F_GETPIPE_SZ
SOCKET_OPTIONS = (3, 4, 38, 39)  # SO_TYPE, SO_ERROR, SO_PROTOCOL, SO_DOMAIN; SO_COOKIE is a count of all sockets
FCNTL_LOCKS = (5, 6, 7)  # F_GETLK, F_SETLK, F_SETLKW: SQLite's
IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
MADVISE = (0, 1, 2, 3, 4, 8, 14, 15)  # MADV_NORMAL to MADV_DONTNEED, MADV_FREE, MADV_HUGEPAGE, MADV_NOHUGEPAGE

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_*
# name:x86_64:aarch64, "-" where a machine has no such call. From <asm/unistd_64.h> and <asm-generic/unistd.h>.
_COMPUTING = """
    read:0:63 write:1:64 readv:19:65 writev:20:66 pread64:17:67 pwrite64:18:68 open:2:- openat:257:56 close:3:57
    lseek:8:62 stat:4:- fstat:5:80 lstat:6:- newfstatat:262:79 statx:332:291 access:21:- faccessat:269:48
    faccessat2:439:439 readlink:89:- readlinkat:267:78 getcwd:79:17 chdir:80:49 fchdir:81:50 getdents64:217:61
    dup:32:23 dup2:33:- dup3:292:24 poll:7:- ppoll:271:73 select:23:- pselect6:270:72
    epoll_create1:291:20 epoll_ctl:233:21 epoll_wait:232:- epoll_pwait:281:22 eventfd2:290:19 shutdown:48:210
    getsockname:51:204 getpeername:52:205 mmap:9:222 mprotect:10:226
    munmap:11:215 brk:12:214 mremap:25:216 msync:26:227 membarrier:324:283 mlock:149:228
    munlock:150:229 rt_sigaction:13:134 rt_sigprocmask:14:135 rt_sigreturn:15:139 rt_sigpending:127:136
    rt_sigtimedwait:128:137 rt_sigsuspend:130:133 sigaltstack:131:132 pause:34:- alarm:37:- getitimer:36:102
    setitimer:38:103 timer_create:222:107 timer_settime:223:110 timer_gettime:224:108 timer_getoverrun:225:109
    timer_delete:226:111 nanosleep:35:101 clock_nanosleep:230:115 clock_gettime:228:113 clock_getres:229:114
    gettimeofday:96:169 time:201:- times:100:153 getrusage:98:165 sysinfo:99:179 uname:63:160 getrandom:318:278
    futex:202:98 set_robust_list:273:99 get_robust_list:274:100 set_tid_address:218:96 rseq:334:293
    restart_syscall:219:128 sched_yield:24:124 sched_getaffinity:204:123 getpid:39:172 gettid:186:178
    getppid:110:173 getuid:102:174 geteuid:107:175 getgid:104:176 getegid:108:177 getgroups:115:158
    getpgid:121:155 getpgrp:111:- getsid:124:156 getrlimit:97:163 setrlimit:160:164 umask:95:166
    arch_prctl:158:- exit:60:93 exit_group:231:94 wait4:61:260 waitid:247:95 fstatfs:138:44 statfs:137:43
    getcpu:309:168 close_range:436:436
"""
# Within namespaces, besides.
_CONTAINED = """
    pipe:22:- pipe2:293:59 fork:57:- vfork:58:- execve:59:221 execveat:322:281 kill:62:129 tkill:200:130 tgkill:234:131
    pidfd_open:434:434 pidfd_send_signal:424:424 setpgid:109:154 setsid:112:157 getpriority:140:141
    sendfile:40:71 copy_file_range:326:285 fsync:74:82
    fdatasync:75:83 truncate:76:45 ftruncate:77:46 fallocate:285:47 preadv:295:69 pwritev:296:70 getdents:78:-
    creat:85:- rename:82:- renameat:264:38 renameat2:316:276 mkdir:83:- mkdirat:258:34 rmdir:84:- link:86:-
    linkat:265:37 unlink:87:- unlinkat:263:35 symlink:88:- symlinkat:266:36 chmod:90:- fchmod:91:52
    fchmodat:268:53 fchmodat2:452:452 utime:132:- utimes:235:- utimensat:280:88 futimesat:261:- getxattr:191:8
    lgetxattr:192:9 fgetxattr:193:10 listxattr:194:11 llistxattr:195:12 flistxattr:196:13 mlock2:325:284
    mlockall:151:230 munlockall:152:231 sched_getparam:143:121 sched_getscheduler:145:120
    sched_get_priority_max:146:125 sched_get_priority_min:147:126 sched_rr_get_interval:148:127 capget:125:90
    getresuid:118:148 getresgid:120:150 epoll_create:213:- epoll_pwait2:441:441 eventfd:284:- signalfd:282:-
    signalfd4:289:74 timerfd_create:283:85 timerfd_settime:286:86 timerfd_gettime:287:87
"""
# Open for some arguments only.
_BY_ARGUMENT = """
    clone:56:220 prlimit64:302:261 fcntl:72:25 ioctl:16:29 madvise:28:233 socketpair:53:199 sendto:44:206
    recvfrom:45:207 sendmsg:46:211 recvmsg:47:212 getsockopt:55:209
    prctl:157:167
"""
# What the kernel counts for all of the machine, or for a processor: who makes some moves the number, who reads it sees.
_COUNTED = "pipe:22:- pipe2:293:59 socketpair:53:199 pidfd_open:434:434"
_CLONE3 = 435
_X32_BIT = 0x40000000

# Classic BPF: load a word of struct seccomp_data, jump on the accumulator, return.
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data; an argument has 8 bytes
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000

Step = tuple[int, int, int, int]  # code, jump if true, jump if false, constant
_REFUSE: Step = (_RETURN, 0, 0, _ERRNO | errno.EPERM)
_PASS: Step = (_RETURN, 0, 0, _ALLOW)


class Rule(NamedTuple):
    """What decides on a call: its argument at this place (from 0), held against these values."""

    call: str
    argument: int
    jump: int
    values: tuple[int, ...]
    opens: bool  # whether an argument that meets one of them is let through, and no other; else the other way round


_ALWAYS = (
    # Process 0 is the caller itself; getrlimit and setrlimit of the C library come this way.
    Rule("prlimit64", 0, _JUMP_EQUAL, (0,), opens=True),
    Rule("ioctl", 1, _JUMP_EQUAL, IOCTL, opens=True),
    Rule("madvise", 2, _JUMP_EQUAL, MADVISE, opens=True),
    Rule("getsockopt", 2, _JUMP_EQUAL, SOCKET_OPTIONS, opens=True),
    *(Rule(call, 3, _JUMP_ANY_BIT, (socket.MSG_OOB,), opens=False) for call in ("sendto", "recvfrom")),
    *(Rule(call, 2, _JUMP_ANY_BIT, (socket.MSG_OOB,), opens=False) for call in ("sendmsg", "recvmsg")),
)


def contained_program(machine: str) -> bytes:
    """The filter for a machine (as platform.machine() names it) within namespaces: an array of struct sock_filter."""
    rules = (
        Rule("clone", 0, _JUMP_ANY_BIT, (CLONE_NAMESPACES,), opens=False),
        Rule("socketpair", 0, _JUMP_EQUAL, (socket.AF_UNIX,), opens=True),
        Rule("prctl", 0, _JUMP_EQUAL, (PR_SET_SECCOMP,), opens=True),  # what is refused already stays refused
        Rule("fcntl", 1, _JUMP_EQUAL, FCNTL + FCNTL_LOCKS, opens=True),
    )
    return _program(machine, _COMPUTING + _CONTAINED, rules)


def confining_program(machine: str, pid: int) -> bytes:
    """The filter that shuts the process `pid` in where no namespace does."""
    rules = (
        Rule("clone", 0, _JUMP_ANY_BIT, (CLONE_THREAD,), opens=True),
        Rule("kill", 0, _JUMP_EQUAL, (pid,), opens=True),
        Rule("tgkill", 0, _JUMP_EQUAL, (pid,), opens=True),
        Rule("fcntl", 1, _JUMP_EQUAL, FCNTL, opens=True),
    )
    return _program(machine, _COMPUTING, rules)


def counted_program(machine: str) -> bytes:
    """The filter for a process of student code within namespaces, beside the one that its zygote has."""
    steps: list[Step] = [(_LOAD, 0, 0, _NUMBER)]
    for number in numbers(_COUNTED, machine).values():
        steps += [(_JUMP_EQUAL, 0, 1, number), _REFUSE]
    return _packed([*steps, _PASS])


def _program(machine: str, calls: str, rules: tuple[Rule, ...]) -> bytes:
    """By another architecture's numbers nothing is called; clone3 is said not to exist; then what is open."""
    number_of = numbers(_COMPUTING + _CONTAINED + _BY_ARGUMENT, machine)
    steps: list[Step] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        _REFUSE,
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_AT_LEAST, 0, 1, _X32_BIT),
        _REFUSE,
        (_JUMP_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]
    for rule in (*_ALWAYS, *rules):
        met, other = (_PASS, _REFUSE) if rule.opens else (_REFUSE, _PASS)
        checks = [step for value in rule.values for step in ((rule.jump, 0, 1, value), met)]
        steps += [
            (_JUMP_EQUAL, 0, len(checks) + 2, number_of[rule.call]),
            (_LOAD, 0, 0, _ARGUMENTS + 8 * rule.argument),
            *checks,
            other,
        ]
    for number in numbers(calls, machine).values():
        steps += [(_JUMP_EQUAL, 0, 1, number), _PASS]
    return _packed([*steps, _REFUSE])


def numbers(calls: str, machine: str) -> dict[str, int]:
    """The numbers of these calls by name, where the machine has them."""
    place = 1 + list(_ARCHITECTURES).index(machine)
    found = {entry.split(":")[0]: entry.split(":")[place] for entry in calls.split()}
    return {name: int(number) for name, number in found.items() if number != "-"}


def _packed(steps: list[Step]) -> bytes:
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def close_what_reaches_out() -> None:
    """Put the filter within namespaces in place for good; OSError if there is none. Needs PR_SET_NO_NEW_PRIVS."""
    _install(contained_program(_machine()))


def close_what_is_counted() -> None:
    """Put the filter of student code's own processes in place for good; OSError as above."""
    _install(counted_program(_machine()))


def close_all_but_computing() -> None:
    """Put the confining filter in place for good, for this process; OSError as above."""
    _install(confining_program(_machine(), os.getpid()))


def _machine() -> str:
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no system call filter for a {machine}; want one of {', '.join(_ARCHITECTURES)}")
    return machine


def _install(steps: bytes) -> None:
    buffer = ctypes.create_string_buffer(steps, len(steps))

    class Program(ctypes.Structure):  # struct sock_fprog
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    filter_ = Program(len(steps) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter_), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_SECCOMP) failed")
