"""Answers with records, whose fields nobody asked for, and with subarrays and nameless memory.

score: 20
codes: raised wrong
says: want an array
says: the output's data is Remote, want ndarray
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return np.zeros(x.shape, [("value", float), ("another", "O")])


def slope(f, x):
    return np.zeros(5, np.dtype({"names": ["x" * 100_000], "formats": [float]}))[0]


def square(x):
    out = Tensor(x.data)
    out.data = np.zeros(4, "V8")
    return out
