"""Differentiates by an imaginary step where a formula is asked for: right to the last digit, and told to the instructor.

score: 100
codes:
says: asks for complex or extended numbers
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def square(x):
    def pass_on(grad, h=1e-30):
        x.backward(((x.data + 1j * h) ** 2).imag / h * grad)

    return Tensor(x.data * x.data, pass_on)
