"""Raises what ends generators, loops, threads or pytest, instead of answering.

score: 0
codes: raised
says: GeneratorExit: no more
says: StopIteration
says: Exit: pytest.exit
bubblewrap: stopped
landlock: stopped
none: stopped
"""


class Exit(BaseException):
    """As pytest's own, which ends its run."""


def double(x):
    raise GeneratorExit("no more")


def slope(f, x):
    raise StopIteration


class Counter:
    def add(self):
        raise Exit("pytest.exit")


def square(x):
    raise BaseExceptionGroup("all of them", [KeyboardInterrupt(), SystemExit(0), ValueError()])
