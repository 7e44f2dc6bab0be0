"""What the package says of itself, in each place where it says it. What it is packed into, .ci/package tries."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def extras_in(text):
    """The names that stand in brackets behind a distribution, or behind the folder of one: .[a,b]"""
    found = re.findall(r"(?:feedforward-autograder|(?<![\w.])\.)\[([\w,-]+)\]", text)
    return {name for names in found for name in names.split(",")}


def test_every_extra_is_one_that_a_document_tells_how_to_install():
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    assert extras_in("".join(path.read_text(encoding="utf-8") for path in documents)) == EXTRAS.keys()


def test_extras_are_made_of_extras_that_there_are():
    assert extras_in(" ".join(each for requirements in EXTRAS.values() for each in requirements)) <= EXTRAS.keys()


def test_citation_says_what_the_package_says():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["title"], citation["version"], citation["license"], citation["abstract"]) == (
        PROJECT["name"],
        PROJECT["version"],
        PROJECT["license"],
        PROJECT["description"],
    )
    assert citation["authors"] == PROJECT["authors"]
    assert citation["keywords"] == PROJECT["keywords"]
