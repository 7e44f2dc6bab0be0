"""What a submission is laid over: the modules and the data of the course's package that are not its own."""

import ast
from collections.abc import Mapping, Sequence

from autograder.course.handout import handouts
from autograder.course.manifest import Assignment, Course
from autograder.course.stubs import module_stubs
from autograder.intake import Stubs


def base_package(course: Course, assignment: Assignment, follow_through: bool) -> dict[str, bytes]:
    """The modules that a submission's are laid over: the template's; with `follow_through`, in other assignments'
    modules the exercises of earlier assignments are solved.

    Trust: student code can read what is in them. So nothing of a later assignment is solved, nor of this one.
    """
    stubs, _ = module_stubs(course)
    if follow_through:
        earlier = course.assignments[: course.assignments.index(assignment)]
        solved, _ = module_stubs(course, earlier)
        stubs |= {module: stub for module, stub in solved.items() if module not in assignment.modules}
    return {module: stub.text.encode() for module, stub in stubs.items() if "." not in module}


def built_on(package: Mapping[str, bytes], modules: Sequence[str]) -> list[str]:
    """The package's other modules that these import, and what those import; sorted."""
    found: set[str] = set()
    left = [*modules]
    while left:
        names = set()
        for node in ast.walk(ast.parse(package[left.pop()])):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                names |= {node.module.split(".")[0]} if node.module else {each.name for each in node.names}
        new = (names & package.keys()) - found - {*modules}
        found |= new
        left += new
    return sorted(found)


def notebook_stubs(course: Course, assignment: Assignment) -> Stubs:
    """What the cells of a notebook are put into."""
    stubs, _ = module_stubs(course)
    modules = {module: stub.text for module, stub in stubs.items() if "." not in module}
    return Stubs(modules, handouts(assignment)[0].exercises, assignment.name)


def package_data(course: Course) -> dict[str, bytes]:
    """The reference package's files that are no modules, by their path in it: data sets."""
    found = {path.relative_to(course.package_folder): path for path in sorted(course.package_folder.rglob("*"))}
    return {
        inside.as_posix(): path.read_bytes()
        for inside, path in found.items()
        if path.is_file() and path.suffix not in (".py", ".pyc", ".md") and not path.name.startswith(".")
    }
