"""Answers with dates, spans of time and the date that is none, which numpy counts among the numbers.

score: 20
codes: raised wrong
says: got an object of type ndarray of datetime64[ns], want an array
says: got an object of type timedelta64
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return np.full(x.shape, "NaT", "datetime64[ns]")


def slope(f, x):
    return np.zeros(5, "timedelta64[s]")


class Counter:
    count = np.timedelta64(2)

    def add(self):
        pass
