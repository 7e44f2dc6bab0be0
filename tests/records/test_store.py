"""Every grading is kept, appended to a database; the past can be told from it and put back."""

import json
import re
import stat

import pytest
import sqlalchemy as sa

from autograder.grading.results import grades_csv
from autograder.records.past import scores
from autograder.records.store import DATABASE, Grading, Store, file_url
from tests.lab import RUNNING, TOTAL

pytestmark = pytest.mark.slow


@pytest.fixture
def history(lab, command):
    """history(id): what the command says of a student, for programs."""

    def tell(student, *options):
        status, out, errors = command("history", student, "--results", lab.out, "--json", *options)
        assert status == 0, errors
        return json.loads(out)["gradings"]

    return tell


@pytest.fixture
def two_attempts(lab, grade):
    """A right hand-in, then a worse one, and a class-mate."""
    lab.hand_in("ann")
    lab.hand_in("bob")
    assert grade()[0] == 0
    lab.hand_in("ann", lab.source((TOTAL, "return 6.0")))
    assert grade()[0] == 0


def test_every_grading_is_kept_with_what_it_depends_on(lab, two_attempts, grade, history):
    first, second = history("ann")
    assert (first["score"], second["score"], first["max_score"]) == (100, 80, 100)
    assert first["attempt"] != second["attempt"]
    assert first["tests"] == second["tests"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first["at"])
    assert first["at"] < second["at"]
    assert first["python"]
    assert len(history("bob")) == 1, "what is unchanged is no grading"
    lab.policy("name")
    assert grade()[0] == 0
    third = history("ann")[2]
    assert third["attempt"] == second["attempt"]
    assert third["tests"] != second["tests"]


def test_nothing_in_the_store_changes_but_by_what_is_added(lab, two_attempts, grade, command):
    def rows():
        with sa.create_engine(file_url(lab.out)).connect() as connection:
            return [list(connection.execute(sa.text(f"select * from {each}"))) for each in ("gradings", "events")]

    before = rows()
    grade("--regrade")
    assert command("restore", 1, "--results", lab.out)[0] == 0
    after = rows()
    assert [now[: len(then)] for then, now in zip(before, after, strict=True)] == before
    assert [len(now) - len(then) for then, now in zip(before, after, strict=True)] == [2, 3]


def test_scores_of_the_latest_and_the_best_attempt_and_of_a_time(lab, two_attempts, command, history):
    def told(*options):
        status, out, _ = command("scores", "--results", lab.out, "--json", *options)
        assert status == 0
        return {each["student"]: each["score"] for each in json.loads(out)["gradings"]}

    assert told() == {"ann": 80, "bob": 100}
    assert told("--attempt", "best") == {"ann": 100, "bob": 100}
    assert told("--at", "2001-01-01") == {}
    assert told("--at", "2999-01-01") == {"ann": 80, "bob": 100}
    _, out, _ = command("scores", "--results", lab.out)
    assert re.search(r"│ +3 │ .+ │ graded │ ann +│ +80/100 │", out)


def grading(number, attempt, score):
    texts = dict.fromkeys(("at", "tests", "fingerprint", "engine", "python", "numpy", "checksum"), "")
    return Grading(
        number=number,
        kind="graded",
        student="ann",
        attempt=attempt,
        status="graded",
        score=score,
        max_score=100,
        **texts,
    )


def test_attempt_counts_with_what_was_found_of_it_last():
    """A test that paid too much and was mended since makes no attempt the best one."""
    history = [grading(1, "a", 90.0), grading(2, "b", 70.0), grading(3, "a", 60.0)]
    assert [each.number for each in scores(history, "best")] == [2]
    assert [each.number for each in scores(history, "latest")] == [3]
    assert [each.number for each in scores([grading(1, "a", None)], "best")] == [1]


def test_day_alone_means_its_end(lab, two_attempts, command, history):
    day = history("ann")[0]["at"][:10]
    _, out, _ = command("scores", "--results", lab.out, "--json", "--at", day, env={"TZ": "UTC"})
    assert len(json.loads(out)["gradings"]) == 2


def test_grading_that_is_put_back_stands_until_something_changes(lab, two_attempts, grade, command, history):
    status, out, _ = command("restore", history("ann")[0]["number"], "--results", lab.out)
    assert (status, out.split(",")[0]) == (0, "ann: 100 of 100 again")
    assert float(lab.csv()["ann"]["score"]) == 100
    assert json.loads((lab.out / "ann" / "results.json").read_text())["score"] == 100
    assert [each["kind"] for each in history("ann")] == ["graded", "graded", "restored"]
    assert "0 graded now, 2 unchanged" in grade()[1]
    assert float(lab.csv()["ann"]["score"]) == 100
    lab.hand_in("ann", lab.source((TOTAL, "return 7.0")))
    assert grade()[0] == 0
    assert float(lab.csv()["ann"]["score"]) == 75


def test_number_and_id_of_nobody_are_refused(lab, two_attempts, command, tmp_path, monkeypatch):
    status, _, errors = command("restore", 99, "--results", lab.out)
    assert status == 2
    assert 'gradings.sqlite: no grading 99; "autograder history ID" lists them' in errors
    status, _, errors = command("history", "zoe", "--results", lab.out)
    assert status == 2
    assert "error: history 'zoe': no grading in sqlite:///" in errors
    status, _, errors = command("history", "ann", "--results", tmp_path)
    assert (status, "no records here; want the folder that autograder grade wrote" in errors) == (2, True)
    monkeypatch.chdir(tmp_path)
    status, _, errors = command("history", "ann")
    assert (status, "which results? there are none in results/; want one with --results" in errors) == (2, True)


