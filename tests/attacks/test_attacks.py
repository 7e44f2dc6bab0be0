"""Every attack gets the outcome that its own file promises, and nobody else is touched by it. See arena.py.

`make test` lets them loose on the sandbox that this machine gets, `make prove` on the other that holds as well, and the
reaching ones without any: one that then reaches nothing has gone blind. `make attack` runs all on all four.
"""

import csv
import functools
import io

import pytest

from tests import needs
from tests.attacks.arena import GROUPS, HERE, Arena, attacks, with_table

pytestmark = pytest.mark.slow

SECURITY = HERE.parents[1] / "docs" / "security.md"
ATTACKS = [(group, attack) for group in GROUPS for attack in attacks(group)]


USUAL = "bubblewrap" if needs.BUBBLEWRAP_STARTS else "landlock"


def marks_of(backend):
    needed = [needs.BUBBLEWRAP] if backend == "bubblewrap" else []
    return needed if backend == USUAL else [*needed, pytest.mark.prove]


def on(*backends, groups=tuple(GROUPS)):
    """Each attack of these groups on each of these backends where it is to be tried."""
    tried = [
        (backend, group, attack)
        for backend in backends
        for group, attack in ATTACKS
        if group in groups and attack.is_tried(backend)
    ]
    return [pytest.param(*each, id=f"{each[0]}-{each[1]}-{each[2].name}", marks=marks_of(each[0])) for each in tried]


@pytest.fixture(scope="session")
def arena(tmp_path_factory):
    """arena(backend, group): the group's attacks, fought out once for all tests."""

    @functools.cache
    def fought(backend, group):
        return Arena.fought(tmp_path_factory.mktemp(f"{backend}-{group}"), backend, group)

    return fought


@pytest.mark.parametrize(("backend", "group", "attack"), on("bubblewrap", "landlock"))
def test_attack_gets_its_outcome(arena, backend, group, attack):
    fight = arena(backend, group).fights[attack.name]
    (score,) = attack.expects(backend, "score")
    (status,) = attack.expects(backend, "status") or ["graded"]
    got = {record["status"] for record in fight.records}
    assert got == {status}, [record["reason"] for record in fight.records]
    assert {record["score"] for record in fight.records} == {None if score == "none" else float(score)}
    assert fight.codes in attack.expects(backend, "codes")
    for text in attack.expects(backend, "says"):
        assert text in fight.told


@pytest.mark.parametrize(("backend", "group", "attack"), [*on("bubblewrap", "landlock"), *on("none", groups=["reach"])])
def test_backend_makes_of_it_what_the_table_says(arena, backend, group, attack):
    fought = arena(backend, group)
    assert [fought.fights[attack.name].word(fought.untouched)] == attack.expects(backend, backend)


@pytest.mark.parametrize(("backend", "group", "attack"), on("bubblewrap", "landlock"))
def test_bystander_is_graded_as_if_the_attack_had_not_been(arena, backend, group, attack):
    fought = arena(backend, group)
    assert '"score": 100.0' in fought.untouched[0]
    assert fought.fights[attack.name].bystander == fought.untouched


@pytest.mark.parametrize(("backend", "group", "attack"), on("bubblewrap", "landlock", groups=["blind"]))
def test_student_reads_nothing_of_what_an_attack_hides(arena, backend, group, attack):
    """And the results of one that gets every point are an honest one's to the last byte, whatever it said or took."""
    fought = arena(backend, group)
    fight = fought.fights[attack.name]
    (shown,) = fight.results
    for text in attack.expects(backend, "hides"):
        assert text in fight.told
        assert text not in shown
    if attack.expects(backend, "codes") == [""]:
        assert shown.replace(attack.name, "ID") == fought.untouched[1]


@pytest.mark.parametrize(("backend", "group", "attack"), on("bubblewrap", "landlock", groups=["blind"]))
def test_instructor_reads_escaped_text_of_bounded_length(arena, backend, group, attack):
    for test in arena(backend, group).fights[attack.name].tests:
        for key in ("message", "where", "trace", "printed"):
            text, _, cut = test[key].partition("\n[cut: ")
            assert len(text) <= 64 * 1024
            assert all(character.isprintable() or character in "\n\t" for character in text + cut)


def test_page_on_security_says_of_every_attack_what_its_file_says():
    page = SECURITY.read_text(encoding="utf-8")
    assert page == with_table(page), "run: python -m tests.attacks --write"


WHOLE = [
    pytest.param(backend, group, id=f"{backend}-{group}", marks=marks_of(backend))
    for backend in ("bubblewrap", "landlock")
    for group in GROUPS
]


@pytest.mark.parametrize(("backend", "group"), WHOLE)
def test_no_file_is_left_or_changed(arena, backend, group):
    assert arena(backend, group).strays == []


@pytest.mark.parametrize(("backend", "group"), WHOLE)
def test_nothing_that_is_shown_is_obeyed_by_a_terminal_or_a_spreadsheet(arena, backend, group):
    fought = arena(backend, group)
    for where, text in fought.texts.items():
        assert [character for character in text if not character.isprintable() and character != "\n"] == [], where
    rows = list(csv.reader(io.StringIO(fought.grades, newline="")))
    n_submissions = sum(len(fight.records) for fight in fought.fights.values()) + len(fought.fights) + 1
    assert len(rows) == 1 + n_submissions
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [cell for row in rows for cell in row if cell.lstrip()[:1] in ("=", "+", "-", "@")] == []
