"""Markdown with a script in it, in every way that we know, becomes HTML in which nothing acts."""

import re

import pytest

from tests.platforms.nbgrader.pages import ATTACHMENTS, MARKDOWN, acting

pytestmark = pytest.mark.slow
PICTURES = {
    f"attachment:{name}": f"data:{kind};base64,{data}"
    for name, bundle in ATTACHMENTS.items()
    for kind, data in bundle.items()
}


def as_markdown(source):
    """What nbconvert makes of a cell of Markdown, as nbgrader's pages ask for it."""
    from nbconvert.filters import strip_files_prefix
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    return strip_files_prefix(MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(source))


@pytest.mark.parametrize("name", MARKDOWN)
def test_markdown_holds_nothing_that_acts(name):
    from autograder.platforms.nbgrader.inert import inert_markdown

    made = inert_markdown(MARKDOWN[name], PICTURES)
    assert "\n" not in made
    assert as_markdown(made).rstrip("\n") == made
    assert list(acting(made)) == []
    formula = re.search(r"&#92;(href|style|class|cssId|def)\b", made)
    assert not formula or made.startswith('<div class="tex2jax_ignore mathjax_ignore">')


def test_attacks_act_without_us():
    # Else the test above would pass whatever is done to them. nbconvert escapes formulas and code, which MathJax reads.
    by_mathjax = {name for name in MARKDOWN if name.endswith("_formula")} | {"script_in_an_environment"}
    in_code = {"script_in_a_code_block", "script_in_a_code_span"}
    by_browsers = {"script_behind_a_comment"}  # which end it sooner than the parser here
    for name in MARKDOWN.keys() - by_mathjax - in_code - by_browsers:
        if not name.startswith("attachment"):
            assert list(acting(as_markdown(MARKDOWN[name]))), name


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            "# A *b*\n\n- c `d`\n- e",
            "<h1>A <em>b</em></h1>&#10;<ul>&#10;<li>c <code>d</code></li>&#10;<li>e</li>&#10;</ul>",
        ),
        ("|a|b|\n|-|-|\n|1|2|", "<td>1</td>"),
        ("$a_1 \\lt b_1$ and $$\\frac{1}{2}$$", "&#36;a_1 &#92;lt b_1&#36; and &#36;&#36;&#92;frac{1}{2}&#36;&#36;"),
        ("x<sub>1</sub><br>&amp;", "x<sub>1</sub><br>&amp;"),
        ("[a](https://x.org/?q=1) <https://x.org>", "a (https://x.org/?q=1) https://x.org"),
        ("```python\na = 1\n\nb\n```", "<pre><code>a = 1&#10;&#10;b&#10;</code></pre>"),
        ("![p](attachment:good.png)", '<img src="data:image/png;base64,iVBORw0KGgo=" alt="p">'),
        ("$a_1*b_1$ *c* `$d_1$`", "<p>&#36;a_1*b_1&#36; <em>c</em> <code>&#36;d_1&#36;</code></p>"),
        ("*half* \ud800", "<p><em>half</em> \ufffd</p>"),
        ("1 < 2 `x`", "1 &lt; 2 <code>x</code>"),
    ],
)
def test_what_is_harmless_is_laid_out(source, shown):
    from autograder.platforms.nbgrader.inert import inert_markdown

    assert shown in re.sub(r"</?span>|</?div>", "", inert_markdown(source, PICTURES))
