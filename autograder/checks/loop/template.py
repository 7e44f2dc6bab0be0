"""The template as its command knows it: assignments, exercises and stubs, from what was generated with it."""

import difflib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..source_files import UnreadableFile, read_source
from ..words import say


class Refused(Exception):
    """What was asked for cannot be done; the text says what to do instead."""


@dataclass(frozen=True)
class Assignment:
    name: str
    files: tuple[str, ...]  # that are handed in, by their paths in the template
    worked: str  # the section of its handout with a worked example, "" if there is none


@dataclass(frozen=True)
class Exercise:
    name: str
    assignment: str
    section: str
    message: str  # what its stub raises


class Template:
    """A template's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            course = json.loads((root / "checks" / "course.json").read_text(encoding="utf-8"))
        except OSError:
            raise Refused(say("loop.no_template", folder=root)) from None
        self.assignments = [
            Assignment(each["name"], tuple(each["files"]), each["worked"]) for each in course["assignments"]
        ]
        self.exercises = {each["name"]: Exercise(**each) for each in course["exercises"]}
        self.stubs: dict[str, str] = course["stubs"]
        settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        self.settings: dict[str, Any] = settings["tool"]["pytest"]["ini_options"]
        self.package: str = self.settings["student_package"]

    @property
    def kept(self) -> Path:
        """The folder for what the command keeps; Git and hand-ins leave it out."""
        folder = self.root / ".checks"
        if not folder.is_dir():
            folder.mkdir()
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        return folder

    def assignment(self, name: str) -> Assignment:
        """The one that is called so, or that alone begins so; Refused if there is none."""
        found = [each for each in self.assignments if each.name == name]
        found = found or [each for each in self.assignments if each.name.startswith(name)]
        if len(found) != 1:
            raise Refused(say("loop.no_assignment", name=name, names=", ".join(each.name for each in self.assignments)))
        return found[0]

    def exercise(self, name: str) -> Exercise:
        """The one that is called so, or whose last part alone is, in capitals or not; Refused if there is none."""
        if name in self.exercises:
            return self.exercises[name]
        found = [each for each in self.exercises.values() if f".{each.name}".lower().endswith(f".{name}".lower())]
        if len(found) != 1:
            names = ", ".join(each.name for each in found) or ", ".join(self.near(name))
            raise Refused(say("loop.no_exercise", name=name, names=names))
        return found[0]

    def near(self, name: str) -> list[str]:
        """Exercises that are called nearly so, or the first ones."""
        last = {each.rpartition(".")[2].lower(): each for each in self.exercises}
        close = difflib.get_close_matches(name.rpartition(".")[2].lower(), last, n=3)
        return [last[each] for each in close] or list(self.exercises)[:8]

    def module_of(self, exercise: str) -> str:
        """The module that an exercise stands in."""
        return max((each for each in self.stubs if exercise.startswith(f"{each}.")), key=len, default="")

    def path(self, module: str) -> Path:
        return self.root / self.package / (module.replace(".", "/") + ".py")

    def shown(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def read(self, path: Path) -> str:
        """A file's text; Refused if it is not there, or in an encoding that Python does not read."""
        try:
            return read_source(path, self.root)
        except UnreadableFile as error:
            raise Refused(str(error)) from None
        except OSError:
            raise Refused(say("loop.no_file", file=self.shown(path))) from None
