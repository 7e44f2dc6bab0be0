"""Maps a gigabyte, shared and not, and writes to it.

score: 80
codes: raised
says: Cannot allocate memory
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import mmap


def slope(f, x):
    for flags in (mmap.MAP_PRIVATE, mmap.MAP_SHARED):
        try:
            area = mmap.mmap(-1, 1 << 30, flags=flags | mmap.MAP_ANONYMOUS)
        except OSError as error:
            refusal = error
            continue
        area[::4096] = b"x" * (1 << 18)
        print("reached: a gigabyte")
    raise refusal
