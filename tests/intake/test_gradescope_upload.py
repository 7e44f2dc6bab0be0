"""The metadata that Gradescope puts beside the one submission that an autograder is to grade."""

import json
from datetime import UTC, datetime

import pytest

from autograder.errors import CourseError
from autograder.intake.gradescope_export import read_upload

# As in Gradescope's documentation, with an extension for the second student.
METADATA = {
    "id": 123456,
    "created_at": "2018-07-01T14:22:32.365935-07:00",
    "assignment": {"due_date": "2018-07-31T23:00:00.000000-07:00", "late_due_date": None, "total_points": "20.0"},
    "users": [
        {"email": "student@example.com", "id": 1234, "name": "Student User"},
        {"name": "Second", "assignment": {"due_date": "2018-08-02T23:00:00.000000-07:00"}},
    ],
    "previous_submissions": [
        {"submission_time": "2018-06-30T10:00:00-07:00", "score": 3.0, "results": {"score": 3.0}},
        {"submission_time": "2017-04-06T14:24:48.087023-07:00", "score": 0.0, "results": {"score": 0.0}},
        {"submission_time": "2017-04-07T14:24:48-07:00", "score": 0.0, "results": None},
    ],
}


@pytest.fixture
def read(tmp_path):
    def written(value):
        file = tmp_path / "submission_metadata.json"
        file.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return read_upload(file)

    return written


def test_upload_has_times_names_and_earlier_results_oldest_first(read):
    upload = read(METADATA)
    assert (upload.id, upload.name) == ("123456", "Student User, Second")
    assert upload.at == datetime(2018, 7, 1, 21, 22, 32, 365935, tzinfo=UTC)
    assert [each.results for each in upload.earlier] == [{"score": 0.0}, {"score": 3.0}]


def test_extension_counts_before_the_assignments_due_date(read):
    assert read(METADATA).due == datetime(2018, 8, 3, 6, tzinfo=UTC)
    assert read(METADATA | {"users": []}).due == datetime(2018, 8, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [{"assignment": None}, {"assignment": {"due_date": None}}, {"created_at": None}, {"previous_submissions": None}],
    ids=lambda change: next(iter(change)),
)
def test_what_is_not_set_is_none(read, change):
    upload = read(METADATA | {"users": None} | change)
    assert None in (upload.due, upload.at) or upload.earlier == ()


@pytest.mark.parametrize(
    "value",
    ["", "[]", "{}", '{"id": 1, "users": 3}', '{"id": 1, "created_at": "yesterday"}', "[" * 100_000],
    ids=["empty", "list", "no id", "users", "time", "deep"],
)
def test_what_is_no_metadata_is_refused(read, value):
    with pytest.raises(CourseError, match=r"submission_metadata\.json': not Gradescope's metadata of a submission: "):
        read(value)


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CourseError, match="cannot be read: No such file"):
        read_upload(tmp_path / "submission_metadata.json")
