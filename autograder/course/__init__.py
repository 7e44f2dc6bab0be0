"""The course on disk: manifests, the reference's solution regions, handouts, and the template made of them."""

from autograder.course.exercises import Exercise, exercise_of, exercises
from autograder.course.handout import Handout, handouts
from autograder.course.limits import Limits
from autograder.course.manifest import Assignment, Course, Feedback, Gradcheck, Policy
from autograder.course.release import drift, release, render

__all__ = [
    "Assignment",
    "Course",
    "Exercise",
    "Feedback",
    "Gradcheck",
    "Handout",
    "Limits",
    "Policy",
    "drift",
    "exercise_of",
    "exercises",
    "handouts",
    "release",
    "render",
]
