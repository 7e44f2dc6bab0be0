"""Modules that are imported from a text in memory, in the place of the files that have their names."""

from collections.abc import Mapping, Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import CodeType, ModuleType
from typing import NamedTuple


class Source(NamedTuple):
    """A module's text, and the file that its tracebacks name."""

    text: str
    path: str


class InMemory(MetaPathFinder):
    """Finds the modules that it is given, by their full names; all others are found where they ever are."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        source = self.sources.get(fullname)
        return spec_from_loader(fullname, _Loader(source), origin=source.path) if source else None


class _Loader(InspectLoader):
    def __init__(self, source: Source) -> None:
        self.source = source

    def get_source(self, fullname: str) -> str:
        return self.source.text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source.text, self.source.path, "exec", dont_inherit=True)
