"""Scores into what Canvas and Moodle import: the right cell or none, nothing lost, nothing that a spreadsheet runs."""

import csv
import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.results import write_results
from autograder.grading.verdicts import Graded, TestSpec, Verdict
from autograder.platforms.gradebook import fill
from autograder.platforms.gradebook.rosters import parse_number, read_keys, read_roster
from autograder.records import Owner

ASSIGNMENT = Course.load(Path(__file__).parents[1] / "tiny_course").assignment("t1")
TESTS = tuple(
    TestSpec(name=name, exercise="sums.total", points=points, public=True, visibility="visible", hint="")
    for name, points in (("a", 85.5), ("b", 14.5))
)
# As Canvas exports them: a row for what is posted by hand, points under the titles, totals that nobody may change.
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,Sums (77),Essay (78),Current Score,Final Score
,,,,,,Manual Posting,,,
    Points Possible,,,,,,100.00,20.00,(read only),(read only)
"Ott, Ann",101,s-1,ann@school.example,"One, two",,,15.00,80,80
"=cmd|'/c calc'!A1",102,s-2,bob,One,,12.00,3.00,1,1
"Roe, Cy",103,s-3,cy,One,,N/A,,1,1
"Roe, Dee",104,s-4,dee,One,,7.00,,1,1
"Roe, Eve",105,s-5,eve,One,,EX,,1,1
"Roe, Flo",106,103,flo,One,,9.00,,1,1
"""
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade),Online text,Feedback comments
Participant 1001,Ann Ott,Ann@school.example,Submitted for grading,,100.00,-,=1+1,-3 for style
Participant 1002,+Bob,bob@school.example,Submitted for grading,12.00,100.00,Monday,,
Participant 1003,Cy Roe,cy@school.example,No submission,,100.00,-,,
"""


@pytest.fixture
def results(tmp_path):
    """results(id="all" | "some" | "none" | why it was not graded): a folder as `autograder grade` writes it."""

    def make(**outcomes):
        for identity, outcome in outcomes.items():
            passed = {"all": "ab", "some": "a", "none": ""}.get(outcome)
            verdicts = tuple(
                Verdict(
                    test=test,
                    outcome="passed" if test.name in passed else "failed",
                    code="passed" if test.name in passed else "wrong",
                )
                for test in TESTS
                if passed is not None
            )
            status = "graded" if passed is not None else "unreadable" if outcome == "unreadable" else "needs_attention"
            reason = "" if passed is not None else outcome
            graded = Graded(id=identity, status=status, reason=reason, verdicts=verdicts)
            write_results(tmp_path / "results" / identity, graded, ASSIGNMENT, TESTS)
        return tmp_path / "results"

    return make


@pytest.fixture
def filled(tmp_path):
    """filled(results, platform, text of the roster): (what became of them, the rows that were written)."""

    def run(folder, platform, text, **options):
        (tmp_path / "roster.csv").write_text(text, encoding="utf-8", newline="")
        out = tmp_path / "out.csv"
        done = fill(folder, platform, tmp_path / "roster.csv", out, **options)
        delimiter = ";" if text.count(";") > text.count(",") else ","
        return done, list(csv.reader(out.read_text(encoding="utf-8").splitlines(), delimiter=delimiter))

    return run


def test_canvas_gets_its_own_rows_with_one_column(results, filled):
    done, rows = filled(results(**{"101": "some", "bob": "none"}), "canvas", CANVAS, column="Sums")
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Sums (77)"],
        ["", "", "", "", "", "Manual Posting"],
        ["    Points Possible", "", "", "", "", "100.00"],
        ["Ott, Ann", "101", "s-1", "ann@school.example", "One, two", "85.5"],
        ["'=cmd|'/c calc'!A1", "102", "s-2", "bob", "One", "0"],
        ["Roe, Cy", "103", "s-3", "cy", "One", "N/A"],
        ["Roe, Dee", "104", "s-4", "dee", "One", "7.00"],
        ["Roe, Eve", "105", "s-5", "eve", "One", "EX"],
        ["Roe, Flo", "106", "103", "flo", "One", "9.00"],
    ]
    assert (done.column, done.n_filled, done.n_other, done.n_without) == ("Sums (77)", 2, 1, 4)
    assert done.to_look_at == []


