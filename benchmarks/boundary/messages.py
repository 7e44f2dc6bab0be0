"""How many messages the reference's tests take, where it is not the first of a class; results do not tell.

    python -m benchmarks.boundary.messages ASSIGNMENT        one JSON document: a number for each test

The one file here that knows the inside of grading: a number of messages is no part of what is promised.
"""

import json
import sys

from autograder.boundary.limits import Confinement
from autograder.boundary.sandbox import find_sandbox
from autograder.boundary.worker import Worker
from autograder.course import Assignment, Course
from autograder.grading.collecting import run
from autograder.grading.packages import package_data
from autograder.grading.plugin import GradingPlugin
from autograder.grading.under_test import SubmissionUnderTest, limits_of_a_test
from benchmarks.boundary.measuring import ROOT


def counts(course: Course, assignment: Assignment) -> list[dict[str, int]]:
    """{test: messages} of the reference, each of the three times that it is handed in."""
    limits, found = assignment.limits, list[dict[str, int]]()
    files = {path.stem: path.read_bytes() for path in course.package_folder.glob("*.py")}
    confinement = Confinement(limits.memory_bytes, limits.processes, course.imports)
    with Worker(find_sandbox(imports=course.imports), confinement) as worker:

        def work() -> None:
            for _ in range(3):
                worker.load(course.package, files, package_data(course))
                verdicts = plugin.grade(SubmissionUnderTest(worker, assignment, limits_of_a_test(assignment)))
                found.append({each.test.name: each.n_messages for each in verdicts})

        plugin = GradingPlugin(course, assignment)
        run(plugin, work)
    return found


if __name__ == "__main__":
    the_course = Course.load(ROOT)
    print(json.dumps(counts(the_course, the_course.assignment(sys.argv[1]))[-1]))
