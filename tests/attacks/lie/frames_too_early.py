"""Answers the questions to come, before they are asked, from the moment that it is loaded.

score: 0
codes: broken_frame
says: your code wrote to the grader's own pipe: an answer to another question came
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


for seq in range(1, 1000):
    send(messages.Value(seq, True))
