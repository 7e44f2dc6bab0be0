"""Writes a header of 2**32, junk, a message of the zygote's, and half a frame before it leaves.

score: 20
codes: broken_frame exit
says: wire: a frame claims 4294967295
says: your code ended the process itself with exit status 0
says: wire: a frame is not a message
bubblewrap: contained
landlock: contained
none: contained
"""

import os
import socket
import stat

from inside import messages, wire


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


def double(x):
    send(b"\xff" * 8)


def slope(f, x):
    send(wire.HEADER.pack(1000, 0) + b"half")
    os._exit(0)


def square(x):
    send(wire.encode_frame(messages.Ended(0, 0.0, False)))
