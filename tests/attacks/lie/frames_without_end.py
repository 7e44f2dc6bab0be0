"""Calls the test's function again and again, in frames of its own that wait for no answer.

score: 80
codes: call_limit
codes: cpu_limit
codes: wall_limit
bubblewrap: contained
landlock: contained
none: contained
"""

import os
import socket
import stat

from inside import messages, values, wire


def channel():
    """The test's own socket, found as anybody can."""
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return socket.socket(fileno=os.dup(number))
        except OSError:
            pass


def send(message):
    channel().sendall(message if isinstance(message, bytes) else wire.encode_frame(message))


def slope(f, x):
    call = wire.encode_frame(messages.Callback(0, [values.TUPLE], [values.DICT])) * 1000
    sock = channel()
    while True:
        sock.sendall(call)
