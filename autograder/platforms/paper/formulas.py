"""Formulas: from TeX to MathML as browsers draw it well, and the font to draw it with.

A browser draws roots, exponents and limits by the measures of an OpenType math font, and most machines have none. So a
page brings its own: of STIX Two Math, which the package `ziamath` carries, the characters that the page uses.
"""

import base64
import html
import importlib.metadata
import io
import itertools
import re
import unicodedata
from collections.abc import Iterator
from xml.etree import ElementTree

from fontTools import subset, ttLib
from latex2mathml.converter import convert

from autograder.errors import CourseError

_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_DECIMAL_COMMA = re.compile(r"(?<=\d)\{,\}(?=\d)")
_SCRIPTS = ("msub", "msup", "msubsup", "munder", "mover", "munderover")
_LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
# What the library takes for another sign, or for a letter, or a letter for an operator.
_MEANT = {("mi", ";"): ("mo", ";"), ("mi", "~"): ("mo", "∼"), ("mo", "*"): ("mo", "∗"), ("mo", "∞"): ("mi", "∞")}
_LARGE = ("∑", "∏", "max", "min", "lim")
_BARS = ("|", "‖")
_SIGNS = ("−", "+", "±")
_PRIMES = ("′", "″", "‴")
_ENDS = (")", "]", "}", "⟩", "!", *_PRIMES, *_BARS)  # what a minus sign behind it is subtracted from
_THIN, _WIDE = "0.167em", ("1em", "2em")
# A letter for a variable is drawn as the sloping letter of a block of its own.
_SLOPING = {
    unicodedata.normalize("NFKC", letter): letter
    for letter in map(chr, (0x210E, *range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C)))
}


def mathml(source: str, *, is_block: bool) -> str:
    """The formula as MathML; one with a line of its own as several, between which the line may be broken.

    Raises: CourseError if it cannot be read
    """
    # A comma in braces is a decimal one, which the library takes for a comma between two numbers.
    plain, commas = _DECIMAL_COMMA.subn(".", source)
    try:
        root = ElementTree.fromstring(convert(plain, display="block" if is_block else "inline"))
    except Exception as error:  # of many kinds; none is the library's own
        raise CourseError(f"handout: the formula {source!r} cannot be read: {error!r}; write it otherwise") from None
    if unknown := next((each.text for each in root.iter() if (each.text or "").startswith("\\")), None):
        raise CourseError(f"handout: the formula {source!r} has {unknown}, which is not known; write it otherwise")
    for element in root.iter():
        element.tag = element.tag.removeprefix(_MATHML)  # HTML knows it by its name
    for element in root.iter():
        if commas and element.tag == "mn":
            element.text = (element.text or "").replace(".", ",")
        # Limits stand above and below a sum that has a line of its own.
        if is_block and element.tag in _LIMITS and (element[0].text or "") in _LARGE:
            element.tag = _LIMITS[element.tag]
        element.tag, element.text = _MEANT.get((element.tag, element.text or ""), (element.tag, element.text))
        _raise_prime(element)
    for element in root.iter():
        _space(element)
    pieces = _pieces(root) if is_block else [root]
    return "<wbr>".join(ElementTree.tostring(piece, encoding="unicode") for piece in pieces)


def _raise_prime(element: ElementTree.Element) -> None:
    """Has a prime stand beside its letter: fonts draw it high and small as it is, as an exponent it is a speck."""
    if element.tag == "msup" and element[1].text in _PRIMES:
        element.tag, element[1].tag = "mrow", "mo"


def _space(row: ElementTree.Element) -> None:
    """Gives operators the space that TeX does; by themselves all but the first and last are between two operands."""
    before = None
    for place, element in enumerate(row if row.tag not in _SCRIPTS else ()):
        core = element[0] if element.tag in _SCRIPTS else element
        text = core.text or ""
        if text in (*_BARS, *_PRIMES, "/", "∂", "∇"):
            core.attrib |= {"stretchy": core.get("stretchy", "false"), "lspace": "0", "rspace": "0"}
        elif text in ("…", ";"):
            core.attrib |= {"lspace": "0", "rspace": _THIN}
        elif text in _SIGNS and before is not None and before.tag == "mo" and before.text not in _ENDS:
            core.set("form", "prefix")
        elif core.tag in ("mi", "mo") and len(text) > 1 and text.isalpha():  # sin, max
            core.tag = "mo"
            is_call = place + 1 < len(row) and row[place + 1].text == "("
            core.attrib |= {"lspace": _THIN if place else "0", "rspace": "0" if is_call else _THIN}
        before = core


def _pieces(formula: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The formula, parted behind each wide space."""
    [row] = formula
    starts = [place + 1 for place, element in enumerate(row) if element.get("width") in _WIDE]
    for start, end in itertools.pairwise([0, *starts, len(row)]):
        piece = ElementTree.Element("math", formula.attrib)
        ElementTree.SubElement(piece, "mrow").extend(row[start:end])
        yield piece


# --- the font -----------------------------------------------------------------------------------------------


def font(body: str) -> str:
    """As a data URI: of the math font, what the formulas of this HTML use."""
    formulas = "".join(re.findall(r"<math.*?</math>", body, re.DOTALL))
    letters = html.unescape(re.sub(r"<[^>]*>", "", formulas))
    options = subset.Options(layout_features=[], flavor="woff", hinting=False)
    # The package is not imported: all it is here for is the file.
    carried = importlib.metadata.distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")
    made = io.BytesIO()
    with subset.load_font(str(carried), options) as file:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="√" + letters + "".join(_SLOPING.get(letter, "") for letter in letters))
        subsetter.subset(file)
        _narrow_roots(file)
        subset.save_font(file, made, options)
    return f"data:font/woff;base64,{base64.b64encode(made.getvalue()).decode()}"


def _narrow_roots(file: ttLib.TTFont) -> None:
    """Makes all root signs as wide as the smallest: Chromium leaves room for the widest, whichever it draws."""
    variants, glyphs, widths = file["MATH"].table.MathVariants, file["glyf"], file["hmtx"].metrics
    root = file.getBestCmap()[ord("√")]
    larger = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)]
    parts = [each.VariantGlyph for each in larger.MathGlyphVariantRecord]
    parts += [each.glyph for each in larger.GlyphAssembly.PartRecords]
    for name in parts:
        width, left = widths[name]
        scale = widths[root][0] / width
        glyphs[name].coordinates.scale((scale, 1.0))
        glyphs[name].recalcBounds(glyphs)
        widths[name] = (widths[root][0], round(left * scale))
