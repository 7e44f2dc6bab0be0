"""Handouts as pages: every formula and picture in them, nothing from elsewhere, and printed where a browser is."""

import base64
import io
import itertools
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

from autograder.course import Course, handouts
from autograder.course.stubs import module_stubs
from autograder.errors import CourseError
from tests import needs
from tests.test_architecture import ROOT

ttLib = needs.package("fontTools.ttLib")
needs.package("latex2mathml")
needs.package("mdit_py_plugins")
needs.package("ziamath")  # of which the pages take a file

from autograder.platforms import paper  # noqa: E402 (after what it needs was found)
from autograder.platforms.paper import diagram, formulas  # noqa: E402

pytestmark = pytest.mark.slow

COURSE = Course.load(ROOT)
STUBS, _ = module_stubs(COURSE)
HANDOUTS = [handout for assignment in COURSE.assignments for handout in handouts(assignment)]


class Page(HTMLParser):
    """What a page shows as text outside of code, its tags with their attributes, and whether each is closed."""

    EMPTY = frozenset({"meta", "img", "br", "wbr", "hr", "link", "input"})

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "pre", "code"} & {*self.open}:
            self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def written(handout):
    return paper.page(handout, handout.render(STUBS), COURSE.pictures)


@pytest.mark.parametrize("handout", HANDOUTS, ids=lambda each: f"{each.path.parent.name}{each.suffix}")
def test_page_shows_all_of_a_handout_and_asks_for_nothing_else(handout):
    source = handout.render(STUBS)
    page = Page(written(handout))
    prose = re.sub(r"^```.*?^```", "", source, flags=re.DOTALL | re.MULTILINE)
    assert len(page.all("h1")) == len(re.findall(r"^# ", prose, re.MULTILINE)) == 1
    assert len(page.all("h2")) == len(re.findall(r"^## ", prose, re.MULTILINE)) > 2
    diagrams = len(re.findall(r"^```mermaid", source, re.MULTILINE))
    assert len(page.all("pre")) == len(re.findall(r"^```\w", source, re.MULTILINE)) - diagrams > 5
    assert [each["role"] for each in page.all("svg")] == ["img"] * diagrams
    tokens = [inner for token in paper._PARSER.parse(source) for inner in (token, *(token.children or ()))]
    shown = [each for tag in ("span", "div") for each in page.all(tag) if "math" in each.get("class", "").split()]
    assert len(shown) == sum(token.type.startswith("math") for token in tokens) > 30
    assert len(page.all("math")) >= len(shown)
    pictures = re.findall(r"!\[", prose)
    assert [each["src"].partition(",")[0] for each in page.all("img")] == ["data:image/svg+xml;base64"] * len(pictures)
    assert all(each["alt"] for each in page.all("img"))
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert page.all("html") == [{"lang": "ru" if handout.suffix else "en"}]
    left = re.findall(r"\\[a-zA-Z]+|\$|\*\*|<!--|!\[", page.text)
    assert left == [], "Markdown or TeX that nobody has read"


def boxes(drawn):
    found = re.findall(r'<rect x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"', drawn)
    labels = re.findall(r"rx=\"5\"/><text[^>]*>(.*?)</text>", drawn)
    return {label: tuple(map(float, each)) for label, each in zip(labels, found, strict=True)}


@pytest.mark.parametrize("direction", ["LR", "TD"])
def test_diagram_is_drawn_in_layers_and_no_arrow_crosses_a_box(direction):
    source = (
        f'graph {direction}\n w["w = 2<br>grad"] --> p\n x --> p\n p --> L["L < 1"]\n w --> L\n t --> L\n x --> L\n'
    )
    drawn = diagram.svg(source, "here")
    found = boxes(drawn)
    assert found.keys() == {"w = 2", "p", "x", "L &lt; 1", "t"}
    along = 0 if direction == "LR" else 1
    first, second, last = (
        {name: found[name] for name in layer} for layer in (("w = 2", "x"), ("p", "t"), ("L &lt; 1",))
    )
    ends = [max(box[along] + box[along + 2] for box in layer.values()) for layer in (first, second)]
    assert all(box[along] > ends[0] for box in second.values())
    assert all(box[along] > ends[1] for box in last.values())
    ways = re.findall(r'<polyline points="(.*?)"', drawn)
    assert len(ways) == 6
    for way in ways:
        points = [tuple(map(float, point.split(","))) for point in way.split()]
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            for part in np.linspace(0.02, 0.98, 60):
                x, y = x1 + part * (x2 - x1), y1 + part * (y2 - y1)
                assert not [n for n, (a, b, w, h) in found.items() if a < x < a + w and b < y < b + h], way


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("pie\n", "here: diagram: got 'pie', want graph LR or graph TD"),
        ("graph LR\n  a ==> b\n", r"here: diagram: got 'a ==> b', want name\[\"label\"\] --> name"),
        ("graph LR\n  a --> b\n  b --> a\n", "diagram: its arrows lead round in a circle; want one without"),
    ],
)
def test_diagram_that_is_none_is_an_error(source, message):
    with pytest.raises(CourseError, match=message):
        diagram.svg(source, "here")


