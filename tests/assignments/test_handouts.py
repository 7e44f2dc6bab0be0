"""Handouts say the same in both languages, and an assignment can be dropped without breaking the others."""

import re
import shutil
from pathlib import Path

import pytest

from autograder.course import Course, exercises, handouts, render

pytestmark = pytest.mark.slow

COURSE = Course.load(Path(__file__).parents[2])
NAMES = [assignment.name for assignment in COURSE.assignments]


def without_code(text):
    return re.sub(r"^(```|~~~).*?^\1\s*?$", "", text, flags=re.MULTILINE | re.DOTALL)


def sections(text):
    """The number of each heading, or its depth where it has none."""
    headings = re.findall(r"^(#+)\s+(\d+(?:\.\d+)*)?", without_code(text), flags=re.MULTILINE)
    return [number or depth for depth, number in headings]


def formulas(text):
    """Displayed and inline formulas, white space folded, without what is translated.

    That is words in \\text{}, and numbers: 2.5 is 2{,}5 in Russian, and between such numbers stands a semicolon.
    """
    found = re.findall(r"\$\$.+?\$\$|\$[^$\n]+?\$", without_code(text), flags=re.DOTALL)
    numbers = [re.sub(r"(?<=\d)\{,\}(?=\d)", ".", formula).replace(";", ",") for formula in found]
    return [re.sub(r"\s+", " ", re.sub(r"\\text\{[^}]*\}", "", formula)) for formula in numbers]


@pytest.mark.parametrize("name", NAMES)
def test_both_handouts_have_the_same_sections(name):
    english, russian = handouts(COURSE.assignment(name))
    assert sections(english.text) == sections(russian.text)
    assert len(sections(english.text)) > len(english.exercises)


@pytest.mark.parametrize("name", NAMES)
def test_both_handouts_have_the_same_formulas(name):
    english, russian = handouts(COURSE.assignment(name))
    assert sorted(formulas(english.text)) == sorted(formulas(russian.text))
    assert formulas(english.text)


@pytest.mark.parametrize("name", NAMES)
def test_course_without_an_assignment_can_be_released(tmp_path, name):
    """Its exercises are given, solved; every other exercise is still a stub."""
    for folder in ("assignments", "solutions"):
        shutil.copytree(COURSE.root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    manifest = tmp_path / "assignments" / "course.toml"
    manifest.write_text(f'dropped = ["{name}"]\n' + manifest.read_text(encoding="utf-8"), encoding="utf-8")
    course = Course.load(tmp_path)
    files = render(course)
    left = {exercise.assignment for exercise in exercises(course).values()}
    assert left == set(NAMES) - {name}
    assert f"tests/{name}/test_public.py" not in files
    package = b"".join(content for path, content in files.items() if path.startswith("feedforward/"))
    assert f"{name}, exercise".encode() not in package
    assert all(f"{other}, exercise".encode() in package for other in left)
