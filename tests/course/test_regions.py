from textwrap import dedent

import pytest

from autograder.course.regions import regions, stub


def mark(text):
    """Source with <b> and <e> for the markers."""
    return dedent(text).replace("<b>", "### BEGIN SOLUTION").replace("<e>", "### END SOLUTION")


TWO = mark(
    '''\
    """A module."""

    import math


    def root(x: float) -> float:
        """The root of x."""
        if x < 0:
            raise ValueError(x)
        <b>
        # the easy way
        value = math.sqrt(x)
        <e>
        given = 1
        <b>
        return value
        <e>


    class Box:
        """Holds a thing."""

        size = 1

        @staticmethod
        def open() -> int:
            """What is inside."""
            <b>
            def look() -> int:
                return 3

            return look()
            <e>

        def given(self) -> int:
            return 1
    '''
)


def test_regions_know_their_function_and_lines():
    found = regions(TWO, "things")
    assert [(each.name, each.begin, each.end) for each in found] == [
        ("things.root", 10, 13),
        ("things.root", 15, 17),
        ("things.Box.open", 28, 33),
    ]
    assert found[0].secrets == [(12, "value = math.sqrt(x)")]


def test_stub_raises_once_in_each_function_and_keeps_the_rest():
    text = stub(TWO, "things", lambda name: f"do {name}")
    assert text == dedent(
        '''\
        """A module."""

        import math


        def root(x: float) -> float:
            """The root of x."""
            if x < 0:
                raise ValueError(x)
            raise NotImplementedError("do things.root")
            given = 1


        class Box:
            """Holds a thing."""

            size = 1

            @staticmethod
            def open() -> int:
                """What is inside."""
                raise NotImplementedError("do things.Box.open")

            def given(self) -> int:
                return 1
        '''
    )


def test_source_without_regions_is_its_own_stub():
    assert stub("x = 1\n", "m", str) == "x = 1\n"
    assert stub("", "m", str) == ""


def test_region_in_a_nested_function_and_in_a_block():
    source = mark(
        """\
        def outer(x):
            def inner(y):
                <b>
                return y
                <e>
            if x:
                <b>
                return inner(x)
                <e>
            return None
        """
    )
    assert [each.name for each in regions(source, "m")] == ["m.outer.inner", "m.outer"]
    assert stub(source, "m", str) == dedent(
        """\
        def outer(x):
            def inner(y):
                raise NotImplementedError("m.outer.inner")
            if x:
                raise NotImplementedError("m.outer")
            return None
        """
    )


@pytest.mark.parametrize("length", [60, 75, 250])
def test_long_message_is_split_and_arrives_whole(length):
    source = mark("class A:\n    def f(self):\n        <b>\n        return 1\n        <e>\n")
    message = ('handout « раздел » "x" ' * 20)[:length].strip()
    text = stub(source, "m", lambda name: message)
    assert max(len(line) for line in text.splitlines()) <= 110
    space = {}
    exec(text, space)
    with pytest.raises(NotImplementedError) as caught:
        space["A"]().f()
    assert str(caught.value) == message


def test_markers_in_strings_are_text():
    source = 'def f():\n    """\n    ### BEGIN SOLUTION\n    """\n'
    assert regions(source, "m") == ()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def f():\n    <b>\n    return 1\n", 'm.py:2: "### BEGIN SOLUTION" without "### END SOLUTION"'),
        ("def f():\n    return 1\n    <e>\n", 'm.py:3: "### END SOLUTION" without "### BEGIN SOLUTION"'),
        (
            "def f():\n    <b>\n    x = 1\n    <b>\n    return x\n    <e>\n    <e>\n",
            'm.py:4: "### BEGIN SOLUTION" inside the region that begins on line 2',
        ),
        ("<b>\nx = 1\n<e>\n", "m.py:1: region outside a function; want it inside one"),
        ("class A:\n    <b>\n    x = 1\n    <e>\n", "m.py:2: region outside a function; want it inside one"),
        (
            "def f(x):\n    return [\n        <b>\n        x,\n        <e>\n    ]\n",
            "m.py:3: marker is not where a statement",
        ),
        ("def f():\n\tx = 1\n", "m.py:2: indented with a tab; want spaces"),
        (
            "def f():\n    <b>\n    # nothing\n    <e>\n    x = 1\n",
            "m.py:2: region of m.f is empty; want the solution in it",
        ),
        (
            "def f():\n    <b>\n    return 1\n\n\ndef g():\n    x = 1\n    <e>\n    return x\n",
            "m.py:2: region begins in m.f and ends on line 8 in m.g; want both markers in the same block",
        ),
        (
            "def f(x):\n    <b>\n    if x:\n        return 1\n        <e>\n    return 2\n",
            "m.py:2: region begins in m.f and ends on line 5 in m.f; want both markers in the same block",
        ),
        (
            "def f(x):\n    if x:\n        return 1\n    <b>\n    else:\n        return 2\n    <e>\n",
            "m.py:4: marker is not where a statement can stand; want it indented like the statements",
        ),
        (
            "def f():\n    # begin solution\n    return 1\n    <e>\n",
            'm.py:2: got "# begin solution", want "### BEGIN SOLUTION" or "### END SOLUTION"',
        ),
        (
            "def f():\n    <b> here\n    return 1\n    <e>\n",
            'm.py:2: got "### BEGIN SOLUTION here", want',
        ),
        (
            "def f():\n    x = 1  <b>\n    return x\n    <e>\n",
            'm.py:2: "### BEGIN SOLUTION" must stand on a line of its own',
        ),
        ("def f(:\n", "m.py:1: not Python: invalid syntax"),
    ],
)
def test_region_with_an_error_is_refused(refused, source, message):
    with refused(message):
        regions(mark(source), "m")


def test_stub_that_does_not_compile_is_refused(refused):
    source = mark(
        "def f(x):\n    <b>\n    y = 1\n    <e>\n    if x:\n        <b>\n        y = 2\n        <e>\n    return y\n"
    )
    with refused("m.py: the stub does not compile: expected an indented block", "line 4 of the stub", "second region"):
        stub(source, "m", str)
