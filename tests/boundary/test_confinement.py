"""What student code can see and reach inside the sandbox: itself, Python, numpy, and nothing else."""

import importlib
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.boundary import bubblewrap
from autograder.boundary.limits import Confinement
from autograder.boundary.runtime import INSIDE
from autograder.boundary.student_error import StudentError
from autograder.inside import system_calls
from tests import needs
from tests.inside.test_system_calls import CLOSED

pytestmark = needs.BUBBLEWRAP  # a file system of its own; the attacks are tried on Landlock too

SUBMISSION = '''
import ctypes, errno, gc, importlib, inspect, os, resource, socket, stat, sys, time

libc = ctypes.CDLL(None, use_errno=True)

def identity():
    return (os.getresuid(), os.getresgid(), os.getgroups())
def capabilities():
    """(effective, permitted) of both words."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, data) == 0
    return [data[0], data[1], data[3], data[4]]
def become_root():
    for attempt in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.chroot("/tmp")):
        try:
            attempt()
        except OSError:
            continue
        return True
    return False
def environment():
    return dict(os.environ)
def arguments():
    return (sys.argv[1:], sys.orig_argv[-1:])
def descriptors():
    """(number, kind) of every open descriptor."""
    kinds = {stat.S_IFCHR: "device", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}
    found = []
    for number in range(256):
        try:
            found.append((number, kinds.get(stat.S_IFMT(os.fstat(number).st_mode), "other")))
        except OSError:
            pass
    return found
def walk(start):
    """Every path below `start`, as far as it can be read."""
    return [os.path.join(folder, name) for folder, _, names in os.walk(start) for name in names]
def tree():
    return {folder: sorted(os.listdir(folder)) for folder in ("/", "/dev", "/etc", "/packages", "/tmp")}
def can_read(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False
def writable(places):
    found = []
    for place in places:
        try:
            with open(os.path.join(place, "escape"), "w"):
                found.append(place)
        except OSError:
            pass
    return found
def connect(family, address, kind=socket.SOCK_STREAM):
    try:
        with socket.socket(family, kind) as sock:
            sock.settimeout(2)
            sock.connect(address)
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    return "connected"
def connect_tcp(host, port):
    return connect(socket.AF_INET, (host, port))
def connect_unix(path):
    return connect(socket.AF_UNIX, path)
def connect_udp():
    return connect(socket.AF_INET, ("8.8.8.8", 53), socket.SOCK_DGRAM)
def connect_vm():
    return connect(socket.AF_VSOCK, (socket.VMADDR_CID_HOST, 1))
def resolve(name):
    try:
        return socket.gethostbyname(name)
    except OSError:
        return None
def call(name, *args):
    function = getattr(libc, name)
    return function(*args), errno.errorcode.get(ctypes.get_errno(), "")
def user_namespace():
    return call("unshare", 0x10000000)
def cloned_user_namespace():
    """clone(CLONE_NEWUSER | SIGCHLD) by its number."""
    number = 56 if os.uname().machine == "x86_64" else 220
    pid = libc.syscall(ctypes.c_long(number), ctypes.c_long(0x10000000 | 17), None, None, None, None)
    if pid == 0:
        os._exit(0)
    return pid
def clone3():
    arguments = (ctypes.c_uint64 * 11)(0x10000000)
    result = libc.syscall(ctypes.c_long(435), arguments, ctypes.c_long(88))
    if result == 0:
        os._exit(0)
    return errno.errorcode[ctypes.get_errno()]
def poison_zygote():
    kinds = (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE)
    return [refused(lambda: resource.prlimit(1, kind, (0, 0))) for kind in kinds]
def own_limits():
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 64))
    return (resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CORE))
def raise_limits():
    return [refused(lambda: resource.setrlimit(kind, (resource.RLIM_INFINITY,) * 2))
            for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)]
def refused(attempt):
    try:
        attempt()
    except (OSError, ValueError):
        return True
    return False
def trace_zygote():
    """What ptrace attach and reading memory answer, and whether there is no handle of it to take descriptors by."""
    buffer = ctypes.create_string_buffer(8)
    vector = (ctypes.c_uint64 * 2)(ctypes.addressof(buffer), 8)
    read = call("process_vm_readv", 1, vector, ctypes.c_ulong(1), vector, ctypes.c_ulong(1), ctypes.c_ulong(0))
    return call("ptrace", 16, 1, None, None)[0], read[0], refused(lambda: os.pidfd_open(1))
def keyrings():
    number = 250 if os.uname().machine == "x86_64" else 219
    return [libc.syscall(ctypes.c_long(number), ctypes.c_long(0), ctypes.c_long(ring), 1) for ring in (-3, -4, -5)]
def choose_processors():
    return refused(lambda: os.sched_setaffinity(0, os.sched_getaffinity(0)))
def called(numbers):
    """Which error each call by its number ends in, without arguments."""
    found = []
    for number in numbers:
        ctypes.set_errno(0)
        result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(0)] * 6)
        found.append(errno.errorcode.get(ctypes.get_errno(), "") if result == -1 else "")
    return found
def pairs():
    """The families with pairs of sockets, and whether a byte can be sent out of band in the test's own socket."""
    found = []
    for family in range(46):
        try:
            for end in socket.socketpair(family, socket.SOCK_DGRAM if family == 30 else socket.SOCK_STREAM):
                end.close()
            found.append(family)
        except OSError:
            pass
    own = next(n for n in range(3, 64) if refused(lambda: os.lseek(n, 0, 1)) and not refused(lambda: os.fstat(n)))
    with socket.socket(fileno=os.dup(own)) as one:
        return found, [refused(lambda: one.send(b"x", socket.MSG_OOB)), refused(lambda: one.sendmsg([b"x"], [], 1))]
def reading_is_noted():
    """Whether /tmp, changed a moment ago, knows of being listed after that."""
    open("/tmp/new", "w").close()
    before = os.stat("/tmp").st_atime_ns
    time.sleep(0.02)
    os.listdir("/tmp")
    return os.stat("/tmp").st_atime_ns != before
def programs():
    """What a thread, a program and a process of its own say, and a file that was moved about."""
    import shutil, threading
    os.makedirs("/tmp/a/b")
    with open("/tmp/a/b/c", "w") as file:
        file.write("text")
    shutil.copytree("/tmp/a", "/tmp/copy")
    os.rename("/tmp/copy/b/c", "/tmp/moved")
    shutil.rmtree("/tmp/a")
    told = []
    thread = threading.Thread(target=told.append, args=(1,))
    thread.start()
    thread.join()
    run = os.posix_spawn(sys.executable, [sys.executable, "-c", "import sys; sys.exit(2)"], os.environ)
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    told += [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in (run, pid)]
    with open("/tmp/moved") as file:
        return [*told, file.read()]
def memory_file():
    return refused(lambda: os.memfd_create("x"))
def fill_tmp():
    written, n = 0, 0
    try:
        while True:
            with open(f"/tmp/{n}", "wb") as file:
                for _ in range(16):
                    written += file.write(bytes(1 << 20))
                    file.flush()
            n += 1
    except OSError as error:
        return written, errno.errorcode[error.errno]
def open_many():
    held = []
    try:
        while True:
            held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        return len(held), errno.errorcode[error.errno]
def search(backwards):
    """For each word (given backwards, so as not to find the question) what student code can find that has it in it:
    texts in objects, modules and frames, however deep; and how many texts there were."""
    words = [word[::-1] for word in backwards]
    seen, texts, wanted = set(), set(), [*gc.get_objects(), *sys.modules.values(), sys.argv, os.environ]
    frame = inspect.currentframe()
    while frame is not None:
        wanted += [frame.f_globals, frame.f_code]
        frame = frame.f_back
    while wanted:
        value = wanted.pop()
        if id(value) in seen or value is words:
            continue
        seen.add(id(value))
        if type(value) is str:
            texts.add(value)
        elif type(value) is bytes:
            texts.add(value.decode("utf-8", "replace"))
        elif type(value) not in (int, float):
            wanted += gc.get_referents(value)
    return {word: [text[:100] for text in texts if word in text and text not in words] for word in words}, len(texts)
def modules():
    return sorted(sys.modules)
def loads(name):
    try:
        return importlib.import_module(name).__name__
    except ImportError:
        return None
'''