def test_formulas_are_written_as_mathematics():
    assert "<munderover><mo>∑</mo>" in formulas.mathml(r"f\left(\sum_{j=0}^M w_j\right)", is_block=True)
    assert "<msubsup><mo>∑</mo>" in formulas.mathml(r"\sum_{j=0}^M w_j", is_block=False)
    assert "<mfrac>" in formulas.mathml(r"\tfrac{1}{2}", is_block=False)


TIGHT, PREFIX = 'stretchy="false" lspace="0" rspace="0"', 'form="prefix"'


@pytest.mark.parametrize(
    ("formula", "want"),
    [
        (r"6{,}4 \cdot 10", "<mn>6,4</mn><mo>·</mo><mn>10</mn>"),
        (r"0{,}5; -1{,}25", f'<mn>0,5</mn><mo lspace="0" rspace="0.167em">;</mo><mo {PREFIX}>−</mo><mn>1,25</mn>'),
        (r"(1, 2.5)", "<mn>1</mn><mo>,</mo><mn>2.5</mn>"),
        (r"f''(x)", f"<mrow><mi>f</mi><mo {TIGHT}>″</mo></mrow>"),
        (r"x^\ast \sim -\infty", '<mo>∗</mo></msup><mo>∼</mo><mo form="prefix">−</mo><mi>∞</mi>'),
        (r"\varepsilon |x| - 1", f"<mo {TIGHT}>|</mo><mi>x</mi><mo {TIGHT}>|</mo><mo>−</mo>"),
        (r"w = -1", f"<mo>=</mo><mo {PREFIX}>−</mo>"),
        (r"\lvert a_i \rvert", f"<mo {TIGHT}>|</mo><msub>"),
        (r"\left| a \right|", '<mo stretchy="true" fence="true" form="prefix" lspace="0" rspace="0">|</mo>'),
        (r"f(x) - 1", "<mo>−</mo><mn>1</mn>"),
        (r"2 \sin x", '<mo lspace="0.167em" rspace="0.167em">sin</mo><mi>x</mi>'),
        (r"\ln(x)", '<mo lspace="0" rspace="0">ln</mo><mo stretchy="false">(</mo>'),
        (r"1, \dots, n", '<mo lspace="0" rspace="0.167em">…</mo>'),
        (r"\partial L / \partial x", f"<mo {TIGHT}>∂</mo><mi>L</mi><mo {TIGHT}>/</mo><mo {TIGHT}>∂</mo>"),
        (r"a \max_i x_i", '<msub><mo lspace="0.167em" rspace="0.167em">max</mo><mi>i</mi></msub>'),
    ],
)
def test_formulas_have_the_numbers_and_the_space_that_their_source_means(formula, want):
    assert want in formulas.mathml(formula, is_block=False)


def test_formula_on_a_line_of_its_own_may_be_broken_at_wide_spaces():
    source = r"a = \frac{1}{b \quad c}, \qquad d = e \quad (e \ge 0)"
    first, second, third = formulas.mathml(source, is_block=True).split("<wbr>")
    assert [each.count('<math display="block">') for each in (first, second, third)] == [1, 1, 1]
    assert first.endswith('<mo>,</mo><mspace width="2em" /></mrow></math>')
    assert "<mi>d</mi><mo>=</mo><mi>e</mi>" in second
    assert "<mo>≥</mo><mn>0</mn>" in third
    assert "<wbr>" not in formulas.mathml(source, is_block=False)