@pytest.mark.parametrize("key", ["101", "s-1", "ann@school.example", "ANN@school.example"])
def test_canvas_student_is_found_by_any_of_the_ids(results, filled, key):
    _, rows = filled(results(**{key: "all"}), "canvas", CANVAS, column="Sums (77)")
    assert rows[3][5] == "100"


def test_what_is_not_certain_fills_no_cell_and_is_told(results, filled):
    folder = results(
        **{
            "104": "no sandbox",
            "103": "all",
            "105": "some",
            "nobody": "all",
            "102": "some",
            "s-2": "none",
            "106": "all",
        }
    )
    (folder / "106" / "results.json").write_text("{}")
    done, rows = filled(folder, "canvas", CANVAS, column="Sums")
    assert [row[5] for row in rows[3:]] == ["", "12.00", "N/A", "7.00", "EX", "9.00"], "as they were"
    assert sorted(done.to_look_at) == [
        "102 (85.5), s-2 (0): are one student of the roster; which one counts?",
        "103: 100 points, but 2 rows of the roster have that id",
        "104: needs_attention, so there is no score: no sandbox",
        "105: 85.5 points, but there it is excused (EX)",
        "106: its result was changed or cannot be read; grade it again",
        "nobody: 100 points, but no row of the roster has that id",
    ]


def test_zero_for_what_could_not_be_read_is_told(results, filled):
    done, rows = filled(results(**{"101": "unreadable"}), "canvas", CANVAS, column="Sums")
    assert rows[3][5] == "0"
    assert done.to_look_at == ["101: unreadable, 0 points: unreadable"]


def test_points_that_do_not_agree_are_refused_or_converted(results, filled):
    folder = results(**{"101": "some"})
    with pytest.raises(
        CourseError, match="'Essay \\(78\\)' is out of 20 points, the results out of 100; set the points"
    ):
        filled(folder, "canvas", CANVAS, column="Essay")
    _, rows = filled(folder, "canvas", CANVAS, column="Essay", scale=True)
    assert rows[3][5] == "17.1"


def test_semicolons_commas_in_numbers_and_a_mark_of_encoding_come_out_as_they_came(results, filled, tmp_path):
    text = "\ufeffStudent;ID;SIS Login ID;Section;Sums (77)\n    Points Possible;;;;100,00\nAnn;101;ann;One;12,5\n"
    done, rows = filled(results(ann="some"), "canvas", text)
    assert rows[0][0] == "\ufeffStudent"
    assert rows[2] == ["Ann", "101", "ann", "One", "85,5"]
    assert done.n_other == 1


@pytest.mark.parametrize(
    ("header", "points"),
    [
        (
            "Étudiant,ID,SIS Login ID,Section,Notes,Sums (77),Note finale",
            "    Points possibles,,,,,100.00,(lecture seule)",
        ),
        ("Студент,ID,SIS Login ID,Раздел,Sums (77)", "    Возможные баллы,,,,100"),
    ],
)
def test_canvas_in_another_language_keeps_who_it_is_and_out_of_how_many(results, filled, header, points):
    row = "Ann,101,ann,One" + "," * (header.count(",") - 3)
    done, rows = filled(results(ann="some"), "canvas", f"{header}\n{points}\n{row}\n", column="Sums")
    own = header.split(",")[:4]
    assert rows[0] == [*own, "Sums (77)"]
    assert (rows[1][0], rows[2]) == (points.split(",")[0], ["Ann", "101", "ann", "One", "85.5"])
    assert (done.n_without, done.to_look_at) == (0, [])


@pytest.mark.parametrize("sep", ["sep=;\n", "sep=;\r\n"])
def test_first_line_that_tells_excel_the_delimiter_is_no_row(results, filled, sep):
    text = "Student;ID;Section;Sums, all (77)\n    Points Possible;;;100\nAnn;101;One,a,b,c;\n"
    done, rows = filled(results(**{"101": "some"}), "canvas", sep + text)
    assert (rows[0][0], rows[2], done.to_look_at) == ("Student", ["Ann", "101", "One,a,b,c", "85,5"], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["n", "rn"])
