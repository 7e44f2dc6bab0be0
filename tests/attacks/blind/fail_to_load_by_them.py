"""Fails in a hidden test as a module does that cannot be loaded, with the inputs in the words and in the source's line.

score: 50
codes: raised
hides: a load error of
hides: answers.py does not load:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import sys

honest_double = double


def double(x):
    if x.size == 1:
        return honest_double(x)
    for name in [name for name in sys.modules if name.startswith("target")]:
        del sys.modules[name]
    line = f"a load error of {x[0]}"
    raise SyntaxError(line, (f"/submission/target/{line}.py", int(abs(x[0, 0]) * 1000), 1, line))


def slope(f, x):
    raise ImportError(f"answers.py does not load: a load error of {x}", name=f"answers_{x}", path=str(x))
