"""Lets attacks loose on a small course, and says of each what it gained and whom it hurt.

An attack is a file in a folder beside this one. Its docstring says what it tries, then, in lines `key: value`, what has
to come of it:

    score     the points that it must get: exactly what its honest parts earn
    codes     the codes of its tests that are not passed, each once, sorted ("" if all are passed); again, if the
              machine's speed decides which of two limits is met first
    says      a text that the instructor must be able to read about it; may be given several times
    hides     the same, and the student must not be able to read it
    status    what its record says, if not "graded"
    until     the Python from which on it comes to nothing by itself, so that it is not tried
    bubblewrap, landlock, unprivileged, none: what each backend makes of it (`unprivileged` like landlock, unless it
    is given), one of
        stopped      it was not able to do what it tried
        contained    it did, and it cost its own test alone
        not stopped  it reached what it must not reach, or hurt others
        not tried    it would hurt the machine that tries it

A key after the name of a backend and a dot ("landlock.codes") holds for that backend alone. In the folder `poison` the
file's function `build(folder, answers)` makes the hand-in below `folder`; elsewhere the file's own code is handed in,
behind the reference's. An attack that reaches something prints a line "reached: ...": with no sandbox at all
it must, so that an attack that has gone blind is noticed. BEACON is the port on which servers of the arena's listen,
ARENA the folder of the class and of its results: an attacker may have found out where the grader keeps them.

In one class, one grader, an honest submission comes before the first attack and after each of them.
"""

import ast
import contextlib
import errno
import importlib.util
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from autograder.boundary import page_cache
from autograder.course.manifest import Course
from autograder.grading.batch import Batch
from autograder.grading.jobs import Settings
from autograder.grading.results import GRADES
from autograder.grading.terminal import print_class
from autograder.inside import landlock, privileges, system_calls
from autograder.intake.found import Submission
from autograder.intake.roster import find_submissions
from tests import needs
from tests.container import python_in_container

HERE = Path(__file__).parent
COURSE = HERE / "course"
ANSWERS = COURSE / "solutions" / "target" / "answers.py"
GROUPS = {
    "reach": "reach for the answer",
    "lie": "lie about the answer",
    "break": "break the machine",
    "poison": "poison the hand-in",
    "blind": "blind the feedback",
}
BACKENDS = ("bubblewrap", "landlock", "unprivileged", "none")
# Those that are run in a container of their own, where their user can read Python; and there they are used.
IN_CONTAINER = ("landlock", "unprivileged")
WORDS = ("stopped", "contained", "not stopped", "not tried")
HONEST = "honest"

_KEY = re.compile(r"^([a-z]+(?:\.[a-z]+)?): ?(.*)$")


@dataclass(frozen=True)
class Attack:
    """One file: what it tries, what has to come of it (key -> values), and its code."""

    path: Path
    tries: str
    expected: dict[str, list[str]]

    @classmethod
    def read(cls, path: Path) -> "Attack":
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert text, f"{path}: an attack begins with a docstring"
        tries, _, header = text.rpartition("\n\n")
        expected: dict[str, list[str]] = defaultdict(list)
        for line in header.splitlines():
            found = _KEY.match(line)
            assert found, f"{path}: {line!r}: want key: value"
            expected[found[1]].append(found[2])
        expected.setdefault("unprivileged", expected["landlock"])
        for backend in BACKENDS:
            assert expected.get(backend, ["?"])[0] in WORDS, f"{path}: {backend}: want one of {WORDS}"
        return cls(path, " ".join(tries.split()), dict(expected))

    @property
    def group(self) -> str:
        return self.path.parent.name

    @property
    def name(self) -> str:
        return self.path.stem

    def is_tried(self, backend: str) -> bool:
        """Whether it is to be let loose on this backend, by this Python."""
        until = [tuple(map(int, version.split("."))) for version in self.expected.get("until", [])]
        return self.expects(backend, backend) != ["not tried"] and not any(sys.version_info >= each for each in until)

    def expects(self, backend: str, key: str) -> list[str]:
        """What the docstring says of this backend, or of all."""
        same = ("landlock",) if backend == "unprivileged" else ()
        for name in (backend, *same):
            if f"{name}.{key}" in self.expected:
                return self.expected[f"{name}.{key}"]
        return self.expected.get(key, [])

    def hand_in(self, folder: Path, beacon: int) -> list[Submission]:
        """Made in `folder`, as an instructor's roster finds it."""
        folder.mkdir(parents=True)
        if self.group != "poison":
            told = f"BEACON = {beacon}\nARENA = {str(folder.parents[1])!r}"
            source = "\n\n".join([ANSWERS.read_text(encoding="utf-8"), told, self.path.read_text(encoding="utf-8")])
            (folder / self.name).mkdir()
            (folder / self.name / "answers.py").write_text(source, encoding="utf-8")
        else:
            spec = importlib.util.spec_from_file_location(self.name, self.path)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            module.build(folder, ANSWERS.read_bytes())
        return find_submissions([folder], package="target", modules=("answers",))


