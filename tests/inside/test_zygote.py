"""The zygote's own care: what it does when the trusted side dies, and when a submission never compiles."""

import socket

import pytest

from autograder.inside import messages, wire
from autograder.inside import zygote as inside
from autograder.inside.control import ControlSocket


@pytest.fixture
def zygote():
    """(the zygote, the trusted side's end of its control socket), in this process; it forks nothing here."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield (
            inside.Zygote(
                ControlSocket(theirs),
                messages.Boot(control=-1, memory_bytes=0, scratch_bytes=0, imports=(), with_imports=()),
            ),
            ours,
        )


@pytest.mark.parametrize("sent", [b"", wire.HEADER.pack(100, 0), wire.HEADER.pack(100, 0) + b"half"])
def test_trusted_side_that_dies_in_the_middle_of_a_word_is_the_end(zygote, sent):
    """Waiting for the rest would be an endless loop that keeps a processor busy."""
    zygote, ours = zygote
    ours.sendall(sent)
    ours.close()
    assert zygote.control.receive() is None


def test_modules_after_those_that_used_up_the_time_are_not_compiled(zygote):
    zygote, _ = zygote
    zygote.package = "submission"
    zygote.compile_cpu_s = inside.COMPILE_ALL_CPU_S + 1
    code = zygote._compile("code", b"x = 1")
    assert b"the files before this one took too long to compile" in code
