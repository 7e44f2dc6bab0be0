"""Asks Python to end as it is imported.

score: 0
codes: exit
says: answers.py does not load: your code called sys.exit()
bubblewrap: contained
landlock: contained
none: contained
"""

raise SystemExit("all is well")
