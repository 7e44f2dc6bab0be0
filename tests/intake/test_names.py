"""Names of any kind become ids that are safe, distinct and the same on every run."""

import hashlib
import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake import names, safe_id, safe_ids
from autograder.intake.file_names import beneath, by_content, copy_of
from autograder.intake.names import (
    MAX_ID_BYTES,
    MAX_ID_CHARACTERS,
    MAX_NAME,
    parse_platform_name,
    platform_readings,
    same,
    show,
    stem_of,
)

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
        ("ann\u3164", "ann_"),
        ("\u115f\uffa0", "id-"),
        ("\udcff", "id-"),
        ("grades.csv", "grades_csv"),
        ("Records.JSON", "Records_JSON"),
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
    assert show("ann\u3164") == "'ann\\u3164'"
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


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("ann_lee@cs.uni.edu_12_linear.py", ("Autolab", "ann_lee@cs.uni.edu", "linear.py", (12,))),
        ("ann@uni.edu_3_2024_100_x.py", ("Autolab", "ann@uni.edu", "2024_100_x.py", (3,))),
        (
            "HW 1_ann_attempt_2026-11-20-10-11-12_x_attempt_2027-11-20-10-11-12_y.py",
            ("Blackboard", "ann", "x_attempt_2027-11-20-10-11-12_y.py", (2026, 11, 20, 10, 11, 12)),
        ),
        ("HW 1_ann_attempt_2026-11-20-10-11-12.txt", ("Blackboard", "ann", "", (2026, 11, 20, 10, 11, 12))),
        (
            "12-34 - Ann - Lee - Nov 20, 2026 1211 AM - linear.py",
            ("Brightspace", "12", "linear.py", (2026, 11, 20, 0, 11)),
        ),
        ("12-34 - Ann - 20 novembre 2026 10h11 - linear.py", ("Brightspace", "12", "linear.py", ())),
    ],
)
def test_platform_name_with_its_attempt_is_taken_apart(name, want):
    found = platform_readings(name)
    assert [(each.platform, each.id, each.file, each.attempt) for each in found] == [want]


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("d_12345_5678_8888_nb.ipynb", ["12345", "5678"]),
        ("d_12345_678_9_nb.ipynb", ["12345"]),
        ("d_1_2024_100_200_x.py", ["1", "2024", "100"]),
        ("anon_aB3dE_5678_8888_nb.ipynb", ["aB3dE", "5678"]),
        ("A_1_assignsubmission_file_B_2_assignsubmission_file_x.py", ["1", "2"]),
        ("d_12345_999_x_7_assignsubmission_file_y.py", ["12345", "7"]),
    ],
)
def test_every_reading_of_a_name_is_found_leftmost_first(name, ids):
    assert [each.id for each in platform_readings(name)] == ids


@pytest.mark.parametrize("piece", ["_1_234", "_1_assignsubmission_file", " - 2026", "copy of ", " (1)", "-1", "@a_1"])
def test_long_names_are_taken_apart_at_once(piece):
    start = time.process_time()
    for length in (MAX_NAME, 1 << 16):
        name = (piece * length)[:length]
        for text in (name, f"1-2 - {name}"[:length], name[::-1]):
            platform_readings(text)
            copy_of(text)
            beneath(f"{text}.txt")
            by_content(f"{text}.txt", text.encode())
    assert time.process_time() - start < 1


def test_names_without_end_are_not_normalized(monkeypatch):
    """It takes time by the square of the length: 64 KiB of marks take two seconds."""
    long = "a" + "\u0345\u0316" * 10_000
    lengths = []
    monkeypatch.setattr(names.unicodedata, "normalize", lambda form, text: lengths.append(len(text)) or text)
    safe_ids([long, long + "b"])
    same(long)
    assert copy_of(long) is None
    assert max(lengths) <= 1000


def test_copies_of_copies_are_looked_into_so_often():
    assert copy_of("sums" + " copy" * 3) == ("sums", (1, 1, 1))
    assert copy_of("sums" + " copy" * 40) == ("sums" + " copy" * 32, (1,) * 8)


def test_long_ids_that_differ_at_their_ends_stay_apart():
    assert len({*safe_ids(["a" * 5000 + "b", "a" * 5000 + "c"]).values()}) == 2
