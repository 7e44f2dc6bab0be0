"""Looks at the files of an assignment as the grader will, and writes the zip to hand in."""

import ast
import warnings
import zipfile
from collections.abc import Iterator

from ..portable import remarks
from ..words import say
from .definitions import span
from .template import Assignment, Refused, Template


def hand_in(template: Template, assignment: Assignment) -> str:
    """Writes NAME.zip beside the package; what it says of the files.

    What costs points is said, and handed in all the same: another day late may cost more.
    Raises: Refused if a file is missing or cannot be read, is not Python, or if nothing was done
    """
    notes = [note for file in assignment.files for note in _notes(template, file)]
    mine = [each for each in template.exercises.values() if each.assignment == assignment.name]
    texts = {each.name: template.read(template.path(template.module_of(each.name))) for each in mine}
    left = [each for each in mine if each.message in texts[each.name]]
    if mine and len(left) == len(mine):
        raise Refused(say("loop.hand_in.nothing", assignment=assignment.name, n=len(mine)))
    notes += [_missing(template, each.name) for each in mine if not _is_there(template, each.name, texts[each.name])]
    if left:
        notes.append(say("loop.hand_in.left", exercises=", ".join(each.name for each in left)))
    path = template.root / f"{assignment.name}.zip"
    beside = path.with_name(f"{path.name}.new")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in assignment.files:
            archive.write(template.root / file, file)
    beside.replace(path)
    return "\n".join([*notes, say("loop.hand_in.done", file=path.name, files=", ".join(assignment.files))])


def _notes(template: Template, file: str) -> Iterator[str]:
    """What of a file will not work where it is graded; Refused if it cannot be handed in."""
    source = template.read(template.root / file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, file, "exec", dont_inherit=True)  # which refuses more than parsing does
    except SyntaxError as error:
        raise Refused(say("loop.no_python", file=file, line=error.lineno, error=error.msg)) from None
    except ValueError as error:  # a null character
        raise Refused(say("loop.no_python", file=file, line=1, error=error)) from None
    importable = [*template.settings.get("graded_imports", []), template.package]
    for line, what in remarks(source, importable, template.settings.get("graded_python", "")):
        yield f"{file}:{line}: {what}"


def _is_there(template: Template, exercise: str, source: str) -> bool:
    path = exercise.removeprefix(f"{template.module_of(exercise)}.").split(".")
    try:
        return span(ast.parse(source), path) is not None
    except (SyntaxError, ValueError):
        return False


def _missing(template: Template, exercise: str) -> str:
    file = template.shown(template.path(template.module_of(exercise)))
    return say("loop.not_in_file", exercise=exercise, file=file)
