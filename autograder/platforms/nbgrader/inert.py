"""A student's Markdown as it may stand on a page: feedback, formgrader, JupyterLab.

nbgrader puts the HTML of a cell into its pages as it stands, and formgrader's are of one origin with what sets grades:
a `<script>` there gives its author any. So Markdown becomes HTML here, once, and of that nothing stays but text, how it
is laid out, and pictures that the notebook holds. A link stays as text: formgrader, asked for an address that names a
folder, reads its configuration from there, which is Python.

What comes of it is one line of HTML, which stays as it is when a page reads it as Markdown once more.
"""

import html
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_MARKDOWN = 5_000  # characters of a cell: what is longer is shown as it was written
MAX_IN_ALL = 64_000  # of a notebook's cells; so reading takes ten seconds at most, of the most unfortunate text
_TAGS = {
    *("p", "br", "hr", "div", "span", "blockquote", "pre", "code", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("em", "strong", "b", "i", "u", "s", "del", "sub", "sup", "kbd", "ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "thead", "tbody", "tr", "th", "td", "img"),
}
_PICTURE = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=\s]+")
# Words of MathJax that take an address, a style or an element's name, that load more of it, or that make words.
_NO_FORMULA = re.compile(
    r"\\(href|class|style|cssId|require|mmlToken|unicode|bbox|html|data|toggle|mathtip|texttip|Tooltip|def|let|"
    r"new|renew|Newextarrow|Declare|csname|begingroup|global)"
)
# Formulas are not Markdown: what is between their signs is put aside.
_FORMULA = re.compile(r"\$\$[^$]+\$\$|\$[^$\n]+\$|\\begin\{(\w+\*?)\}[^$]*?\\end\{\1\}")
_HALF = re.compile("[\ud800-\udfff]")  # of a character: JSON may hold it, UTF-8 may not
# What ends a block of HTML in Markdown, and what code, formulas, links and tables are known by: these are looked for
# first, and in a long line for minutes.
_FOR_MARKDOWN = str.maketrans({character: f"&#{ord(character)};" for character in "\n\r$\\`[|"})


def inert_markdown(source: str, pictures: Mapping[str, str]) -> str:
    """The Markdown as a line of HTML in which nothing acts; `pictures` are data URLs, by what Markdown calls them.

    Trust: any text. On a few hostile lines nbconvert's own parser is busy for hours, this one for less than a second.
    """
    if len(source) > MAX_MARKDOWN:
        return inert_text(source)
    stands_for: dict[str, str] = {}

    def aside(match: re.Match[str]) -> str:
        word = f"formula{secrets.token_hex(8)}"
        stands_for[word] = html.escape(match[0])
        return word

    try:
        made = _parser.render(_FORMULA.sub(aside, source), {"pictures": dict(pictures), "links": []})
    except Exception:  # none is known, and none is to cost a student the grade
        return inert_text(source)
    return _line(re.sub(r"formula[0-9a-f]{16}", lambda match: stands_for.get(match[0], match[0]), made))


def _open_link(_renderer: Any, tokens: Sequence[Token], place: int, _options: Any, env: Any) -> str:
    env["links"].append("" if tokens[place].info == "auto" else f" ({html.escape(str(tokens[place].attrs['href']))})")
    return ""


def _close_link(_renderer: Any, _tokens: Sequence[Token], _place: int, _options: Any, env: Any) -> str:
    return str(env["links"].pop())


def _image(_renderer: Any, tokens: Sequence[Token], place: int, _options: Any, env: Any) -> str:
    text, url = html.escape(tokens[place].content), str(tokens[place].attrs["src"])
    # Each once: a large one that is named a thousand times would fill the memory.
    picture = env["pictures"].pop(url, "")
    return f'<img src="{picture}" alt="{text}">' if picture else f"{text} ({html.escape(url)})"


_parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
for _name, _rule in (("link_open", _open_link), ("link_close", _close_link), ("image", _image)):
    _parser.add_render_rule(_name, _rule)


def inert_text(text: str) -> str:
    """The text as it was written, as such a line."""
    return _line(f"<pre>{html.escape(text)}</pre>")


def _line(made: str) -> str:
    cleaned = nh3.clean(
        _HALF.sub("\N{REPLACEMENT CHARACTER}", made),
        tags=_TAGS,
        attributes={"*": set(), "img": {"src", "alt"}},
        attribute_filter=_kept,
        url_schemes={"data"},
    )
    without_math = ' class="tex2jax_ignore mathjax_ignore"' if _NO_FORMULA.search(cleaned) else ""
    return f"<div{without_math}>{cleaned}</div>".translate(_FOR_MARKDOWN)


def _kept(tag: str, name: str, value: str) -> str | None:
    return value if name != "src" or _PICTURE.fullmatch(value) else None