def test_font_has_what_the_formulas_use_and_little_else():
    body = paper._PARSER.render(r"$\sqrt{h} + \max_i \gamma' \mathbf{w}^2 - 3$, and Q out of any formula", {})
    kind, _, data = formulas.font(body).partition(",")
    assert kind == "data:font/woff;base64"
    font = ttLib.TTFont(io.BytesIO(base64.b64decode(data)))
    assert {*map(ord, "√+maxi′2−3γ𝛾hℎi𝑖𝐰")} <= font.getBestCmap().keys()
    assert not {*map(ord, "Q𝑄y5")} & font.getBestCmap().keys()
    assert font["MATH"].table.MathConstants.RadicalRuleThickness.Value > 0
    assert len(data) < 40_000
    variants, root = font["MATH"].table.MathVariants, font.getBestCmap()[ord("√")]
    roots = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)].MathGlyphVariantRecord
    assert len({font["hmtx"][each.VariantGlyph][0] for each in roots}) == 1 < len(roots)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# A\n\n$$x_$$\n", r"handout: the formula 'x_' cannot be read: .*; write it otherwise"),
        ("# A\n\n$$\\nosuch{x}$$\n", r"handout: the formula .* has \\nosuch, which is not known; write it otherwise"),
        ("# A\n\n![x](../pictures/none.svg)\n", r"picture ../pictures/none.svg: not in .*; want ../pictures/NAME.svg"),
        ("# A\n\n![x](https://x.org/a.png)\n", r"picture https://x.org/a.png: not in .*; want ../pictures/NAME.svg"),
    ],
)
def test_what_cannot_be_shown_is_an_error_of_the_author(text, message):
    with pytest.raises(CourseError, match=message):
        paper.page(HANDOUTS[0], text, COURSE.pictures)


def test_command_writes_each_language_or_one(tmp_path):
    def run(*options):
        command = [sys.executable, "-m", "autograder", "export", "handouts", "a2", "--out", str(tmp_path), *options]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    done = run("--language", "ru")
    assert (done.returncode, done.stdout) == (0, f"wrote 1 files to {tmp_path}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a2_derivatives.ru.html"]
    assert run().returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a2_derivatives.html", "a2_derivatives.ru.html"]


def test_without_a_browser_printing_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CourseError, match=r"no browser to print with: looked for chromium, .*; apt install chromium"):
        paper.export(COURSE, [COURSE.assignment("a2")], tmp_path, pdf=True)


def test_browser_that_makes_nothing_is_told_with_its_last_words(tmp_path, monkeypatch):
    fake = tmp_path / "bin" / "chromium"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho no room >&2\nexit 3\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    with pytest.raises(CourseError, match=r"chromium made none \(exit status 3\): no room; print .* by hand"):
        paper.export(COURSE, [COURSE.assignment("a2")], tmp_path, language="en", pdf=True)


@needs.BROWSER
def test_printed_handout_has_its_pages(tmp_path):
    [page, printed] = paper.export(COURSE, [COURSE.assignment("a2")], tmp_path, language="ru", pdf=True)
    assert (page.name, printed.name) == ("a2_derivatives.ru.html", "a2_derivatives.ru.pdf")
    data = printed.read_bytes()
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", data)) > 5


@needs.BROWSER
@pytest.mark.parametrize("handout", HANDOUTS, ids=lambda each: f"{each.path.parent.name}{each.suffix}")
def test_nothing_printed_is_wider_than_the_page(handout, tmp_path):
    ask = """<style>html { width: 176mm }</style><script>
        document.fonts.ready.then(() => {
          const blocks = [...document.querySelectorAll("pre, table, img, .diagram, .math.block")];
          const wide = blocks.filter(each => each.scrollWidth > document.body.clientWidth + 1
            || !["img", "svg"].includes(each.localName) && getComputedStyle(each).overflowX !== "visible");
          document.title = `${blocks.length} blocks, wide: ${wide.map(each => each.textContent)}`;
        });
    </script>"""
    path = tmp_path / "page.html"
    path.write_text(written(handout).replace("@media print", "@media all") + ask, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--virtual-time-budget=3000"]
    done = subprocess.run([needs.browser(), *options, path.as_uri()], capture_output=True, text=True, timeout=120)
    [title] = re.findall(r"<title>(.*?)</title>", done.stdout, re.DOTALL)
    assert re.fullmatch(r"[1-9]\d+ blocks, wide: ", title)
