"""Tests run on right code over many seeds: a failure is found, and so is a tolerance that is nearly used up."""

import shutil
from pathlib import Path

import pytest

from autograder.course.manifest import Course
from autograder.proving.seeds import run_seeds
from autograder.proving.verify import verify_seeds

pytestmark = pytest.mark.slow

HEAD = "import numpy as np\nimport pytest\n\n\n@pytest.mark.points(100, exercise='sums.total')\n"


@pytest.fixture
def report(tiny_root):
    """report(hidden test's source, seeds): what came of it, with no other test."""

    def report(source, seeds=range(30), jobs=1):
        folder = tiny_root / "assignments" / "t1_sums"
        (folder / "test_public.py").write_text('"""None."""\n')
        (folder / "test_hidden.py").write_text(HEAD + source)
        course = Course.load(tiny_root)
        return run_seeds(course, course.assignment("t1"), course.package_folder, seeds, jobs)

    return report


def test_right_code_passes_with_every_seed(tiny_root):
    course = Course.load(tiny_root)
    checks = verify_seeds(course, course.assignments, course.package_folder, 20, jobs=2)
    assert [check.holds for check in checks] == [True, True]
    assert checks[0].line == "t1_sums: 86 verdicts over 20 seeds: none failed"


def test_gradient_checks_run_on_the_package_here():
    course = Course.load(Path(__file__).parents[1] / "attacks" / "course")
    found = run_seeds(course, course.assignment("t1_target"), course.package_folder, range(2))
    assert found.failures == []
    assert "test_gradient_of_square" in found.closest


def test_gradients_as_noisy_as_numerical_ones_are_found_and_the_noisiest_right_one_is_told(tmp_path):
    course = Course.load(Path(__file__).parents[1] / "attacks" / "course")
    assignment = course.assignment("t1_target")
    *_, told = verify_seeds(course, [assignment], course.package_folder, 3, jobs=1)
    right = run_seeds(course, assignment, course.package_folder, range(3)).noise
    assert 0 < right < 1e-15
    assert told.line.endswith(f"times what was needed; gradients are up to {right:.1e} noisy, 4e-13 is suspect")
    package = Path(shutil.copytree(course.package_folder, tmp_path / course.package))
    source = (package / "answers.py").read_text(encoding="utf-8")
    numerical = source.replace("2 * x.data * grad", "((x.data + 1e-5) ** 2 - (x.data - 1e-5) ** 2) / 2e-5 * grad")
    assert numerical != source
    (package / "answers.py").write_text(numerical, encoding="utf-8")
    found = run_seeds(course, assignment, package, range(3))
    assert [line.partition("e-")[0][:-3] for line in found.failures] == [
        f"test_gradient_of_square with seed {seed}: gradients as noisy as " for seed in range(3)
    ]


def test_test_called_again_finds_what_it_finds_when_it_is_set_up():
    """From its second seed on a test is called without pytest; each of these is the first of its process."""
    course = Course.load(Path(__file__).parents[1] / "attacks" / "course")
    assignment = course.assignment("t1_target")
    together = run_seeds(course, assignment, course.package_folder, range(1, 4))
    one_by_one = [run_seeds(course, assignment, course.package_folder, range(seed, seed + 1)) for seed in (1, 2, 3)]
    for other in one_by_one[1:]:
        one_by_one[0].add(other)
    assert together == one_by_one[0]
    assert len({closeness for closeness, _ in together.closest.values()}) > 1


def test_test_with_a_fixture_of_its_own_is_set_up_for_each_seed(report):
    found = report(
        "def test_luck(student, once):\n    assert once.pop() < 0.7, 'no luck'\n\n\n"
        "@pytest.fixture\ndef once(rng):\n    return [rng.uniform()]\n"
    )
    assert 0 < len(found.failures) < 30
    assert all(line.endswith("no luck") for line in found.failures)


def test_test_that_draws_no_numbers_runs_once(report):
    assert report("def test_plain(student):\n    pass\n").n_verdicts == 1


def test_test_that_fails_with_some_seeds_is_found(report):
    found = report("def test_luck(student, rng):\n    assert rng.uniform() < 0.7, 'no luck'\n")
    assert 0 < len(found.failures) < 30
    assert found.n_verdicts == 30
    assert found.failures[0].startswith("test_luck with seed ")
    assert found.failures[0].endswith("no luck")


def test_tolerance_that_is_nearly_used_up_is_found(report):
    found = report(
        "def test_near(student):\n    assert np.allclose(student.sums.total([1.0]), 1.5, rtol=0, atol=0.6)\n"
    )
    assert found.failures == []
    assert found.margin == pytest.approx(1.2)
    assert found.narrow() == ["test_near with seed 0: within 1.2 times of its tolerance"]


def test_wide_tolerance_is_no_trouble(report):
    found = report(
        "def test_far(student):\n    assert np.allclose(student.sums.total([1.0]), 1.01, rtol=0, atol=0.6)\n"
    )
    assert found.narrow() == []
    assert found.margin == pytest.approx(60)


def test_infinities_and_exact_answers_take_nothing_of_a_tolerance(report):
    found = report("def test_exact(student):\n    assert np.allclose([np.inf, 1.0], [np.inf, 1.0], rtol=0, atol=0)\n")
    assert found.margin == float("inf")


def test_chunks_side_by_side_find_what_one_process_finds(report):
    source = "def test_luck(student, rng):\n    assert rng.uniform() < 0.7, 'no luck'\n"
    assert report(source).failures == report(source, jobs=2).failures
