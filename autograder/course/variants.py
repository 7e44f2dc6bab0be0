"""The reference package imported with some of its modules changed, under a name of its own, from memory."""

import importlib.util
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import ModuleType

from autograder.checks.memory import InMemory, Source
from autograder.course.manifest import Course
from autograder.errors import there

_numbers = count(1)


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
    finder = InMemory(
        {f"{name}.{module}": Source(text, f"<{module} of a variant>") for module, text in sources.items()}
    )
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
