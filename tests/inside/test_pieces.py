"""A statement that fails at the top of a module costs only what needs its names."""

import importlib
import importlib.util
import linecache
import os
import sys
import typing
import warnings
from pathlib import Path

import pytest

from autograder.inside import loader
from autograder.inside.pieces import NotLoaded


@pytest.fixture
def load():
    """load(source): (the module, what was said of its statements); taken out of the interpreter afterwards."""
    finders = list(sys.meta_path)
    said = []

    def load(source: str, **others: str):
        files = {"__init__": b"", "one": source.encode(), **{name: text.encode() for name, text in others.items()}}
        codes = {module: loader.compile_module("handed_in", module, text) for module, text in files.items()}
        loader.install("handed_in", codes, files, {}, ["numpy"], said.append)
        return importlib.import_module("handed_in.one"), said

    yield load
    sys.meta_path[:] = finders
    for name in [name for name in sys.modules if name.split(".")[0] == "handed_in"]:
        del sys.modules[name]
    linecache.clearcache()


@pytest.mark.parametrize(
    ("statement", "use"),
    [
        ("import nowhere", "nowhere.f(x)"),
        ("import nowhere.deep as nw", "nw.f(x)"),
        ("import nowhere.deep", "nowhere.deep.f(x)"),
        ("from nowhere import f", "f(x)"),
        ("from nowhere.deep import f as g", "g(x)"),
        ("import numpy as np, nowhere", "nowhere + np.ones(1)"),
        ("from nowhere import f, g", "[*g]"),
    ],
)
def test_import_of_what_is_not_there_fails_where_it_is_used(load, statement, use):
    module, said = load(f"\n{statement}\ndef right(x):\n    return 2 * x\ndef wrong(x):\n    return {use}\n")
    assert module.right(2) == 4
    with pytest.raises(ModuleNotFoundError, match=r"^nowhere is not available here \(one\.py:2\)$"):
        module.wrong(2)
    assert [line.partition(";")[0] for line in said] == ["one.py:2: nowhere is not available here"] * len(said) != []


WARNS = "import warnings\n{}def f():\n    warnings.warn('later')\n"


@pytest.mark.parametrize(
    "statement",
    [
        "warnings.warn('now')",
        "warnings.warn_explicit('now', UserWarning, 'one.py', 3)",
        "import numpy as np\nprint(np.log(np.zeros(3)))",
        "import numpy as np\nx = np.mean([])",
        "x = open(warnings.__file__).read()",
        "async def g():\n    pass\ng()",
        "with warnings.catch_warnings():\n    warnings.simplefilter('always')\n    warnings.warn('now')",
        "from . import two",
    ],
)
def test_what_a_module_warns_of_while_it_is_loaded_is_passed_over(load, monkeypatch, statement):
    shown = []
    monkeypatch.setattr(warnings, "showwarning", lambda message, *_, **__: shown.append(str(message)))
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        module, said = load(WARNS.format(f"{statement}\n"), two=WARNS.format("warnings.warn('now')\n"))
        assert (shown, said) == ([], [])
        module.f()
    assert shown == ["later"]


def test_filter_that_a_module_sets_is_set_when_it_is_loaded(load):
    with warnings.catch_warnings():
        module, _ = load(WARNS.format("warnings.simplefilter('error')\n"))
        with pytest.raises(UserWarning, match="later"):
            module.f()


