"""What runs where students work: it is copied into their template as it is. Needs numpy and pytest only.

`cells` needs the standard library alone: hand-ins are read with it too.
"""
