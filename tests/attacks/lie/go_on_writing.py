"""Answers rightly, and has a thread write into the same arrays from the moment that they are sent.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import threading

import inside.wire

honest_double, honest_slope, honest_encode = double, slope, inside.wire.encode_frame
given, sent = [], threading.Event()


def go_on_writing():
    sent.wait()
    while True:
        for array in given:
            array[...] = np.nan


def encode(message, blobs=None):
    frame = honest_encode(message, blobs)
    if given:
        sent.set()
    return frame


inside.wire.encode_frame = encode


def double(x):
    given.extend([honest_double(x), x])
    threading.Thread(target=go_on_writing, daemon=True).start()
    return given[0]


def slope(f, x):
    given.append(honest_slope(f, x))
    threading.Thread(target=go_on_writing, daemon=True).start()
    return given[0]
