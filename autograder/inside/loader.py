"""Imports the submission's package from memory, so that the sandbox needs no folder of the host for it.

Trust: runs beside student code. Sources are compiled in a child of the zygote (compiling hostile source can crash
an interpreter) and travel on as marshalled code, which only the submission's own processes ever load.
"""

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import marshal
import sys
from collections.abc import Callable, Collection, Iterable
from types import CodeType, FrameType, ModuleType
from typing import Any

from . import pieces

ROOT = "/submission"
NUL_BYTES = "the file holds NUL bytes: it is saved as UTF-16, or it is no text; save it as UTF-8"


def path_of(package: str, module: str) -> str:
    """Where a module of the submission seems to lie: what a traceback names."""
    return f"{ROOT}/{package}/{module}.py"


def compile_module(package: str, module: str, source: bytes) -> bytes:
    """Marshalled code of one module; the error of a source that does not parse is marshalled as code that raises it.

    One that parses and does not compile is compiled statement by statement: the error is of those that do not alone.
    The source is decoded as Python does it: by its byte-order mark or coding line, UTF-8 without one.
    """
    path = path_of(package, module)
    if b"\0" in source:  # Python's own words for it differ from version to version, and name no cause
        return code_that_raises(NUL_BYTES, package, module)
    compiles = False
    try:
        code = compile(source, path, "exec", dont_inherit=True)
        compiles = True
    except RecursionError:
        code = _code_that_raises(SyntaxError("the source is nested too deep to compile"), path)
    except (SyntaxError, ValueError) as error:
        code = _code_that_raises(error, path)
    if len(source) <= pieces.MAX_GUARDED:
        # A tree of objects is larger, and less deep; what does not compile as a whole may not parse either.
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            code = compile(pieces.guarded(source, path, compiles), path, "exec", dont_inherit=True)
    return marshal.dumps(code)


def code_that_raises(message: str, package: str, module: str) -> bytes:
    """Marshalled code of a module that raises SyntaxError(message) when it is imported."""
    return marshal.dumps(_code_that_raises(SyntaxError(message), path_of(package, module)))


def _code_that_raises(error: Exception, path: str) -> CodeType:
    """Code that raises `error` when the module is imported, as importing the broken source itself would."""
    if isinstance(error, SyntaxError):
        details = (error.filename or path, error.lineno, error.offset, error.text)
        raising = f"raise {type(error).__name__}({error.msg!r}, {details!r})"
    else:
        raising = f"raise SyntaxError({str(error)!r})"
    return compile(raising, path, "exec")


class MemoryImporter(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads `package` and its modules from `codes` (marshalled code) and `sources`.

    `data` holds the package's other files, for `pkgutil.get_data(package, "data/iris.csv")`. `say` is called with a
    line for each statement of a module that failed.
    """

    def __init__(
        self,
        package: str,
        codes: dict[str, bytes],
        sources: dict[str, bytes],
        data: dict[str, bytes],
        say: Callable[[str], None],
    ) -> None:
        self.package = package
        self.say = say
        self.codes = codes
        self.sources = sources
        self.data = data

    def _module_of(self, fullname: str) -> str | None:
        if fullname == self.package:
            return "__init__"
        package, _, module = fullname.rpartition(".")
        return module if package == self.package and module in self.codes else None

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        module = self._module_of(fullname)
        if module is None:
            return None
        origin = path_of(self.package, module)
        spec = importlib.util.spec_from_loader(fullname, self, origin=origin, is_package=module == "__init__")
        if spec is not None:
            spec.has_location = True
        return spec

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = marshal.loads(self.codes[self._module_of(fullname) or ""])
        return code

    def get_source(self, fullname: str) -> str:
        return importlib.util.decode_source(self.sources[self._module_of(fullname) or ""])

    def get_data(self, path: str) -> bytes:
        """The content of a file in the package's folder, named as if it lay on a disk."""
        try:
            return self.data[path.removeprefix(f"{ROOT}/{self.package}/")]
        except KeyError:
            raise FileNotFoundError(f"no file {path} in the package") from None

    def exec_module(self, module: ModuleType) -> None:
        # Only a traceback pays for the source: linecache asks this loader when it wants a line.
        linecache.lazycache(str(module.__file__), {"__name__": module.__name__, "__loader__": self})
        module.__dict__[pieces.GUARD] = pieces.guard(str(module.__file__), self.say, self._is_tried)
        try:
            with pieces.loading():
                exec(self.get_code(module.__name__), module.__dict__)
        finally:
            module.__dict__.pop(pieces.GUARD, None)

    def _is_tried(self) -> bool:
        """Whether a module of the submission that imports what is being loaded waits for exceptions there."""
        frame: FrameType | None = sys._getframe(2)
        own = sys._getframe(2).f_code.co_filename  # the file that is being loaded
        while frame is not None and frame.f_code.co_filename == own:
            frame = frame.f_back
        while frame is not None:
            name = frame.f_code.co_filename.removeprefix(f"{ROOT}/{self.package}/").removesuffix(".py")
            # The package's own file is the course's, and may load its modules within a try.
            if name != "__init__" and name in self.sources and frame.f_code.co_filename == path_of(self.package, name):
                with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                    if pieces.in_try(importlib.util.decode_source(self.sources[name]), frame.f_lineno):
                        return True
            frame = frame.f_back
        return False


class Neighbours(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a module of the submission as if its folder lay on the path, as it does for who runs a file of it at home.

    Asked last: no file of the submission stands for a package of the same name.
    """

    def __init__(self, package: str, modules: Collection[str]) -> None:
        self.package, self.modules = package, modules

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        is_one = fullname in self.modules and fullname != "__init__"
        return importlib.util.spec_from_loader(fullname, self) if is_one else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = importlib.import_module(f"{self.package}.{spec.name}")
        self.own_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.own_spec  # it has been executed, under its own name


class Promised:
    """Another finder, of which only these packages are found, whatever else is installed on this machine."""

    def __init__(self, finder: Any, importable: frozenset[str]) -> None:
        self.finder, self.importable = finder, importable

    def __getattr__(self, name: str) -> Any:
        return getattr(self.finder, name)

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        top = fullname.partition(".")[0]
        if top not in self.importable and not top.startswith("_sysconfigdata_"):  # which is named after the machine
            return None
        spec: importlib.machinery.ModuleSpec | None = self.finder.find_spec(fullname, path, target)
        return spec


def promise(importable: Iterable[str]) -> None:
    """Have nothing found but Python's own library and these packages.

    What else is installed may lie where it cannot be read: an error, then, that no `except ImportError` expects.
    """
    promised = frozenset((*importable, *sys.stdlib_module_names, __name__.partition(".")[0]))
    sys.meta_path[:] = [Promised(finder, promised) for finder in sys.meta_path]


def install(
    package: str,
    codes: dict[str, bytes],
    sources: dict[str, bytes],
    data: dict[str, bytes],
    importable: Iterable[str] = (),
    say: Callable[[str], None] = lambda line: None,
) -> MemoryImporter:
    """Make `import package` load the submission, and nothing else but Python's own library and `importable`."""
    pieces.add_nothing()
    promise(importable)
    importer = MemoryImporter(package, codes, sources, data, say)
    sys.meta_path[:] = [importer, *sys.meta_path, Neighbours(package, codes.keys())]
    return importer
