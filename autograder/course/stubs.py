"""The package as students get it, and what of the reference they do not get."""

from collections.abc import Sequence

from autograder.course.exercises import exercise_of, exercises, exercises_of
from autograder.course.manifest import Assignment, Course
from autograder.course.module_stub import ModuleStub
from autograder.course.regions import BEGIN, END, Region, regions, stub
from autograder.errors import CourseError


def module_stubs(
    course: Course, given: Sequence[Assignment] = ()
) -> tuple[dict[str, ModuleStub], list[tuple[str, Region]]]:
    """Each module of the package as students get it, and every region that they do not get, with the file it is in.

    The exercises of dropped assignments stay solved, and those of `given` ones.
    Raises: CourseError for a region that belongs to no exercise, and for an exercise without a region
    """
    solved = exercises_of([*course.dropped_assignments, *given])
    known = {name: each for name, each in exercises(course).items() if name not in solved}
    stubs: dict[str, ModuleStub] = {}
    found: list[tuple[str, Region]] = []
    done: set[str] = set()
    for path in sorted(course.package_folder.rglob("*.py")):
        inside = path.relative_to(course.package_folder)
        module = ".".join(inside.with_suffix("").parts)
        file = path.relative_to(course.root).as_posix()
        source = path.read_text(encoding="utf-8")
        here = regions(source, module, file)
        messages: dict[str, str] = {}
        for region in here:
            exercise = exercise_of(region.name, known)
            if exercise is not None:
                messages[region.name] = exercise.message
                found.append((file, region))
                done.add(exercise.name)
            elif exercise_of(region.name, solved) is None:
                raise CourseError(
                    f"{file}:{region.begin}: region of {region.name} belongs to no exercise; want a slot for it in a "
                    "handout, or its assignment's name under `dropped` in course.toml"
                )
        stubs[module] = ModuleStub(module, stub(source, module, messages.get, file), messages)
    for exercise in known.values():
        if exercise.name not in done:
            raise CourseError(
                f"{exercise.where}: exercise {exercise.name} has no solution region in the reference; "
                f"want {BEGIN} and {END} there"
            )
    return stubs, found


def given_lines(course: Course) -> set[str]:
    """The lines, stripped, of the solutions that students are given: those of dropped assignments."""
    solved = exercises_of(course.dropped_assignments)
    lines: set[str] = set()
    for path in sorted(course.package_folder.rglob("*.py")) if solved else ():
        module = ".".join(path.relative_to(course.package_folder).with_suffix("").parts)
        for region in regions(path.read_text(encoding="utf-8"), module):
            if exercise_of(region.name, solved) is not None:
                lines |= {line for _, line in region.secrets}
    return lines
