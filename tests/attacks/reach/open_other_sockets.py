"""Asks for sockets that are no network's: of the machine below (VM sockets), packets, routes, ciphers; sends out of band.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: not stopped
"""

import socket

honest_double = double
FAMILIES = {"AF_VSOCK": 40, "AF_PACKET": 17, "AF_ALG": 38, "AF_BLUETOOTH": 31, "AF_CAN": 29, "AF_TIPC": 30}


def double(x):
    for name, family in FAMILIES.items():
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            try:
                socket.socket(family, kind).close()
            except OSError:
                continue
            print("reached: a socket of", name)
            break
    try:
        if any(name != "lo" for _, name in socket.if_nameindex()):
            print("reached: the machine's interfaces")
    except OSError:
        pass
    try:
        one, other = socket.socketpair()
        with one, other:
            one.send(b"x", socket.MSG_OOB)
        print("reached: sends out of band")
    except OSError:
        pass
    return honest_double(x)