def test_file_is_written_in_the_form_of_the_one_that_was_read(results, tmp_path, encoding, newline):
    mark = "\ufeff" if encoding.startswith("utf-16") else ""  # utf-8-sig writes its own
    lines = ["Student\tID\tSection\tSüms (1)", "    Points Possible\t\t\t1 000,00", "Ann\t101\tOne\t", ""]
    (tmp_path / "roster.csv").write_bytes((mark + newline.join(lines)).encode(encoding))
    fill(results(**{"101": "some"}), "canvas", tmp_path / "roster.csv", tmp_path / "out.csv", scale=True)
    lines[2] += "855"
    assert (tmp_path / "out.csv").read_bytes() == (mark + newline.join(lines)).encode(encoding)


@pytest.mark.parametrize(
    ("text", "decimal", "want"),
    [
        *(("10", "", 10), ("10.5", "", 10.5), ("10,5", "", 10.5), ("-3,25", "", -3.25), ("0.125", "", 0.125)),
        *(("1,000.00", "", 1000), ("1.000,00", "", 1000), ("1 000,00", "", 1000), ("1\u202f000", "", 1000)),
        *(
            ("1'000.50", "", 1000.5),
            ("1,000,000", "", 1e6),
            ("1,000", ".", 1000),
            ("1,000", ",", 1),
            ("1.000", ",", 1000),
        ),
        *(
            (text, "", None)
            for text in ("1,000", "1.000", "", "-", "A", "1,0,0", "1 00", "10 %", "nan", "1e3", "10/20")
        ),
    ],
)
def test_number_is_read_as_it_was_meant_or_not_at_all(text, decimal, want):
    assert parse_number(text, decimal) == want


def test_moodle_gets_its_worksheet_without_texts_that_it_would_import(results, filled):
    done, rows = filled(results(**{"1001": "some", "bob@school.example": "all"}), "moodle", MOODLE)
    assert rows == [
        ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Last modified (grade)"],
        ["Participant 1001", "Ann Ott", "Ann@school.example", "Submitted for grading", "85.5", "100.00", "-"],
        ["Participant 1002", "'+Bob", "bob@school.example", "Submitted for grading", "100", "100.00", "Monday"],
        ["Participant 1003", "Cy Roe", "cy@school.example", "No submission", "", "100.00", "-"],
    ]
    assert (done.n_filled, done.n_other, done.n_without) == (2, 1, 1)


WORKSHEETS = {
    "ru": (
        "Идентификатор;Полное имя;Адрес электронной почты;Состояние;Оценка;Максимальная оценка;"
        "Оценка может быть изменена;Последнее изменение (ответ);Ответ в виде текста;Последнее изменение (оценка)",
        "Участник ",
        "Да",
        "Нет",
    ),
    "de": (
        "ID;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung;Bewertung kann geändert werden;"
        "Zuletzt geändert (Abgabe);Texteingabe online;Zuletzt geändert (Bewertung)",
        "Teilnehmer/in",
        "Ja",
        "Nein",
    ),
    "fr": (
        "Identifiant;Nom complet;Adresse de courriel;Statut;Note;Note maximale;La note peut être modifiée;"
        "Dernière modification (travail remis);Texte en ligne;Dernière modification (note)",
        "Participant ",
        "Oui",
        "Non",
    ),
    "es": (
        "Identificador;Nombre completo;Dirección de correo;Estado;Calificación;Calificación máxima;"
        "La calificación puede ser cambiada;Última modificación (entrega);Texto en línea;Última modificación (nota)",
        "Participante ",
        "Sí",
        "No",
    ),
    "nl, by place": (
        "Nummer;Naam;Adres;Stand;Cijfer;Hoogste cijfer;Te wijzigen;Gewijzigd (werk);Tekst;Gewijzigd (cijfer)",
        "Deelnemer ",
        "Ja",
        "Nee",
    ),
}


