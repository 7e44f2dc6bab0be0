"""Reads what a course says of itself: assignments/course.toml and each assignment's assignment.toml.

Everything is checked when it is read, so that the rest of the engine may rely on it: an unknown key, a wrong
type or a file that is not there is a CourseError that names the file and the key.
"""

import keyword
import math
import os
import re
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

import msgspec
from msgspec import Meta, field

from autograder.course.limits import Limits
from autograder.errors import CourseError

LANGUAGES = ("en", "ru")  # of handouts: handout.md, and handout.ru.md where there is one
Text = Annotated[str, Meta(min_length=1, description="a text that is not empty")]
Modules = Annotated[tuple[Text, ...], Meta(min_length=1, description='a list of module names, such as ["layers"]')]
Names = Annotated[tuple[Text, ...], Meta(description='a list of assignments, such as ["t2_more"]')]
Imports = Annotated[tuple[Text, ...], Meta(description='a list of packages, such as ["numpy", "scipy"]')]
Version = Annotated[str, Meta(pattern=r"^3\.\d{1,2}$", description='a version of Python, such as "3.12"')]
Hidden = Annotated[
    Literal["nothing", "name", "verdict", "hint"],
    Meta(description='one of "nothing", "name", "verdict", "hint"'),
]
Numerical = Annotated[
    Literal["allow", "report", "fail"],
    Meta(description='one of "allow", "report", "fail"'),
]
Visibility = Annotated[
    Literal["visible", "hidden", "after_due_date", "after_published"],
    Meta(description='one of "visible", "hidden", "after_due_date", "after_published"'),
]


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a hidden test a student may see, and when (Gradescope's words)."""

    hidden: Hidden = "hint"
    hidden_visibility: Visibility = "visible"


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What is made of answers that are right but not what was asked for."""

    numerical_backward: Numerical = "report"


class Gradcheck(msgspec.Struct, frozen=True, kw_only=True):
    """Where in the student's package the tensor class and the operations' context are: "module.Class"."""

    tensor: Text
    context: Text | None = None


class AuditTable(msgspec.Struct, frozen=True, kw_only=True):
    """What stands for a number where an exercise answers with something else, such as a formula: "module.Class"."""

    number: Text | None = None


class _CourseTable(msgspec.Struct, frozen=True, kw_only=True):
    title: Text
    package: Text
    reference: Text = "solutions"
    template: Text = "student_template"
    dropped: Names = ()
    imports: Imports = ("numpy",)
    python: Version | None = None


class _AssignmentTable(msgspec.Struct, frozen=True, kw_only=True):
    title: Text
    modules: Modules


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """One assignment: its folder, the modules that students hand in, limits and feedback policy."""

    name: str
    folder: Path
    title: str
    modules: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)
    feedback: Feedback = field(default_factory=Feedback)
    policy: Policy = field(default_factory=Policy)

    @property
    def public_tests(self) -> Path:
        return self.folder / "test_public.py"

    @property
    def hidden_tests(self) -> Path:
        return self.folder / "test_hidden.py"

    @property
    def stand_ins(self) -> Path:
        """What its tests let run beside student code; not every assignment has it."""
        return self.folder / "beside_student_code.py"

    @property
    def handout(self) -> Path:
        return self.folder / "handout.md"

    @property
    def handout_ru(self) -> Path:
        return self.folder / "handout.ru.md"


class Course(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A course on disk: a reference package, a template made from it, and assignments.

    An assignment that is `dropped` is neither released nor graded; its exercises are given to the students, solved,
    so that later assignments can build on them. What students hand in may import `imports` and Python's own library,
    and is graded with the version `python` where that is named.
    """

    root: Path
    title: str
    package: str
    reference: Path
    template: Path
    gradcheck: Gradcheck | None = None
    audit: AuditTable = field(default_factory=AuditTable)
    dropped: tuple[str, ...] = ()
    imports: tuple[str, ...] = ("numpy",)
    python: str | None = None

    @classmethod
    def load(cls, root: Path) -> "Course":
        """The course whose root is this folder (the one that holds assignments/course.toml)."""
        root = root.resolve()
        if os.fsencode(root).decode("utf-8", "replace").encode() != os.fsencode(root):
            raise CourseError(
                f"{str(root)!r}: the name of a folder in it is not UTF-8; rename that, or move the course"
            )
        file = root / "assignments" / "course.toml"
        tables = _read_tables(file, {"gradcheck", "audit"})
        own = _convert(_CourseTable, tables[""], file, "")
        if not own.package.isidentifier() or keyword.iskeyword(own.package):
            raise CourseError(f"{file}: package: got {own.package!r}, want a name that Python can import")
        for name in own.imports:
            if not name.isidentifier() or keyword.iskeyword(name):
                raise CourseError(
                    f"{file}: imports: got {name!r}, want the name of a package as in import, without a dot"
                )
        if "numpy" not in own.imports:
            raise CourseError(
                f'{file}: imports: got {list(own.imports)}, want "numpy" among them: tests hand arrays over'
            )
        gradcheck = None
        if "gradcheck" in tables:
            gradcheck = _convert(Gradcheck, tables["gradcheck"], file, "gradcheck.")
            for key in ("tensor", "context"):
                value = getattr(gradcheck, key)
                if value is not None and not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)+", value):
                    raise CourseError(f'{file}: gradcheck.{key}: got {value!r}, want "module.Class"')
        course = cls(
            root=root,
            title=own.title,
            package=own.package,
            reference=_inside(root, own.reference, file, "reference"),
            template=_inside(root, own.template, file, "template"),
            gradcheck=gradcheck,
            audit=_convert(AuditTable, tables.get("audit", {}), file, "audit."),
            dropped=own.dropped,
            imports=own.imports,
            python=own.python,
        )
        if not course.package_folder.is_dir():
            raise CourseError(f"{file}: reference: no folder {own.reference}/{own.package} below {root}")
        return course

    @classmethod
    def find(cls, start: Path) -> "Course":
        """The course that the folder `start` belongs to: the nearest one upwards."""
        start = start.resolve()
        for folder in (start, *start.parents):
            if (folder / "assignments" / "course.toml").is_file():
                return cls.load(folder)
        raise CourseError(f"{start}: no assignments/course.toml here or above; run this inside a course")

    @property
    def package_folder(self) -> Path:
        """The reference package itself, such as solutions/<package>."""
        return self.reference / self.package

    def module_file(self, module: str) -> Path:
        """The reference's source file of a module, "layers" or "layers.mean"."""
        return self.package_folder.joinpath(*module.split(".")).with_suffix(".py")

    @property
    def pictures(self) -> Path:
        """The Python package that draws the handouts' pictures, and the pictures; not every course has it."""
        return self.root / "assignments" / "pictures"

    @cached_property
    def assignments(self) -> list[Assignment]:
        """The assignments that are taught, sorted by name."""
        taught = [each for each in self._all if each.name not in self.dropped]
        if not taught:
            raise CourseError(f"{self.root / 'assignments'}: no assignment here; want a folder for each")
        return taught

    @property
    def dropped_assignments(self) -> list[Assignment]:
        """Those whose exercises are given to the students, sorted by name."""
        return [each for each in self._all if each.name in self.dropped]

    @cached_property
    def _all(self) -> list[Assignment]:
        folders = sorted(path for path in (self.root / "assignments").iterdir() if path.is_dir())
        folders = [folder for folder in folders if folder != self.pictures]
        found = [self._read(folder) for folder in folders if _holds_files(folder)]
        names = [each.name for each in found]
        for name in self.dropped:
            if name not in names:
                file = self.root / "assignments" / "course.toml"
                raise CourseError(f"{file}: dropped: no assignment {name!r}; there are {', '.join(names)}")
        return found

    def assignment(self, name: str) -> Assignment:
        """The assignment of this name, or the only one whose name begins so ("t1" for "t1_sums")."""
        names = [each.name for each in self.assignments]
        matches = [name] if name in names else [each for each in names if name and each.startswith(name)]
        if len(matches) == 1:
            return self.assignments[names.index(matches[0])]
        if matches:
            raise CourseError(f"assignment {name!r}: could be {', '.join(matches)}; write more of the name")
        raise CourseError(f"assignment {name!r}: no such assignment; there are {', '.join(names)}")

    def _read(self, folder: Path) -> Assignment:
        file = folder / "assignment.toml"
        if not re.fullmatch(r"[A-Za-z0-9_]+", folder.name):
            raise CourseError(f"{folder}: folder name: got {folder.name!r}, want letters, digits and _ only")
        tables = _read_tables(file, {"limits", "feedback", "policy"})
        own = _convert(_AssignmentTable, tables[""], file, "")
        assignment = Assignment(
            name=folder.name,
            folder=folder,
            title=own.title,
            modules=own.modules,
            limits=_convert(Limits, tables.get("limits", {}), file, "limits."),
            feedback=_convert(Feedback, tables.get("feedback", {}), file, "feedback."),
            policy=_convert(Policy, tables.get("policy", {}), file, "policy."),
        )
        self._check_files(assignment, file)
        return assignment

    def _check_files(self, assignment: Assignment, file: Path) -> None:
        if len(set(assignment.modules)) < len(assignment.modules):
            raise CourseError(f"{file}: modules: got {list(assignment.modules)}, want each of them once")
        for module in assignment.modules:
            if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", module) or module.endswith(".py"):
                raise CourseError(f"{file}: modules: got {module!r}, want a name as in import, without .py")
            if not self.module_file(module).is_file():
                missing = self.module_file(module).relative_to(self.root)
                raise CourseError(f"{file}: modules: no {missing} in the reference for {module!r}")
        for test in (assignment.public_tests, assignment.hidden_tests):
            if not test.is_file():
                raise CourseError(f"{test}: no such file; an assignment has test_public.py and test_hidden.py")


