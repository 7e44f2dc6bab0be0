"""Canvas's and Moodle's gradebooks, as the CSV files that they export and import."""

from autograder.platforms.gradebook.filling import Filled, fill

__all__ = ["Filled", "fill"]
