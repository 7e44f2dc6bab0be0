"""What a class of many costs is measured, and stands beside what other benchmarks have found."""

import pytest

from benchmarks import results, scale
from tests.needs import package


@pytest.mark.slow
def test_class_without_graders_is_written_listed_and_not_graded_again(tiny_root):
    found = scale.without_graders(tiny_root, "t1_sums", 3)
    assert found["n"] == 3
    assert found["graded_s"] > found["again_s"] > 0
    assert found["peak_mb"] > 10
    assert found["disk_mb"] > 0


@pytest.mark.slow
def test_hand_ins_pass_through_a_scheduler_to_workers_that_take_no_time(tiny_root):
    package("distributed")
    found = scale.on_cluster(tiny_root, "t1_sums", 20)
    assert found["asked_ms"] > 0
    assert found["scheduler_ms"] > 0


def test_part_of_the_results_is_replaced_and_others_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RESULTS", tmp_path / "RESULTS.md")
    results.write_part("# One", "first")
    results.write_part("# Two", "second\n\n## Below\n\nmore\n")
    results.write_part("# One", "third")
    assert results.RESULTS.read_text() == "# Two\n\nsecond\n\n## Below\n\nmore\n\n# One\n\nthird\n"


def test_steps_go_up_to_the_most():
    assert scale.steps(10_000) == [10, 100, 1000, 10_000]
    assert scale.steps(250) == [10, 100, 250]