@pytest.fixture(params=WORKSHEETS.values(), ids=WORKSHEETS.keys())
def worksheet(request):
    """(what to call the column, a worksheet out of 10 in another language: of Bob nothing may be changed)."""
    header, participant, yes, no = request.param
    lines = [
        f"{participant}11;Ann;ann@x.org;-;;10,00;{yes};-;bob@x.org;-",
        f"{participant}12;Bob;bob@x.org;-;7,50;10,00;{no};-;;-",
        f"{participant}13;Eve;eve@x.org;-;3,00;10,00;{yes};-;=1+1;-",
    ]
    return "Cijfer" if "Cijfer" in header else "", "\n".join([header, *lines, ""])


def test_moodle_in_another_language_is_scaled_and_what_is_locked_stays(results, filled, worksheet):
    column, text = worksheet
    folder = results(**{"ann@x.org": "some", "12": "all", "13": "none"})
    with pytest.raises(
        CourseError, match="is out of 10 points, the results out of 100; set the points there, or convert"
    ):
        filled(folder, "moodle", text, column=column)
    done, rows = filled(folder, "moodle", text, column=column, scale=True)
    assert [row[4] for row in rows[1:]] == ["8,55", "7,50", "0"]
    assert {len(row) for row in rows} == {9}, "but for the students' texts, of which Moodle would change one"
    (line,) = done.to_look_at
    assert line.startswith("12: 100 points, but there the grade cannot be changed (N") or "(Нет)" in line


def test_address_in_a_text_of_a_student_is_nobodys_key(results, filled):
    text = MOODLE.replace("-,=1+1,-3 for style", "-,,").replace("-,,\n", "-,ann@school.example,\n")
    _, rows = filled(results(**{"ann@school.example": "all"}), "moodle", text)
    assert [row[4] for row in rows[1:]] == ["100", "12.00", ""]
    without = "\n".join(",".join(line.split(",")[:2] + line.split(",")[3:]) for line in text.splitlines())
    done, rows = filled(results(**{"ann@school.example": "all"}), "moodle", without)
    assert [row[3] for row in rows[1:]] == ["", "12.00", ""]
    assert done.to_look_at == ["ann@school.example: 100 points, but no row of the roster has that id"]


@pytest.mark.parametrize(
    ("platform", "text", "says"),
    [
        ("moodle", MOODLE.replace("Maximum Grade", "Scale").replace("100.00", "Good"), "got no maximum, want a number"),
        (
            "moodle",
            MOODLE.replace(",Maximum Grade", "").replace(",100.00", ""),
            "got no maximum, want a number of points",
        ),
        ("moodle", MOODLE.replace("100.00", "a hundred"), "got 'a hundred' as its maximum, want a number of points"),
        ("moodle", MOODLE.replace("100.00", "0.00"), "is out of 0 points; set the points there"),
        ("canvas", CANVAS.replace("100.00", ""), "got no maximum, want a number of points; say how many with --out-of"),
        (
            "canvas",
            CANVAS.replace("100.00", '"1,000"').replace("12.00", "").replace("7.00", "").replace("9.00", ""),
            "'1,0",
        ),
    ],
    ids=["scale", "no column", "words", "zero", "nothing", "a thousand or one"],
)
@pytest.mark.parametrize("scale", [True, False], ids=["scaled", "as they are"])
def test_maximum_that_cannot_be_told_is_an_error(results, filled, tmp_path, platform, text, says, scale):
    column = "Sums" if platform == "canvas" else ""
    with pytest.raises(CourseError, match=says):
        filled(results(**{"1001": "all", "101": "all"}), platform, text, column=column, scale=scale)
    assert not (tmp_path / "out.csv").exists()


def test_maximum_that_the_roster_does_not_say_is_told(results, filled):
    text = CANVAS.replace("100.00", "")
    _, rows = filled(results(**{"101": "some"}), "canvas", text, column="Sums", scale=True, out_of=10)
    assert rows[3][5] == "8.55"
    with pytest.raises(CourseError, match="'Sums \\(77\\)' is out of 100 points there; got --out-of 10"):
        filled(results(**{"101": "some"}), "canvas", CANVAS, column="Sums", scale=True, out_of=10)


def test_maximum_of_a_thousand_is_no_hundred(results, filled):
    text = CANVAS.replace("100.00", '"1,000.00"')
    with pytest.raises(CourseError, match="is out of 1000 points, the results out of 100"):
        filled(results(**{"101": "some"}), "canvas", text, column="Sums")
    _, rows = filled(results(**{"101": "some"}), "canvas", text, column="Sums", scale=True)
    assert rows[3][5] == "855"


