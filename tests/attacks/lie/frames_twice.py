"""Answers every question twice, each time rightly.

score: 0
codes: broken_frame
says: your code wrote to the grader's own pipe: an answer came before its question
bubblewrap: contained
landlock: contained
none: contained
"""

import beside.wire

honest_encode = beside.wire.encode_frame


def encode(message, blobs=None):
    return 2 * honest_encode(message, blobs)


beside.wire.encode_frame = encode
