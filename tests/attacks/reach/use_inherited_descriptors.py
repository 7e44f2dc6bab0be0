"""Looks at every descriptor that it was born with, reads from it and sends through it, for one that is not the test's.

score: 100
codes:
says: these are open: 0 1 2
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import os
import socket
import stat
import sys

honest_double = double


def own_socket():
    frame = sys._getframe()
    while "serve" not in frame.f_code.co_name:
        frame = frame.f_back
    return frame.f_locals["self"].sock.fileno()


def double(x):
    known, open_ones = (0, 1, 2, own_socket()), []
    for number in range(4096):
        try:
            status = os.fstat(number)
        except OSError:
            continue
        open_ones.append(number)
        if number not in known:
            print("reached: the descriptor", number)
        if stat.S_ISSOCK(status.st_mode):
            with socket.socket(fileno=os.dup(number)) as sock:
                # Descriptors can be passed through it: none may have come, and what we send must do no harm.
                try:
                    message, ancillary, _, _ = sock.recvmsg(1, 1024, socket.MSG_DONTWAIT)
                    print("reached: a message", message, ancillary)
                except OSError:
                    pass
                if number not in known:
                    socket.send_fds(sock, [b"x"], [1])
        elif number != known[0]:
            try:
                print("reached: what others printed", os.read(number, 1))
            except OSError:
                pass
    print("these are open:", *open_ones)
    return honest_double(x)
