"""Leaves itself no memory and no descriptors, so that the worker has none for its answer.

score: 60
codes: memory_limit
says: your code ran out of memory
bubblewrap: contained
landlock: contained
none: contained
"""

import resource


def double(x):
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (1 << 20, 1 << 20))
    return np.ones(1 << 20)
