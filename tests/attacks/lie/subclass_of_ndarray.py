"""Answers with arrays of its own kind, which give other bytes, shapes and comparisons than they hold.

score: 40
codes: wrong
says: got an object of type Array, want an array
says: sub with an object of type Array: got ndarray, want an object again
bubblewrap: stopped
landlock: stopped
none: stopped
"""


class Array(np.ndarray):
    dtype = np.dtype(float)
    nbytes = 0

    @property
    def shape(self):
        return (3, 4)

    def __eq__(self, other):
        return np.ones((3, 4), bool)

    def __array_finalize__(self, other):
        pass

    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.zeros(())

    def __sub__(self, other):
        return np.zeros(5)

    __rsub__ = __sub__

    def tobytes(self, order="C"):
        return bytes(96)

    def astype(self, *args, **kwargs):
        return self


def double(x):
    return np.zeros(12).view(Array)


def slope(f, x):
    return np.zeros(5).view(Array)
