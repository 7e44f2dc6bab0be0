"""Calls the test's function with texts, keywords, objects and numbers that it does not take, and then rightly.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

honest_slope = slope


class Lie:
    def __pow__(self, other):
        return self

    def sum(self):
        return self

    __sub__ = __rsub__ = __pow__


def slope(f, x):
    for args, kwargs in (
        (("text",), {}),
        ((), {"v": None}),
        ((1 << 62,), {}),
        ((Lie(),), {}),
        ((f,), {}),
        ((np.array([object()]),), {}),
        ((x,) * 1000, {}),
        ((), {"v": x, "another": x}),
    ):
        try:
            print("reached: an answer to", args, f(*args, **kwargs))
        except Exception:
            pass
    return honest_slope(f, x)
