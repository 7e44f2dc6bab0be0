"""Runs the tests of the exercise that was just saved, and says what has changed."""

import importlib
import time
from collections.abc import Iterator
from math import fsum
from pathlib import Path
from types import ModuleType

from ..report.summary import number
from ..words import say
from .definitions import changed
from .progress import LastRun, Progress
from .running import run
from .standing import failure_lines, first_failure, next_step, refresh, standing
from .template import Refused, Template

POLL_S = 0.1


def watch(template: Template) -> Iterator[str]:
    """What to show, first where one stands, then after each time that a file is saved; without end."""
    progress = Progress(template)
    refresh(progress)
    yield standing(progress)
    yield say("loop.watching", folder=template.package)
    texts, is_refused = _texts(template), False
    for _ in _signals(template.root / template.package):
        now = _texts(template)
        saved = [module for module in now if now[module] != texts.get(module)]
        try:
            if saved:
                yield after_saving(progress, texts, now, saved)
            elif is_refused:  # it is as it was before the slip
                yield next_step(progress)
            texts, is_refused = now, False
        except Refused as error:  # what is compared next time is the last that could be run
            is_refused = True
            yield str(error)


def after_saving(progress: Progress, before: dict[str, str], now: dict[str, str], saved: list[str]) -> str:
    """Runs the exercises that have changed in these modules; what to say of them.

    Raises: Refused if a module is not Python, or the tests cannot be run
    """
    template = progress.template
    exercises: list[str] = []
    for module in saved:
        here = [each for each in template.exercises if template.module_of(each) == module]
        try:
            exercises += changed(before.get(module, ""), now[module], module, here)
        except SyntaxError as error:
            where = template.shown(template.path(module))
            raise Refused(say("loop.no_python", file=where, line=error.lineno, error=error.msg)) from None
    groups = list(dict.fromkeys(each.group for name in exercises for each in progress.of(name)))
    if not groups:
        return say("loop.nothing_tested", files=", ".join(template.shown(template.path(each)) for each in saved))
    old = {name: progress.of(name) for name in exercises}
    run(progress, groups, exercises)
    lines: list[str] = []
    for name in exercises:
        tests = progress.of(name)
        if len(exercises) == 1 or [each.outcome for each in tests] != [each.outcome for each in old[name]]:
            lines += _said(name, tests, gain=_got(tests) - _got(old[name]))
    if any(first_failure(progress.of(name)) for name in exercises):
        return "\n".join(lines or [say("loop.same")])
    return "\n".join([*(lines or [say("loop.same")]), next_step(progress)])


def _got(tests: list[LastRun]) -> float:
    return fsum(each.points for each in tests if each.outcome == "passed")


def _said(exercise: str, tests: list[LastRun], gain: float) -> Iterator[str]:
    """What has changed of an exercise, and its first failure."""
    if all(each.outcome == "passed" for each in tests):
        stands = say("loop.is_done", exercise=exercise)
    else:
        of = number(fsum(each.points for each in tests))
        stands = say("loop.has_points", exercise=exercise, got=number(_got(tests)), of=of)
    if gain:
        amount = f"{'+' if gain > 0 else '-'}{number(abs(gain))}"
        yield say("loop.gain_one" if abs(gain) == 1 else "loop.gain", gain=amount, standing=stands)
    else:
        yield stands
    failure = first_failure(tests)
    if failure is not None:
        yield from (f"    {line}" for line in failure_lines(failure))
        if failure.hint:
            yield f"    {say('failed.hint', hint=failure.hint)}"


def _texts(template: Template) -> dict[str, str]:
    """The modules as they are; one that an editor is just writing, or cannot be read, is left out."""
    texts = {}
    for module in template.stubs:
        try:
            texts[module] = template.read(template.path(module))
        except Refused:
            continue
    return texts


def _signals(folder: Path) -> Iterator[None]:
    """Something may have changed: when watchfiles says so, or ten times a second without it."""
    try:
        watchfiles: ModuleType | None = importlib.import_module("watchfiles")
    except ImportError:
        watchfiles = None
    if watchfiles is not None:
        yield from (None for _ in watchfiles.watch(folder, debounce=50, step=20))
        return
    seen = _stamps(folder)
    while True:
        time.sleep(POLL_S)
        now = _stamps(folder)
        if now != seen:
            seen = now
            yield None


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    stamps = {}
    for path in folder.rglob("*.py"):
        try:
            status = path.stat()
        except OSError:  # an editor puts a new file into its place
            continue
        stamps[str(path)] = (status.st_mtime_ns, status.st_size)
    return stamps