def test_only_folder_in_results_is_the_one_that_is_meant(lab, two_attempts, command, tmp_path, monkeypatch):
    (tmp_path / "results").mkdir()
    lab.out.rename(tmp_path / "results" / "t1_sums")
    monkeypatch.chdir(tmp_path)
    status, out, _ = command("history", "ann", "--json")
    assert (status, len(json.loads(out)["gradings"])) == (0, 2)


def test_store_that_cannot_be_reached_grades_nothing_and_says_so_without_the_password(lab, grade, two_attempts, tree):
    before = tree(lab.out)
    other = lab.folder / "other"
    status, _, errors = grade("--store", "postgresql://ann:s3cret@127.0.0.1:1/none", out=other)
    assert status == 2
    assert "error: store postgresql://ann:***@127.0.0.1:1/none: " in errors
    assert "; what was graded is kept: mend it, and run the same command again" in errors
    assert "s3cret" not in errors
    assert not (other / "ann").exists()
    status, _, errors = grade("--store", "nonsense", out=other)
    assert (status, "want sqlite:///FILE or postgresql://USER@HOST/NAME" in errors) == (2, True)
    assert tree(lab.out) == before


def test_store_that_is_lost_while_grading_loses_nothing(lab, grade, history, monkeypatch):
    lab.hand_in("ann")
    lab.hand_in("bob")
    append = Store.append

    def fail(self, record, results):
        if record.id == "bob":
            with self._reached():
                raise sa.exc.OperationalError("insert", {}, Exception("server closed the connection"))
        append(self, record, results)

    with monkeypatch.context() as broken:
        broken.setattr(Store, "append", fail)
        status, _, errors = grade()
    assert status == 2
    assert ": server closed the connection; what was graded is kept: mend it, and run the same command" in errors
    status, out, _ = grade()
    assert (status, "0 graded now, 2 unchanged" in out) == (0, True)
    assert [len(history(name)) for name in ("ann", "bob")] == [1, 1]


def test_another_store_of_the_same_folder_is_refused(lab, grade, two_attempts, tmp_path):
    status, _, errors = grade("--store", f"sqlite:///{tmp_path}/elsewhere.sqlite")
    assert status == 2
    assert f"{lab.out}: its gradings are in the file in it; got sqlite:///{tmp_path}/elsewhere.sqlite; say" in errors
    url = f"sqlite:///{tmp_path}/elsewhere.sqlite"
    assert grade("--store", url, out=tmp_path / "out")[0] == 0
    assert not (tmp_path / "out" / DATABASE).exists()
    status, _, errors = grade(out=tmp_path / "out")
    assert (status, f"its gradings are in {url}; got the file in it" in errors) == (2, True)
    assert grade(out=tmp_path / "out", env={"AUTOGRADER_STORE": url, "COLUMNS": "200"})[0] == 0


def test_store_of_two_folders_keeps_them_apart(lab, grade, later, command, tmp_path):
    url = f"sqlite:///{tmp_path}/both.sqlite"
    lab.hand_in("ann")
    assert grade("--store", url)[0] == 0
    assert grade("--store", url, "--seed", 7, out=tmp_path / "seven")[0] == 0
    for folder in (lab.out, tmp_path / "seven"):
        assert len(json.loads(command("history", "ann", "--results", folder, "--json")[1])["gradings"]) == 1


def test_records_of_an_older_version_are_taken_into_the_store(lab, grade, two_attempts, history):
    (lab.out / DATABASE).unlink()
    (lab.out / "records.json").unlink()
    assert grade()[0] == 0
    assert [each["score"] for each in history("ann")] == [80]


def test_store_is_its_owners_alone(lab, two_attempts):
    assert stat.S_IMODE((lab.out / DATABASE).stat().st_mode) == 0o600


def test_tables_are_what_the_migrations_make(lab, two_attempts):
    """The tables in store.py, by which it asks, and those of migrations/, which are there."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from autograder.records.store import metadata

    with sa.create_engine(file_url(lab.out)).connect() as connection:
        context = MigrationContext.configure(connection)
        found = {str(each[0]) for each in compare_metadata(context, metadata) if isinstance(each, tuple)}
        assert context.get_current_revision() == "0001"
    assert found <= {"remove_index"}, "indexes are the migrations' alone"


def test_table_holds_records_of_other_tests_than_those_of_now(lab, grade, two_attempts):
    exercise = '@pytest.mark.points({}, exercise="sums.{}")\ndef test_{}(student):\n    {}\n\n\n'
    lab.tests(exercise.format(100, "running_totals", "sums", "assert student.sums.running_totals([1.0])[0] == 1.0"))
    lab.hand_in("bob", lab.source((RUNNING, "sums = vector + 1")))
    status, _, errors = grade("--only", "bob")
    assert status == 0, errors
    rows = lab.csv()
    assert (rows["bob"]["score"], rows["bob"]["sums.running_totals"], rows["bob"]["sums.total"]) == ("0", "0", "")
    assert (rows["ann"]["score"], rows["ann"]["sums.running_totals"], rows["ann"]["sums.total"]) == ("80", "50", "5")
    assert grades_csv([], []).count("\n") == 1
