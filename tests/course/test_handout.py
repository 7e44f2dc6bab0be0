import shutil

import pytest

from autograder.course import Course, Exercise, Handout, exercise_of, exercises, handouts, release, render
from autograder.course.stubs import module_stubs


@pytest.fixture
def handout(tiny_root):
    return tiny_root / "assignments" / "t1_sums" / "handout.md"


@pytest.fixture
def russian(tiny_root):
    return tiny_root / "assignments" / "t1_sums" / "handout.ru.md"


@pytest.fixture
def reference(tiny_root):
    return tiny_root / "solutions" / "tiny" / "sums.py"


def test_exercises_are_the_slots_of_the_handout_in_its_order(tiny_root, handout):
    found = exercises(Course.load(tiny_root))
    assert list(found) == ["sums.total", "sums.running_totals", "sums.Average"]
    assert found["sums.Average"] == Exercise("sums.Average", "t1_sums", "3 Average", f"{handout}:23")


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("### 3.4 Mul", "3.4"),
        ("## 3. Mul", "3"),
        ("## Mul ##", "Mul"),
        ("## 2", "2"),
        ("# What Mul does", "What Mul does"),
    ],
)
def test_stub_message_names_the_section_by_number_if_it_has_one(tmp_path, heading, section):
    path = tmp_path / "handout.md"
    path.write_text(f"# Title\n{heading}\n```python\n# no heading\n```\n<!-- exercise: functional.Mul -->\n")
    (slot,) = Handout.read(path).slots
    message = Exercise("functional.Mul", "a3_autograd", slot.section, "").message
    assert message == f"a3_autograd, exercise functional.Mul: handout section {section}"


def test_slots_are_replaced_by_code(tiny_root):
    text = render(Course.load(tiny_root))["handouts/t1_sums.md"].decode()
    assert (
        '''
```python
def as_vector(values: Iterable[float]) -> np.ndarray:
    """The values as a vector of float64; a copy."""
    return np.array(list(values), dtype=np.float64)
```
'''
        in text
    )
    assert (
        '''
```python
class Average:
    """The mean of numbers that come one after the other."""

    def __init__(self) -> None:
        ...  # given

    def add(self, value: float) -> None:
        """Takes one more number into account."""
        ...

    def mean(self) -> float:
        """The mean of the numbers so far.

        Raises: ValueError if there are none: "average: no numbers so far; add one first"
        """
        ...
```
'''
        in text
    )
    assert "<!--" not in text


