"""Connects to servers of this machine over TCP, UDP, IPv6, a socket in the file system and an abstract one.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: not stopped
"""

import socket

honest_double = double
SERVERS = {
    "TCP": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", BEACON)),
    "UDP": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", BEACON)),
    "TCP over IPv6": (socket.AF_INET6, socket.SOCK_STREAM, ("::1", BEACON)),
    "a Unix socket": (socket.AF_UNIX, socket.SOCK_STREAM, f"/tmp/beacon-{BEACON}"),
    "an abstract socket": (socket.AF_UNIX, socket.SOCK_STREAM, f"\0beacon-{BEACON}"),
}


def double(x):
    for name, (family, kind, address) in SERVERS.items():
        try:
            with socket.socket(family, kind) as sock:
                sock.settimeout(2)
                sock.connect(address)
                for _ in range(2):  # the first word to a port where nobody listens gets no answer, the second an error
                    sock.send(b"the input is " + repr(x.tolist()).encode())
        except OSError:
            continue
        print("reached: a server, by", name)
    return honest_double(x)
