"""Asks Python to end as it is imported.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
unprivileged: stopped
none: stopped
"""

raise SystemExit("all is well")
