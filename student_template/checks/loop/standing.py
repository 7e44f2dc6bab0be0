"""Where one stands: points by exercise, and what is next."""

from collections.abc import Iterator

from ..report.summary import Row, Stub
from ..words import say
from .progress import LastRun, Progress

SHOWN_LINES = 8  # of a message


def refresh(progress: Progress) -> None:
    """Runs the tests of what has changed since they were run last."""
    if stale := progress.stale():
        from .running import run  # late: pytest and numpy take their time, and are not needed where nothing has changed

        run(progress, stale)


def standing(progress: Progress) -> str:
    """The table of points, and what is next."""
    return f"{progress.summary().table('report.public_points')}\n{next_step(progress)}"


def next_step(progress: Progress) -> str:
    """One line: what to open now. An assignment that was begun comes before one that was not."""
    row = next_row(progress)
    if row is None:
        return say("report.all_pass")
    step = in_handout(progress, row.exercise, row.group) if row.outcome == "not done" else row.next_step
    return say("report.next", exercise=row.exercise, step=step)


def next_row(progress: Progress) -> Row | None:
    rows = progress.summary().rows
    begun = {row.group for row in rows if row.outcome != "not done"}
    left = sorted((row for row in rows if row.outcome != "passed"), key=lambda row: row.group not in begun)
    return left[0] if left else None


def in_handout(progress: Progress, exercise: str, group: str) -> str:
    """Where the first thing that is not done in this exercise is set."""
    unfinished = [each for each in progress.of(exercise) if each.group == group and each.outcome == "not done"]
    what, assignment = unfinished[0].note, group
    stub = next((Stub(*each.stub) for each in unfinished if each.stub), None)
    if stub is not None and (progress.template.root / "handouts" / f"{stub.assignment}.md").is_file():
        what, assignment = stub.to_read(exercise, stub.assignment), stub.assignment
    return say("not_done.in_handout", what=what, file=f"handouts/{assignment}.md")


def first_failure(tests: list[LastRun]) -> LastRun | None:
    """The wrong answer to mend first."""
    return next((each for each in tests if each.outcome == "failed"), None)


def failure_lines(test: LastRun) -> Iterator[str]:
    """What one test says, without its hint."""
    message, place, code = test.failure or ("", "", "")
    yield test.name
    yield from (f"    {line}" for line in message.splitlines()[:SHOWN_LINES])
    if place:
        yield f"    {place}"
        yield f"        {code}"
