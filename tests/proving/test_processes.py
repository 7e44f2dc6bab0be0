"""Processes for long work say nothing on the command's own standard output."""

import os

from autograder.proving.processes import fresh_processes


def test_what_a_library_writes_does_not_mix_with_what_the_command_prints(capfd):
    """As LAPACK does of a NaN, by the descriptor and not by Python's sys.stdout."""
    with fresh_processes(1) as pool:
        assert pool.submit(os.write, 1, b"written by a library\n").result() == 21
    assert capfd.readouterr().out == ""
