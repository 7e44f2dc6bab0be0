"""What goes wrong on our side under otter is loud: an exception, no results.json, no zero and no points.

Each through `otter run`, which it ends before otter starts a kernel; what only the course's policy decides, through the
plugin's own events and otter's own classes.
"""

import json
import stat
import sys
import zipfile
from types import SimpleNamespace

import pytest

from autograder.grading import grader_process
from tests.platforms.otter.tool import WARNINGS, Assigned, tiny

pytestmark = [*WARNINGS, pytest.mark.slow]


@pytest.fixture(scope="module")
def assigned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("otter")
    return Assigned(tiny(folder), "t1", folder)


@pytest.fixture
def broken(monkeypatch):
    """Graders that run this code first; `grader` in it is the engine's module."""

    def sabotage(code):
        start = "import os, sys\nfrom autograder.boundary.sandbox import SandboxUnavailable\n"
        start += f"from autograder.grading import grader\n{code}\nsys.exit(grader.main(sys.argv[1:]))"
        monkeypatch.setattr(grader_process, "command", lambda _: (sys.executable, "-P", "-c", start))

    return sabotage


@pytest.fixture
def refused(assigned):
    """`refused(words)`: `otter run` ends in our exception with these words, and leaves no results."""
    from autograder.platforms.otter.plugin import NotGraded

    def run(words, archive=None):
        with pytest.raises(NotGraded, match=words):
            assigned.run(assigned.notebook("solved"), archive=archive)
        assert not list((assigned.folder / "results").iterdir())

    return run


def repacked(assigned, change):
    """A copy of the archive with change(name, content) for each file; None leaves it out."""
    changed = assigned.folder / "changed.zip"
    with zipfile.ZipFile(assigned.archive) as archive, zipfile.ZipFile(changed, "w") as copy:
        for name in archive.namelist():
            content = change(name, archive.read(name))
            if content is not None:
                copy.writestr(name, content)
    return changed


def with_settings(assigned, **settings):
    def change(name, content):
        return json.dumps(json.loads(content) | settings) if name == "otter_config.json" else content

    return repacked(assigned, change)


def test_machine_without_a_sandbox(broken, refused):
    broken("def none(*_, **__): raise SandboxUnavailable('sandbox: none starts here')\ngrader.find_sandbox = none")
    refused("^sandbox: none starts here$")


def test_grader_that_dies_twice(broken, refused):
    broken("grader.read_apart = lambda *_, **__: os.kill(os.getpid(), 9)")
    refused(r"^submission: could not be graded: the grader ended \(exit status -9\); run it again$")


def test_course_that_is_not_in_the_archive(assigned, refused):
    refused(
        r"course\.toml: cannot be read: No such file",
        repacked(assigned, lambda name, content: None if name.startswith("files/course/") else content),
    )


def test_tests_that_do_not_add_up(assigned, refused):
    def change(name, content):
        return content.replace(b"points(15", b"points(14") if name.endswith("test_hidden.py") else content

    refused("the tests' points make 97; want 100", repacked(assigned, change))


@pytest.mark.parametrize("setting", [{"grade_from_log": True}, {"pdf": True}])
def test_setting_by_which_otter_would_open_what_was_handed_in(assigned, refused, setting):
    (name,) = setting
    refused(rf"^otter_config\.json: {name} is set, for which otter would open", with_settings(assigned, **setting))


def test_setting_of_the_plugin_that_is_misspelt(assigned, refused):
    plugins = [{"autograder.platforms.otter.plugin.Grading": {"asignment": "t1"}}]
    refused(r"plugin: got \['asignment'\], want assignment, and seed", with_settings(assigned, plugins=plugins))


# --- events -------------------------------------------------------------------------------------------------


@pytest.fixture
def graded(assigned, tmp_path):
    """`graded(hidden, source)`: otter's results.json for a script under this policy; no kernel is started for it."""
    from otter.run import AutograderConfig
    from otter.test_files import GradingResults

    from autograder.platforms.otter.plugin import Grading

    def grade(hidden, text, visibility="visible", link=""):
        root = tmp_path / "autograder"
        with zipfile.ZipFile(assigned.archive) as archive:
            archive.extractall(root / "source")
        for name in ("submission", "results"):
            (root / name).mkdir()
        (root / "submission" / "sums.py").write_text(text)
        if link:
            (root / "submission" / "sums.py").unlink()
            (root / "submission" / "sums.py").symlink_to(root / "source" / "files" / link)
        manifest = root / "source" / "files" / "course" / "assignments" / "t1_sums" / "assignment.toml"
        feedback = f'\n[feedback]\nhidden = "{hidden}"\nhidden_visibility = "{visibility}"\n'
        manifest.write_text(manifest.read_text() + feedback)
        config = AutograderConfig({"autograder_dir": str(root)})
        config.otter_run = True
        plugin = Grading(str(root / "submission" / "sums.py"), {}, {"assignment": "t1"})
        plugin.before_grading(config)
        # Until otter replaces it: should anything go wrong from here on, there is no score.
        assert json.loads((root / "results" / "results.json").read_text()).keys() == {"output", "stdout_visibility"}
        assert [path.name for path in (root / "submission").iterdir()] == ["sums.py"]
        assert (root / "submission" / "sums.py").read_text() == ""
        assert stat.S_IMODE((root / "source").stat().st_mode) == 0o700
        results = GradingResults([])
        plugin.after_grading(results)
        return SimpleNamespace(results=results, shown=results.to_gradescope_dict(config), said=plugin.generate_report())

    return grade


