"""What is graded: the reference, handed in some times over, and the sample class; as handed in, and laid out.

Laid out is what a grader makes of a hand-in: a folder with the package in it, the template's modules and over them what
was handed in. Every way of grading but our own gets that, so that none pays for reading archives.
"""

import shutil
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Assignment, Course, handouts, render
from autograder.intake import Stubs, Submission, UnreadableHandIn, find_submissions, read_hand_in
from benchmarks.boundary.here import Task

# nobody looks for the answer wherever it may be: without a sandbox there is a whole disk to look through, and half of
# the class's seconds are its own.
LEFT_OUT = ("expected.toml", "nobody")


@dataclass(frozen=True)
class Class:
    """Hand-ins of one assignment: a folder of them as they came, and a folder for each that can be read, laid out."""

    assignment: Assignment
    hand_ins: Path
    laid: list[Path]
    follow_through: bool


class Classes:
    """Makes what is graded of one assignment, in a temporary folder."""

    def __init__(self, course: Course, assignment: Assignment, folder: Path) -> None:
        self.course, self.assignment, self.folder = course, assignment, folder
        folder.mkdir(parents=True)
        inside = f"{course.package}/"
        self.template = {
            name.removeprefix(inside): content
            for name, content in render(course, assignment.name).items()
            if name.startswith(inside)
        }

    def task(self) -> Path:
        """The file of the assignment's `Task`."""
        gradcheck, limits = self.course.gradcheck, self.assignment.limits
        task = Task(
            folder=str(self.assignment.folder),
            tests=[str(self.assignment.public_tests), str(self.assignment.hidden_tests)],
            package=self.course.package,
            reference=str(self.course.package_folder),
            tensor=gradcheck.tensor if gradcheck else None,
            context=gradcheck.context if gradcheck else None,
            measure_noise=self.assignment.policy.numerical_backward != "allow",
            cpu_s=limits.cpu_s,
            wall_s=limits.wall_s,
        )
        return task.write(self.folder / "task.json")

    def reference(self, count: int) -> Class:
        """The reference's modules, handed in by so many."""
        hand_ins = self.folder / f"reference-{count}"
        for number in range(count):
            theirs = hand_ins / f"student{number:04}"
            theirs.mkdir(parents=True)
            for path in self.course.package_folder.glob("*.py"):
                if path.stem != "__init__":
                    shutil.copy(path, theirs)
        return self.handed_in(hand_ins)

    def sample(self, examples: Path) -> Class | None:
        """The sample class of the assignment, if there is one in this folder: a1_class for a1_linear_models."""
        source = examples / f"{self.assignment.name.partition('_')[0]}_class"
        if not source.is_dir():
            return None
        hand_ins = Path(shutil.copytree(source, self.folder / "class", ignore=shutil.ignore_patterns(*LEFT_OUT)))
        expected = source / "expected.toml"
        told = tomllib.loads(expected.read_text(encoding="utf-8")) if expected.exists() else {}
        return self.handed_in(hand_ins, follow_through=told.get("follow_through", False))

    def handed_in(self, hand_ins: Path, *, follow_through: bool = False) -> Class:
        """What lies in this folder, a hand-in for each student."""
        out = hand_ins.with_name(f"{hand_ins.name}-laid")
        found = find_submissions([hand_ins], package=self.course.package, modules=self.assignment.modules)
        laid = list(self._lay(found, out, follow_through))
        return Class(self.assignment, hand_ins, laid, follow_through)

    def _lay(self, found: Iterable[Submission], out: Path, follow_through: bool) -> Iterator[Path]:
        modules = self.assignment.modules
        texts = {Path(name).stem: text.decode() for name, text in self.template.items() if name.endswith(".py")}
        stubs = Stubs(texts, handouts(self.assignment)[0].exercises)
        for submission in found:
            try:
                handed_in = read_hand_in(submission.paths, package=self.course.package, modules=modules, stubs=stubs)
            except UnreadableHandIn:
                continue
            folder = out / submission.id
            files = dict(self.template)
            if follow_through:
                others = [name for name in texts if name not in modules and f"{name}.py" in files]
                files |= {f"{name}.py": self.course.module_file(name).read_bytes() for name in others}
            taken = [name for name in handed_in.files if name in modules or not (follow_through and name in texts)]
            files |= {f"{name}.py": handed_in.files[name] for name in taken}
            for name, content in files.items():
                path = folder / self.course.package / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            yield folder
