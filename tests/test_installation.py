"""How the engine is installed: commands that work as they stand, versions, and who else is called as it is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import installation
from autograder.installation import examine, pip_install, requirements

ROOT = Path(__file__).parents[1]
OURS = "feedforward-autograder"
PIP = f"{sys.executable} -m pip install"


@pytest.fixture
def dist(tmp_path, monkeypatch):
    """dist(name, version, *lines, **files): a distribution that is installed before all others."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(name, version, *lines, **files):
        folder = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir(exist_ok=True)
        head = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
        (folder / "METADATA").write_text("\n".join([*head, *lines, "", ""]))
        for file, text in files.items():
            (folder / file.replace("_json", ".json").replace("top_level", "top_level.txt")).write_text(text)
        return folder.parent

    return install


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """The engine is not in a checkout; the folder from which pip says that it was installed."""
    monkeypatch.setattr(installation, "_CHECKOUT", tmp_path / "site-packages")
    return tmp_path / "from here"


def failed():
    return [finding.text for finding in examine() if finding.good is False]


def test_command_names_this_python_and_the_checkout():
    assert pip_install() == f"{PIP} --editable {ROOT}"
    assert pip_install("nbgrader") == f"{PIP} --editable '{ROOT}[nbgrader]'"


def test_engine_without_one_of_its_libraries_says_so_in_a_line(tmp_path):
    # As after `pip install --no-deps`, or with another Python than the one that it was installed for.
    bare = "import sys; sys.modules['click'] = None; import autograder.cli"
    run = subprocess.run([sys.executable, "-c", bare], cwd=ROOT, capture_output=True, text=True, check=False)
    wanted = f'error: {sys.executable} has no click, which autograder needs; run "{PIP} --editable {ROOT}"\n'
    assert (run.returncode, run.stdout, run.stderr) == (2, "", wanted)


def test_command_names_the_checkout_that_the_engine_was_installed_from(elsewhere, dist):
    elsewhere.mkdir()
    (elsewhere / "pyproject.toml").write_text(f'[project]\nname = "{OURS}"\n')
    dist(OURS, "1", direct_url_json=json.dumps({"url": elsewhere.as_uri(), "dir_info": {}}))
    assert pip_install("otter") == f"{PIP} '{elsewhere}[otter]'"


def test_command_names_the_wheel_that_the_engine_was_installed_from(elsewhere, dist):
    wheel = elsewhere.parent / "feedforward_autograder-1-py3-none-any.whl"
    dist(OURS, "1", "Provides-Extra: otter", 'Requires-Dist: otter-grader>=7; extra == "otter"')
    dist(OURS, "1", direct_url_json=json.dumps({"url": wheel.as_uri(), "archive_info": {}}))
    assert pip_install() == f"{PIP} feedforward_autograder-1-py3-none-any.whl", "the wheel has gone"
    wheel.write_bytes(b"")
    assert pip_install("otter") == f"{PIP} '{wheel}[otter]'"


def test_command_names_what_an_extra_brings_where_the_origin_has_gone(elsewhere, dist):
    dist(OURS, "1", "Requires-Dist: click>=8", 'Requires-Dist: otter-grader>=7; extra == "otter"')
    assert pip_install("otter") == f"{PIP} 'otter-grader>=7'"
    assert pip_install("none") == f"{PIP} 'feedforward_autograder-1-py3-none-any.whl[none]'"
    assert [each.name for each in requirements("otter")] == ["click", "otter-grader"]


@pytest.mark.slow
def test_everything_here_is_there_and_new_enough():
    assert failed() == []
    texts = [finding.text for finding in examine()]
    for name in ("numpy", "pytest", "click", "msgspec"):
        assert [text for text in texts if text.startswith(f"{name} ")], name


def test_dependency_below_its_bound_is_told_with_the_command(dist):
    dist(OURS, "1", "Requires-Dist: numpy>=2.0", "Requires-Dist: click>=8.1")
    dist("numpy", "1.26.4")
    assert failed() == [f'installation: got numpy 1.26.4, want >=2.0; run "{pip_install()}"']


def test_dependency_that_is_missing_is_told_with_the_command(dist):
    dist(OURS, "1", "Requires-Dist: no-such-library>=2", 'Requires-Dist: nor-this; extra == "x"', "Provides-Extra: x")
    assert failed() == [f'installation: no no-such-library here, want no-such-library>=2; run "{pip_install()}"']


@pytest.mark.slow
def test_library_of_an_extra_counts_where_it_is_installed(dist):
    dist(OURS, "1", "Provides-Extra: x", "Provides-Extra: dev", 'Requires-Dist: click>=99; extra == "x"')
    assert failed()[0].endswith(f'want >=99; run "{pip_install("x")}"')
    dist(OURS, "1", "Provides-Extra: dev", 'Requires-Dist: click>=99; extra == "dev"')
    assert failed() == []


def test_engine_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setattr(installation, "distributions", lambda **_: iter([]))
    assert failed() == [
        f"installation: {OURS} is run without being installed, so what it needs is not known; "
        f'run "{PIP} --editable {ROOT}"'
    ]


def test_other_distribution_with_a_package_of_this_name_is_told_with_how_to_get_rid_of_it(dist):
    where = dist("autograder", "3.7.7", top_level="autograder\n")
    assert failed() == [
        f"installation: autograder 3.7.7 in {where} has a package 'autograder' too, which hides this one or is mixed "
        f'with it; run "{sys.executable} -m pip uninstall autograder" and then '
        f'"{PIP} --force-reinstall --no-deps --editable {ROOT}"'
    ]