@pytest.fixture
def leaky(assigned):
    """Right but for negative numbers, which the hidden test of `total` has; it prints and raises what it was given."""
    source = assigned.course.module_file("sums").read_text()
    old = "return float(as_vector(values).sum())"
    return source.replace(
        old,
        f"print('got', *values)\n    if min(values, default=0) < 0:\n        raise ValueError(str(values))\n    {old}",
    )


@pytest.mark.parametrize(
    ("policy", "shows", "says"),
    [("nothing", False, ""), ("name", False, ""), ("verdict", True, "raised"), ("hint", True, "negative numbers")],
)
def test_hidden_test_says_what_the_course_allows(graded, leaky, policy, shows, says):
    found = graded(policy, leaky)
    (total,) = [test for test in found.shown["tests"] if test["name"] == "sums.total"]
    assert total["score"] == 10
    assert total["visibility"] == ("after_published" if shows else "hidden")
    assert ("test_total_of_random_numbers" in total["output"]) == (policy != "nothing")
    assert says in total["output"]
    text = json.dumps(found.shown) + found.said
    assert "-0." not in text, "a number that the hidden test drew"
    assert "reference" not in text
    assert ("85 of 100 points" in text) == shows
    record = found.results.get_plugin_data("autograder")
    assert (record["score"], record["status"]) == (85, "graded")


def test_hidden_tests_that_are_never_visible_are_not_published(graded, leaky):
    (total,) = [t for t in graded("hint", leaky, "hidden").shown["tests"] if t["name"] == "sums.total"]
    assert total["visibility"] == "hidden"


def test_module_that_does_not_load_is_nothing_of_everything_and_says_why(graded):
    found = graded("hint", "def total((:\n")
    assert [test["score"] for test in found.shown["tests"][1:]] == [0, 0, 0]
    assert found.results.possible == 100
    assert "sums.py does not load: " in found.shown["output"]


def test_link_to_the_hidden_tests_is_not_followed(graded):
    found = graded("hint", "", link="course/assignments/t1_sums/test_hidden.py")
    assert "is a symbolic link, which is not followed" in found.shown["output"]
    assert [test["score"] for test in found.shown["tests"][1:]] == [0, 0, 0]
    assert "rng" not in json.dumps(found.shown)


def test_what_is_not_graded_has_no_score_and_no_tests(tmp_path):
    from otter.run import AutograderConfig

    from autograder.platforms.otter.plugin import Grading, NotGraded

    (tmp_path / "results").mkdir()
    with pytest.raises(NotGraded, match=r"^otter: got .*elsewhere/sums\.py, want a file in .*/submission$"):
        Grading(str(tmp_path / "elsewhere" / "sums.py"), {}, {"assignment": "t1"}).before_grading(
            AutograderConfig({"autograder_dir": str(tmp_path)})
        )
    results = json.loads((tmp_path / "results" / "results.json").read_text())
    assert results.keys() == {"output", "stdout_visibility"}
    assert "could not be graded" in results["output"]


def test_kernel_of_otters_that_does_not_run_is_no_zero():
    from otter.test_files import GradingResults

    from autograder.platforms.otter.plugin import Grading, NotGraded

    results = GradingResults.without_results(FileNotFoundError("results.pkl"))
    with pytest.raises(NotGraded, match=r"^otter: its kernel did not run; is ipykernel installed\?$"):
        Grading("", {}, {"assignment": "t1"}).after_grading(results)


def test_python_in_a_closed_home_is_opened_for_passing_only(tmp_path, monkeypatch):
    from autograder.platforms.otter.plugin import open_way_to_python

    home = tmp_path / "root"
    (home / "python" / "bin").mkdir(parents=True)
    home.chmod(0o700)
    for name in ("prefix", "base_prefix"):
        monkeypatch.setattr(sys, name, str(home / "python"))
    open_way_to_python()
    assert stat.S_IMODE(home.stat().st_mode) == 0o701
