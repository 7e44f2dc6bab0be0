"""Takes the longer, in sleep and in computing, the larger the hidden inputs are.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import time

honest_double, honest_slope = double, slope


def wait(x):
    time.sleep(min(0.2, abs(x.flat[0]) / 10))
    end = time.process_time() + min(0.1, abs(x.flat[-1]) / 20)
    while time.process_time() < end:
        pass


def double(x):
    wait(x)
    return honest_double(x)


def slope(f, x):
    wait(x)
    return honest_slope(f, x)