@pytest.mark.parametrize(
    ("statement", "cause"),
    [
        ("def g():\n    x = 1\n    break\n", "'break' outside loop (one.py:5)"),
        ("def g():\n    continue\n", "'continue' not properly in loop (one.py:4)"),
        ("def g():\n    await f()\n", "'await' outside async function (one.py:4)"),
        ("def g():\n    async with f():\n        pass\n", "'async with' outside async function (one.py:4)"),
        ("def g():\n    return [x async for x in f]\n", "asynchronous comprehension outside of an asynchronous"),
        (
            "def g():\n    try:\n        pass\n    except:\n        pass\n    except KeyError:\n        pass\n",
            "default",
        ),
        ("def g():\n    *a, *b = f()\n", "multiple starred expressions in assignment (one.py:4)"),
        ("def g():\n    *f()\n", "can't use starred expression here (one.py:4)"),
        ("def g():\n    from __future__ import annotations\n", "must occur at the beginning"),
        ("def g(__debug__):\n    pass\n", "cannot assign to __debug__"),
        (
            "def g(x):\n    match x:\n        case y:\n            pass\n        case 1:\n            pass\n",
            "unreachable",
        ),
        (
            "def g():\n" + "".join(" " * n + "for i in f:\n" for n in range(1, 41)) + " " * 41 + "f\n",
            "too many statically",
        ),
        ("def g():\n    nonlocal f\n", "no binding for nonlocal 'f' found"),
        ("g = await f(1)", "'await' outside function (one.py:3)"),
        ("g = yield", "'yield' outside function (one.py:3)"),
        ("class g:\n    pass\nclass g(await f(1)):\n    pass", "'await' outside function (one.py:5)"),
        ("from __future__ import annotations as g", "must occur at the beginning of the file (one.py:3)"),
        ("g = f\nfor g in f:\n    pass\nelse:\n    continue", "'continue' not properly in loop (one.py:7)"),
    ],
)
def test_what_python_parses_and_does_not_compile_costs_what_uses_it(load, statement, cause):
    module, said = load(f"def f(x):\n    return x\n{statement}\ndef h(x):\n    return f(x)\n")
    assert module.h(1) == 1
    with pytest.raises(NameError, match=r"^g was not made: SyntaxError: .*\(one\.py:\d+\)$") as caught:
        module.g(1)
    assert cause in str(caught.value)
    assert len(said) == 1
    assert said[0].endswith("; what uses g fails")


def test_part_of_a_class_or_an_if_that_does_not_compile_costs_itself_alone(load):
    source = (
        "class A:\n    x = 1\n    return x\n    def m(self):\n        break\n    def n(self):\n        return self.x\n"
    )
    module, said = load(source + "if A:\n    break\n    a = A()\nelse:\n    await A\n")
    assert module.a.n() == 1
    with pytest.raises(NameError, match=r"m was not made: SyntaxError: 'break' outside loop \(one\.py:5\)"):
        module.a.m()
    assert [line.partition(";")[0] for line in said] == [
        "one.py:3: SyntaxError: 'return' outside function",
        "one.py:5: SyntaxError: 'break' outside loop",
        "one.py:9: SyntaxError: 'break' outside loop",
    ]


def test_statement_nested_too_deep_for_the_compiler_costs_what_uses_it(load):
    deep = "g = f" + ".f" * 2000 + "\n"
    module, said = load("break\ndef f(x):\n    return x\n" + deep)
    assert module.f(1) == 1
    assert said[0] == "one.py:1: SyntaxError: 'break' outside loop; the rest was loaded"


@pytest.mark.parametrize(
    "star", ["from nowhere.deep import *", "if True:\n    from nowhere import *", "from .nowhere import *"]
)
def test_star_import_of_what_is_not_there_costs_what_uses_a_name_that_nothing_binds(load, star):
    source = "from math import *\n" + star + "\nfrom cmath import *\nx = 1\n"
    source += "def right(y):\n    print(len(str(y)), __name__, sqrt(y))\n    return max(x, y)\n"
    source += "def wrong(y):\n    def inner(z):\n        return expit(z)\n    return inner(y)\n"
    module, said = load(source)
    assert module.right(2) == 2
    with pytest.raises(ModuleNotFoundError, match=r"nowhere.* \(one\.py:\d\)$"):
        module.wrong(2)
    assert [line.partition("; ")[2] for line in said] == ["what uses expit fails"]
    assert [name for name, value in vars(module).items() if type(value) is NotLoaded] == ["expit"]


def test_star_import_of_what_is_not_there_leaves_what_was_there(load):
    module, said = load("from math import *\nfrom nowhere import *\ndef f(x):\n    return sqrt(x)\n")
    assert module.f(4) == 2
    assert said == ["one.py:2: nowhere is not available here; the rest was loaded"]