_Table = TypeVar("_Table", bound=msgspec.Struct)


def _holds_files(folder: Path) -> bool:
    """False for what version control leaves of a dropped assignment: nothing but caches."""
    if folder.name.startswith((".", "__")):
        return False
    return any(path.is_file() and "__pycache__" not in path.parts for path in folder.rglob("*"))


def _read_tables(file: Path, allowed: set[str]) -> dict[str, dict[str, Any]]:
    """The tables of a TOML file; its top-level keys stand under ""."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseError(f"{file}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{file}: not TOML: {error}") from error
    tables: dict[str, dict[str, Any]] = {"": {}}
    for key, value in content.items():
        if key not in allowed:
            tables[""][key] = value
        elif isinstance(value, dict):
            tables[key] = value
        else:
            raise CourseError(f"{file}: {key}: got {value!r}, want a table: [{key}]")
    return tables


def _convert(kind: type[_Table], table: Mapping[str, Any], file: Path, prefix: str) -> _Table:
    """The table as a struct; what is wrong with it is said in terms of the file and the key."""
    hints = get_type_hints(kind, include_extras=True)
    for key in table:
        if key not in hints:
            known = ", ".join(prefix + name for name in hints)
            raise CourseError(f"{file}: {prefix}{key}: no such key; want one of {known}")
    values = {}
    for spec in msgspec.structs.fields(kind):
        if spec.name in table:
            values[spec.name] = _value(hints[spec.name], table[spec.name], f"{file}: {prefix}{spec.name}")
        elif spec.required:
            raise CourseError(f"{file}: {prefix}{spec.name}: missing; want {_wanted(hints[spec.name])}")
    return kind(**values)


def _value(hint: Any, value: Any, where: str) -> Any:
    try:
        converted = msgspec.convert(value, hint, strict=True)
    except msgspec.ValidationError:
        raise CourseError(f"{where}: got {value!r}, want {_wanted(hint)}") from None
    if isinstance(converted, float) and not math.isfinite(converted):
        raise CourseError(f"{where}: got {value!r}, want {_wanted(hint)}")
    return converted


def _wanted(hint: Any) -> str:
    for part in (hint, *getattr(hint, "__args__", ())):
        for meta in getattr(part, "__metadata__", ()):
            if isinstance(meta, Meta) and meta.description:
                return meta.description
    raise AssertionError(f"no description for {hint}")


def _inside(root: Path, text: str, file: Path, key: str) -> Path:
    """The folder below root that text names. Release replaces the template, so it must not be elsewhere."""
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise CourseError(f"{file}: {key}: got {text!r}, want a folder below {root}")
    return root / path
