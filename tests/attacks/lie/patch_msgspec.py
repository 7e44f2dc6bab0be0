"""Replaces the encoder of messages by one that says what it likes.

score: 0
codes: broken_frame
says: your code wrote to the grader's own pipe: wire: a frame is not a message
bubblewrap: contained
landlock: contained
none: contained
"""

import inside.wire
import msgspec

msgspec.msgpack.encode = msgspec.msgpack.decode = lambda *args, **kwargs: b"\xc3"
inside.wire._encode = lambda message: b"\xc3"