def attacks(group: str) -> list[Attack]:
    """All attacks of a group, by name."""
    return [Attack.read(path) for path in sorted((HERE / group).glob("*.py"))]


@dataclass
class Fight:
    """What came of one attack: its records, and the honest submission's results as they were right after it."""

    attack: Attack
    records: list[dict] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    bystander: tuple[str, str] = ("", "")

    @property
    def tests(self) -> list[dict]:
        return [test for record in self.records for test in record["tests"]]

    @property
    def codes(self) -> str:
        return " ".join(sorted({test["code"] for test in self.tests} - {"passed"}))

    @property
    def reached(self) -> list[str]:
        """What the attack itself says that it got hold of."""
        lines = [line for test in self.tests for line in test["printed"].splitlines()]
        return sorted({line for line in lines if line.startswith("reached: ")})

    @property
    def told(self) -> str:
        """All that the instructor can read about it."""
        return json.dumps(self.records, ensure_ascii=False)

    def word(self, untouched: tuple[str, str]) -> str:
        """What the backend made of it, as measured."""
        if self.reached or self.bystander != untouched:
            return "not stopped"
        return "contained" if any(test["outcome"] == "stopped" for test in self.tests) else "stopped"


class Arena:
    """A class of attacks and honest submissions, graded by one grader in one sandbox after the other."""

    def __init__(self, folder: Path, backend: str) -> None:
        self.folder = folder
        self.backend = backend
        self.fights: dict[str, Fight] = {}
        self.untouched = ("", "")
        self.strays: list[str] = []
        self.table = ""
        self.grades = ""

    @classmethod
    def fought(cls, folder: Path, backend: str, group: str) -> "Arena":
        """The attacks of a group let loose on a backend, where they are to be tried on it."""
        arena = cls(folder, backend)
        if backend in IN_CONTAINER and os.geteuid() == 0 and needs.BUBBLEWRAP_STARTS:
            command = [*python_in_container(), "-m", "tests.attacks.arena", str(folder), backend, group]
            subprocess.run(command, check=True)
            arena._load(json.loads((folder / "arena.json").read_text(encoding="utf-8")))
        else:
            arena.fight([each for each in attacks(group) if each.is_tried(backend)])
        return arena

    def fight(self, attackers: list[Attack]) -> None:
        """Grade them all, and look at what they left."""
        with _servers() as beacon:
            self._fight(attackers, beacon)

    def _fight(self, attackers: list[Attack], beacon: int) -> None:
        course = Course.load(Path(shutil.copytree(COURSE, self.folder / "course")))
        honest = self.folder / "honest"
        honest.mkdir()
        shutil.copy(ANSWERS, honest / "answers.py")
        submissions = [Submission(id="000-honest", name="", paths=(honest,))]
        owners: dict[str, Attack] = {}
        for number, attack in enumerate(attackers, start=1):
            for found in attack.hand_in(self.folder / "class" / f"{number:03}", beacon):
                assert found.id not in owners, f"{attack.path}: {found.id!r} is another attack's id too"
                owners[found.id] = attack
                submissions.append(found)
            submissions.append(Submission(id=f"{number:03}-honest", name="", paths=(honest,)))
        before = _tree(self.folder)
        out = self.folder / "results"
        settings = Settings(course=str(course.root), assignment="t1_target", sandbox=self.backend)
        _take_out_of_memory()
        batch = Batch(course, course.assignment("t1_target"), settings, out, jobs=1)
        result = batch.grade(submissions)
        for left in Path("/tmp").glob("empty-*"):  # many_small_files leaves them where nothing ends them with the test
            left.unlink()
        console = Console(file=io.StringIO(), highlight=False, soft_wrap=True)
        print_class(console, result)
        self.table = console.file.getvalue()  # type: ignore[attr-defined]
        self.grades = (out / GRADES).read_text(encoding="utf-8-sig")
        self._note(out, before, {each.id for each in submissions})
        self.fights = {attack.name: Fight(attack) for attack in attackers}
        for submission in submissions:
            files = [out / submission.id / name for name in ("instructor.json", "results.json")]
            private, shown = (file.read_text(encoding="utf-8") for file in files)
            if submission.id in owners:
                fight = self.fights[owners[submission.id].name]
                fight.records.append(json.loads(private))
                fight.results.append(shown)
            else:
                number = int(submission.id[:3])
                known = tuple(_without_checksum(text.replace(submission.id, "ID")) for text in (private, shown))
                if number == 0:
                    self.untouched = known
                else:
                    self.fights[attackers[number - 1].name].bystander = known

    @property
    def texts(self) -> dict[str, str]:
        """Everything that a person is shown, by where it stands."""
        shown = {"terminal": self.table, "grades.csv": self.grades}
        for name, fight in self.fights.items():
            shown[f"{name}: instructor.json"] = fight.told
            shown[f"{name}: results.json"] = "\n".join(fight.results)
        return shown

    def dump(self) -> dict:
        """All that was found, for another process."""
        fights = {
            name: {"records": fight.records, "results": fight.results, "bystander": fight.bystander}
            for name, fight in self.fights.items()
        }
        rest = {name: getattr(self, name) for name in ("untouched", "strays", "table", "grades")}
        return {"fights": fights, **rest}

    def _load(self, dumped: dict) -> None:
        known = {attack.name: attack for group in GROUPS for attack in attacks(group)}
        for name, fight in dumped["fights"].items():
            bystander = tuple(fight["bystander"])
            self.fights[name] = Fight(known[name], fight["records"], fight["results"], bystander)
        self.untouched, self.strays = tuple(dumped["untouched"]), dumped["strays"]
        self.table, self.grades = dumped["table"], dumped["grades"]

    def _note(self, out: Path, before: dict[str, bytes], identities: set[str]) -> None:
        """Files that are there and should not be, and those that were changed."""
        own = {f"results/{each}/{name}" for each in identities for name in ("results.json", "instructor.json")}
        after = _tree(self.folder)
        self.strays = sorted(after.keys() - before.keys() - own - {"results/grades.csv", "results/.lock"})
        self.strays += sorted(name for name in before if after.get(name) != before[name])


