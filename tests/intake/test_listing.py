"""Opening a file that turned into something else after it was listed."""

import os
import socket

import pytest

from autograder.intake import UnreadableHandIn
from autograder.intake.listing import read_regular


def test_regular_file_is_read_up_to_one_byte_past_the_limit(tmp_path):
    (tmp_path / "a.py").write_bytes(b"x" * 100)
    assert read_regular(tmp_path / "a.py", 100) == b"x" * 100
    assert read_regular(tmp_path / "a.py", 10) == b"x" * 11


@pytest.mark.parametrize("kind", ["symlink", "fifo", "hard-link", "device", "socket"])
def test_file_that_is_not_plain_is_refused_without_blocking(tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    path, other = tmp_path / "a.py", tmp_path / "b.py"
    other.write_bytes(b"secret")
    with socket.socket(socket.AF_UNIX) as server:
        match kind:
            case "symlink":
                path.symlink_to(other)
            case "fifo":
                os.mkfifo(path)
            case "hard-link":
                os.link(other, path)
            case "device":
                path = type(path)("/dev/null")
            case "socket":
                server.bind("a.py")
        with pytest.raises(UnreadableHandIn, match=r"(not a plain file|is a .+); hand in the file itself"):
            read_regular(path, 100)


def test_refused_file_is_closed_again(tmp_path):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(10):
        with pytest.raises(UnreadableHandIn):
            read_regular(tmp_path, 100)
    assert len(os.listdir("/proc/self/fd")) == before


def test_missing_file_is_a_fault(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "gone", 100)
