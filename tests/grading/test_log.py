"""The log of a run: a line for each hand-in."""

import pytest

from autograder.errors import CourseError
from autograder.grading.log import log

pytestmark = pytest.mark.slow


def test_log_has_a_line_for_each_hand_in_of_each_run(lab, tmp_path):
    lab.hand_in("ann")
    (lab.hand_ins / "broken.zip").write_bytes(b"PK\x03\x04 and then nothing")
    file = tmp_path / "log"
    for _ in range(2):
        with log(file) as add:
            lab.grade(progress=add)
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    assert [(identity, score) for _, identity, score, _, _ in rows] == [("ann", "100/100"), ("broken", "0/100")] * 2
    damaged = "archive 'broken.zip'"
    assert [why.split(":")[0] for *_, why in rows] == ["graded", damaged, "unchanged", damaged]
    assert all(0 < float(seconds) < 60 for *_, seconds, _ in rows)
    assert [moment for moment, *_ in rows] == sorted(moment for moment, *_ in rows)


def test_log_that_cannot_be_written_is_refused_before_anything_is_graded(tmp_path):
    with pytest.raises(CourseError, match=r"log: .*: cannot be written: Is a directory; choose another"), log(tmp_path):
        pass
