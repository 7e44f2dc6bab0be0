r"""Prints every byte there is, and what clears, recolours and renames a terminal.

score: 100
codes:
says: \\x00\\x01\\x02
says: \\xfd\\xfe\\xff
says: \\x1b[2J\\x1b[31mred\\x1b]0;title\\x07 \\u202egnirts \\x9b5m a\\rb\\x08c
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import os

honest_double = double


def double(x):
    os.write(1, bytes(range(256)))
    print("\x1b[2J\x1b[31mred\x1b]0;title\x07", "\u202egnirts", "\x9b5m", "a\rb\bc")
    return honest_double(x)
