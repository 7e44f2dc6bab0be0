"""The tables of phrases: complete in every language, and nothing is said but from them."""

import ast
import string
from pathlib import Path

import pytest

from autograder.checks import words
from autograder.checks.words import LANGUAGES, say, use
from autograder.checks.words.english import ENGLISH

ENGINE = Path(words.__file__).parents[2]


def fields(phrase):
    """The names in braces of a phrase."""
    return {name.split(".")[0] for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


def calls():
    """(file, line, the phrase's name as it is written, the names of its values) of every `say(...)` of the engine."""
    for file in sorted(ENGINE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                values = {each.arg for each in node.keywords}
                choices = [node.args[0].body, node.args[0].orelse] if isinstance(node.args[0], ast.IfExp) else node.args
                for choice in choices:
                    yield file, node.lineno, choice, values


def names_of(choice):
    """The phrases that this argument may name."""
    if isinstance(choice, ast.Constant):
        return {choice.value}
    if isinstance(choice, ast.JoinedStr):
        start = choice.values[0].value
        return {name for name in ENGLISH.phrases if name.startswith(start)}
    return set()


def texts():
    """Every text in the engine's code, where a phrase's name may stand that is said elsewhere."""
    for file in sorted(ENGINE.rglob("*.py")):
        if file.parent.name != "words":
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_every_phrase_that_is_said_is_there_with_its_values():
    found = list(calls())
    assert len(found) > 100
    for file, line, choice, values in found:
        where = f"{file.relative_to(ENGINE)}:{line}"
        assert not isinstance(choice, ast.Constant) or choice.value in ENGLISH.phrases, where
        for name in names_of(choice):
            wanted = fields(ENGLISH.phrases[name])
            # None: **values
            assert wanted <= values or None in values, f"{where}: {name} wants {wanted}, gets {values}"


def test_no_phrase_is_left_that_nobody_says():
    said = {name for _, _, choice, _ in calls() for name in names_of(choice)} | set(texts())
    assert sorted(ENGLISH.phrases.keys() - said) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_has_every_phrase_with_the_same_values(language):
    table = LANGUAGES[language]
    assert table.phrases.keys() == ENGLISH.phrases.keys()
    assert {name: fields(text) for name, text in table.phrases.items()} == {
        name: fields(text) for name, text in ENGLISH.phrases.items()
    }
    assert table.hidden.keys() == ENGLISH.hidden.keys()
    assert not [code for code, text in table.hidden.items() if fields(text)]


def test_unknown_language_is_refused():
    with pytest.raises(ValueError, match="language: got 'tlh', want one of en"):
        use("tlh")


def test_values_stand_in_the_phrase_as_they_are():
    assert say("stopped.pipe", what="{n}") == "your code wrote to the grader's own pipe: {n}"
