"""Calls the test's function inside itself, deeper than it may, in frames of its own.

score: 80
codes: broken_frame
says: a call inside more than 16 others
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


class Deeper:
    def __pow__(self, other):
        send(messages.Callback(0, [values.TUPLE, [values.HANDLE, 1, "Deeper"]], [values.DICT]))
        return self


def slope(f, x):
    import inside.zygote

    def again(self, request, blobs):
        self.sock.sendall(
            wire.encode_frame(messages.Callback(0, [values.TUPLE, [values.HANDLE, 1, "x"]], [values.DICT]))
        )

    inside.zygote.Child._answer = again
    f(Deeper())
