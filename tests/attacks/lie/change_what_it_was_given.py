"""Computes in the arrays that it was given, and gives the same memory back each time.

score: 80
codes: wrong
says: backward: gradient of input 0
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    x *= 2
    return x


buffer = np.zeros(4)


def square(x):
    np.multiply(x.data, x.data, out=buffer)
    out = Tensor(buffer, lambda grad: x.backward(2 * buffer * grad))
    out.data = buffer
    x.data[...] = 1.0
    return out
