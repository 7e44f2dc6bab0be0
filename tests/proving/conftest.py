"""What tests of what proves a course share: the lab of those of grading."""

from tests.lab import lab, make_lab, sabotage, start_with  # noqa: F401
