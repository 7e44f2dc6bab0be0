"""The one exception for wrong input from the people who run the grader."""


class CourseError(Exception):
    """Wrong input from an author or an instructor: one line for people, exit status 2."""
