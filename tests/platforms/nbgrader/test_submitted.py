"""nbgrader's folder of submissions: no link in it is followed, nothing in it stops the class or costs memory."""

import gc
import json
import os
from pathlib import Path

import pytest

from autograder.course import Course
from tests.platforms.nbgrader.lab import WARNINGS, Lab

TINY = Path(__file__).parents[2] / "tiny_course"
ALL = ("sums.total", "sums.running_totals", "sums.Average")
WAYS = pytest.mark.parametrize("way", ["autograde", "grade"])
pytestmark = [*WARNINGS, pytest.mark.slow]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Lab(Course.load(TINY), "t1_sums", tmp_path_factory.mktemp("made") / "course")


@pytest.fixture
def lab(made):
    made.forget()
    made.submit("zoe", made.notebook(*ALL))  # who comes last is graded whatever comes before
    return made


def folder_of(lab, student):
    folder = lab.root / "submitted" / student / lab.name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def all_text(folder):
    return "".join(path.read_text("utf-8", "replace") for path in sorted(folder.rglob("*")) if path.is_file())


@WAYS
def test_linked_notebook_shows_nobody_the_solutions(lab, way):
    (folder_of(lab, "ben") / "t1_sums.ipynb").symlink_to(lab.root / "source" / "t1_sums" / "t1_sums.ipynb")
    getattr(lab, way)()
    assert lab.scores() == {"ben": 0.0, "zoe": 100.0}
    assert lab.api.generate_feedback("t1_sums", "ben")["success"]
    for step in ("autograded", "feedback"):
        text = all_text(lab.root / step / "ben")
        assert "is a symbolic link, which is not followed" in text
        assert "BEGIN SOLUTION" not in text
        assert "as_vector(values).sum()" not in text


@WAYS
@pytest.mark.parametrize("level", ["student", "assignment"])
def test_linked_folder_is_nobodys_work(lab, way, level):
    ann = lab.root / "submitted" / "ann"
    ann.parent.mkdir(exist_ok=True)
    if level == "student":
        ann.symlink_to(lab.root / "submitted" / "zoe")
    else:
        ann.mkdir()
        (ann / "t1_sums").symlink_to(lab.root / "submitted" / "zoe" / "t1_sums")
    getattr(lab, way)()
    assert lab.scores() == {"ann": 0.0, "zoe": 100.0}
    assert "is a symbolic link, which is not followed" in all_text(lab.root / "autograded" / "ann")
    # The exercises' cells are zoe's.
    assert "exercise: sums.total" not in json.dumps(lab.autograded("ann"))


@WAYS
def test_what_lies_beside_a_notebook_stays_there(lab, way):
    lab.submit("ann", lab.notebook(*ALL), timestamp="2026-01-02 00:00:00 UTC")
    folder = folder_of(lab, "ann")
    (folder / "page.html").write_text("<script>1</script>")
    (folder / "stolen.txt").symlink_to(lab.root / "gradebook.db")
    (folder / "stolen").symlink_to(lab.root / "source")
    os.mkfifo(folder / "pipe.ipynb")
    os.truncate(os.open(folder / "large.bin", os.O_CREAT | os.O_WRONLY), 1 << 33)
    getattr(lab, way)()
    assert lab.scores() == {"ann": 100.0, "zoe": 100.0}
    there = {path.name for path in (lab.root / "autograded" / "ann" / "t1_sums").rglob("*") if path.is_file()}
    released = {path.name for path in (lab.root / "release" / "t1_sums").rglob("*") if path.is_file()}
    assert there == released | {"timestamp.txt"}
    gc.collect()  # the exporter, whose folder goes with it
    assert [path for path in lab.root.iterdir() if path.name.startswith(".submitted")] == []


HALF = json.dumps("\ud800").encode()
BROKEN = {
    "null_cell": (
        lambda text: text.replace(b'"cells": [', b'"cells": [null, ', 1),
        0.0,
        "Expected `object`, got `null`",
    ),
    "number_for_cells": (lambda text: b'{"nbformat": 4, "cells": 1}', 0.0, "Expected `array`, got `int`"),
    "no_json": (lambda text: text[:-9], 0.0, "not JSON"),
    "empty": (lambda text: b"", 0.0, "not JSON"),
    "half_a_character": (
        lambda text: text.replace(b'{"autograder"', b"{" + HALF + b": " + HALF + b', "autograder"'),
        100.0,
        "",
    ),
    "half_a_kernel": (lambda text: text.replace(b'"python3"', HALF), 100.0, ""),
    "ids_that_are_none": (lambda text: text.replace(b'"id": "', b'"id": "<&>'), 100.0, ""),
    "no_ids": (lambda text: text.replace(b'"id": "', b'"ignored": "'), 100.0, ""),
    "sources_of_nulls": (
        lambda text: text.replace(b'"cells": [', b'"cells": [{"cell_type": "markdown", "source": [null]}, '),
        100.0,
        "",
    ),
    "cell_of_no_kind": (
        lambda text: text.replace(b'"cells": [', b'"cells": [{"cell_type": {}, "source": "x"}, {}, '),
        100.0,
        "",
    ),
    "outputs_of_numbers": (lambda text: text.replace(b'"outputs": []', b'"outputs": 7'), 100.0, ""),
    "format_5": (lambda text: text.replace(b'"nbformat": 4', b'"nbformat": 5'), 0.0, "got notebook format 5"),
}


