"""Starts threads with large stacks until no more start.

score: 80
codes: raised
says: RuntimeError: can't start new thread
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import threading
import time


def slope(f, x):
    threading.stack_size(64 << 20)
    for _ in range(100):
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    print("reached: 100 threads of 64 MiB")
