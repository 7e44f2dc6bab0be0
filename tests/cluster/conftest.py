"""The lab, for tests of grading on a cluster."""

from tests.lab import lab, later, sabotage, start_with, tree

__all__ = ["lab", "later", "sabotage", "start_with", "tree"]