@WAYS
def test_broken_notebook_is_its_hand_ins_reason(lab, way):
    whole = json.dumps(lab.notebook(*ALL)).encode()
    for name, (broken, _, _) in BROKEN.items():
        changed = broken(whole)
        assert changed != whole, name
        lab.submit(name, changed)
    getattr(lab, way)()
    assert lab.scores() == {"zoe": 100.0} | {name: score for name, (_, score, _) in BROKEN.items()}
    for name, (_, _, said) in BROKEN.items():
        assert said in all_text(lab.root / "autograded" / name), name


TIMES = {
    "none": ("", ""),
    "words": ("yesterday, I think", "got 'yesterday, I think', want a time like"),
    "too_early": ("0001-01-01 00:00:00 +1400", "want a time like"),
    "half": (b"\xed\xa0\x80", "want a time like"),
    "long": ("9" * 10_000, "want a time like"),
}


@WAYS
def test_broken_timestamp_is_told_and_costs_nothing(lab, way):
    for name, (text, _) in TIMES.items():
        lab.submit(name, lab.notebook(*ALL))
        (folder_of(lab, name) / "timestamp.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    lab.submit("link", lab.notebook(*ALL))
    (folder_of(lab, "link") / "timestamp.txt").symlink_to(lab.root / "gradebook.db")
    lab.submit("pipe", lab.notebook(*ALL))
    os.mkfifo(folder_of(lab, "pipe") / "timestamp.txt")
    for _ in range(2):  # the second time with what the first has written
        getattr(lab, way)()
        assert lab.scores() == dict.fromkeys([*TIMES, "link", "pipe", "zoe"], 100.0)
    told = {name: said for name, (_, said) in TIMES.items()} | {"link": "not a plain file", "pipe": "a device, pipe"}
    for name, said in told.items():
        assert said in all_text(lab.root / "autograded" / name), name


@WAYS
def test_name_that_acts_on_a_page_is_nobodys(lab, way):
    odd = ["<img src=x onerror=1>", "two\nlines", os.fsdecode(b"latin\xe9")]
    for name in odd:
        lab.submit(name, lab.notebook(*ALL))
    done = getattr(lab, way)()
    said = done["log"] if way == "autograde" else done[1]
    assert said.count("rename the folder") == 3
    assert lab.scores() == {"zoe": 100.0}
    assert [name for name in odd if (lab.root / "autograded" / name).exists()] == []


WRITTEN = {
    "cell_type": "markdown",
    "checksum": "x",
    "grade": True,
    "locked": False,
    "schema_version": 3,
    "solution": True,
    "task": False,
    "points": 1,
}


@pytest.fixture
def shown(tmp_path):
    """What becomes of one cell of a notebook in which the instructor has set two."""
    from nbgrader.coursedir import CourseDirectory

    from autograder.platforms.nbgrader.master import Master
    from autograder.platforms.nbgrader.submitted import Submitted

    texts = {"essay": "*Why?*", "picture": "![x](attachment:a.png)"}
    master = Master(texts, {name: WRITTEN | {"grade_id": name} for name in texts})

    def of(**cell):
        folder = tmp_path / "submitted" / "ann" / "a"
        folder.mkdir(parents=True)
        (folder / "a.ipynb").write_text(json.dumps({"nbformat": 4, "cells": [cell]}))
        nb, _ = Submitted(CourseDirectory(root=str(tmp_path)), "ann", "a").shown("a", master)
        return nb.cells[0]

    return of


def named(name):
    return {"nbgrader": {"grade_id": name}}


def test_answer_that_was_not_given_is_what_the_instructor_wrote(shown):
    assert shown(cell_type="markdown", source="*Why?*", metadata=named("essay")).source == "*Why?*"


def test_answer_that_was_given_is_laid_out(shown):
    given = shown(cell_type="markdown", source="*So.*<script>1</script>", metadata=named("essay"))
    assert given.source == "<div><p><em>So.</em></p>&#10;</div>"
    assert given.metadata.nbgrader.points == 1


@pytest.mark.parametrize("kind", ["code", "raw", "heading", 7])
def test_answer_of_another_kind_acts_no_more(shown, kind):
    given = shown(cell_type=kind, source="<script>1</script>", metadata=named("essay"))
    assert given.cell_type == "markdown"
    assert "<script" not in given.source


def test_picture_that_was_deleted_ends_no_page(shown):
    given = shown(cell_type="markdown", source="![x](attachment:a.png)", metadata=named("picture"))
    assert given.source == "<div><p>x (attachment:a.png)</p>&#10;</div>"


def test_notebook_that_cannot_be_shown_says_why(shown):
    given = shown(cell_type="markdown", source="x" * (1 << 20))
    assert given.source.startswith("<div><pre>not shown: notebook 'a.ipynb': more than 2000 cells or 1048576 bytes")


def test_autograde_without_the_exporter_grades_nothing(lab):
    own = lab.config.Autograde.pop("exporter_class")
    try:
        done = lab.autograde()
    finally:
        lab.config.Autograde.exporter_class = own
    assert not done["success"]
    assert 'set in nbgrader_config.py c.Autograde.exporter_class = "autograder.platforms.nbgrader' in done["log"]
    assert not (lab.root / "autograded" / "zoe" / "t1_sums").exists()
