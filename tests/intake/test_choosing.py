"""Which submissions are graded now."""

import os
from datetime import UTC, datetime

import pytest

from autograder.intake.choosing import only, since, when
from autograder.intake.found import Submission


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("2024-02-01 10:00:00.000000000 Z", datetime(2024, 2, 1, 10, tzinfo=UTC)),
        ("2024-02-01 10:00:00 -0800", datetime(2024, 2, 1, 18, tzinfo=UTC)),
        ("2024-02-01T10:00+05:30", datetime(2024, 2, 1, 4, 30, tzinfo=UTC)),
        ("2024-02-31 10:00:00 Z", None),
        ("Thursday", None),
        ("", None),
    ],
)
def test_time_that_a_platform_writes_is_read_or_none(text, want):
    assert when(text) == want


def test_time_without_a_zone_is_this_machines():
    assert when("2024-02-01 10:00") == datetime(2024, 2, 1, 10).astimezone(UTC)


def test_submitted_or_changed_since_counts_and_links_are_not_followed(tmp_path):
    def submission(identity, changed, submitted=""):
        (tmp_path / identity).mkdir()
        file = tmp_path / identity / "sums.py"
        file.write_text("")
        os.utime(file, (changed, changed))
        return Submission(id=identity, name="", paths=(tmp_path / identity,), submitted=submitted)

    made = [
        submission("old", 0),
        submission("changed", 2_000_000_000),
        submission("submitted", 0, "2030-01-01 10:00:00 Z"),
        submission("submitted_before", 0, "2020-01-01 10:00:00 Z"),
    ]
    (tmp_path / "old" / "link").symlink_to(tmp_path / "changed" / "sums.py")
    os.utime(tmp_path / "old" / "link", (0, 0), follow_symlinks=False)
    (tmp_path / "alone.py").write_text("")
    made.append(Submission(id="alone", name="", paths=(tmp_path / "alone.py",)))
    chosen = since(made, datetime(2026, 1, 1))
    assert [each.id for each in chosen] == ["changed", "submitted", "alone"]


def test_id_that_nobody_has_is_refused_with_those_that_look_alike(refused):
    made = [Submission(id=f"s{number}", name="", paths=()) for number in range(12)]
    assert [each.id for each in only(made, ["s3", "s1"])] == ["s1", "s3"]
    with refused("--only 'S1x'", "nothing was handed in under that id; there are s0, s1, s10, s11, s2 and 7 more"):
        only(made, ["S1x"])
    with refused("there are s10"):
        only(made, ["s1", "S10"])
