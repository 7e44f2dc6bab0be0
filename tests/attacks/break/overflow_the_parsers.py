"""Gives Python's own parsers and pickle what is nested without end, and the worker an answer that is.

score: 60
codes: raised
says: wire: a value is nested deeper than 16 levels
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import ast
import json
import pickle
import re


def double(x):
    depth = 100_000
    nest = []
    for _ in range(depth):
        nest = [nest]
    attempts = (
        lambda: json.loads("[" * depth),
        lambda: ast.parse("(" * depth),
        lambda: ast.parse("-" * depth + "1"),
        lambda: re.compile("(" * depth + ")" * depth),
        lambda: pickle.dumps(nest),
        lambda: eval("x" + ".x" * depth),
    )
    for attempt in attempts:
        try:
            attempt()
        except (RecursionError, SyntaxError, MemoryError, ValueError, re.error, AttributeError):
            continue
    return nest
