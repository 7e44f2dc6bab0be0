"""Computes for ever when it is imported, so that no test can begin.

score: 0
codes: cpu_limit
says: answers.py does not load: stopped after 1 s of computing: an infinite loop? (answers.py:
bubblewrap: contained
landlock: contained
none: contained
"""

while True:
    pass
