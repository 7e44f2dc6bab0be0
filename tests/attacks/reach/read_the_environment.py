"""Reads its environment, as Python and as C know it, its arguments, its user's home and the machine's name.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
unprivileged: not stopped
none: not stopped
"""

import ctypes
import os
import pwd
import sys

honest_double = double
KNOWN = {"PYTHONHASHSEED", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"}
KNOWN |= {"LD_LIBRARY_PATH", "HOME", "PWD", "LC_CTYPE"}  # of the sandbox's own; and what Python sets itself


def double(x):
    variables = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    n = 0
    while variables[n]:
        name = variables[n].decode().partition("=")[0]
        if name not in KNOWN:
            print("reached: the variable", name)
        n += 1
    for name in os.environ.keys() - KNOWN:
        print("reached: the variable", name)
    if sys.argv[1:] or any("hidden" in word or "assignments" in word for word in sys.orig_argv):
        print("reached: words of the command line")
    try:
        home = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        home = ""
    for place in {home, os.path.expanduser("~"), "/root", "/home", "/var/mail", "/etc/shadow", "/etc/passwd"}:
        try:
            if os.path.isdir(place):
                if os.listdir(place) and place != "/":
                    print("reached: a home,", place)
            elif place:
                open(place).close()
                print("reached:", place)
        except OSError:
            pass
    return honest_double(x)