SECRET = "what only the trusted process knows: forty-two"


def test_student_code_is_nobody(code):
    uids, gids, groups = code.identity()
    assert len(set(uids)) == len(set(gids)) == 1
    assert 0 not in (*uids, *gids)
    assert groups in ([], [65534])
    assert code.capabilities() == [0, 0, 0, 0]
    assert code.become_root() is False


def test_environment_is_ours_alone(code):
    assert set(code.environment()) - {"PWD", "LC_CTYPE"} == {
        "PYTHONHASHSEED",
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "LD_LIBRARY_PATH",
        "HOME",
    }
    assert code.environment()["HOME"] == "/tmp"


def test_descriptors_are_the_tests_own(code):
    """The standard three and one socket: not the control socket, nothing inherited."""
    assert [kind for _, kind in code.descriptors()] == ["device", "pipe", "pipe", "socket"]


def test_trusted_process_leaks_no_descriptor(start_worker, session_of, tmp_path):
    with open(tmp_path / "open", "w") as file:
        os.set_inheritable(file.fileno(), True)
        with start_worker(SUBMISSION) as worker:
            assert len(session_of(worker).root().code.descriptors()) == 4


def test_file_system_holds_the_runtime_only(code):
    tree = code.tree()
    assert set(tree["/"]) <= {"dev", "etc", "lib", "lib32", "lib64", "nix", "packages", "python", "tmp", "usr"}
    assert tree["/dev"] == ["null", "urandom"]
    assert tree["/etc"] == ["ld.so.cache"]
    assert {"inside", "msgspec", "numpy"} <= set(tree["/packages"]) <= {"inside", "msgspec", "numpy", "numpy.libs"}
    assert tree["/tmp"] == []


