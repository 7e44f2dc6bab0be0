"""What the workflows promise: they may only read, run what is pinned, end in time, run what is here."""

import os
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
WORKFLOWS = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
JOBS = {name: job for workflow in WORKFLOWS.values() for name, job in workflow["jobs"].items()}
STARTS = {"ci": {"push", "pull_request", "workflow_dispatch"}, "nightly": {"schedule", "workflow_dispatch"}}
STEPS = [step for job in JOBS.values() for step in job["steps"]]
STUDENTS = (ROOT / "autograder" / "course" / "template" / "public-tests.yml.jinja").read_text(encoding="utf-8")
SCRIPTS = sorted((ROOT / ".ci").iterdir())


def pins(text):
    """The actions that a workflow uses, each with its commit and, as a comment, its version."""
    used = set(re.findall(r"uses: *(.*)", text))
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in used), used
    assert len({each.partition("@")[0] for each in used}) == len(used), "one action in two versions"
    return used


def command(step):
    """The words of a step's command, without what is put before it: sudo, env, their options and variables."""
    words = shlex.split(step["run"], comments=True)
    while words[0] in ("sudo", "env") or words[0].startswith("-") or "=" in words[0]:
        del words[0]
    return words


def make_targets():
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_no_job_has_the_name_of_another():
    assert len(JOBS) == sum(len(workflow["jobs"]) for workflow in WORKFLOWS.values())


def test_workflows_may_read_and_nothing_else():
    assert {name: set(workflow[True]) for name, workflow in WORKFLOWS.items()} == STARTS, "YAML 1.1: `on` is a truth"
    assert all(workflow["permissions"] == {"contents": "read"} for workflow in WORKFLOWS.values())
    assert not [name for name, job in JOBS.items() if "permissions" in job]
    assert not [name for name, text in TEXTS.items() if "secrets" in text]
    checkouts = [step for step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == len(JOBS)
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


def test_actions_are_pinned_and_the_students_workflow_has_the_same_pins():
    for text in TEXTS.values():
        assert pins(text) == pins(STUDENTS)


def test_every_job_ends_in_time_and_an_older_run_of_a_branch_at_once():
    assert all(job["timeout-minutes"] <= 45 for job in WORKFLOWS["ci"]["jobs"].values())
    assert all(job["timeout-minutes"] <= 300 for job in JOBS.values())
    for workflow in WORKFLOWS.values():
        assert workflow["concurrency"] == {
            "group": "${{ github.workflow }}-${{ github.ref }}",
            "cancel-in-progress": True,
        }


@pytest.mark.parametrize("job", JOBS)
def test_job_runs_make_targets_and_scripts_that_are_here(job):
    commands = [command(step) for step in JOBS[job]["steps"] if "run" in step]
    assert commands
    for program, *rest in commands:
        if program == "make":
            assert set(rest) <= make_targets(), rest
        elif program != "sysctl":
            assert ROOT / program in SCRIPTS, program
            assert os.access(ROOT / program, os.X_OK), program
            assert rest == []


def test_every_script_is_run_by_a_job():
    run = {command(step)[0] for step in STEPS if "run" in step}
    assert {path.name for path in SCRIPTS if f".ci/{path.name}" not in run} == {"run"}, "which is make test"


def test_a_step_that_runs_something_else_is_found():
    assert command({"run": 'sudo --preserve-env=A env "PATH=$PATH" B=1 make test # why'}) == ["make", "test"]
    assert "lint" not in make_targets()
    assert "test" in make_targets()


def test_what_scripts_install_is_pinned():
    installs = [line for path in SCRIPTS for line in re.findall(r'pip" install (.+)', path.read_text(encoding="utf-8"))]
    words = [word for line in installs for word in shlex.split(line) if not word.startswith("-")]
    tools = [word for word in words if "$" not in word]  # what is in $work was made here
    assert [tool.partition("==")[0] for tool in tools] == ["build", "zizmor"]
    assert all(re.fullmatch(r"[a-z]+==[\d.]+", tool) for tool in tools)


def test_every_python_that_the_package_names_is_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [each.rpartition(" ")[2] for each in project["classifiers"] if re.search(r":: 3\.\d+$", each)]
    assert JOBS["test"]["strategy"]["matrix"]["python"] == named
    assert project["requires-python"] == f">={named[0]}"
