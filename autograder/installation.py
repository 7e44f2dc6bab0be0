"""How this engine is installed: what it depends on, what is in its way, and the commands that change it.

The distribution is on no package index, so a command that works names the checkout or the wheel that it came from.
"""

import json
import platform
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions, packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from packaging.requirements import Requirement

DISTRIBUTION = "feedforward-autograder"
PACKAGE = __name__.partition(".")[0]
DEVELOPMENT = "dev"  # its versions are pinned for our own tests alone
_CHECKOUT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Finding:
    """One line of an examination; `good` is None for what is merely so."""

    good: bool | None
    text: str


def installed() -> Distribution | None:
    """This engine as pip has installed it; None where it is run without."""
    # A checkout's own .egg-info may come first where Python looks; it has no METADATA and knows less.
    return next((each for each in distributions(name=DISTRIBUTION) if each.read_text("METADATA")), None)


def pip_install(extra: str = "", *options: str) -> str:
    """The command that installs this engine, or an extra of it, into this Python; it works as it stands."""
    source = _source()
    if source is not None:
        editable = ["--editable"] if source == _CHECKOUT else []
        return _pip("install", *options, *editable, f"{source}[{extra}]" if extra else str(source))
    if extra and (added := requirements(extra)[len(requirements()) :]):  # where it came from has gone; this has not
        return _pip("install", *options, *(f"{each.name}{each.specifier}" for each in added))
    own = installed()
    wheel = f"{DISTRIBUTION.replace('-', '_')}-{own.version if own else 'VERSION'}-py3-none-any.whl"
    return _pip("install", *options, f"{wheel}[{extra}]" if extra else wheel)


def requirements(extra: str = "") -> "list[Requirement]":
    """What the engine depends on here, and behind it what an extra adds to that."""
    from packaging.requirements import Requirement  # may be missing itself: pip_install() works without

    own = installed()
    known = [Requirement(line) for line in (own.requires if own else None) or ()]
    plain = [each for each in known if each.marker is None or each.marker.evaluate({"extra": ""})]
    added = [each for each in known if each not in plain and each.marker and each.marker.evaluate({"extra": extra})]
    return [*plain, *added]


def examine() -> list[Finding]:
    """Whether what the engine needs is there, in the versions that it asks for, and nothing else is in its place."""
    return [
        Finding(None, f"Python {platform.python_version()} in {sys.prefix}"),
        *_others(),
        *_dependencies(),
    ]


def _pip(command: str, *arguments: str) -> str:
    return shlex.join([sys.executable, "-m", "pip", command, *arguments])


def _source() -> Path | None:
    """The checkout that this code stands in, or the one or the wheel that it was installed from; None if it is gone."""
    for folder in (_CHECKOUT, _origin()):
        if folder is not None and (folder.suffix == ".whl" or _is_checkout(folder)) and folder.exists():
            return folder
    return None


def _is_checkout(folder: Path) -> bool:
    project = folder / "pyproject.toml"
    return project.is_file() and f'name = "{DISTRIBUTION}"' in project.read_text(encoding="utf-8")


def _origin() -> Path | None:
    """Where pip says that it installed from, if that is a place on this machine."""
    own = installed()
    said = json.loads((own.read_text("direct_url.json") if own else None) or "{}")
    url = urlsplit(said.get("url", ""))
    return Path(unquote(url.path)) if url.scheme == "file" else None


def _others() -> Iterator[Finding]:
    """Distributions that bring a package of the same name: one on PyPI does, and pip puts one over the other."""
    for name in sorted({*packages_distributions().get(PACKAGE, ())} - {DISTRIBUTION}):
        other = distribution(name)
        again = pip_install("", "--force-reinstall", "--no-deps")  # what both had, pip takes away with the other
        yield Finding(
            False,
            f"installation: {name} {other.version} in {other.locate_file('')} has a package {PACKAGE!r} too, which "
            f'hides this one or is mixed with it; run "{_pip("uninstall", name)}" and then "{again}"',
        )


def _dependencies() -> Iterator[Finding]:
    """Each with its version; those of an extra where they are installed."""
    own = installed()
    if own is None:
        yield Finding(
            False,
            f"installation: {DISTRIBUTION} is run without being installed, so what it needs is not known; "
            f'run "{pip_install()}"',
        )
        return
    yield Finding(None, f"{DISTRIBUTION} {own.version}")
    extras = [each for each in own.metadata.get_all("Provides-Extra") or () if each != DEVELOPMENT]
    seen = {DISTRIBUTION}  # which extras of extras ask for
    for extra in ("", *extras):
        for each in requirements(extra):
            if each.name not in seen:
                seen.add(each.name)
                yield from _dependency(each, extra)


def missing() -> list[str]:
    """The names of the distributions that the engine cannot do without, and that are not here."""
    return [each.name for each in requirements() if not list(distributions(name=each.name))]


def _dependency(wanted: "Requirement", extra: str) -> Iterator[Finding]:
    try:
        got = distribution(wanted.name).version
    except PackageNotFoundError:
        if not extra:
            text = f'installation: no {wanted.name} here, want {wanted.name}{wanted.specifier}; run "{pip_install()}"'
            yield Finding(False, text)
        return
    if wanted.specifier.contains(got, prereleases=True):
        yield Finding(None, f"{wanted.name} {got}")
    else:
        text = f'installation: got {wanted.name} {got}, want {wanted.specifier}; run "{pip_install(extra)}"'
        yield Finding(False, text)
