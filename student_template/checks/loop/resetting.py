"""Puts an exercise's stub back into its file."""

import ast

from ..words import say
from .definitions import span
from .template import Exercise, Refused, Template


def reset(template: Template, exercise: Exercise) -> str:
    """Replaces the exercise by its stub, keeps the file as it was, and says where.

    Raises: Refused if the file cannot be read, or the exercise is not in it
    """
    module = template.module_of(exercise.name)
    path = template.path(module)
    text = template.read(path)
    parts = exercise.name.removeprefix(f"{module}.").split(".")
    try:
        here = span(ast.parse(text), parts)
    except SyntaxError as error:
        where = template.shown(path)
        raise Refused(say("loop.no_python", file=where, line=error.lineno, error=error.msg)) from None
    stub = template.stubs[module]
    there = span(ast.parse(stub), parts)
    if here is None or there is None:
        raise Refused(say("loop.not_in_file", exercise=exercise.name, file=template.shown(path)))
    lines = text.split("\n")
    lines[here[0] - 1 : here[1]] = stub.split("\n")[there[0] - 1 : there[1]]
    new = "\n".join(lines)
    if new == text:
        return say("loop.reset.same", exercise=exercise.name)
    number = 1
    while (backup := template.kept / f"{path.name}.{number}").exists():
        number += 1
    backup.write_bytes(path.read_bytes())
    path.write_text(new, encoding="utf-8")
    return say("loop.reset.done", exercise=exercise.name, file=template.shown(path), backup=template.shown(backup))
