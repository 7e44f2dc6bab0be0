"""What all commands share: the group they belong to, how they find their course, and how they end."""

import errno
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from autograder.course.manifest import Course
from autograder.errors import CourseError

OUT = Console(highlight=False, soft_wrap=True)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True)


class Failure(click.ClickException):
    """An error of the user's input: one line on standard error, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        ERRORS.print(f"[red]error:[/red] {escape(self.message)}")


class Commands(click.Group):
    """A group whose commands end in one line and an exit status, whatever went wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CourseError as error:
            raise Failure(str(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever was to read our output has gone; click knows what to do
                raise
            raise Failure(f"{error.filename or 'system'}: {error.strerror or error}") from error
        except KeyboardInterrupt:
            # Who asks again while we leave gets the same line and status, not a death by signal on the way out.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            ERRORS.print("stopped; what was finished is kept: run the same command again to go on")
            raise SystemExit(130) from None


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


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="feedforward-autograder")
def main() -> None:
    """Grades courses whose exercises are stubs, with student code shut in a sandbox."""
    # A polite kill takes the way out that Ctrl-C takes: graders and sandboxes end, finished results stay.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


def shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    path = path.resolve()
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
