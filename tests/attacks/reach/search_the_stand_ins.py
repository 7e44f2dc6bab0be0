"""Searches the test's own stand-ins, from the frame of the one that calls it, for the key and for values of the test's.

score: 100
codes:
says: found add_to of beside_student_code.py
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import re
import sys
from types import CodeType, FunctionType, ModuleType

key = re.compile("the hidden key [7]c6f1d")
honest_add = Counter.add


def constants(code):
    for each in code.co_consts:
        yield from constants(each) if isinstance(each, CodeType) else [each]


def add(self):
    honest_add(self)
    frame = sys._getframe(1)
    if not frame.f_code.co_filename.endswith("beside_student_code.py"):
        return
    print("found", frame.f_code.co_name, "of", frame.f_code.co_filename)
    for name, value in frame.f_globals.items():
        if isinstance(value, FunctionType):
            for constant in constants(value.__code__):
                if isinstance(constant, (int, float, tuple)) or key.search(str(constant)):
                    print("reached: a value of", name)
        elif not isinstance(value, (type, ModuleType)) and not name.startswith("__"):
            print("reached: a value called", name)
    for name, value in frame.f_locals.items():
        if value is not self and name not in ("times", "_"):
            print("reached: a value that is called", name)


Counter.add = add