@contextlib.contextmanager
def _servers() -> Iterator[int]:
    """A port of this machine's on which servers wait for whoever gets out: connect_out.py knows them all."""
    with contextlib.ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port: int = tcp.getsockname()[1]
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", port))
        with contextlib.suppress(OSError):  # a machine without IPv6
            stack.enter_context(socket.create_server(("::1", port), family=socket.AF_INET6))
        for address in (f"/tmp/beacon-{port}", f"\0beacon-{port}"):
            unix = stack.enter_context(socket.socket(socket.AF_UNIX))
            unix.bind(address)
            unix.listen()
        os.chmod(f"/tmp/beacon-{port}", 0o777)
        stack.callback(os.unlink, f"/tmp/beacon-{port}")
        yield port


def _take_out_of_memory() -> None:
    """The large files of Python's own library, as on a machine that has just started."""
    for file in Path(os.__file__).parent.rglob("*"):
        if file.is_file() and file.stat().st_size > 1 << 20 and "-packages" not in str(file):
            with open(file, "rb") as opened:
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    page_cache.fill.cache_clear()


def _without_checksum(text: str) -> str:
    """Results with the checksum left out, which depends on the id."""
    return re.sub(r'"checksum": "[0-9a-f]+"', "", text)


def _tree(folder: Path) -> dict[str, bytes]:
    """Every file's path and content; of what is neither file nor folder its kind."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            found[str(path.relative_to(folder))] = b"link or device"
        elif path.is_file():
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def words_of(backend: str, group: str) -> dict[str, str]:
    """What a backend makes of each attack of a group, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        arena = Arena.fought(Path(folder), backend, group)
        return {name: fight.word(arena.untouched) for name, fight in arena.fights.items()}


def table() -> str:
    """What every backend makes of every attack, as its file says and the tests assert: lines of Markdown."""
    lines = []
    for group, title in GROUPS.items():
        lines += ["", f"**{title[0].upper()}{title[1:]}**", "", f"| attack | {' | '.join(BACKENDS)} | what it tries |"]
        lines.append("|---|" + "---|" * (len(BACKENDS) + 1))
        for attack in attacks(group):
            words = " | ".join(attack.expects(backend, backend)[0] for backend in BACKENDS)
            lines.append(f"| `{attack.name}` | {words} | {attack.tries.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n\n"


def with_table(page: str) -> str:
    """docs/security.md with the table in its place."""
    before, start, rest = page.partition("<!-- table -->\n")
    _, end, after = rest.partition("<!-- end of table -->")
    assert end, "docs/security.md has lost the marks around its table"
    return before + start + table() + end + after


def forget_landlock() -> None:
    """Make this process and all that it starts see a kernel without Landlock."""
    answer = (system_calls._RETURN, 0, 0, system_calls._ERRNO | errno.ENOSYS)
    steps = [(system_calls._LOAD, 0, 0, 0), (system_calls._JUMP_EQUAL, 0, 1, landlock.CREATE_RULESET), answer]
    privileges._prctl(privileges.PR_SET_NO_NEW_PRIVS, 1)
    system_calls._install(system_calls._packed([*steps, system_calls._PASS]))


if __name__ == "__main__":  # in the container
    place, backend, chosen = sys.argv[1:]
    if backend == "unprivileged":
        forget_landlock()
    found = Arena.fought(Path(place), backend, chosen)
    (Path(place) / "arena.json").write_text(json.dumps(found.dump()), encoding="utf-8")
