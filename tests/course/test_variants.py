"""A variant of the reference is there while it is needed, beside others, and leaves nothing behind."""

import importlib
import sys

import pytest

from autograder.course.manifest import Course
from autograder.course.variants import import_variant
from autograder.grading.diagnosis import Diagnostician

LATE = "def total(values):\n    from . import more\n    return more.FACTOR * sum(values)\n"


@pytest.fixture
def course(tiny_root):
    return Course.load(tiny_root)


@pytest.fixture(autouse=True)
def nothing_is_left():
    """Neither modules nor finders, after any test."""
    finders = list(sys.meta_path)
    yield
    assert [name for name in sys.modules if name.startswith("tiny_")] == []
    assert sys.meta_path == finders


def test_variants_are_there_side_by_side_and_find_their_own_modules_late(course):
    def sums(package):
        return importlib.import_module(f"{package.__name__}.sums")

    sources = [{"sums": LATE, "more": f"FACTOR = {factor}\n"} for factor in (2, 3)]
    with import_variant(course, sources[0]) as double, import_variant(course, sources[1]) as triple:
        assert [sums(package).total([1, 2]) for package in (double, triple)] == [6, 9]


def test_variant_is_gone_where_its_use_ends_in_an_error(course):
    with (
        pytest.raises(ModuleNotFoundError, match="no_such"),
        import_variant(course, {"sums": "import no_such"}) as package,
    ):
        importlib.import_module(f"{package.__name__}.sums")


def test_package_that_does_not_import_leaves_nothing(course):
    (course.package_folder / "__init__.py").write_text("1 / 0\n")
    with pytest.raises(ZeroDivisionError), import_variant(course, {}):
        raise AssertionError("it did import")


def test_diagnosis_lets_go_of_its_variants(course):
    diagnostician = Diagnostician(course, course.assignment("t1"), lambda test, session: True)
    mistakes = [(name,) for name in diagnostician.known][:2]
    packages = [diagnostician.reference, *map(diagnostician.package, mistakes)]
    assert [package.__name__ in sys.modules for package in packages] == [True] * 3
    diagnostician.close()
