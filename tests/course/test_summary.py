import pytest

from autograder.checks.report.summary import Summary, number, read_stub_message, stub_message


def test_table_of_one_assignment():
    summary = Summary()
    summary.add("sums.total", 5, "passed", group="t1_sums")
    summary.add("sums.total", 5, "passed", group="t1_sums")
    summary.add("sums.running_totals", 10, "failed", group="t1_sums", note="test_one")
    summary.add("sums.running_totals", 10, "passed", group="t1_sums", note="test_two")
    summary.add("sums.running_totals", 2.5, "failed", group="t1_sums", note="test_three")
    summary.add("sums.Average", 10, "not done", group="t1_sums", note="handout section 3")
    assert summary.table("report.public_points") == (
        """\
t1_sums
  sums.total           10 / 10    done
  sums.running_totals  10 / 22.5  fix: test_one and 1 more
  sums.Average          0 / 10    not done yet: handout section 3

20 of 42.5 public points"""
    )


def test_table_of_several_assignments_is_brief_where_nothing_is_to_be_seen():
    summary = Summary()
    summary.add("one.a", 1, "passed", group="t1")
    summary.add("one.b", 1, "passed", group="t1")
    summary.add("two.a", 3, "stopped", group="t2", note="test_a")
    summary.add("two.a", 3, "failed", group="t2", note="test_b")
    summary.add("two.b", 3, "fault", group="t2")
    summary.add("three.a", 0.1, "not done", group="t3", note="handout section 1")
    summary.add("three.b", 0.2, "not done", group="t3", note="handout section 2")
    assert summary.table() == (
        """\
t1       2 / 2    done
t2       0 / 9
  two.a  0 / 6    stopped: test_a
  two.b  0 / 3    needs attention
t3       0 / 0.3  not started

2 of 11.3 points"""
    )


def test_table_without_groups_and_of_nothing():
    summary = Summary()
    assert summary.table() == "\n0 of 0 points"
    summary.add("mean", 2, "passed")
    assert summary.table() == "mean  2 / 2  done\n\n2 of 2 points"


def test_same_note_is_said_once():
    summary = Summary()
    for note in ("handout section 1", "handout section 1", "needs b, handout section 2"):
        summary.add("a", 1, "not done", note=note)
    assert summary.rows[0].next_step == "not done yet: handout section 1"


@pytest.mark.parametrize(
    ("outcomes", "outcome"),
    [
        (["passed", "passed"], "passed"),
        (["passed", "not done"], "not done"),
        (["not done", "failed"], "failed"),
        (["failed", "stopped"], "stopped"),
        (["stopped", "fault"], "fault"),
    ],
)
def test_row_has_the_outcome_that_says_most(outcomes, outcome):
    for order in (outcomes, outcomes[::-1]):
        summary = Summary()
        for each in order:
            summary.add("a", 1, each)
        assert summary.rows[0].outcome == outcome


def test_points_are_added_without_rounding_errors():
    summary = Summary()
    for _ in range(10):
        summary.add("a", 0.1, "passed")
    assert (summary.points, summary.max_points) == (1.0, 1.0)


def test_unknown_outcome_is_refused():
    with pytest.raises(ValueError, match="outcome of a: got 'skipped', want one of passed, failed, stopped, fault"):
        Summary().add("a", 1, "skipped")


@pytest.mark.parametrize(("points", "text"), [(2, "2"), (2.0, "2"), (0.1 + 0.2, "0.3"), (2.25, "2.25"), (100, "100")])
def test_points_are_written_as_people_do(points, text):
    assert number(points) == text


def test_stub_message_is_read_back():
    text = stub_message("t1_sums", "sums.Average", "3")
    assert text == "t1_sums, exercise sums.Average: handout section 3"
    assert read_stub_message(text) == ("t1_sums", "sums.Average", "3")
    assert read_stub_message(stub_message("t", "a.b", "Why: a title"))[2] == "Why: a title"


def test_what_to_read_is_no_more_than_is_not_known():
    stub = read_stub_message("t1_sums, exercise sums.total: handout section 3")
    assert stub.to_read("sums.total", "t1_sums") == "handout section 3"
    assert stub.to_read("sums.Average", "t1_sums") == "needs sums.total, handout section 3"
    assert stub.to_read("means.mean", "t2_means") == "needs sums.total, handout section 3 of t1_sums"


@pytest.mark.parametrize("text", ["", "not implemented", "handout section 3", "t1, exercise : handout section 3"])
def test_other_messages_are_no_stub(text):
    assert read_stub_message(text) is None
