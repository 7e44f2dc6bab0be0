"""How much of all public tests a run was: "all pass" is said where all that exist were run."""

import difflib
from collections.abc import Collection

import pytest

from ..words import say

SHOWN_NAMES = 8


def passed(config: pytest.Config, assignments: Collection[str], *, is_part: bool) -> str:
    """What to say where each test that was run has passed; of these assignments, or of a part of their tests."""
    by_name = any("::" in argument for argument in config.args)
    if is_part or by_name or config.getoption("keyword") or config.getoption("markexpr"):
        return say("report.part_passes")
    there = {path.parent.name for path in (config.rootpath / "tests").glob("*/test_*.py")}
    if there - {*assignments}:
        return say("report.all_pass_of", assignments=", ".join(sorted(assignments)))
    return say("report.all_pass")


def not_chosen(config: pytest.Config, exercises: Collection[str]) -> str:
    """What to say where no test has in its name what -k asks for: which exercises are called nearly so."""
    asked = str(config.getoption("keyword") or config.getoption("markexpr"))
    names = sorted({name.rpartition(".")[2].lower() for name in exercises})
    near = difflib.get_close_matches(asked.lower(), names, n=3, cutoff=0.5)
    meant = say("report.there_are", names=", ".join(names[:SHOWN_NAMES]))
    if near:
        meant = say("report.did_you_mean", names=say("report.or").join(near))
    return say("report.no_such_test", asked=asked, meant=meant)
