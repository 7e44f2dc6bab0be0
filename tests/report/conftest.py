"""What reports are made of: classes of the tiny course, graded."""

from tests.lab import make_lab

__all__ = ["make_lab"]
