"""What all commands share: the group they belong to, their help, their options, how they find their course and end."""

import contextlib
import errno
import io
import json
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from autograder.course.exercises import exercises
from autograder.course.manifest import LANGUAGES, Course
from autograder.errors import CourseError

OUT = Console(highlight=False, soft_wrap=True)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True)
WRONG_USE = "wrong use, or a file that cannot be read or written; standard error says which"
INTERRUPTED = "interrupted by Ctrl-C or SIGTERM"
CLEARING_S = 10  # what is being stopped may take so long; then whoever asks again is heard


class CommandError(click.ClickException):
    """An error of the user's input: one line on standard error, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        # Emoji are a table that rich would load now, and it may be memory that is missing.
        ERRORS.print(f"[red]error:[/red] {escape(self.message)}", emoji=False)


class Command(click.Command):
    """A command whose help ends with examples, with what it writes where, and with its exit statuses.

    examples: command lines; done: when the status is 0; look: when it is 1, "" if it never is
    """

    def __init__(
        self, *args: Any, examples: Sequence[str], writes: str, done: str, look: str = "", **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.examples, self.writes = examples, writes
        self.statuses = [("0", done), *([("1", look)] if look else []), ("2", WRONG_USE), ("130", INTERRUPTED)]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Examples"):
            for example in self.examples:
                formatter.write(f"  {example}\n")
        with formatter.section("Writes"):
            formatter.write_text(self.writes)
        with formatter.section("Exit status"):
            formatter.write_dl(self.statuses)


class Commands(click.Group):
    """A group whose commands end in one line and an exit status, whatever went wrong."""

    command_class = Command

    def main(self, *args: Any, **options: Any) -> Any:
        own = sys.stderr
        _begin()
        try:
            return super().main(*args, **options)
        finally:
            sys.stderr = own

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CourseError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever was to read our output has gone; click knows what to do
                raise
            raise CommandError(f"{error.filename or 'system'}: {error.strerror or error}") from error
        except (ImportError, MemoryError) as error:  # a library that is damaged, or for which there is no memory
            said = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
            raise CommandError(f'{said}; is there memory enough? run "autograder doctor"') from error
        except KeyboardInterrupt:
            _stop_listening()
            ERRORS.print("stopped; what was finished is kept: run the same command again to go on")
            raise SystemExit(130) from None


# --- what names complete to ---------------------------------------------------------------------------------


Names = Callable[[click.Context, click.Parameter, str], list[str]]


def _names(known: Callable[[Course], Iterable[str]]) -> Names:
    """What completes a name of something in the course; outside of a course nothing does."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        try:
            course = Course.find(Path(ctx.params.get("course_folder") or "."))
            return [name for name in known(course) if name.startswith(incomplete)]
        except (CourseError, OSError):  # no place for a message: the user is in the middle of a line
            return []

    return complete


ASSIGNMENTS = _names(lambda course: [each.name for each in course.assignments])
EXERCISES = _names(exercises)


# --- options: one name for one thing, with the same words and type in every command --------------------------

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

assignment_argument: Decorator = click.argument("assignment", shell_complete=ASSIGNMENTS)
assignments_argument: Decorator = click.argument("assignments", nargs=-1, shell_complete=ASSIGNMENTS)
json_option: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="One JSON document on standard output, and nothing else there."
)
seed_option: Decorator = click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of all that is random: the same seed gives the same result.",
)
jobs_option: Decorator = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="one for each core",
    help="Processes side by side.",
)


store_option: Decorator = click.option(
    "--store",
    metavar="URL",
    envvar="AUTOGRADER_STORE",
    show_envvar=True,
    show_default="a file in the results folder",
    help="The database of all gradings: sqlite:///FILE or postgresql://USER@HOST/NAME.",
)


def out_option(**options: Any) -> Decorator:
    """--out, a folder."""
    return click.option(
        "--out", type=click.Path(path_type=Path, file_okay=False), help="The folder to write to.", **options
    )


def language_option(default: str | None) -> Decorator:
    """--language of the handout; by default this one, or with None every one that there is."""
    return click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default=default,
        show_default=default or "each that there is",
        help="The handout's language.",
    )


def course_command(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command its course."""

    @click.option(
        "--course",
        "course_folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=".",
        help="The course's folder, or one inside it; this folder by default.",
    )
    @wraps(command)
    def run(course_folder: Path, **options: Any) -> Any:
        return command(Course.find(course_folder), **options)

    return run


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Each command's --help has examples, and says what it writes where and what its exit statuses mean.",
)
@click.version_option(package_name="feedforward-autograder")
def main() -> None:
    """Grades courses whose exercises are stubs, with student code shut in a sandbox."""
    # A polite kill takes the way out that Ctrl-C takes: graders and sandboxes end, finished results stay.
    stop = _stop_in_peace()
    signal.signal(signal.SIGTERM, stop)
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:  # as a shell's `command &` has it
        signal.signal(signal.SIGINT, stop)
    # Whoever started us may have blocked them for itself, which is handed down: a run that nobody could end.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM, signal.SIGINT))


class _Unheard:
    """Standard error, where a message that cannot be written (a full disk) ends no grading: the rest is silence."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with self._silenced():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._silenced():
            self._stream.flush()

    @contextlib.contextmanager
    def _silenced(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())  # Python flushes what is left at its end, and would end with 120
            os.close(nowhere)


def _begin() -> None:
    """Undo what whoever started us may have left: closed standard streams, whose numbers our sockets would get, an
    encoding that lacks letters of a student's name, and SIGCHLD ignored, with which nobody learns how a child ended.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    if sys.stderr is None:  # click would say on standard output what belongs here
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (to the end of the process)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stderr = _Unheard(sys.stderr)


def _stop_listening() -> None:
    """Who asks again while we leave gets the same line and status, not a death by signal on the way out.

    Blocked before they are ignored: Python complains of a signal that came before and is looked at after.
    """
    numbers = (signal.SIGINT, signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)


def _stop_in_peace() -> Callable[..., None]:
    """A signal handler that interrupts, and lets what then clears away do so for a while, however often it is asked."""
    asked = -math.inf

    def stop(*_: object) -> None:
        nonlocal asked
        now = time.monotonic()
        if now - asked > CLEARING_S:
            asked = now
            raise KeyboardInterrupt

    return stop


def print_json(document: Any) -> None:
    """The document as the only thing on standard output; in ASCII, whatever the terminal's encoding."""
    click.echo(json.dumps(document, indent=1))


def shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    path = path.resolve()
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
