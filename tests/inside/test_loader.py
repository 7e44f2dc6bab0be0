"""The submission's modules are compiled apart and imported from memory; what does not compile says so on import."""

import importlib
import linecache
import sys
import sysconfig

import pytest

from autograder.inside import loader


@pytest.fixture
def load():
    """load(**sources): a package `handed_in` of these modules, taken out of the interpreter afterwards."""
    finders = list(sys.meta_path)

    def load(**sources: bytes):
        files = {"__init__": b"", **sources}
        codes = {module: loader.compile_module("handed_in", module, source) for module, source in files.items()}
        loader.install("handed_in", codes, files, {"data/numbers.csv": b"1,2\n"})
        return importlib.import_module("handed_in")

    yield load
    sys.meta_path[:] = finders
    for name in [name for name in sys.modules if name.split(".")[0] == "handed_in"]:
        del sys.modules[name]
    linecache.clearcache()


def test_module_is_imported_from_memory_with_its_path(load):
    load(one=b"from . import two\nanswer = two.answer", two=b"answer = 42")
    module = importlib.import_module("handed_in.one")
    assert module.answer == 42
    assert module.__file__ == "/submission/handed_in/one.py"


def test_source_line_of_a_traceback_is_found(load):
    load(one=b"def f():\n    raise ValueError('here')\n")
    module = importlib.import_module("handed_in.one")
    assert linecache.getline(module.__file__, 2) == "    raise ValueError('here')\n"


def test_data_file_is_read_as_from_a_folder(load):
    load(one=b"import pkgutil\nread = lambda name: pkgutil.get_data(__package__, name)")
    module = importlib.import_module("handed_in.one")
    assert module.read("data/numbers.csv") == b"1,2\n"
    with pytest.raises(FileNotFoundError, match=r"no file /submission/handed_in/data/letters\.csv in the package"):
        module.read("data/letters.csv")


def test_module_that_is_not_there_is_not_found(load):
    load()
    with pytest.raises(ModuleNotFoundError, match=r"handed_in\.nothing"):
        importlib.import_module("handed_in.nothing")


def test_private_module_of_a_package_that_is_not_promised_is_not_found(load, monkeypatch, tmp_path):
    (tmp_path / "_of_a_package.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert importlib.util.find_spec("_of_a_package")
    load()
    with pytest.raises(ModuleNotFoundError, match="No module named '_of_a_package'"):
        importlib.import_module("_of_a_package")


def test_what_pythons_own_library_has_for_this_machine_is_found(load, monkeypatch):
    name = sysconfig._get_sysconfigdata_name()  # in no list of Python's modules
    monkeypatch.delitem(sys.modules, name, raising=False)
    load()
    assert importlib.import_module(name).build_time_vars


@pytest.mark.parametrize(
    ("source", "kind", "line"),
    [
        (b"x = 1\nx = = 2\n", SyntaxError, 2),
        (b"if True:\nx = 1\n", IndentationError, 2),
        (b"if True:\n\tx = 1\n        y = 2\n", TabError, 3),
    ],
    ids=["syntax", "indentation", "tabs"],
)
def test_source_that_does_not_compile_raises_its_own_error_on_import(load, source, kind, line):
    load(one=source)
    with pytest.raises(kind) as caught:
        importlib.import_module("handed_in.one")
    assert type(caught.value) is kind
    assert caught.value.lineno == line


def test_source_that_is_no_utf8_is_a_syntax_error_on_import(load):
    load(one=b"x = '\xff'\n")
    with pytest.raises(SyntaxError, match="utf-8"):
        importlib.import_module("handed_in.one")


@pytest.mark.parametrize(
    "source", [b"x = 1\0", "x = 1\n".encode("utf-16"), b"PK\x03\x04\x14\0"], ids=["one", "utf_16", "zip"]
)
def test_source_with_nul_bytes_is_a_syntax_error_on_import_that_names_the_cause(load, source):
    load(one=source)
    with pytest.raises(SyntaxError, match="the file holds NUL bytes: it is saved as UTF-16, or it is no text; save"):
        importlib.import_module("handed_in.one")


def test_source_nested_too_deep_is_an_error_on_import(load):
    load(one=b"x = a" + b".b" * 100_000)  # Python 3.13 compiles 5,000 signs in front of a number
    with pytest.raises(SyntaxError, match="the source is nested too deep to compile"):
        importlib.import_module("handed_in.one")


def test_coding_line_is_obeyed(load):
    load(one="# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1"))
    assert importlib.import_module("handed_in.one").name == "é"


def test_code_that_raises_names_the_reason(load):
    loader_codes = {"__init__": loader.code_that_raises("no way", "handed_in", "__init__")}
    loader.install("handed_in", loader_codes, {"__init__": b""}, {})
    with pytest.raises(SyntaxError, match="no way"):
        importlib.import_module("handed_in")
