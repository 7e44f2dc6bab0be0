"""What students of the sample classes read, as text that was reviewed: where, what, why, and what to try.

python -m tests.examples.feedback RESULTS a3_class     writes feedback/a3_class.txt anew from a folder of results
"""

import json
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

REVIEWED = Path(__file__).parent / "feedback"
EXAMPLES = Path(__file__).parents[2] / "examples"
PARTLY = range(30, 100)  # of those who got something, so that something can be said
_NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]?\d+)?")
_VERSION = re.compile(r"graded with Python 3\.\d+")
TESTS = 6  # of each student and kind, enough to see how it reads


def as_read(reports: Mapping[str, Mapping[str, Any]]) -> str:
    """What those who lost some points read: above the tests, and of the first tests that they lost."""
    parts = []
    for identity, report in sorted(reports.items()):
        if int(report.get("score", 0)) not in PARTLY:
            continue
        parts += [f"=== {identity}: {report['score']:g} of 100", report["output"]]
        lost = [test for test in report["tests"] if test.get("status") == "failed"]
        for kind in ("wrong", "unusable", "raised", "stopped"):
            shown = [each for each in lost if kind in (each["extra_data"]["code"], each["extra_data"]["outcome"])]
            parts += [f"--- {each['name']}\n{without_traceback(each['output'])}" for each in shown[:TESTS]]
    return _VERSION.sub("graded with Python 3", "\n\n".join(parts) + "\n")


def assert_reads_as(got: str, want: str) -> None:
    """The reviewed text, but for digits that differ from one processor to another: numbers agree to six."""
    words, reviewed = (_NUMBER.sub("#", text).split() for text in (got, want))  # numpy pads with spaces
    assert words == reviewed  # where the change is meant, write the text anew, as said above
    numbers, wanted = ([float(number) for number in _NUMBER.findall(text)] for text in (got, want))
    assert numbers == pytest.approx(wanted, rel=1e-6, abs=0)


def without_traceback(text: str) -> str:
    """The text without the lines of a traceback, which each version of Python draws in its own way."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("  "))


def reports_in(results: Path, name: str) -> dict[str, Any]:
    """The students' reports of a graded sample class, by id."""
    scores = tomllib.loads((EXAMPLES / name / "expected.toml").read_text(encoding="utf-8"))["scores"]
    return {identity: json.loads((results / identity / "results.json").read_text("utf-8")) for identity in scores}


if __name__ == "__main__":
    folder, chosen = Path(sys.argv[1]), sys.argv[2]
    REVIEWED.mkdir(exist_ok=True)
    (REVIEWED / f"{chosen}.txt").write_text(as_read(reports_in(folder, chosen)), encoding="utf-8")
