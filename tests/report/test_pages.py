"""The pages of a class: what is in them and what is not, and what a browser makes of them."""

import csv
import html
import json
import re
import subprocess

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.report.pages import title_of
from tests import needs

pytestmark = pytest.mark.slow
EVIL = "<script>document.title='run'</script>"
BROKEN = f'raise ValueError("{EVIL}")'


@pytest.fixture(scope="module")
def graded(make_lab, tmp_path_factory):
    """(folder, lab): a class as the command grades it: one right, one wrong, one that says what acts on a page."""
    lab = make_lab(tmp_path_factory.mktemp("report"))
    total = "return float(as_vector(values).sum())"
    lab.hand_in("ann")
    lab.hand_in("bob", lab.source((total, "return 6.0")))
    lab.hand_in("eve", lab.source((total, BROKEN)))
    out = lab.root / "results"
    command = ["grade", str(lab.hand_ins), "--assignment", "t1", "--course", str(lab.root), "--out", str(out)]
    done = CliRunner().invoke(main, [*command, "--jobs", "1"])
    assert done.exit_code in (0, 1), done.output
    return out, lab


@pytest.fixture(scope="module")
def report(graded):
    """report(readers): the folder with the pages for these readers."""
    results, lab = graded

    def write(readers):
        out = lab.root / readers
        command = ["report", str(results), "--course", str(lab.root), "--for", readers, "--out", str(out)]
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 0, done.output
        return out

    return write


def test_class_page_links_everybody_and_every_link_leads_somewhere(report):
    out = report("instructors")
    page = (out / "index.html").read_text(encoding="utf-8")
    links = set(re.findall(r'href="([^"#]+)"', page))
    assert links == {f"students/{name}.html" for name in ("ann", "bob", "eve")}
    assert all((out / link).is_file() for link in links)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))
    assert "known mistake" in (out / "students" / "bob.html").read_text() or "got 6" in (
        out / "students" / "bob.html"
    ).read_text(encoding="utf-8")


def test_nothing_is_loaded_and_nothing_of_a_hand_in_acts(report):
    for readers in ("instructors", "students"):
        pages = sorted(report(readers).rglob("*.html"))
        assert len(pages) >= 3
        for page in pages:
            text = page.read_text(encoding="utf-8")
            assert "<script>document" not in text
            assert not re.findall(r"(?:src|srcset|action)\s*=|url\(|@import|https?://", text), page
            assert text.count("<script") == (page.name == "index.html")
    eve = (report("instructors") / "students" / "eve.html").read_text(encoding="utf-8")
    assert html.escape(EVIL, quote=True) in eve.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")


def test_students_pages_are_listed_by_names_that_tell_nothing_and_are_the_same_again(report, graded):
    out = report("students")
    with open(out / "links.csv", encoding="utf-8-sig", newline="") as file:
        listed = {row["id"]: row["file"] for row in csv.DictReader(file)}
    assert listed.keys() == {"ann", "bob", "eve"}
    assert {path.name for path in out.glob("*.html")} == set(listed.values())
    assert all(re.fullmatch(r"[0-9a-f]{32}\.html", name) for name in listed.values())
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert {path.name: path.read_bytes() for path in report("students").iterdir()} == before


def test_students_read_nothing_of_hidden_tests_but_what_results_json_has(report, graded):
    results, _ = graded
    out = report("students")
    with open(out / "links.csv", encoding="utf-8-sig", newline="") as file:
        files = {row["id"]: row["file"] for row in csv.DictReader(file)}
    n_kept_back = 0
    for identity in ("bob", "eve"):
        page = html.unescape((out / files[identity]).read_text(encoding="utf-8"))
        own = json.loads((results / identity / "instructor.json").read_text(encoding="utf-8"))
        allowed = json.dumps(json.loads((results / identity / "results.json").read_text(encoding="utf-8")))
        told = [test[key] for test in own["tests"] if not test["public"] for key in ("message", "trace", "printed")]
        for text in filter(None, told):
            if json.dumps(text)[1:-1] not in allowed:
                n_kept_back += 1
                assert text not in page
        assert "wrong answer" in page or "raised" in page
    assert n_kept_back > 1, "there is something to keep back"


def test_folder_that_is_no_report_is_left_alone(graded, tmp_path):
    results, lab = graded
    (tmp_path / "thesis.txt").write_text("two years")
    command = ["report", str(results), "--course", str(lab.root), "--out", str(tmp_path)]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert "is no earlier report, and not empty; choose another folder with --out" in " ".join(done.output.split())
    assert (tmp_path / "thesis.txt").read_text() == "two years"


@pytest.mark.parametrize(
    ("name", "title"),
    [("test_value[mul-row]", "value: mul row"), ("test_total", "total"), ("odd[", "odd["), ("test_a_b[]", "a b")],
)
def test_titles_are_words(name, title):
    assert title_of(name) == title


DRIVER = """
const log = [];
const rows = () => [...document.querySelector("#students").tBodies[0].rows].filter((row) => !row.hidden);
document.querySelectorAll("#students th button")[2].click();
log.push(rows().map((row) => row.cells[0].textContent.trim()).join(" "));
document.querySelectorAll("#students th button")[2].click();
log.push(rows().map((row) => row.cells[0].textContent.trim()).join(" "));
const input = document.querySelector("input[type=search]");
input.value = "BOB";
input.dispatchEvent(new Event("input"));
log.push(rows().map((row) => row.cells[0].textContent.trim()).join(" "));
document.body.dataset.log = log.join("|");
"""


def shown(path):
    """(the page as a browser has it, what it said of errors)."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"]
    done = subprocess.run([needs.browser(), *options, path.as_uri()], capture_output=True, text=True, timeout=120)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@needs.BROWSER
def test_browser_says_no_error_and_runs_nothing_of_a_hand_in(report):
    out = report("instructors")
    for page in (out / "index.html", out / "students" / "eve.html"):
        dom, errors = shown(page)
        assert errors == []
        assert "<title>run</title>" not in dom


@needs.BROWSER
def test_table_is_sorted_and_searched(report, tmp_path):
    page = (report("instructors") / "index.html").read_text(encoding="utf-8")
    page = re.sub(r"<meta http-equiv[^>]*>", "", page).replace("</body>", f"<script>{DRIVER}</script></body>")
    (tmp_path / "driven.html").write_text(page, encoding="utf-8")
    dom, errors = shown(tmp_path / "driven.html")
    assert errors == []
    (log,) = re.findall(r'data-log="([^"]*)"', dom)
    up, down, found = log.split("|")
    assert up.split()[-1] == "ann"
    assert down.split()[0] == "ann"
    assert found == "bob"