def test_student_in_two_rows_gets_nothing_whichever_key_was_used(results, filled):
    text = MOODLE + "Participant 1009,Ann Again,ann@school.example,No submission,,100.00,-,,\n"
    done, rows = filled(results(**{"1001": "all"}), "moodle", text)
    assert [row[4] for row in rows[1:]] == ["", "12.00", "", ""]
    assert done.to_look_at == ["1001: 100 points, but 2 rows of the roster have that id"]


def test_students_without_a_number_of_their_own_are_not_one(results, filled):
    text = MOODLE.replace("Email address", "ID number")
    for each in ("Ann@school.example", "bob@school.example", "cy@school.example"):
        text = text.replace(each, "")
    done, rows = filled(results(**{"1001": "some"}), "moodle", text)
    assert (rows[1][4], done.to_look_at) == ("85.5", [])


def test_grade_that_was_another_before_is_counted(results, filled):
    done, _ = filled(results(**{"101": "some"}), "canvas", CANVAS.replace(",,15.00,", ",86.00,15.00,"), column="Sums")
    assert done.n_other == 1
    done, _ = filled(results(**{"101": "some"}), "canvas", CANVAS.replace(",,15.00,", ",85.50,15.00,"), column="Sums")
    assert (done.n_filled, done.n_other) == (1, 0)


def test_decimals_are_written_as_the_table_has_them(results, filled):
    semicolons = MOODLE.replace(",", ";").replace("100.00", "100").replace("12.00", "")
    _, rows = filled(results(**{"1001": "some"}), "moodle", semicolons)
    assert rows[1][4] == "85,5"
    two = MOODLE.replace("100.00,-", "100,-").replace("100.00,M", "100,M").replace("12.00", '"12,5"')
    two = two.replace("No submission,,", "No submission,3.5,")  # nobody can tell: as a comma between the columns has it
    _, rows = filled(results(**{"1001": "some"}), "moodle", two)
    assert rows[1][4] == "85.5"


def test_delimiter_is_told_by_what_is_not_in_quotes(results, filled):
    heading = '"Identifier, the";Full name;Email address;Status;Grade;Maximum Grade;"Text, long, longer,,,,,"'
    text = f"{heading}\nParticipant 1001;Ann;a@b.example;x;;100;{'y' * 300_000}\n"
    done, rows = filled(results(**{"1001": "all"}), "moodle", text)
    assert (rows[1][4], done.to_look_at) == ("100", [])


def test_two_columns_of_maxima_are_no_maximum(results, filled):
    text = MOODLE.replace("Online text", "Maximum Grade")
    with pytest.raises(CourseError, match="got no maximum, want a number of points"):
        filled(results(**{"1001": "all"}), "moodle", text)


def test_two_columns_of_addresses_in_an_unknown_language_are_no_keys(tmp_path):
    text = "Nr,Nimi,Posti,Kotisivu,Arvosana,Maksimi\n"
    text += "Osallistuja 1,Ann,a@b.example,bob@b.example,,100\nOsallistuja 2,Bob,bob@b.example,a@b.example,,100\n"
    (tmp_path / "roster.csv").write_text(text)
    assert read_roster(tmp_path / "roster.csv", "moodle", "Arvosana").keys == [("1",), ("2",)]


def test_number_below_zero_is_no_formula(results, filled):
    _, rows = filled(results(**{"1001": "all"}), "moodle", MOODLE.replace("12.00,100", '"-1,5",100'))
    assert rows[2][4] == "-1,5"


def test_student_called_as_the_row_of_points_is_a_student(results, filled):
    text = CANVAS.replace('"Roe, Dee"', "Points Possible")
    _, rows = filled(results(**{"104": "some"}), "canvas", text, column="Sums")
    assert rows[6][5] == "85.5"


def test_row_that_a_comma_has_moved_is_refused(results, filled):
    with pytest.raises(CourseError, match="row 7: got 11 cells, want 10, as in its first row"):
        filled(results(**{"104": "some"}), "canvas", CANVAS.replace('"Roe, Dee"', "Roe, Dee"), column="Sums")


