"""Fails in a function, a file and a module that are named after the hidden inputs, and leaves a file of that name.

score: 70
codes: raised
hides: file_of_
hides: function_of_
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import os
import sys
import types

honest_double = double


def double(x):
    if x.size == 1:
        return honest_double(x)
    word = f"{x[0, 0]:.9f}".replace(".", "_").replace("-", "m")
    try:
        open(f"file_of_{word}", "w").close()
        os.unlink(f"file_of_{word}")
    except OSError:
        pass
    module = types.ModuleType(f"target.module_of_{word}", f"a module of {word}")
    sys.modules[module.__name__] = module
    source = f"def function_of_{word}(x):\n    raise ValueError\n"
    exec(compile(source, f"/submission/target/file_of_{word}.py", "exec"), vars(module))
    return getattr(module, f"function_of_{word}")(x)
