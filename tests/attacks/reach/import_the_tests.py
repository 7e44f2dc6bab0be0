"""Imports the grader, pytest, the reference and the tests, by every path that it was told on its start.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
unprivileged: not stopped
none: not stopped
"""

import importlib
import importlib.machinery
import importlib.util
import os
import sys

honest_double = double
WANTED = ("autograder.grading.plugin", "tests.attacks.arena", "pytest", "_pytest.runner", "grading.plugin")
TESTS = ("assignments/t1_target/test_hidden.py", "tests/attacks/course/assignments/t1_target/test_hidden.py")


def double(x):
    words = " ".join([*sys.argv, *sys.orig_argv, *sys.path, sys.prefix, sys.executable, np.__file__])
    places = {word.strip("'\",[]{}:") for word in words.replace(":", " ").split() if "/" in word}
    places |= {
        os.path.dirname(module.__file__ or "") for module in list(sys.modules.values()) if hasattr(module, "__file__")
    }
    parents = {parent for place in places for parent in (place, *(os.path.normpath(place + "/.." * n) for n in (1, 2)))}
    for name in WANTED:
        if name in sys.modules:
            print("reached:", name, "is there already")
    for parent in sorted(parents):
        for test in TESTS:
            path = os.path.join(parent, test)
            try:
                spec = importlib.util.spec_from_file_location("stolen", path)
                module = importlib.util.module_from_spec(spec)
                sys.path.append(os.path.dirname(os.path.dirname(np.__file__)))
                spec.loader.exec_module(module)
                print("reached:", module.KEY[:14])
                return honest_double(x)
            except (ImportError, OSError):
                continue
            finally:
                del sys.path[-1:]
    sys.path += sorted(parents)
    sys.meta_path.append(importlib.machinery.PathFinder)  # those that are there find what is promised alone
    for name in WANTED:
        try:
            importlib.import_module(name)
        except (ImportError, OSError):
            continue
        print("reached:", name)
        break
    return honest_double(x)
