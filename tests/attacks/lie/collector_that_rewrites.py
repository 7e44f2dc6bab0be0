"""Has the garbage collector call it, and puts another object behind every handle that the worker holds.

score: 0
codes: raised
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import gc

import inside.zygote


class Yes:
    def __eq__(self, other):
        return True

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self


def rewrite(phase, info):
    for child in gc.get_referrers(inside.zygote.Child):
        if type(child) is inside.zygote.Child:
            child.objects = dict.fromkeys(range(1, 1000), Yes())


gc.callbacks.append(rewrite)
gc.set_threshold(1, 1, 1)
