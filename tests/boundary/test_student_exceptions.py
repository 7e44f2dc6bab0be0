"""Exceptions and warnings of student code arrive as themselves; what is no error of a function stops the test."""

import builtins
import warnings

import pytest

from autograder.boundary.ends import Stopped
from autograder.boundary.sandbox import Confinement
from autograder.boundary.student_error import StudentError

SUBMISSION = """
import builtins, sys, warnings

def throw(name, *args):
    raise getattr(builtins, name)(*args)

class Own(ValueError):
    pass
class Base(BaseException):
    pass
class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no words")
class Cruel(Exception):
    def __str__(self):
        raise SystemExit
class Meta(type):
    @property
    def __name__(cls):
        return "x" * 100_000
class Long(Exception, metaclass=Meta):
    pass

def own():
    raise Own("mine")
def base():
    raise Base("mine")
def mute():
    raise Mute
def cruel():
    raise Cruel
def long():
    raise Long("y" * 100_000)
def deep(n=0):
    return deep(n + 1)
def surrogate():
    raise ValueError("\\ud800")
def leave():
    sys.exit(3)
def allocate():
    return bytearray(1 << 40)
def warn_surrogate():
    warnings.warn("\\ud800")
    return 1
def warn_runtime():
    import numpy as np
    return float(np.float64(1) / np.float64(0))
def warn_often(n):
    for i in range(n):
        warnings.warn(str(i))
def warn_and_raise():
    warnings.warn("first")
    raise ValueError("then")
class Nameless(type):
    @property
    def __mro__(cls):
        raise SystemExit
class Liar(Exception, metaclass=Nameless):
    pass
class Uncut(str):
    def __getitem__(self, key):
        return self
    def encode(self, *args):
        raise SystemExit
class Talker(Exception):
    def __str__(self):
        return Uncut("z" * 100_000)
def liar():
    raise Liar
def talker():
    raise Talker
"""


BUILTIN = (
    *("ValueError", "TypeError", "KeyError", "IndexError", "ZeroDivisionError", "NotImplementedError", "OSError"),
    *("AttributeError", "AssertionError", "RecursionError", "OverflowError", "FileNotFoundError", "ImportError"),
)


@pytest.mark.parametrize("name", BUILTIN)
def test_builtin_error_is_mirrored_as_itself(session, code, name):
    kind = getattr(builtins, name)
    with pytest.raises(kind) as caught:
        code.throw(name, "words")
    assert isinstance(caught.value, StudentError)
    assert str(caught.value) == f"{name}: 'words'" if name == "KeyError" else f"{name}: words"
    assert session.stopped is None


def test_own_error_is_an_instance_of_what_it_derives_from(code):
    with pytest.raises(ValueError, match=r"^Own: mine$") as caught:
        code.own()
    assert caught.value.raised.where == "code.py:25 in own"
    assert "raise Own" in caught.value.raised.trace


def test_error_without_words_is_its_name(code):
    with pytest.raises(StudentError, match=r"^ValueError$"):
        code.throw("ValueError")


def test_error_derived_from_base_exception_is_an_error_of_student_code(code):
    with pytest.raises(StudentError, match="Base: mine"):
        code.base()


@pytest.mark.parametrize(("name", "said"), [("mute", "RuntimeError"), ("cruel", "SystemExit")])
def test_error_whose_str_raises_is_still_told(code, name, said):
    with pytest.raises(StudentError, match=rf"\(its __str__ raised {said}\)"):
        getattr(code, name)()
    with pytest.raises(ValueError, match="mine"):
        code.own()


def test_words_of_an_error_are_cut(code):
    with pytest.raises(StudentError) as caught:
        code.long()
    assert caught.value.raised.type_name == "x" * 80
    assert caught.value.raised.text == "y" * 4096


def test_text_that_does_not_want_to_be_cut_is_cut(code):
    with pytest.raises(StudentError) as caught:
        code.talker()
    assert caught.value.raised.text == "z" * 4096


def test_error_of_a_class_that_raises_when_it_is_asked_is_still_an_error(code):
    with pytest.raises(StudentError, match="an exception of a class that cannot be asked for its name"):
        code.liar()
    with pytest.raises(ValueError, match="mine"):
        code.own()


def test_lone_surrogates_in_an_error_are_escaped(code):
    with pytest.raises(ValueError, match=r"\\ud800"):
        code.surrogate()


