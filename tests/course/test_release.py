import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from autograder.course import Course, drift, release, render

FILES = [
    ".generated",
    ".github/workflows/public-tests.yml",
    "README.md",
    "conftest.py",
    "handouts/t1_sums.md",
    "handouts/t1_sums.ru.md",
    "pyproject.toml",
    "tests/t1_sums/test_public.py",
    "tiny/__init__.py",
    "tiny/sums.py",
]


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def course(tiny_root):
    return Course.load(tiny_root)


def test_template_holds_stubs_tests_handouts_and_checks(course, tmp_path):
    written = release(course, tmp_path / "out")
    there = contents(tmp_path / "out")
    assert sorted(there) == sorted(path.relative_to(tmp_path / "out").as_posix() for path in written)
    assert [name for name in sorted(there) if not name.startswith("checks/")] == FILES
    engine = Path(release.__code__.co_filename).parents[1] / "checks"
    for path in engine.rglob("*.py"):
        assert there[f"checks/{path.relative_to(engine).as_posix()}"] == path.read_bytes()
    assert there["tests/t1_sums/test_public.py"] == course.assignment("t1").public_tests.read_bytes()


def test_template_does_not_import_the_engine(course):
    for name, content in render(course).items():
        assert b"import autograder" not in content, name
        assert b"from autograder" not in content, name


def test_template_names_neither_another_course_nor_gradcheck_unless_configured(course):
    files = render(course)
    assert b"gradcheck" not in files["conftest.py"]
    assert b"feedforward" not in b"".join(content for name, content in files.items() if name != ".generated")


def test_gradcheck_fixture_is_made_if_the_course_configures_it(tiny_root, edit):
    file = tiny_root / "assignments" / "course.toml"
    file.write_text(file.read_text() + '[gradcheck]\ntensor = "sums.Average"\ncontext = "sums.Context"\n')
    text = render(Course.load(tiny_root))["conftest.py"].decode()
    assert "from checks.gradients import gradcheck as check_gradient" in text
    assert "tensor=student.sums.Average," in text
    assert "context=student.sums.Context," in text
    assert 'stream="gradcheck"' in text
    compile(text, "conftest.py", "exec")
    edit(file, 'context = "sums.Context"\n', "")
    assert "context=" not in render(Course.load(tiny_root))["conftest.py"].decode()


def test_release_is_the_same_every_time(course, tmp_path):
    release(course, tmp_path / "one")
    release(course, tmp_path / "deeper" / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "deeper" / "two")