@pytest.mark.parametrize(
    "body",
    [
        "def inner(x: torch.Tensor, *y: torch.Tensor) -> torch.Tensor:\n        return x\n    return inner(x)",
        "async def inner(x: torch.Tensor): pass\n    return x",
        "class Inner:\n        y: torch.Tensor = 0\n        def same(self, x: 'torch.Tensor'):\n            return x\n"
        "    return Inner().same(x)",
        "return TRIED(x)",
        "return WITHIN(x)",
        "return LOOPED(x)",
    ],
)
def test_hint_costs_nothing_wherever_it_stands(load, body):
    source = "import contextlib, torch\ntry:\n    def TRIED(x: torch.Tensor): return x\nfinally:\n    pass\n"
    source += (
        "with contextlib.nullcontext():\n    def WITHIN(x: torch.Tensor): return x\n    hinted: torch.Tensor = 1\n"
    )
    source += "for _ in range(2):\n    def LOOPED(x) -> torch.Tensor: return x\n"
    module, _ = load(source + f"def f(x):\n    {body}\n")
    assert module.f(3) == 3
    assert module.hinted == 1


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
def test_hint_that_names_what_is_there_can_be_asked_for(load, future):
    module, _ = load(future + "import typing\ndef f():\n    def inner(x: typing.Any): pass\n    return inner\n")
    assert typing.get_type_hints(module.f()) == {"x": typing.Any}
    assert module.f().__annotations__ == {"x": "typing.Any"}


def test_package_that_loads_its_modules_within_a_try_does_not_wait_for_their_exceptions(load):
    lazy = (Path(__file__).parents[2] / "solutions" / "feedforward" / "__init__.py").read_text(encoding="utf-8")
    assert "try:" in lazy
    _, said = load("", __init__=lazy, two="import nowhere\nraise KeyboardInterrupt\nx = 2\n")
    assert sys.modules["handed_in"].two.x == 2
    assert len(said) == 2


def test_names_of_one_import_are_each_by_themselves(load):
    module, said = load("from math import pi, no_such_name, e\nimport nowhere, math\n")
    assert (module.pi, module.e, module.math.pi) == (3.141592653589793, 2.718281828459045, module.pi)
    assert said == [
        "one.py:1: ImportError: cannot import name 'no_such_name' from 'math'; what uses no_such_name fails",
        "one.py:2: nowhere is not available here; what uses nowhere fails",
    ]


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("raise KeyboardInterrupt", "one.py:3: KeyboardInterrupt; the rest was loaded"),
        ("x = [exit_now(1)]", "one.py:3: SystemExit: 1; what uses x fails"),
        ("x = exit_now(os.EX_OK)", "one.py:3: SystemExit: 0; what uses x fails"),
        ("x = os._exit(3)", "one.py:3: SystemExit: 3; what uses x fails"),
        ("class Stop(BaseException): pass\nraise Stop('now')", "one.py:4: Stop: now; the rest was loaded"),
    ],
)
def test_end_of_the_process_is_a_failing_statement(load, statement, says):
    end = os._exit
    module, said = load(f"import os\nfrom sys import exit as exit_now\n{statement}\ndef right(x):\n    return 2 * x\n")
    assert module.right(2) == 4
    assert said == [says]
    assert os._exit is end


def test_process_that_a_module_forks_ends_by_itself(load, tmp_path):
    source = "import os\nif os.fork() == 0:\n    os._exit(7)\nstatus = os.waitstatus_to_exitcode(os.wait()[1])\n"
    module, said = load(source)
    assert (module.status, said) == (7, [])


def test_import_that_the_submission_expects_to_fail_fails(load):
    source = "try:\n    import nowhere\nexcept ImportError:\n    nowhere = None\n"
    module, said = load(source)
    assert module.nowhere is None
    assert said == []


