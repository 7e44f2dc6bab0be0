"""Answers with objects whose classes are called ndarray, Remote or a page of markup.

score: 40
codes: wrong
says: got an object of type Remote, want an array
says: <script>alert(1)</script>\\\\x1b[2J
bubblewrap: stopped
landlock: stopped
none: stopped
"""

names = {"__module__": "numpy", "__qualname__": "ndarray"}


def double(x):
    return type("ndarray", (), names)() if x.size == 1 else type("Remote", (), names)()


class Counter:
    count = type("<script>alert(1)</script>\x1b[2J" * 1000, (), names)()

    def add(self):
        pass