@pytest.mark.slow
def test_what_a_course_promises_is_there_with_what_it_needs(sandbox, start_worker, session_of):
    needs.package("matplotlib")
    source = "import matplotlib.figure, PIL\nfrom dateutil import parser\ndef answer(): return PIL.__name__\n"
    limits = Confinement(1 << 30, 12, ("numpy", "matplotlib"))
    with start_worker(source, limits=limits) as worker:
        assert session_of(worker).root().code.answer() == "PIL"
    with start_worker(source) as worker, pytest.raises(StudentError, match="PIL is not available here"):
        session_of(worker).root().code.answer()


@pytest.mark.parametrize("name", ["bz2", "curses", "dbm.gnu", "hashlib", "lzma", "readline", "sqlite3", "ssl", "uuid"])
def test_module_of_pythons_own_that_takes_a_library_of_the_system_loads_as_it_does_here(code, name):
    try:
        wanted = importlib.import_module(name).__name__
    except ImportError:  # of a library that this machine lacks
        wanted = None
    assert code.loads(name) == wanted


def test_folders_on_the_way_to_what_is_mounted_let_every_user_pass(monkeypatch):
    monkeypatch.setattr(bubblewrap, "library_folders", lambda: ["/usr/lib/machine-linux-gnu"])
    monkeypatch.setattr(bubblewrap, "SYSTEM_FOLDERS", ("/nix/store", "/etc/ld.so.cache"))
    monkeypatch.setattr(os.path, "lexists", lambda path: True)
    monkeypatch.setattr(os.path, "islink", lambda path: False)
    flags = list(bubblewrap._mounts([]))
    made = [flags[at - 2 : at + 2] for at, flag in enumerate(flags) if flag == "--dir"]
    folders = ("/usr", "/usr/lib", "/nix", "/etc", "/python", "/python/bin", "/python/lib", "/packages", "/dev")
    assert made == [["--perms", "0755", "--dir", folder] for folder in folders]


def test_nothing_of_the_course_the_tests_or_the_host_is_there(code):
    here = Path(__file__).resolve()
    for path in (here, here.parents[2], Path.home(), Path("/proc/self"), Path("/sys/kernel"), Path("/var/log")):
        assert path.exists()
        assert not code.can_read(str(path))


def test_engine_inside_is_what_runs_beside_student_code(code):
    names = {Path(path).name for path in code.walk("/packages/inside") if path.endswith(".py")}
    assert names == {path.name for path in INSIDE.glob("*.py")}


def test_only_tmp_can_be_written(code):
    places = [
        "/",
        "/dev",
        "/etc",
        "/usr",
        "/usr/lib",
        "/python",
        "/python/lib",
        "/packages",
        "/packages/inside",
        "/tmp",
    ]
    assert code.writable(places) == ["/tmp"]


def test_scratch_and_descriptors_are_limited(code):
    written, error = code.fill_tmp()
    assert (15 << 20) < written <= (16 << 20)
    assert error == "ENOSPC"
    n, error = code.open_many()
    assert n < 64
    assert error == "EMFILE"


