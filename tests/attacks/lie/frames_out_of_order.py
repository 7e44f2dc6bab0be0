"""Answers another question than the one that was asked, from its second answer on: the first is on its way already.

score: 50
codes: broken_frame
says: your code wrote to the grader's own pipe: an answer to another question came
bubblewrap: contained
landlock: contained
none: contained
"""

import inside.wire

honest_encode = inside.wire.encode_frame


def encode(message, blobs=None):
    message.seq += 1
    return honest_encode(message, blobs)


inside.wire.encode_frame = encode
