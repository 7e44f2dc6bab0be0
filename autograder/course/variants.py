"""The reference package imported with some of its modules changed, under a name of its own, from memory."""

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from itertools import count
from pathlib import Path
from types import ModuleType

from autograder.course.manifest import Course
from autograder.errors import there

_numbers = count(1)


class _Loader(InspectLoader):
    """Loads one module from its text."""

    def __init__(self, source: str) -> None:
        self.source = source

    def get_source(self, fullname: str) -> str:
        return self.source


class _Finder(MetaPathFinder):
    """Finds the changed modules; all others are found in the package's folder, as ever."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = sources

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        source = self.sources.get(fullname)
        return None if source is None else importlib.util.spec_from_loader(fullname, _Loader(source))


@contextmanager
def import_variant(course: Course, sources: Mapping[str, str]) -> Iterator[ModuleType]:
    """The reference package with these modules (name in it -> source); several can be there at once.

    When the block ends, nothing of it is left in sys.modules and sys.meta_path.
    """
    with import_folder(course.package_folder, sources) as package:
        yield package


@contextmanager
def import_folder(folder: Path, sources: Mapping[str, str]) -> Iterator[ModuleType]:
    """The package in a folder, under a name of its own, with these modules in the place of its own; as above.

    Its modules are loaded when they are first asked for, as those of any package.
    """
    name = f"{folder.name}_{next(_numbers)}"
    finder = _Finder({f"{name}.{module}": source for module, source in sources.items()})
    spec = there(
        importlib.util.spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    )
    sys.meta_path.insert(0, finder)
    try:
        package = sys.modules[name] = importlib.util.module_from_spec(spec)
        there(spec.loader).exec_module(package)
        yield package
    finally:
        sys.meta_path.remove(finder)
        for module in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
            del sys.modules[module]
