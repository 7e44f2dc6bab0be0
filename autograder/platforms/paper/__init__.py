"""Handouts to read in a browser and to print: one file of HTML for each, and one of PDF where a browser is there.

A file needs nothing beside it and nothing from the network: formulas are MathML, which browsers draw themselves, and
their font, pictures and style are in it, for screens light and dark and for paper.
Trust: handouts and pictures are the course's own; nothing of a student's is shown here.
"""

import base64
import html
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from autograder.course.handout import Handout, handout_in, handouts
from autograder.course.manifest import Assignment, Course
from autograder.course.stubs import module_stubs
from autograder.errors import CourseError
from autograder.platforms.paper import diagram, formulas

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PRINT_S = 120

_PICTURE = re.compile(r"(?:\.\./)?pictures/(\w+\.svg)")
_BEFORE_A_STOP = re.compile(r'(<span class="math inline">(?:(?!</span>).)*</span>)([.,;:!?)»]+)', re.DOTALL)
_LIGHT, _DARK = (HtmlFormatter(style=style, nowrap=True) for style in ("default", "github-dark"))


def export(
    course: Course, assignments: Sequence[Assignment], out: Path, *, language: str | None = None, pdf: bool = False
) -> list[Path]:
    """Writes the handouts of these assignments to the folder `out`; the files written, sorted.

    In each language that there is a handout in, or in this `language`. A file that is there is replaced.
    Raises: CourseError if a picture is missing, a formula is none, or, with `pdf`, if no browser is here or it fails
    """
    stubs, _ = module_stubs(course)
    browser = _browser() if pdf else ""
    written = []
    out.mkdir(parents=True, exist_ok=True)
    for assignment in assignments:
        for handout in handouts(assignment) if language is None else [handout_in(assignment, language)]:
            path = out / f"{assignment.name}{handout.suffix}.html"
            path.write_text(page(handout, handout.render(stubs), course.pictures), encoding="utf-8")
            written.append(path)
            if pdf:
                written.append(_printed(browser, path))
    return sorted(written)


def page(handout: Handout, text: str, pictures: Path) -> str:
    """A handout, rendered to Markdown, as one page of HTML."""
    environment: dict[str, Any] = {"pictures": pictures, "where": handout.path}
    body = _BEFORE_A_STOP.sub(r'<span class="held">\1\2</span>', _PARSER.render(text, environment))
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    template = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder.platforms.paper", ""), undefined=jinja2.StrictUndefined, autoescape=True
    )
    return template.get_template("page.html.jinja").render(
        language=handout.suffix.removeprefix(".") or "en",
        title=heading.group(1) if heading else handout.path.parent.name,
        body=body,
        font=formulas.font(body),
        light=_LIGHT.get_style_defs("pre"),
        dark=_DARK.get_style_defs("pre"),
    )


def _math(source: str, options: Mapping[str, Any]) -> str:
    return formulas.mathml(source.strip(), is_block=bool(options["display_mode"]))


def _code(source: str, language: str, _attributes: str) -> str:
    try:
        return str(highlight(source, get_lexer_by_name(language), _LIGHT)) if language else html.escape(source)
    except ClassNotFound:
        return html.escape(source)


def _image(_renderer: Any, tokens: Sequence[Token], place: int, _options: Any, env: Any) -> str:
    text, url = html.escape(tokens[place].content), str(tokens[place].attrs["src"])
    match = _PICTURE.fullmatch(url)
    file = env["pictures"] / match[1] if match else None
    if file is None or not file.is_file():
        raise CourseError(f"{env['where']}: picture {url}: not in {env['pictures']}; want ../pictures/NAME.svg")
    data = base64.b64encode(file.read_bytes()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{text}">'


def _fence(renderer: Any, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    if tokens[place].info.strip() == "mermaid":
        return diagram.svg(tokens[place].content, str(env["where"]))
    return str(RendererHTML.fence(renderer, tokens, place, options, env))


_PARSER = (
    MarkdownIt("commonmark", {"html": True, "highlight": _code})
    .enable("table")
    .use(dollarmath_plugin, allow_space=True, double_inline=True, renderer=_math)
    .use(anchors_plugin, max_level=3)
)
_PARSER.add_render_rule("image", _image)
_PARSER.add_render_rule("fence", _fence)


# --- PDF ----------------------------------------------------------------------------------------------------


def _browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), "")
    if not found:
        raise CourseError(
            f"handouts: no browser to print with: looked for {', '.join(BROWSERS)}; apt install chromium, "
            "or leave --pdf out and print the HTML from any browser"
        )
    return found


def _printed(browser: str, path: Path) -> Path:
    """The page as PDF beside it."""
    made = path.with_suffix(".pdf")
    options = ["--headless", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={made.resolve()}"]
    made.unlink(missing_ok=True)
    # A browser's own sandbox starts neither as root nor where namespaces are forbidden. The page is the course's own.
    for more in ["--no-sandbox"] if os.geteuid() == 0 else ["", "--no-sandbox"]:
        command = [browser, *options, *filter(None, [more]), path.resolve().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PRINT_S, check=False)
        except subprocess.TimeoutExpired:
            raise CourseError(f"{made}: {browser} took longer than {PRINT_S} s; print {path} by hand") from None
        if made.is_file():
            return made
    last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
    raise CourseError(f"{made}: {browser} made none (exit status {done.returncode}): {last}; print {path} by hand")
