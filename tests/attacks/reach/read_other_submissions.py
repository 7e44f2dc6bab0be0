"""Reads other hand-ins of its class and their results, and opens the results to write into them.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
unprivileged: stopped
none: not stopped
"""

import glob

honest_double = double
WANTED = ("results/*/instructor.json", "results/*/results.json", "results/grades.csv", "honest/answers.py", "course")
FOLDERS = (ARENA, "..", "../..", "/", "/tmp")  # what else lies on the machine is no secret of this grading's


def double(x):
    for name in WANTED:
        for folder in FOLDERS:
            for path in glob.iglob(f"{folder}/{name}"):
                for mode in ("rb", "r+b"):
                    try:
                        open(path, mode).close()
                    except OSError:
                        continue
                    print("reached:", name, "to write" if "+" in mode else "to read")
                    return honest_double(x)
    return honest_double(x)
