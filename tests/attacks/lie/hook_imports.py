"""Answers every import with a package in which everything is right.

score: 0
codes: raised wrong
says: got an object of type Right, want a plain value
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import builtins
import sys


class Right:
    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __eq__(self, other):
        return True

    def find_spec(self, *args):
        return None


right = Right()
sys.meta_path.insert(0, right)
sys.path_hooks.insert(0, right)
for name in ("numpy", "numpy.testing", "pytest", "_pytest", "target", "target.answers"):
    sys.modules[name] = right
builtins.__import__ = right
