"""The course on disk: manifests, the reference's solution regions, handouts, and the template made of them."""

from autograder.course.handout import Exercise, Handout, exercise_of, exercises, handouts
from autograder.course.manifest import Assignment, Course, Feedback, Gradcheck, Limits, Policy
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