# --- ids that no roster knows ---------------------------------------------------------------------------------


@pytest.fixture
def match(tmp_path):
    def write(text, encoding="utf-8"):
        (tmp_path / "map.csv").write_text(text, encoding=encoding)
        return tmp_path / "map.csv"

    return write


def test_match_says_whose_an_id_is(results, filled, match):
    folder = results(ann="some", bob="none", stranger="all", nobody="all")
    ids = match("id;key\nann;101\nstranger;S-4\nnot-here;103\nnobody;999\n", "utf-8-sig")
    done, rows = filled(folder, "canvas", CANVAS, column="Sums", match=ids)
    assert [row[5] for row in rows[3:]] == ["85.5", "0", "N/A", "100", "EX", "9.00"]
    assert done.to_look_at == ["nobody: 100 points, but no row of the roster has that id, nor 999, its key in --match"]


def test_match_that_makes_two_of_one_or_one_of_two_fills_nothing(results, filled, match):
    folder = results(**{"101": "some", "ann": "all", "bob": "all"})
    ids = match("id,key\nann,101\nbob,104\n")
    done, rows = filled(folder, "canvas", CANVAS, column="Sums", match=ids)
    assert [row[5] for row in rows[3:]] == ["", "12.00", "N/A", "7.00", "EX", "9.00"], "as they were"
    assert done.to_look_at == [
        "bob: 100 points, but that id, and 104 with --match, are 2 rows of the roster",
        "101 (85.5), ann (100): are one student of the roster; which one counts?",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "got the heading '', want id,key"),
        ("ann,101\n", "got the heading 'ann,101', want id,key"),
        ("id,key\nann\n", "row 2: got 'ann', want an id and a key"),
        ("id,key\nann,\n", "row 2: got 'ann,', want an id and a key"),
        ("id,key\nann,101\nAnn,102\n", "row 3: 'Ann' has another key above; want one"),
    ],
)
def test_match_of_another_form_is_refused(results, filled, match, text, says):
    with pytest.raises(CourseError, match=f"match .*map.csv: {says}"):
        filled(results(ann="all"), "canvas", CANVAS, column="Sums", match=match(text))


@pytest.mark.parametrize(
    ("platform", "text", "column", "says"),
    [
        ("canvas", "", "", "no column ID, or none called TITLE \\(NUMBER\\); want the gradebook as Canvas"),
        ("canvas", MOODLE, "", "no column ID, or none called TITLE \\(NUMBER\\); want the gradebook as Canvas"),
        ("canvas", CANVAS, "", "got 'no column', want one with --column; there are 'Sums \\(77\\)', 'Essay \\(78\\)'"),
        ("canvas", CANVAS.replace("100.00", "(read only)"), "Sums", "'Sums \\(77\\)' is read-only in Canvas"),
        ("moodle", CANVAS, "", 'its first column does not say "Participant 123"'),
        ("moodle", MOODLE, "Mark", "got 'Mark', want one with --column; there are 'Identifier'"),
    ],
    ids=["empty", "moodle's", "two columns", "read only", "canvas's", "no such column"],
)
def test_roster_of_another_form_is_refused(results, filled, tmp_path, platform, text, column, says):
    with pytest.raises(CourseError, match=says):
        filled(results(ann="all"), platform, text, column=column)
    assert not (tmp_path / "out.csv").exists()


def test_files_that_will_not_do_are_refused(results, tmp_path):
    roster = tmp_path / "roster.csv"
    with pytest.raises(CourseError, match="cannot be read: No such file"):
        fill(results(ann="all"), "canvas", roster, tmp_path / "out.csv")
    roster.write_bytes("Student,ID,Section,Süms (1)\n".encode("latin-1"))
    with pytest.raises(CourseError, match="not UTF-8; want the file as it was exported"):
        fill(results(ann="all"), "canvas", roster, tmp_path / "out.csv")
    with pytest.raises(CourseError, match="is the roster itself; want another file with --out"):
        fill(results(ann="all"), "canvas", roster, roster)
    roster.write_text(CANVAS)
    with pytest.raises(CourseError, match="no results here; want the folder that autograder grade wrote"):
        fill(tmp_path / "nothing", "canvas", roster, tmp_path / "out.csv", column="Sums")


