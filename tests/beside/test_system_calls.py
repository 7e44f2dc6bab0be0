"""The system call filter is well formed for each machine, and refuses to leave an unknown one open."""

import platform
import struct

import pytest

from autograder.beside import system_calls


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_jumps_of_the_filter_land_inside_it(machine):
    program = system_calls.program(machine)
    steps = list(struct.iter_unpack("<HBBI", program))
    for at, (code, if_true, if_false, _) in enumerate(steps):
        if code & 0x07 == 0x05:  # a jump
            assert at + 1 + max(if_true, if_false) < len(steps)
    assert steps[-1][0] == 0x06  # ends in a return


def test_machine_without_a_filter_is_refused(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "vax")
    with pytest.raises(OSError, match="no system call filter for a vax; want one of x86_64, aarch64"):
        system_calls.close_dangerous()
