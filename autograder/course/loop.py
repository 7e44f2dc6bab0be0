"""What the template's own command is told of a course: assignments, exercises, and the stubs to put back."""

import json
import re
from collections.abc import Mapping, Sequence

from autograder.checks.report.summary import read_stub_message
from autograder.course.exercises import exercises
from autograder.course.manifest import Assignment, Course
from autograder.course.module_stub import ModuleStub

# An assignment's worked example is the section that is called so; it is the last hint for each of its exercises.
_WORKED = re.compile(r"^#+\s+(\d+(?:\.\d+)*)\.?\s+A worked example\s*$", re.MULTILINE)


def told(course: Course, chosen: Sequence[Assignment], stubs: Mapping[str, ModuleStub]) -> bytes:
    """checks/course.json. Nothing in it is new to students: names, sections, and the modules as they were given."""
    content = {
        "assignments": [{"name": each.name, "files": _files(course, each), "worked": _worked(each)} for each in chosen],
        "exercises": [
            {"name": each.name, "assignment": each.assignment, "section": stub.section, "message": each.message}
            for each in exercises(course).values()
            if (stub := read_stub_message(each.message))
        ],
        "stubs": {module: stub.text for module, stub in stubs.items()},
    }
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _files(course: Course, assignment: Assignment) -> list[str]:
    paths = [course.module_file(module).relative_to(course.reference) for module in assignment.modules]
    return [path.as_posix() for path in paths]


def _worked(assignment: Assignment) -> str:
    found = _WORKED.search(assignment.handout.read_text(encoding="utf-8"))
    return found.group(1) if found else ""
