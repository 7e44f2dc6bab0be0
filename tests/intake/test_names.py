"""Names of any kind become ids that are safe, distinct and the same on every run."""

import hashlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake import safe_id, safe_ids
from autograder.intake.names import MAX_ID_BYTES, MAX_ID_CHARACTERS, parse_platform_name, show, stem_of

any_text = st.text(st.characters(exclude_categories=[]), max_size=300) | st.text("ab_-./ =\n", max_size=6)


def assert_safe(name: str) -> None:
    assert 0 < len(name) <= MAX_ID_CHARACTERS
    assert len(os.fsencode(name)) <= MAX_ID_BYTES
    assert all(c.isalnum() or c in "._@+-" for c in name)
    assert name[0].isalnum() or name[0] == "_"


@given(any_text)
def test_safe_id_is_safe_and_keeps_what_is_safe(text):
    assert_safe(safe_id(text))
    assert safe_id(safe_id(text)) == safe_id(text)


@given(st.lists(any_text, max_size=30))
def test_safe_ids_are_safe_distinct_and_independent_of_order(texts):
    ids = safe_ids(texts)
    assert set(ids) == set(texts)
    assert len(set(ids.values())) == len(ids)
    for name in ids.values():
        assert_safe(name)
    assert safe_ids(reversed(texts)) == ids


@given(st.lists(any_text, min_size=1, max_size=10))
def test_safe_ids_never_take_an_id_from_the_one_it_belongs_to(texts):
    """Not even a text that is what another's hashed id would be."""
    first = safe_ids(texts)
    second = safe_ids([*texts, *first.values()])
    assert all(second[name] == name for name in first.values())
    assert len(set(second.values())) == len(second)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("doejane", "doejane"),
        ("a.b+c@uni-x.edu", "a.b+c@uni-x.edu"),
        ("Jane Doe", "Jane_Doe"),
        ("Иванов Иван", "Иванов_Иван"),
        ("и\u0306", "й"),
        ("../x", "_._x"),
        ("..", "_."),
        ("", "id-e3b0c442"),
        ("///", "id-"),
        (".hidden", "_hidden"),
        ("-rf", "_rf"),
        ("=cmd()", "_cmd__"),
        ("+1", "_1"),
        ("@SUM(A1)", "_SUM_A1_"),
        ('"quoted"\n', "_quoted__"),
        ("\x1b[31mred", "__31mred"),
        ("<script>", "_script_"),
        ("a\0b", "a_b"),
        ("\udcff", "id-"),
        ("grades.csv", "grades_csv"),
        ("Grades.CSV", "Grades_CSV"),
    ],
)
def test_safe_id_of_known_texts(text, want):
    got = safe_id(text)
    assert got.startswith(want) if want == "id-" else got == want


@pytest.mark.parametrize("text", ["x" * 300, "щ" * 101, "\U00020000" * 60], ids=["long", "cyrillic", "four-byte"])
def test_long_text_is_cut_and_ends_in_its_hash(text):
    assert_safe(safe_id(text))
    assert safe_id(text) != safe_id(text + "x")
    assert safe_id(text)[-9] == "-"


def test_colliding_texts_get_a_hash_and_a_safe_one_keeps_its_id():
    ids = safe_ids(["a b", "a/b", "a_b", "c d"])
    assert ids["a_b"] == "a_b"
    assert ids["c d"] == "c_d"
    assert ids["a b"] == "a_b-c8687a08"
    assert ids["a/b"].startswith("a_b-")


def test_text_whose_every_hash_is_taken_gets_an_id_of_its_own():
    """Nobody holds up a class by names that are chosen so."""
    taken = [f"a_b-{hashlib.sha256(b'a b').hexdigest()[:length]}" for length in range(8, 65, 8)]
    ids = safe_ids(["a b", "a_b", *taken])
    assert all(ids[name] == name for name in ("a_b", *taken))
    assert_safe(ids["a b"])
    assert len(set(ids.values())) == len(ids)


def test_show_escapes_and_shortens():
    assert show("x\x1b[2J\n") == "'x\\x1b[2J\\n'"
    assert show("\u202e\udcff") == "'\\u202e\\udcff'"
    assert show("x" * 100) == "'" + "x" * 79 + "…'"


@pytest.mark.parametrize(
    ("name", "want"),
    [("a.tar.gz", "a"), ("a.b.zip", "a.b"), ("a.TGZ", "a"), (".zip", ".zip"), ("a", "a"), ("x.tar.xz", "x")],
)
def test_stem_of(name, want):
    assert stem_of(name) == want


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("Ann Lee_1234567_assignsubmission_file_", ("Moodle", "1234567", "Ann Lee", "", True)),
        ("Ann Lee_1234567_assignsubmission_file", ("Moodle", "1234567", "Ann Lee", "", True)),
        ("Ann Lee_7_assignsubmission_file_functional.zip", ("Moodle", "7", "Ann Lee", "functional.zip", True)),
        ("Ann_7_assignsubmission_onlinetext_", ("Moodle", "7", "Ann", "", False)),
        ("Ann_7_assignsubmission_file_Bob_8_assignsubmission_file_x.py", ("Moodle", "7", "Ann", None, True)),
        ("doejane_12345_67890_functional.py", ("Canvas", "12345", "doejane", "functional.py", True)),
        ("doejane_LATE_12345_67890_functional-2.py", ("Canvas", "12345", "doejane", "functional-2.py", True)),
        ("doejane_12345_67890_bob_1_234_x.py", ("Canvas", "12345", "doejane", "bob_1_234_x.py", True)),
        ("doejane_12345_text.html", ("Canvas", "12345", "doejane", "", True)),
        ("anon_aB3dE_67890_functional.py", ("Canvas", "aB3dE", "", "functional.py", True)),
    ],
)
def test_platform_name_is_taken_apart(name, want):
    found = parse_platform_name(name)
    assert found is not None
    platform, id_, person, file, is_file = want
    assert (found.platform, found.id, found.name, found.is_file_submission) == (platform, id_, person, is_file)
    assert file is None or found.file == file


@pytest.mark.parametrize("name", ["alice.zip", "hw_3_1_bob.py", "group_2024_10_final.zip", "functional.py", ""])
def test_other_names_are_of_no_platform(name):
    assert parse_platform_name(name) is None