def test_recursion_without_end_is_an_error_of_student_code(code):
    with pytest.raises(RecursionError, match="maximum recursion depth exceeded"):
        code.deep()


@pytest.mark.parametrize("name", ["StopIteration", "StopAsyncIteration"])
def test_stop_iteration_ends_no_loop_of_the_test(code, name):
    """Mirrored, it would make all(map(student.f, cases)) true, and a zip over results end before its first check."""
    with pytest.raises(StudentError, match=name):
        assert all(map(code.throw, [name, name]))
    with pytest.raises(StudentError, match=name):
        list(zip(map(code.throw, [name]), [1], strict=True))


@pytest.mark.parametrize(
    ("call", "code_of_end", "message"),
    [
        (lambda code: code.leave(), "exit", r"your code called sys\.exit\(\)"),
        (lambda code: code.throw("SystemExit"), "exit", r"your code called sys\.exit\(\)"),
        (lambda code: code.throw("KeyboardInterrupt"), "exit", "your code raised KeyboardInterrupt"),
        (lambda code: code.throw("MemoryError"), "memory_limit", "your code ran out of memory"),
        (lambda code: code.allocate(), "memory_limit", "your code ran out of memory"),
    ],
    ids=["sys_exit", "system_exit", "keyboard_interrupt", "memory_error", "one_allocation"],
)
def test_what_is_no_error_of_a_function_stops_the_test(session, code, call, code_of_end, message):
    with pytest.raises(Stopped, match=message) as caught:
        call(code)
    assert caught.value.code == code_of_end
    assert session.stopped is caught.value
    with pytest.raises(Stopped, match=message):  # whatever the test makes of it: nothing more is asked
        code.own()


@pytest.mark.slow
def test_memory_used_up_by_small_objects_is_told(start_worker, session_of):
    """Nothing is freed when the error arrives: there must be room left to say so."""
    source = """
kept = []
class Small:
    pass
def hoard():
    while True:
        small = Small()
        small.x = 1.5
        kept.append(small)
"""
    with start_worker(source, limits=Confinement(224 << 20, 12)) as worker:
        with pytest.raises(Stopped, match="your code ran out of memory") as caught:
            session_of(worker).root().code.hoard()
        assert caught.value.code == "memory_limit"


@pytest.mark.parametrize("kind", [UserWarning, RuntimeWarning, DeprecationWarning])
def test_warning_is_issued_again_on_this_side(start_worker, session_of, kind):
    source = f"import warnings\ndef warn():\n    warnings.warn('careful', {kind.__name__})\n"
    with start_worker(source) as worker, pytest.warns(kind, match="careful"):
        session_of(worker).root().code.warn()


def test_warning_of_numpy_is_issued_again(code):
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert code.warn_runtime() == float("inf")


def test_flood_of_warnings_is_cut(code):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        code.warn_often(1000)
    assert [str(warning.message) for warning in caught] == [str(i) for i in range(16)]


def test_warning_with_a_lone_surrogate_is_escaped(code):
    with pytest.warns(UserWarning, match=r"\\ud800"):
        assert code.warn_surrogate() == 1


def test_warning_before_an_error_is_issued_too(code):
    with pytest.warns(UserWarning, match="first"), pytest.raises(ValueError, match="then"):
        code.warn_and_raise()


@pytest.mark.parametrize(
    ("source", "kind", "where", "text"),
    [
        ("x = 1\nx = = 2\n", SyntaxError, "code.py:2", "invalid syntax"),
        ("x = 1\0", SyntaxError, "code.py", "NUL bytes"),
    ],
    ids=["syntax", "nul"],
)
def test_error_of_an_import_names_file_and_line(start_worker, session_of, source, kind, where, text):
    with start_worker(source) as worker:
        with pytest.raises(kind, match=text) as caught:
            _ = session_of(worker).root().code
        assert caught.value.raised.where == where


@pytest.mark.slow
def test_source_that_takes_python_down_is_an_error_of_the_import(start_worker, session_of):
    """Compiled in a process of its own, out of memory there; the zygote goes on and so does the next test."""
    source = "x = [" + "(1, 2, [3]), " * 300_000 + "]"
    with start_worker(source, limits=Confinement(224 << 20, 12)) as worker:
        for _ in range(2):
            with pytest.raises(SyntaxError, match="Python itself cannot compile this file"):
                _ = session_of(worker).root().code
            worker.end()
        assert worker.n_started == 1