def test_method_is_shown_in_its_class_and_given_code_shows_no_solution(tiny_root, handout, russian, edit):
    for path in (handout, russian):
        edit(
            path,
            "<!-- exercise: sums.Average -->",
            "<!-- exercise: sums.Average.add -->\n<!-- exercise: sums.Average.mean -->\n"
            "<!-- given: sums.Average -->\n<!-- given: sums.LIMIT -->",
        )
    source = tiny_root / "solutions" / "tiny" / "sums.py"
    edit(source, "class Average:", "@decorated\nclass Average:")
    edit(source, "def as_vector", "LIMIT: int = 3\n\n\ndef decorated(cls):\n    return cls\n\n\ndef as_vector")
    text = render(Course.load(tiny_root))["handouts/t1_sums.md"].decode()
    assert (
        '''
```python
@decorated
class Average:
    def add(self, value: float) -> None:
        """Takes one more number into account."""
        ...
```
'''
        in text
    )
    assert (
        '''        self.so_far = 0.0

    def add(self, value: float) -> None:
        """Takes one more number into account."""
        raise NotImplementedError("t1_sums, exercise sums.Average.add: handout section 3")
'''
        in text
    )
    assert "```python\nLIMIT: int = 3\n```" in text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("<!-- given: sums.nothing -->", "handout.md:26: given: sums.nothing is not in the reference"),
        ("<!-- given: other.thing -->", "handout.md:26: given: other.thing is not in the reference"),
        ("<!-- given: sums.total.x -->", "handout.md:26: given: sums.total.x is not in the reference"),
        ("<!-- exercise: sums.nothing -->", "handout.md:26: exercise sums.nothing has no solution region"),
        (
            "<!-- exercise: sums.as_vector -->",
            "handout.md:26: exercise sums.as_vector has no solution region",
        ),
        (
            "<!-- exercise: more.thing -->",
            "handout.md:26: exercise more.thing is in none of the modules handed in: sums",
        ),
        (
            "<!-- solution: sums.total -->",
            'handout.md:26: unknown slot "solution", want "exercise" or "given"',
        ),
        (
            "see <!-- given: sums.total -->",
            'handout.md:26: got "see <!-- given: sums.total -->", want the slot alone',
        ),
        (
            "<!-- exercise sums.total -->",
            'handout.md:26: got "<!-- exercise sums.total -->", want the slot alone',
        ),
        ("<!-- exercise: sums.total -->", "handout.md:26: exercise sums.total has a slot on line 11 already"),
    ],
)
def test_slot_with_an_error_is_refused(tiny_root, handout, russian, refused, line, message):
    assert len(handout.read_text().split("\n")) == 24
    handout.write_text(handout.read_text() + "\n\n" + line + "\n")
    russian.write_text(russian.read_text() + "\n\n" + line + "\n")
    with refused(message):
        render(Course.load(tiny_root))


def test_slot_above_every_heading_is_refused(handout, refused):
    handout.write_text("<!-- exercise: sums.total -->\n")
    with refused("handout.md:1: sums.total has no heading above it; students need one"):
        Handout.read(handout)


def test_ordinary_comments_and_slots_in_code_blocks_are_text(handout):
    before = Handout.read(handout).slots
    handout.write_text(handout.read_text() + "\n<!-- to do: pictures -->\n\n~~~\n<!-- exercise: a.b -->\n~~~\n")
    assert Handout.read(handout).slots == before


def test_handout_without_exercises_is_refused(tiny_root, handout, refused):
    handout.write_text("# Sums\n")
    with refused("handout.md: no exercise; want a slot <!-- exercise: module.name --> for each"):
        exercises(Course.load(tiny_root))


def test_missing_handout_is_refused(tiny_root, handout, refused):
    handout.unlink()
    with refused("handout.md: handout cannot be read", "No such file"):
        exercises(Course.load(tiny_root))


def test_languages_with_different_slots_are_refused(tiny_root, russian, edit, refused):
    edit(russian, "exercise: sums.total", "given: sums.Average")
    with refused("handout.ru.md:11: got given sums.Average, want exercise sums.total as in handout.md:11"):
        handouts(Course.load(tiny_root).assignment("t1"))


def test_languages_with_a_different_number_of_slots_are_refused(tiny_root, russian, edit, refused):
    edit(russian, "<!-- exercise: sums.Average -->", "")
    with refused("handout.ru.md: got 3 slots, want 4 as in handout.md"):
        handouts(Course.load(tiny_root).assignment("t1"))


def test_course_in_one_language_is_fine(tiny_root, russian):
    russian.unlink()
    assert "handouts/t1_sums.ru.md" not in render(Course.load(tiny_root))


@pytest.fixture
def second(tiny_root, edit):
    """A second assignment, with a module and an exercise of its own."""
    folder = tiny_root / "assignments" / "t2_products"
    shutil.copytree(tiny_root / "assignments" / "t1_sums", folder)
    edit(folder / "assignment.toml", '["sums"]', '["products", "sums"]')
    for name in ("handout.md", "handout.ru.md"):
        (folder / name).write_text("## 1.1 Product\n\n<!-- exercise: products.product -->\n")
    (tiny_root / "solutions" / "tiny" / "products.py").write_text(
        "def product(a, b):\n    ### BEGIN SOLUTION\n    return a * b\n    ### END SOLUTION\n"
    )
    return folder