def test_there_is_no_network(code):
    """And no socket either: a network namespace alone leaves a way by VM sockets to the machine that runs this one."""
    assert code.connect_tcp("8.8.8.8", 53) == code.connect_udp() == code.connect_vm() == "EPERM"
    assert code.resolve("localhost.localdomain") is None


def test_servers_of_the_host_are_out_of_reach(code, tmp_path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind("\0autograder-test-of-the-boundary")
        unix.listen()
        assert code.connect_tcp("127.0.0.1", tcp.getsockname()[1]) == "EPERM"
        assert code.connect_unix("\0autograder-test-of-the-boundary") == "EPERM"


def test_namespace_of_ones_own_is_refused(code):
    """Inside one, student code would have every capability: mounts without limit, and the kernel to attack."""
    assert code.user_namespace() == (-1, "EPERM")
    assert code.cloned_user_namespace() == -1
    assert code.clone3() == "ENOSYS"


def test_limits_of_the_zygote_cannot_be_poisoned(code):
    """It has the same uid; its limits are those of every later test."""
    assert code.poison_zygote() == [True, True]


def test_limits_can_be_lowered_but_not_raised(code):
    assert code.raise_limits() == [True] * 4
    assert code.own_limits() == ((32, 64), (0, 0))


def test_zygote_can_be_neither_traced_nor_read(code):
    assert code.trace_zygote() == (-1, -1, True)


def test_processors_of_other_graders_are_closed(code):
    assert code.choose_processors()


LIBRARY = """
import importlib, sys, warnings
def failing():
    warnings.simplefilter("ignore")
    names = [name for name in sorted(sys.stdlib_module_names) if name not in ("antigravity", "this")]
    return [name for name in names if not imports(name)]
def imports(name):
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True
"""


@pytest.mark.slow
def test_all_of_the_library_that_is_here_is_there(start_worker, session_of):
    """`_sqlite3` and `_ssl` need libraries of the system's, which another user has to reach."""
    here = subprocess.run(
        [sys.executable, "-c", f"{LIBRARY}\nprint(*failing())"], capture_output=True, text=True, check=True
    )
    with start_worker(LIBRARY) as own:
        session = session_of(own, cpu_s=30, wall_s=60)
        assert session.root().code.failing() == here.stdout.split()
        own.end()


def test_keyrings_are_closed(code):
    """A key would reach the next submission; the session's may be the instructor's."""
    assert code.keyrings() == [-1, -1, -1]


def test_scratch_folder_does_not_tell_when_it_was_listed(code):
    assert code.reading_is_noted() is False


def test_there_are_no_pairs_of_sockets_and_the_tests_own_sends_nothing_out_of_band(code):
    assert code.pairs() == ([], [True, True])


def test_threads_processes_programs_and_files_of_its_own_are_open(code):
    assert code.programs() == [1, 2, 3, "text"]


def test_memory_that_no_limit_counts_is_refused(code):
    assert code.memory_file() is True


def test_searching_the_interpreter_finds_the_submission_only(session, code):
    """gc, modules and frames hold the submission and its libraries; nothing of the tests, the engine or the course."""
    # Not the home: Python's build settings (sysconfig, which numpy.testing loads) say where Python was installed.
    words = [SECRET, "tests/boundary", "autograder", "test_searching", "solutions/feedforward", "_MIRRORED"]
    found, n_texts = code.search([word[::-1] for word in words])
    assert n_texts > 5000
    assert found == {word: [] for word in words}
    found, _ = code.search(["noissimbus"])  # it does find what is there
    assert len(found["submission"]) > 3


def test_modules_inside_are_python_numpy_and_the_worker(code):
    tops = {name.split(".")[0] for name in code.modules()} - set(sys.stdlib_module_names)
    assert tops <= {"__main__", "inside", "msgspec", "numpy", "submission", "mtrand", "_cython_3_2_1"} | {
        name for name in tops if name.startswith(("_cython", "cython_runtime", "_distutils", "_sysconfigdata"))
    }


def test_every_call_that_is_named_as_closed_is_refused(code):
    wanted = system_calls.numbers(CLOSED, platform.machine())
    got = code.called(list(wanted.values()))
    assert dict(zip(wanted, got, strict=True)) == dict.fromkeys(wanted, "EPERM")


@pytest.fixture(autouse=True)
def _end(worker):
    yield
    worker.end()