def test_command_says_what_it_filled_and_ends_with_1_if_somebody_is_to_be_looked_at(results, tmp_path):
    (tmp_path / "roster.csv").write_text(CANVAS)
    options = ["gradebook", str(results(**{"101": "all"})), "--for", "canvas", "--column", "Sums"]
    options += ["--roster", str(tmp_path / "roster.csv"), "--out", str(tmp_path / "out.csv")]
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 0, done.output
    assert f"wrote {tmp_path}/out.csv: 1 scores in 'Sums (77)'" in done.output
    assert "of these replaced another score: 0; without a result, left as it was: 5" in done.output
    results(nobody="all")
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 1
    assert "look at nobody: 100 points, but no row of the roster has that id" in done.output
    assert "1 with an id of no row: say whose in a CSV with the columns id,key, and --match" in done.output
    (tmp_path / "ids.csv").write_text("id,key\nnobody,bob\n")
    done = CliRunner().invoke(main, [*options, "--match", str(tmp_path / "ids.csv")])
    assert done.exit_code == 0, done.output
    assert "2 scores in 'Sums (77)'" in done.output


def test_results_of_two_assignments_are_refused(results, filled):
    folder = results(ann="all", bob="all")
    record = json.loads((folder / "bob" / "instructor.json").read_text())
    other = msgspec.structs.replace(ASSIGNMENT, name="t2")
    write_results(folder / "bob", Graded(id=record["id"], status="graded"), other, TESTS)
    with pytest.raises(CourseError, match="results of t1_sums, t2; want one assignment's folder"):
        filled(folder, "canvas", CANVAS, column="Sums")


def test_column_that_may_say_what_is_locked_in_an_unknown_language_is_an_error(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(
        "識別子,氏名,評点,最大評点,評点変更可\n参加者 12,花子,3,100,いつか\n参加者 13,太郎,,100,だめ\n",
        encoding="utf-8",
    )
    with pytest.raises(CourseError, match="cannot tell whether '評点変更可' says which grades can be changed"):
        read_roster(path, "moodle", "評点")


# --- who is in a class ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Student,ID,SIS User ID,Section,a1 (5)\nPoints Possible,,,,100\nDoe,7,s7,A,\n", {"7", "s7"}),
        ("Identifier,Full name,Email address,Grade,Comment\nParticipant 12,Jane,j@u.edu,,999\n", {"12", "j@u.edu"}),
        ("Идентификатор;Полное имя;Адрес электронной почты;Оценка\nУчастник 12;Анна;a@u.ru;\n", {"12", "a@u.ru"}),
        ("id\n77\n\nJane\n", {"77", "jane"}),
    ],
    ids=["canvas", "moodle", "moodle-ru", "plain"],
)
def test_roster_knows_students_by_the_platforms_columns_alone(tmp_path, text, keys):
    path = tmp_path / "class.csv"
    path.write_text(text, encoding="utf-8")
    assert read_keys(path) == keys


def test_roster_without_a_column_that_names_students_is_refused(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text("name,comment\nJane,7\n", encoding="utf-8")
    with pytest.raises(
        CourseError, match=r'no column that names students; want the gradebook as Canvas or Moodle .* "id"'
    ):
        read_keys(path)


def test_scores_to_which_a_platform_adds_something_say_so(results, filled, tmp_path):
    folder = results(**{"101": "some"})
    owner = Owner(course="tiny", assignment="t1_sums", seed=0, secret="", follow_through=True)
    contents = {"owner": msgspec.to_builtins(owner), "left_out": "late penalties"}
    (folder / "records.json").write_text(json.dumps(contents))
    done, rows = filled(folder, "canvas", CANVAS, column="Sums")
    assert (done.left_out, done.n_filled, rows[3][-1]) == ("late penalties", 1, "85.5")
    (tmp_path / "roster.csv").write_text(CANVAS)
    words = ["gradebook", folder, "--for", "canvas", "--roster", tmp_path / "roster.csv", "--out", tmp_path / "x.csv"]
    said = CliRunner().invoke(main, [*map(str, words), "--column", "Sums"])
    assert "look at what these scores are without: late penalties\n" in said.stdout
