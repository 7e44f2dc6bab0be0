"""Answers every question twice, each time rightly; a test that asks once never sees it.

score: 50
codes: broken_frame
codes: broken_frame exit
codes: broken_frame wrong
says: your code wrote to the grader's own pipe: an answer to another question came
bubblewrap: contained
landlock: contained
none: contained
"""

import inside.wire

honest_encode = inside.wire.encode_frame


def encode(message, blobs=None):
    return 2 * honest_encode(message, blobs)


inside.wire.encode_frame = encode
