"""A lab, and the command line on it."""

import json
import signal

import pytest
from click.testing import CliRunner

from autograder.cli import main
from tests.lab import a_class, graded_class, lab, later, make_lab, sabotage, start_with, tree

__all__ = ["a_class", "graded_class", "lab", "later", "make_lab", "sabotage", "start_with", "tree"]


@pytest.fixture
def command(lab):
    """command(words...): (exit status, standard output, standard error) of a command on the lab's course."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def run(*words, **options):
        done = CliRunner(env={"COLUMNS": "200"}).invoke(main, [*map(str, words)], **options)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    yield run
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def grade(lab, command):
    """grade(options...): the same of `autograder grade` on everything handed in, into the lab's results."""

    def run(*options, paths=None, out=None, assignment="t1", **more):
        where = ["--course", lab.root, "--out", out or lab.out, "--jobs", 1]
        return command("grade", *(paths or [lab.hand_ins]), "--assignment", assignment, *where, *options, **more)

    return run


@pytest.fixture
def records_of():
    """{id: score} of the records in a folder."""

    def read(folder):
        records = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*/instructor.json")]
        return {record["id"]: record["score"] for record in records}

    return read
