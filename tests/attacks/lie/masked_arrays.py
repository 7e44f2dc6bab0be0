"""Answers with arrays of which every element is masked, and so compares as equal or not at all.

score: 20
codes: unusable wrong
says: got an object of type MaskedArray, want an array
says: got an object of type MaskedConstant
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return np.ma.masked_all(x.shape)


def slope(f, x):
    return np.ma.masked_array(np.zeros(5), mask=True)


class Counter:
    count = np.ma.masked

    def add(self):
        pass
