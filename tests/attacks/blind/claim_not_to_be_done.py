"""Raises what an untouched stub raises, for an exercise and a section that are named after the hidden inputs.

score: 50
codes: not_implemented
hides: exercise_of_
hides: section_of_
bubblewrap: stopped
landlock: stopped
none: stopped
"""

honest_double = double


def stub(x):
    word = f"{abs(x.flat[0]):.9f}"
    return NotImplementedError(f"t1_target, exercise exercise_of_{word}: handout section section_of_{word} <b>{x}</b>")


def double(x):
    if x.size == 1:
        return honest_double(x)
    raise stub(x.ravel()[:2])


def slope(f, x):
    raise stub(x[:2])
