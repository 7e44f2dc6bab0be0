"""The commands of `python -m checks`."""

import argparse
import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..words import say
from .handing_in import hand_in
from .hints import hint
from .progress import Progress
from .resetting import reset
from .standing import next_row, refresh, standing
from .template import Refused, Template

ROOT = Path(__file__).parents[2]  # the template's folder; this file is in its checks/loop/


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Does what is asked for; the exit status: 0 done, 1 stopped by the student, 2 refused."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # whatever a terminal cannot show is no reason to stop
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    asked = _parser().parse_args(arguments)
    try:
        for text in _answers(Template(root), asked):
            print(text, flush=True)
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print()
        return 1
    return 0


def _answers(template: Template, asked: argparse.Namespace) -> Iterator[str]:
    if asked.command == "watch":
        from .watching import watch  # late: it imports pytest

        yield from watch(template)
    elif asked.command == "reset":
        yield reset(template, template.exercise(asked.exercise))
    elif asked.command == "hand-in":
        yield hand_in(template, template.assignment(asked.assignment))
    else:
        exercise = template.exercise(asked.exercise) if asked.command == "hint" and asked.exercise else None
        progress = Progress(template)
        refresh(progress)
        row = next_row(progress)
        if asked.command != "hint":
            yield standing(progress)
        elif exercise is None and row is None:
            yield say("report.all_pass")
        else:
            yield hint(progress, exercise or template.exercise(row.exercise if row else ""))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m checks", description=say("loop.help"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("watch", help=say("loop.help.watch"))
    add = commands.add_parser("hint", help=say("loop.help.hint"))
    add.add_argument("exercise", nargs="?", metavar="EXERCISE")
    add = commands.add_parser("reset", help=say("loop.help.reset"))
    add.add_argument("exercise", metavar="EXERCISE")
    add = commands.add_parser("hand-in", help=say("loop.help.hand_in"))
    add.add_argument("assignment", metavar="ASSIGNMENT")
    return parser
