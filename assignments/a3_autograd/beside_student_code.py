"""What the tests of a3_autograd let run beside student code: a loop that is too long to be asked for step by step.

Student code can read and change this file, so it holds no wanted value. A test gets it as the fixture `beside`.
"""


def repeated(f, times, x, other):
    """f(... f(f(x, other), other) ..., other), with f called that often."""
    for _ in range(times):
        x = f(x, other)
    return x