def test_what_is_installed_but_not_promised_is_not_there(load, tmp_path, monkeypatch):
    (tmp_path / "installed_here.py").write_text("f = abs\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert importlib.util.find_spec("installed_here")
    source = "import importlib.util, json, numpy\nfrom installed_here import f\n"
    module, _ = load(source + "seen = importlib.util.find_spec('installed_here')\ndef g():\n    return f(1)\n")
    assert module.json.dumps(module.numpy.ones(1).tolist()) == "[1.0]"
    assert module.seen is None
    with pytest.raises(ModuleNotFoundError, match=r"installed_here is not available here \(one\.py:2\)"):
        module.g()


@pytest.mark.parametrize(
    ("statement", "name", "cause"),
    [
        ("W = open('weights.csv').read()", "W", r"W was not made: FileNotFoundError: .*weights\.csv.*\(one\.py:1\)"),
        ("a = b = [1][3]", "b", r"b was not made: IndexError: list index out of range \(one\.py:1\)"),
        ("(a, b), c = 1, 2", "b", r"b was not made: TypeError: .* \(one\.py:1\)"),
        ("W: list = [1][3]", "W", "W was not made: IndexError"),
        ("@(lambda f: 1 / 0)\ndef f(x): return x", "f", r"f was not made: ZeroDivisionError.* \(one\.py:2\)"),
        ("def f(x, eps=1/0): return x", "f", "f was not made: ZeroDivisionError"),
        ("class Net(Nowhere):\n    pass", "Net", "Net was not made: NameError"),
        ("class Net:\n    rate = 1 / 0", "Net.rate", "rate was not made: ZeroDivisionError"),
        ("class Net:\n    @Nowhere\n    def rate(self): pass", "Net().rate", "rate was not made: NameError"),
        ("if True:\n    W = 1 / 0", "W", "W was not made: ZeroDivisionError"),
        ("if 1 / 0:\n    W = 1", "W", "W was not made: ZeroDivisionError"),
        ("with open('weights.csv') as file:\n    W = 1", "W", "W was not made: FileNotFoundError"),
        ("match 1 / 0:\n    case [first, *rest]: pass\n    case {'a': c, **d}: pass", "d", "d was not made: Zero"),
        ("W = 3\nW = 1 / 0", "W", "W was not made: ZeroDivisionError"),
        ("W = 3\nW += 1 / 0", "W", "W was not made: ZeroDivisionError"),
    ],
)
def test_what_cannot_be_made_fails_where_it_is_used(load, statement, name, cause):
    module, said = load(f"{statement}\ndef right(x):\n    return x\ndef wrong(x):\n    return {name}(x)\n")
    assert module.right(2) == 2
    with pytest.raises(NameError, match=cause):
        module.wrong(2)
    assert said


@pytest.mark.parametrize(
    "statement",
    [
        "def f(x: nowhere.Tensor, *y: nowhere.A, z: nowhere.B = 1) -> nowhere.Axes: return x",
        "async def g(x: nowhere.Tensor): pass\ndef f(x): return x",
        "class F:\n    def plot(self, ax: nowhere.Axes): pass\n    def __call__(self, x): return x\nf = F()",
        "class F:\n    @nowhere.jit\n    def fast(self): pass\n    def __call__(self, x): return x\nf = F()",
        "class F:\n    colour = nowhere.blue\n    def __call__(self, x): return x\nf = F()",
        "import dataclasses\n@dataclasses.dataclass\nclass F:\n    buf: nowhere.Tensor\nf = lambda x: F(x).buf",
        "if True:\n    nowhere.set_threads(1)\n    def f(x): return x",
        "if nowhere is None: pass\nelse:\n    nowhere.set_threads(1)\n    f = lambda x: x",
        "W: nowhere.Tensor = 1\nf = lambda x: x * W",
    ],
)
def test_type_a_method_and_a_line_of_a_block_cost_themselves_alone(load, statement):
    module, _ = load(f"import nowhere\n{statement}\n")
    assert module.f(3) == 3


TRIED = "try:\n    from .fast import f\nexcept ImportError:\n    f = None\ndef g(x):\n    return f(x) if f else x\n"


@pytest.mark.parametrize(
    ("source", "fast"),
    [
        (TRIED, "import nowhere\ndef f(x):\n    return nowhere.f(x)\n"),
        (TRIED, "from . import slow\nf = slow.f\n"),
        (TRIED, "raise ImportError('no such card')\n"),
        (TRIED.replace("ImportError", "Exception"), "raise RuntimeError('no such card')\n"),
        (TRIED.replace("ImportError", "SystemExit"), "exit_now = 1\nimport sys\nsys.exit()\n"),
        (
            "def g(x):\n    try:\n        from .fast import f\n    except ImportError:\n        return x\n",
            "import nowhere",
        ),
        (
            "from contextlib import suppress\nf = None\nwith suppress(ImportError):\n    from .fast import f\n"
            "def g(x):\n    return f(x) if f else x\n",
            "import nowhere\ndef f(x): return nowhere.f(x)\n",
        ),
    ],
)
def test_module_that_is_tried_fails_as_python_has_it(load, source, fast):
    module, said = load(source, fast=fast, slow="import nowhere\nf = nowhere.f\n")
    assert module.g(2) == 2
    assert said == []


def test_loop_keeps_what_it_has_bound(load):
    module, said = load("for i in [1, 2]:\n    done = i\n    if i == 2: raise ValueError('two')\n    late = i\n")
    assert (module.done, module.late) == (2, 1)
    assert said == ["one.py:1: ValueError: two; the rest was loaded"]


@pytest.mark.parametrize("end", ["exit()", "quit(1)", "import sys; sys.exit(1)", "raise SystemExit", "help(f)"])
def test_exit_at_the_end_of_a_file_is_no_failure(load, end):
    module, said = load(f"def f(x):\n    return x\n{end}\ndef g(x):\n    return x\n")
    assert module.f(1) == module.g(1) == 1
    assert said == []


@pytest.mark.parametrize("imported", ["", "from IPython import get_ipython\nfrom IPython.display import display\n"])
def test_what_only_a_notebook_has_does_nothing(load, imported, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "IPython"]:  # another test may have had it
        monkeypatch.delitem(sys.modules, name)
    source = (
        f"{imported}get_ipython().run_line_magic('matplotlib', 'inline')\ndef f(x):\n    display(x)\n    return x\n"
    )
    source += "def g(x):\n    get_ipython().system('ls')\n    return get_ipython().config\n"
    module, said = load(source)
    assert module.f(1) == 1
    assert "does nothing here" in repr(module.g(1))
    assert said == []


def test_failure_in_one_module_reaches_another_with_its_cause(load):
    module, said = load(
        "from .two import W, f\ndef g(x):\n    return f(W)\n", two="W = 1 / 0\ndef f(x):\n    return x + 1\n"
    )
    with pytest.raises(NameError, match=r"W was not made: ZeroDivisionError: division by zero \(two\.py:1\)"):
        module.g(1)
    assert said == ["two.py:1: ZeroDivisionError: division by zero; what uses W fails"]


@pytest.mark.parametrize(
    "source",
    [
        "import helper\nf = helper.f\n",
        "from helper import f\n",
        "from helper import *\n",
        "import helper as h\nf = h.f\n",
    ],
)
def test_file_beside_is_found_by_its_bare_name(load, source):
    module, said = load(
        source, helper="import random\nfrom . import one\ndef f(x):\n    return x + 1\n", random="1 / 0\n"
    )
    assert module.f(1) == 2
    assert sys.modules["handed_in.helper"] is sys.modules.pop("helper")
    assert module.f.__module__ == "handed_in.helper"
    assert sys.modules["handed_in.helper"].__spec__.name == "handed_in.helper"
    assert said == []


def test_module_that_is_not_there_costs_what_uses_it(load):
    module, _ = load("from .helpers import clip\ndef f(x):\n    return x\ndef g(x):\n    return clip(x)\n")
    assert module.f(1) == 1
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'handed_in\.helpers' \(one\.py:1\)"):
        module.g(1)


def test_module_that_does_not_parse_is_the_cause_in_those_that_import_it(load):
    module, _ = load("from .two import f\ndef g(x):\n    return x\n", two="def f(x:\n")
    assert module.g(1) == 1
    with pytest.raises(NameError, match=r"f was not made: SyntaxError: .*two\.py"):
        module.f(1)


def test_docstring_futures_and_line_numbers_are_as_they_were(load):
    source = (
        '"""About it."""\nfrom __future__ import annotations\n\nimport math\n\ndef f(x: Nowhere):\n    raise KeyError\n'
    )
    module, said = load(source)
    assert module.__doc__ == "About it."
    with pytest.raises(KeyError) as caught:
        module.f(1)
    assert caught.traceback[-1].lineno + 1 == 7
    assert said == []
    assert not [name for name in vars(module) if "not_loaded" in name]


@pytest.mark.parametrize(
    "use",
    [
        *("W + 1", "1 + W", "W @ W", "-W", "W[0]", "W[0:1]", "len(W)", "bool(W)", "float(W)", "list(W)", "W.shape"),
        *("W == 1", "1 in W", "f'{W}'", "str(W)", "isinstance(1, W)", "round(W)", "next(W)", "W(1)", "abs(W)", "W < 1"),
    ],
)
def test_whatever_is_done_with_it_raises_the_cause(load, use):
    module, _ = load(f"W = 1 / 0\ndef f():\n    return {use}\n")
    with pytest.raises(NameError, match="W was not made"):
        module.f()


def test_it_can_be_looked_at_and_kept(load):
    module, _ = load("W = 1 / 0\n")
    assert type(module.W) is NotLoaded
    assert repr(module.W) == "<not loaded: W was not made: ZeroDivisionError: division by zero (one.py:1)>"
    assert {module.W: 1}


def test_source_too_large_for_a_tree_is_loaded_whole(load):
    source = "import nowhere\nW = [" + "1, " * 90_000 + "]\n"
    with pytest.raises(ModuleNotFoundError, match="No module named 'nowhere'"):
        load(source)