def test_one_assignment_without_russian_is_refused_if_another_has_it(tiny_root, second, refused):
    (second / "handout.ru.md").unlink()
    with refused("t2_products/handout.ru.md: no such file, though t1_sums has one"):
        exercises(Course.load(tiny_root))


def test_exercise_of_two_assignments_is_refused(tiny_root, second, edit, refused):
    for name in ("handout.md", "handout.ru.md"):
        edit(second / name, "products.product", "sums.total")
    with refused("t2_products/handout.md:3: exercise sums.total belongs to t1_sums already"):
        exercises(Course.load(tiny_root))


def test_stub_speaks_of_the_assignment_that_its_exercise_belongs_to(tiny_root, second, tmp_path):
    release(Course.load(tiny_root), tmp_path / "out")
    assert (tmp_path / "out" / "tiny" / "products.py").read_text() == (
        "def product(a, b):\n"
        '    raise NotImplementedError("t2_products, exercise products.product: handout section 1.1")\n'
    )


def test_function_belongs_to_the_exercise_that_is_its_longest_prefix():
    known = {name: Exercise(name, "a", "1", "") for name in ("m.Tensor", "m.Tensor.backward", "m.Ten")}
    found = {
        name: exercise and exercise.name
        for name in ("m.Tensor.backward", "m.Tensor.backward.inner", "m.Tensor.sum", "m.Ten.f", "m.Tensors")
        for exercise in [exercise_of(name, known)]
    }
    assert found == {
        "m.Tensor.backward": "m.Tensor.backward",
        "m.Tensor.backward.inner": "m.Tensor.backward",
        "m.Tensor.sum": "m.Tensor",
        "m.Ten.f": "m.Ten",
        "m.Tensors": None,
    }


def test_region_of_no_exercise_is_refused(tiny_root, reference, refused):
    extra = "\n\ndef more():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
    reference.write_text(reference.read_text() + extra)
    with refused("solutions/tiny/sums.py:64: region of sums.more belongs to no exercise; want a slot for it"):
        render(Course.load(tiny_root))


def test_exercise_of_a_dropped_assignment_is_given_solved(tiny_root, edit):
    """The stub of a dropped exercise is the reference itself, so that later assignments can build on it."""
    second = tiny_root / "assignments" / "t2_more"
    shutil.copytree(tiny_root / "assignments" / "t1_sums", second)
    for name in ("handout.md", "handout.ru.md"):
        (second / name).write_text("# More\n\n## 1 Twice\n\n<!-- exercise: more.twice -->\n", encoding="utf-8")
    edit(second / "assignment.toml", '"sums"', '"more"')
    source = 'def twice(x):\n    """x + x."""\n    ### BEGIN SOLUTION\n    return x + x\n    ### END SOLUTION\n'
    (tiny_root / "solutions" / "tiny" / "more.py").write_text(source, encoding="utf-8")
    assert "NotImplementedError" in module_stubs(Course.load(tiny_root))[0]["more"].text

    edit(tiny_root / "assignments" / "course.toml", "title", 'dropped = ["t2_more"]\ntitle')
    course = Course.load(tiny_root)
    stubs, kept_back = module_stubs(course)
    assert stubs["more"].text == 'def twice(x):\n    """x + x."""\n    return x + x\n'
    assert [assignment.name for assignment in course.assignments] == ["t1_sums"]
    assert "more.twice" not in exercises(course)
    assert not [region for _, region in kept_back if region.name.startswith("more.")]


def test_dropped_assignment_that_is_not_there_is_refused(tiny_root, edit, refused):
    edit(tiny_root / "assignments" / "course.toml", "title", 'dropped = ["t9"]\ntitle')
    with refused("course.toml: dropped: no assignment 't9'; there are t1_sums"):
        _ = Course.load(tiny_root).assignments
