"""One step more at each request: what differs, which idea, the handout's passage, a worked example of the same kind.

Every step comes from what students have anyway: the tests' messages and hints, and the handouts. None shows a line of a
solution. When the exercise fails otherwise than before, the steps begin anew.
"""

import re
from collections.abc import Iterable, Iterator

from ..words import say
from .progress import Progress
from .standing import failure_lines, first_failure
from .template import Exercise, Template

SHOWN_LINES = 40  # of a passage
_HEADING = re.compile(r"(?P<level>#+)\s+(?P<number>\d+(?:\.\d+)*)\.?\s")


def hint(progress: Progress, exercise: Exercise) -> str:
    """The next step for this exercise; the last one again, once all were given."""
    tests = progress.of(exercise.name)
    if tests and all(each.outcome == "passed" for each in tests):
        return say("loop.hint.done", exercise=exercise.name)
    failure = first_failure(tests)
    failed_with = "\n".join(failure_lines(failure)) if failure else ""
    steps = list(ladder(progress, exercise))
    before, given = progress.hints.get(exercise.name, ["", 0])
    step = min(given if before == failed_with else 0, len(steps) - 1)
    progress.hints[exercise.name] = [failed_with, step + 1]
    progress.save()
    more = say("loop.hint.more", exercise=exercise.name) if step + 1 < len(steps) else say("loop.hint.last")
    head = say("loop.hint.step", exercise=exercise.name, step=step + 1, of=len(steps))
    return f"{head}\n\n{steps[step]}\n\n{more}"


def ladder(progress: Progress, exercise: Exercise) -> Iterator[str]:
    """All steps there are for this exercise as it stands; at least one."""
    tests = progress.of(exercise.name)
    failure = first_failure(tests)
    if failure is not None:
        yield _under(say("loop.hint.differs"), failure_lines(failure))
    ideas = list(dict.fromkeys(each.hint for each in ([failure] if failure else tests) if each.hint))
    if ideas:
        yield _under(say("loop.hint.idea"), ideas[:3])
    file = f"handouts/{exercise.assignment}.md"
    passage = section(progress.template, exercise.assignment, exercise.section)
    yield _under(say("loop.hint.passage", section=exercise.section, file=file), passage)
    worked = next((each.worked for each in progress.template.assignments if each.name == exercise.assignment), "")
    if worked:
        example = section(progress.template, exercise.assignment, worked)
        yield _under(say("loop.hint.worked", section=worked, file=file), example)


def _under(title: str, lines: Iterable[str]) -> str:
    return "\n".join([title, *(f"    {line}".rstrip() for line in lines)])


def section(template: Template, assignment: str, number: str) -> list[str]:
    """The lines of a section of the handout, without those below it; none if there is no such handout or section."""
    path = template.root / "handouts" / f"{assignment}.md"
    lines: list[str] = []
    is_inside = is_code = False
    for line in template.read(path).splitlines() if path.is_file() else ():
        is_code ^= line.lstrip().startswith("```")
        heading = None if is_code else _HEADING.match(line)
        if heading or (line.startswith("#") and not is_code):
            if is_inside:
                break
            is_inside = heading is not None and heading["number"] == number
        elif is_inside:
            lines.append(line)
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    if len(lines) > SHOWN_LINES:
        lines = [*lines[:SHOWN_LINES], say("loop.hint.goes_on")]
    return lines