def test_data_files_of_the_package_come_along(course, tmp_path):
    (course.package_folder / "data").mkdir()
    (course.package_folder / "data" / "numbers.csv").write_bytes(b"1,2\r\n")
    release(course, tmp_path / "out")
    assert (tmp_path / "out" / "tiny" / "data" / "numbers.csv").read_bytes() == b"1,2\r\n"
    # `pip install .` takes them along too.
    settings = tomllib.loads((tmp_path / "out" / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert settings["package-data"] == {"tiny": ["data/*.csv"], "checks": ["*.json"]}
    assert settings["packages"]["find"] == {"include": ["tiny*", "checks*"], "namespaces": False}


def test_import_for_an_exercise_is_left_where_ruff_mends_by_its_defaults(course, tmp_path):
    release(course, tmp_path / "out")
    module = tmp_path / "out" / "tiny" / "sums.py"
    text = module.read_text().replace("from collections", "import math\nfrom collections") + "\nempty = f''\n"
    module.write_text(text)
    subprocess.run([sys.executable, "-m", "ruff", "check", "--fix", "-q", "--no-cache", module], capture_output=True)
    assert module.read_text() == text.replace("f''", "''")


def test_pictures_come_along_with_the_program_that_draws_them(course, tiny_root):
    assert b"pictures" not in render(course)["README.md"]
    folder = tiny_root / "assignments" / "pictures"
    folder.mkdir()
    (folder / "__main__.py").write_text("print('drawn')\n")
    (folder / "sum.svg").write_bytes(b"<svg/>")
    files = render(Course.load(tiny_root))
    assert files["pictures/sum.svg"] == b"<svg/>"
    assert files["pictures/__main__.py"] == b"print('drawn')\n"
    assert b"python -m pictures NAME" in files["README.md"]
    assert [each.name for each in Course.load(tiny_root).assignments] == ["t1_sums"]


def test_solution_in_the_program_of_a_picture_is_refused(course, tiny_root, tmp_path, refused):
    folder = tiny_root / "assignments" / "pictures"
    folder.mkdir()
    (folder / "sum.py").write_text("shown = float(as_vector(values).sum())\nreturn float(as_vector(values).sum())\n")
    with refused("pictures/sum.py: line of a solution would be released"):
        release(Course.load(tiny_root), tmp_path / "out")


def test_readme_and_pyproject_speak_of_this_course(course):
    files = render(course)
    readme = files["README.md"].decode()
    assert "# Sums, a tiny course\n" in readme
    links = "[English](handouts/t1_sums.md), [русский](handouts/t1_sums.ru.md)"
    assert f"| `tests/t1_sums` | Sums | {links} | `tiny/sums.py` |" in readme
    assert "| `python -m tiny.sums`, not `python tiny/sums.py` |" in readme
    assert "| `python -m checks hint total` |" in readme
    assert 'description = "Sums, a tiny course"' in files["pyproject.toml"].decode()
    assert 'time_limit_s = "2"' in files["pyproject.toml"].decode()


def test_title_with_quotes_is_still_toml(tiny_root):
    file = tiny_root / "assignments" / "course.toml"
    file.write_text('title = \'Sums "in" \\ brief\'\npackage = "tiny"\n')
    text = render(Course.load(tiny_root))["pyproject.toml"].decode()
    assert tomllib.loads(text)["project"]["description"] == 'Sums "in" \\ brief'


@pytest.mark.usefixtures("second")
def test_only_one_assignment_takes_the_whole_package_along(tiny_root, tmp_path):
    release(Course.load(tiny_root), tmp_path / "out", only="t2")
    there = contents(tmp_path / "out")
    assert {name for name in there if name.startswith(("tests/", "handouts/", "tiny/"))} == {
        "handouts/t2_more.md",
        "tests/t2_more/test_public.py",
        "tiny/__init__.py",
        "tiny/more.py",
        "tiny/sums.py",
    }
    readme = there["README.md"].decode()
    assert "hand-out of **More** (`t2_more`)" in readme
    assert "t1_sums" not in readme


@pytest.fixture
def second(tiny_root):
    folder = tiny_root / "assignments" / "t2_more"
    folder.mkdir()
    (tiny_root / "assignments" / "t1_sums" / "handout.ru.md").unlink()
    (folder / "assignment.toml").write_text('title = "More"\nmodules = ["more"]\n')
    (folder / "handout.md").write_text("# More\n\n<!-- exercise: more.square -->\n")
    (folder / "test_public.py").write_text("")
    (folder / "test_hidden.py").write_text("")
    (tiny_root / "solutions" / "tiny" / "more.py").write_text(
        "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION\n"
    )


def test_only_an_unknown_assignment_is_refused(course, tmp_path, refused):
    with refused("assignment 't9': no such assignment; there are t1_sums"):
        release(course, tmp_path / "out", only="t9")
    assert not (tmp_path / "out").exists()


# What must not get out


@pytest.mark.parametrize("name", ["test_public.py", "handout.md", "handout.ru.md"])
def test_solution_line_in_a_released_file_is_refused(course, tmp_path, refused, name):
    file = course.assignment("t1").folder / name
    file.write_text(file.read_text() + "\n# as in (return float(as_vector(values).sum())) here\n")
    with refused(
        "line of a solution would be released: 'return float(as_vector(values).sum())', from ",
        "solutions/tiny/sums.py:16 (sums.total); change one of the two",
    ):
        release(course, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_solution_line_in_given_code_is_refused(course, refused, edit):
    edit(course.module_file("sums"), '"""Totals, ', '"""sums = np.cumsum(vector)\n\nTotals, ')
    with refused("tiny/sums.py: line of a solution would be released: 'sums = np.cumsum(vector)'"):
        render(course)


def test_short_lines_and_comments_and_parts_of_words_are_no_secret(course, edit):
    file = course.module_file("sums")
    edit(file, "return float(", "# the sum, as a float\n    x = 1\n    y = float(x + 2)\n    return float(")
    tests = course.assignment("t1").public_tests
    tests.write_text(tests.read_text() + "\n# the sum, as a float\n# x = 1\n# my = float(x + 2)\n")
    assert b"NotImplementedError" in render(course)["tiny/sums.py"]


def test_marker_in_a_released_file_is_refused(course, refused):
    tests = course.assignment("t1").public_tests
    tests.write_text(tests.read_text() + "\n### BEGIN SOLUTION\n")
    with refused('tests/t1_sums/test_public.py: "### BEGIN SOLUTION" would be released'):
        render(course)


def test_no_line_of_a_solution_is_in_the_template(course):
    files = render(course)
    for secret in ("float(as_vector", "np.cumsum", "self.count += 1", "self.so_far / "):
        assert secret in course.module_file("sums").read_text()
        assert not any(secret.encode() in content for content in files.values())


# What must not be lost


def test_release_over_its_own_template_replaces_it(course):
    release(course, course.template)
    (course.template / "tiny" / "sums.py").write_text("edited")
    release(course, course.template)
    assert drift(course) == []
    assert sorted(each.name for each in course.root.iterdir()) == [
        "assignments",
        "solutions",
        "student_template",
    ]


def test_file_that_is_no_longer_released_goes(course):
    (course.package_folder / "old.py").write_text("")
    release(course, course.template)
    (course.package_folder / "old.py").unlink()
    assert drift(course)[-1].startswith("student_template/tiny/old.py: extra")
    release(course, course.template)
    assert not (course.template / "tiny" / "old.py").exists()


def test_template_with_a_merge_conflict_in_its_marker_can_be_replaced(course):
    release(course, course.template)
    (course.template / ".generated").write_text("<<<<<<< ours\n")
    release(course, course.template)
    assert drift(course) == []


@pytest.mark.parametrize("inside", ["notes.txt", "empty/"])
def test_folder_that_is_not_a_template_is_refused(course, tmp_path, refused, inside):
    path = tmp_path / "out" / inside
    path.parent.mkdir(exist_ok=True)
    path.mkdir() if inside.endswith("/") else path.write_text("mine")
    with refused("out: not empty and not a generated template; want a new folder or an empty one"):
        release(course, tmp_path / "out")
    assert path.exists()


def test_file_in_the_way_is_refused(course, tmp_path, refused):
    (tmp_path / "out").write_text("mine")
    with refused("out: not a folder; want a new folder, an empty one or a generated template"):
        release(course, tmp_path / "out")


def test_foreign_file_in_a_template_is_not_lost(course, refused):
    release(course, course.template)
    (course.template / "notes.txt").write_text("mine")
    with refused("student_template: holds notes.txt, which release did not write; move it away first"):
        release(course, course.template)


def test_work_in_a_handed_out_template_is_not_lost(course, tmp_path, refused):
    release(course, tmp_path / "out")
    (tmp_path / "out" / "tiny" / "sums.py").write_text("my work")
    with refused("out: tiny/sums.py was changed since it was generated; want a new folder"):
        release(course, tmp_path / "out")
    assert (tmp_path / "out" / "tiny" / "sums.py").read_text() == "my work"


def test_empty_folder_and_untouched_template_are_written_to(course, tmp_path):
    (tmp_path / "out").mkdir()
    release(course, tmp_path / "out")
    (tmp_path / "out" / "tiny" / "__pycache__").mkdir()
    release(course, tmp_path / "out")
    assert not (tmp_path / "out" / "tiny" / "__pycache__").exists()


def test_failure_while_writing_leaves_the_old_template(course, monkeypatch):
    release(course, course.template)
    before = contents(course.template)

    def full(self, content):
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space left"):
        release(course, course.template)
    monkeypatch.undo()
    assert contents(course.template) == before
    assert sorted(os.listdir(course.root)) == ["assignments", "solutions", "student_template"]


def test_failure_while_swapping_puts_the_old_template_back(course, monkeypatch):
    release(course, course.template)
    before = contents(course.template)
    rename = Path.rename

    def fails_for_new(self, target):
        if self.name == "new":
            raise OSError("device is gone")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_for_new)
    with pytest.raises(OSError, match="device is gone"):
        release(course, course.template)
    monkeypatch.undo()
    assert contents(course.template) == before


# Drift


def test_current_template_has_no_drift_and_caches_are_none(course):
    release(course, course.template)
    for cache in (course.template / "tiny" / "__pycache__", course.template / ".pytest_cache"):
        cache.mkdir()
        (cache / "x").write_text("")
    assert drift(course) == []


def test_missing_template_is_drift_for_every_file(course):
    assert len(drift(course)) == len(render(course))


def test_drift_names_each_file_that_is_missing_extra_or_different(course):
    release(course, course.template)
    (course.template / "README.md").write_text("edited")
    (course.template / "conftest.py").unlink()
    (course.template / "tiny" / "more.py").write_text("")
    assert drift(course) == [
        'student_template/README.md: different from what release writes; run "autograder release"',
        'student_template/conftest.py: missing; run "autograder release"',
        "student_template/tiny/more.py: extra: release does not write it; delete it",
    ]


def test_drift_after_a_change_of_the_reference(course, edit):
    release(course, course.template)
    edit(course.module_file("sums"), "Totals, running", "Sums, running")
    assert [line.partition(":")[0] for line in drift(course)] == [
        "student_template/.generated",
        "student_template/checks/course.json",
        "student_template/tiny/sums.py",
    ]


def test_marker_lists_the_hash_of_every_file(course):
    files = render(course)
    assert sorted([*json.loads(files[".generated"]), ".generated"]) == list(files)
