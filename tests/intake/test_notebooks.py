"""A notebook as a hand-in: how its cells are found however they were moved about, and what hostile ones are told."""

import json
import tracemalloc

import pytest

from autograder.intake import Stubs, UnreadableHandIn, read_hand_in
from autograder.intake.notebooks import MAX_CELLS, MAX_CODE, MAX_LINES, MAX_NOTEBOOKS, MAX_OBJECTS

MODULE = '''\
"""Sums."""


def twice(x):
    return x + x


def total(values):
    raise NotImplementedError("t1_sums, exercise sums.total: handout section 1")


class Average:
    def mean(self):
        raise NotImplementedError("t1_sums, exercise sums.Average: handout section 3")
'''
STUBS = Stubs({"sums": MODULE}, ("sums.total", "sums.Average"))
TOTAL = "# exercise: sums.total\ndef total(values):\n    return sum(values)"
AVERAGE = "# exercise: sums.Average\nclass Average:\n    def mean(self):\n        return 3"
TOTAL_STUB = 'def total(values):\n    raise NotImplementedError("t1_sums, exercise sums.total: handout section 1")'
MISSING = 'by its first line "# exercise: sums.{0}" or by what it defines; it counts as not done'


def cell(source, **metadata):
    return {"cell_type": "code", "source": source.splitlines(keepends=True), "metadata": metadata, "outputs": []}


def notebook(*cells):
    made = [each if isinstance(each, dict) else cell(each) for each in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.fixture
def read(folder):
    """The hand-in that a folder of these files is; one notebook if given bytes."""

    def read(files, **limits):
        files = {"t1.ipynb": files} if isinstance(files, bytes) else files
        return read_hand_in([folder(files)], package="tiny", modules=("sums",), stubs=STUBS, **limits)

    return read


def sums(hand_in):
    made = {}
    exec(hand_in.files["sums"], made)
    return made["total"], made["Average"]().mean


@pytest.mark.parametrize("name", ["sums.py", "anna.py", "work/sums.py"])
def test_notebook_that_is_called_a_module_is_read_as_what_it_is(read, name):
    hand_in = read({name: notebook(TOTAL, AVERAGE)})
    assert sums(hand_in)[0]([1, 2]) == 3
    shown = name.rpartition("/")[2]
    assert hand_in.notes[-1] == f"{shown!r} was taken as {shown[:-3] + '.ipynb'!r}: it is a notebook, and no Python"


# --- forms --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["file", "folder", "folder in folder", "zip"])
def test_notebook_is_read_in_every_form(folder, zip_of, form):
    data = notebook(TOTAL, AVERAGE, "print(undefined)")
    path = {
        "file": lambda: folder({"t1.ipynb": data}) / "t1.ipynb",
        "folder": lambda: folder({"t1.ipynb": data, "notes.txt": b"", "data.csv": b""}),
        "folder in folder": lambda: folder({"hw/t1.ipynb": data}),
        "zip": lambda: zip_of({"hw/t1.ipynb": data}),
    }[form]()
    found = read_hand_in([path], package="tiny", modules=("sums",), stubs=STUBS)
    total, mean = sums(found)
    assert (total([1, 2]), mean()) == (3, 3)
    assert found.notes == ()


@pytest.mark.parametrize("name", ["t1.ipynb.txt", "t1.ipynb.json", "t1.json", "t1.txt", "t1"])
def test_notebook_of_another_ending_is_read_with_a_note(folder, zip_of, name):
    for data in (notebook(TOTAL, AVERAGE), notebook(TOTAL, AVERAGE).replace(b'{"cells"', b'{ "nbformat": 4, "cells"')):
        for path in (folder({name: data}) / name, folder({f"hw/{name}": data}, "bob"), zip_of({name: data})):
            found = read_hand_in([path], package="tiny", modules=("sums",), stubs=STUBS)
            assert sums(found)[0]([1, 2]) == 3
            assert [note for note in found.notes if "was taken as 't1.ipynb'" in note] == [*found.notes]
        (folder({}) / name).unlink()


def test_text_beside_a_notebook_stays_a_text(read):
    found = read({"t1.ipynb": notebook(TOTAL, AVERAGE), "data.json": notebook("x = 1"), "sums.txt": b"import sums"})
    assert (list(found.files), found.notes) == (["sums"], ())


def test_earlier_modules_are_read_from_the_package_beside_a_notebook(folder):
    files = {"t1.ipynb": notebook(TOTAL, AVERAGE), "tiny/other.py": b"x = 1", "tiny/helper.py": b"y = 2"}
    stubs = Stubs({**STUBS.modules, "other": ""}, STUBS.exercises)
    found = read_hand_in([folder(files)], package="tiny", modules=("sums",), stubs=stubs)
    assert list(found.files) == ["helper", "other", "sums"]


def test_loose_source_that_defines_an_exercise_is_the_module(folder, read):
    source = b"def total(values):\n    return 7\n"
    path = folder({"dima.py": source}, "class") / "dima.py"
    found = read_hand_in([path], package="tiny", modules=("sums",), stubs=STUBS)
    assert found.files == {"sums": source}
    assert found.notes[-1] == "'dima.py' was taken as sums.py: it defines what is asked for"
    path.write_bytes(b"def subtotal(): ...")
    with pytest.raises(UnreadableHandIn, match="no module found"):
        read_hand_in([path], package="tiny", modules=("sums",), stubs=STUBS)


@pytest.mark.parametrize("name", ["Sums.py", "my sums.py", "dima.py"])
def test_source_in_a_folder_is_known_by_what_it_defines(read, name):
    found = read({name: b"def total(values): ..."})
    assert list(found.files) == ["sums"]
    assert found.notes[-1] == f"{name!r} was taken as sums.py: it defines what is asked for"
    with pytest.raises(UnreadableHandIn, match="no module found"):
        read({name: b"def subtotal(values): ..."})
    with pytest.raises(UnreadableHandIn, match="no module found"):  # of two nobody knows which
        read({name: b"def total(values): ...", "other.py": b"def total(values): ...\ndef mean(values): ..."})


def test_lone_text_in_python_is_read_where_its_name_is_the_students(folder, read):
    source = b"def total(values):\n    return 7\n"
    path = folder({"dima.txt": source}, "class") / "dima.txt"
    found = read_hand_in([path], package="tiny", modules=("sums",), stubs=STUBS)
    assert (found.files, len(found.notes)) == ({"sums": source}, 2)
    with pytest.raises(UnreadableHandIn, match="no module found"):
        read({"answers.txt": source})


@pytest.mark.parametrize("copy", ["t1 (1).ipynb", "t1-1.ipynb", "t1-Copy1.ipynb", "Копия t1.ipynb", "t1 copy 2.ipynb"])
def test_notebook_counts_before_its_copy(read, copy):
    found = read({copy: notebook(TOTAL.replace("sum(values)", "8"), AVERAGE), "t1.ipynb": notebook(TOTAL)})
    assert sums(found)[0]([1, 2]) == 3
    assert sums(found)[1]() == 3


def test_notebook_in_a_deep_folder_is_read_if_no_other_has_one(read):
    assert sums(read({"a/b/c/t1.ipynb": notebook(TOTAL, AVERAGE), "a/notes.txt": b""}))[0]([1, 2]) == 3


def test_format_3_and_a_byte_order_mark_are_read(read):
    sheet = {"cells": [{"cell_type": "code", "input": each.splitlines(keepends=True)} for each in (TOTAL, AVERAGE)]}
    data = json.dumps({"worksheets": [sheet], "nbformat": 3}).encode()
    assert sums(read(b"\xef\xbb\xbf" + data))[0]([4]) == 4


def test_untouched_notebook_is_nothing_done_without_a_word(read):
    average = "# exercise: sums.Average\n" + MODULE[MODULE.index("class Average") :]
    found = read(notebook("x = 1", f"# exercise: sums.total\n{TOTAL_STUB}", average))
    assert dict(found.files) == {}
    assert found.notes == ()


def test_modules_beside_a_notebook_count_where_nothing_was_done_in_it(read):
    mine = MODULE.replace('raise NotImplementedError("t1_sums, exercise sums.Average: handout section 3")', "return 8")
    files = {"t1.ipynb": notebook(TOTAL), "tiny/sums.py": mine.encode(), "tiny/help.py": b"x = 1"}
    found = read(files)
    total, mean = sums(found)
    assert (total([1, 2]), mean(), found.files["help"]) == (3, 8, b"x = 1")
    assert found.notes == (
        "sums.py was handed in too: what is done in the notebook counts from there, the rest from it",
    )


def test_untouched_module_beside_a_notebook_is_not_worth_a_note(read):
    assert read({"t1.ipynb": notebook(TOTAL, AVERAGE), "tiny/sums.py": MODULE.encode()}).notes == ()


def test_module_that_has_no_place_for_the_cells_is_not_taken(read):
    found = read({"t1.ipynb": notebook(TOTAL, AVERAGE), "sums.py": b"def total(: syntax"})
    assert sums(found)[0]([1]) == 1
    assert found.notes == ("sums.py was handed in but not taken: it has no place for what the notebook defines",)


def test_module_counts_where_the_notebook_beside_it_has_no_cell_or_is_none(read):
    mine = MODULE.encode()
    assert read({"sums.py": mine, "x.ipynb": notebook("print(1)")}).notes == ()
    found = read({"sums.py": mine, "x.ipynb": b"{"})
    assert dict(found.files) == {"sums": mine}
    assert found.notes == ("notebook 'x.ipynb': not a notebook: not JSON; download it from Jupyter again",)


# --- altered notebooks --------------------------------------------------------------------------------------


def test_reordered_cells_are_found(read):
    assert sums(read(notebook("1 + 1", AVERAGE, TOTAL)))[0]([1, 2]) == 3


@pytest.mark.parametrize(
    "metadata",
    [
        {"autograder": {"exercise": "sums.total", "role": "solution"}},
        {"nbgrader": {"grade_id": "sums-total", "solution": True}},
        {"nbgrader": {"grade_id": "solution-sums_total"}},
        {},
    ],
    ids=["ours", "nbgrader", "nbgrader-prefix", "definition"],
)
def test_cell_without_its_marker_is_known_by_metadata_or_definition(read, metadata):
    found = read(notebook(cell(TOTAL.replace("# exercise: sums.total", "# my answer"), **metadata), AVERAGE))
    assert sums(found)[0]([1, 2]) == 3
    assert found.notes == ('sums.total: taken from cell 1, which has lost its first line "# exercise: sums.total"',)


@pytest.mark.parametrize(
    "metadata", [3, "x", [], {"autograder": 3}, {"autograder": {"exercise": []}}, {"nbgrader": [1]}]
)
def test_metadata_of_any_type_is_ignored(read, metadata):
    assert sums(read(notebook({**cell(TOTAL), "metadata": metadata}, AVERAGE)))[0]([1]) == 1


def test_of_duplicates_the_last_that_is_no_stub_counts(read):
    last = TOTAL.replace("sum(values)", "7")
    found = read(notebook(TOTAL, AVERAGE, last, f"# exercise: sums.total\n{TOTAL_STUB}"))
    assert sums(found)[0]([]) == 7
    assert found.notes == ("sums.total: there are 2 cells of it (cell 1, cell 3): the last one counts",)


def test_solution_in_a_new_cell_counts_though_the_stub_is_left(read):
    found = read(notebook(f"# exercise: sums.total\n{TOTAL_STUB}", "def total(values):\n    return 5", AVERAGE))
    assert sums(found)[0]([]) == 5


def test_import_of_an_exercise_is_no_solution_of_it(read):
    assert dict(read(notebook("from tiny.sums import total", f"# exercise: sums.total\n{TOTAL_STUB}")).files) == {}


def test_given_cell_is_not_taken_and_a_change_of_it_is_noted(read):
    given = "# given: sums.twice\ndef twice(x):\n    return x + x"
    uses = TOTAL.replace("sum(values)", "twice(4)")
    assert read(notebook(given, uses, AVERAGE)).notes == ()
    found = read(notebook(given.replace("x + x", "7"), uses, AVERAGE))
    assert sums(found)[0]([]) == 8
    assert found.notes == ("sums.twice: cell 1 changes what is given: the template's counts",)


def test_deleted_cell_is_an_exercise_not_done_with_a_note(read):
    found = read(notebook(AVERAGE))
    with pytest.raises(NotImplementedError):
        sums(found)[0]([])
    assert found.notes == ("sums.total: no cell of it, " + MISSING.format("total"),)


def test_split_cell_takes_its_helper_along(read):
    found = read(
        notebook(
            "LIMIT = 100\ndef add(a, b):\n    return min(a + b, LIMIT)",
            "x = add",
            AVERAGE,
            (
                "# exercise: sums.total\nfrom functools import reduce\n"
                "def total(values):\n    return reduce(add, values)"
            ),
        )
    )
    assert sums(found)[0]([60, 60]) == 100
    assert found.notes == (
        "sums.total uses add: taken from cell 1",
        "sums.total uses LIMIT: taken from cell 1",
    )


def test_renamed_definition_is_not_done_with_what_was_found(read):
    found = read(notebook(TOTAL.replace("def total", "def my_total"), AVERAGE))
    assert found.notes == ("sums.total: cell 1 defines my_total, want total; it counts as not done",)


def test_cell_that_is_not_python_costs_its_exercise_alone(read):
    found = read(notebook(TOTAL.replace("(values):", "(values)"), AVERAGE))
    assert sums(found)[1]() == 3
    assert found.notes == ("sums.total: cell 1 is not Python: line 2: expected ':'; it counts as not done",)


def test_cells_of_two_notebooks_are_put_together(read):
    found = read({"a.ipynb": notebook(TOTAL), "b.ipynb": notebook(AVERAGE, TOTAL.replace("sum(values)", "9"))})
    assert sums(found)[0]([]) == 9
    assert found.notes == (
        "sums.total: there are 2 cells of it (cell 1 of 'a.ipynb', cell 2 of 'b.ipynb'): the last one counts",
    )


def test_other_cells_do_not_run_and_leave_nothing(read):
    text = read(notebook(TOTAL, AVERAGE, "import os\nos.abort()", "%%bash\nrm -rf x", "!ls")).files["sums"]
    assert b"abort" not in text
    assert b"rm" not in text


# --- JSON as Python writes it -------------------------------------------------------------------------------


def with_outputs(outputs):
    """A solved notebook, JSON as it stands put into its first cell's outputs."""
    return notebook(TOTAL, AVERAGE).replace(b'"outputs": []', b'"outputs": ' + outputs, 1)


@pytest.mark.parametrize(
    "outputs",
    [
        b'[{"data": {"application/vnd.plotly.v1+json": {"y": [1.0, NaN, Infinity, -Infinity]}}}]',
        rb'[{"text": "\ud800", "\udfff": "\udc00\ud83d", "more": "\ud83d\ude00\ud83d"}]',
        b'[{"a": 1, "a": 2}], "source": [], "outputs": {}, "source": ' + json.dumps(TOTAL).encode(),
        b"[" + b"9" * 5000 + b", 1e999, -0.0e-999]",
        b"null",
        b'"text"',
        b"[[[]], 3, {}]",
    ],
    ids=["nan", "surrogates", "keys-twice", "numbers", "null", "text", "shapes"],
)
def test_outputs_that_jupyter_reads_are_read(read, outputs):
    found = read(with_outputs(outputs))
    assert sums(found)[0]([1, 2]) == 3
    assert found.notes == ()


def test_what_is_no_json_may_stand_in_code_and_metadata(read):
    code = cell("def total(values):\n    return 'NaN', [-Infinity], '\\ud800', '\\\\ud800', '\U0001f600'", tags=["x"])
    data = notebook(code, AVERAGE).replace(b'["x"]', rb'[NaN, "\udc00", Infinity]')
    assert "\n    return 'NaN', [-Infinity], '\\ud800', '\\\\ud800', '\U0001f600'" in read(data).files["sums"].decode()


def test_half_a_character_in_code_is_replaced(read):
    data = notebook(TOTAL.replace("sum(values)", '"<>"'), AVERAGE).replace(b"<>", rb"<\ud800\ud83d\ude00\udc00>")
    assert sums(read(data))[0]([]) == "<\ufffd\U0001f600\ufffd>"


@pytest.mark.parametrize("source", [b"null", b'""', b"[]"])
def test_cell_without_source_is_an_empty_one(read, source):
    empty = b'{"cell_type": "code", "source": ' + source + b', "metadata": null, "outputs": null}, '
    data = notebook(TOTAL, AVERAGE).replace(b'"cells": [', b'"cells": [' + empty)
    assert sums(read(data))[0]([1]) == 1


def test_source_of_a_cell_that_is_no_code_may_be_anything(read):
    prose = {"cell_type": "markdown", "source": {"a": 1}}
    assert sums(read(notebook(TOTAL, prose, {"cell_type": 3}, AVERAGE)))[0]([1]) == 1


# --- large notebooks ----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("form", ["folder", "zip", "tar"])
def test_outputs_may_be_as_large_as_they_like(folder, zip_of, tar_of, form):
    data = with_outputs(b'["' + b"x" * (20 << 20) + b'"]')
    path = {"folder": folder, "zip": zip_of, "tar": tar_of}[form]({"t1.ipynb": data})
    found = read_hand_in([path], package="tiny", modules=("sums",), stubs=STUBS)
    assert sums(found)[0]([1, 2]) == 3
    assert found.notes == ("notebook 't1.ipynb': 20 MiB: its code was read, its outputs were not looked at",)


def test_more_objects_than_a_notebook_holds_are_refused_before_they_are_made(read):
    data = b'{"nbformat": 4, "cells": [' + b"{}," * (MAX_OBJECTS + 1) + b"{}]}"
    tracemalloc.start()
    with pytest.raises(UnreadableHandIn, match=f"more than {MAX_OBJECTS} objects; clear all outputs"):
        read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 << 20


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        (["x = 1\n" * 100_000], f"more than {MAX_CODE} bytes of code"),
        (["x" * (MAX_CODE * 7)], f"more than {MAX_CODE} bytes of code"),
        (["x\n" * (MAX_LINES + 1)], f"more than {MAX_LINES} lines of code"),
    ],
    ids=["bytes", "before-it-is-text", "lines"],
)
def test_more_code_than_a_notebook_holds_is_refused(read, sources, says):
    with pytest.raises(UnreadableHandIn, match=says):
        read(notebook(*sources))


def test_cells_of_all_notebooks_together_are_bounded(read):
    half = notebook(*["1"] * (MAX_CELLS // 2 + 1))
    with pytest.raises(UnreadableHandIn, match=f"more than {MAX_CELLS} cells"):
        read({"a.ipynb": half, "b.ipynb": half})


# --- notebooks saved as scripts -----------------------------------------------------------------------------

SETUP = "import math\n\nfrom checks.notebook import check, save\nfrom tiny.sums import twice"
NBCONVERT = f"""\
#!/usr/bin/env python
# coding: utf-8

# # Sums
#
# Begin with `# exercise: sums.total`.

# In[1]:


{SETUP}


# In[ ]:


get_ipython().run_line_magic('matplotlib', 'inline')
{TOTAL}


# In[3]:


check("sums.total")
get_ipython().system('pip install')


# In[4]:


get_ipython().run_cell_magic('time', '', {AVERAGE + chr(10)!r})
"""
PERCENT = f"""\
# ---
# jupyter:
#   jupytext: ...
# ---

# %% [markdown]
# # Sums

# %%
# %%time
# %matplotlib inline
{SETUP}

# %% id="a"
{TOTAL}

# %% [markdown]
once upon a time

#%%
{AVERAGE}
check("sums.Average")
"""
COLAB = f'''\
# -*- coding: utf-8 -*-
"""t1.ipynb

Automatically generated by Colab.
"""

!pip install numpy
{SETUP}

"""# Sums with $\\xi$"""

{TOTAL}

check("sums.total")

"""$\\underline{{x}}$ and

more
"""

{AVERAGE}

save()
'''
LIGHT = f"""\
{SETUP}

# # Sums

# + id="a"
# %%time
{TOTAL}


# +
{AVERAGE}
"""
MERGED = f"# %%\n{SETUP}\n# %%\n{TOTAL}\n\n\ncheck('sums.total')\n{AVERAGE}\n"
PLAIN = f'{SETUP}\n\n{TOTAL}\n\ncheck("sums.total")\n\n{AVERAGE}\n\ncheck("sums.Average")\n\nsave()\n'


@pytest.mark.parametrize(
    "script",
    [NBCONVERT, PERCENT, COLAB, LIGHT, MERGED, PLAIN],
    ids=["nbconvert", "percent", "colab", "light", "merged", "plain"],
)
@pytest.mark.parametrize("name", ["t1_sums.py", "sums.py", "tiny/sums.py", "hw/tiny/my notebook (1).py"])
def test_notebook_saved_as_a_script_is_a_notebook_whatever_its_name(read, script, name):
    found = read({name: script.encode()})
    total, mean = sums(found)
    assert (total([1, 2]), mean()) == (3, 3)
    assert list(found.files) == ["sums"]
    assert b"checks" not in found.files["sums"]
    assert found.notes == ()


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_script_in_a_zip_with_any_ends_of_lines_and_a_mark(zip_of, newline):
    data = b"\xef\xbb\xbf" + NBCONVERT.replace("\n", newline).encode()
    found = read_hand_in([zip_of({"hw/t1.py": data})], package="tiny", modules=("sums",), stubs=STUBS)
    assert sums(found)[0]([1, 2]) == 3


@pytest.mark.parametrize("between", ["", "# %%time\n", "# %%\n", "# In[2]:\n"], ids=["none", "magic", "percent", "in"])
def test_methods_of_one_name_are_told_apart_in_a_script(folder, between):
    module = "class A:\n    def f(self):\n        raise NotImplementedError\n\n\n"
    stubs = Stubs({"sums": module + module.replace("A:", "B:")}, ("sums.A.f", "sums.B.f"))
    cells = [f"# exercise: sums.{name}.f\ndef f(self):\n    return '{name}'\n\n" for name in "AB"]
    script = "from checks.notebook import check\n" + between + "".join(cells)
    found = read_hand_in([folder({"a.py": script.encode()})], package="tiny", modules=("sums",), stubs=stubs)
    made = {}
    exec(found.files["sums"], made)
    assert (made["A"]().f(), made["B"]().f()) == ("A", "B")


def test_modules_beside_a_script_count_where_nothing_was_done_in_it(read):
    mine = MODULE.replace('raise NotImplementedError("t1_sums, exercise sums.Average: handout section 3")', "return 8")
    script = PLAIN.replace(AVERAGE, "")
    found = read({"t1.py": script.encode(), "sums.py": mine.encode(), "help.py": b"x = 1"})
    assert sums(found)[0]([1, 2]) == 3
    assert sums(found)[1]() == 8
    assert found.files["help"] == b"x = 1"


def test_notebook_beside_its_script_counts_and_the_same_twice_is_not_worth_a_note(read):
    changed = PLAIN.replace("sum(values)", "7")
    assert read({"t1.py": NBCONVERT.encode(), "t1.ipynb": notebook(TOTAL, AVERAGE)}).notes == ()
    found = read({"t1.py": changed.encode(), "t1.ipynb": notebook(TOTAL, AVERAGE)})
    assert sums(found)[0]([1]) == 1
    assert found.notes[0].startswith(
        "sums.total: there are 2 cells of it (cell 2 (line 6) of 't1.py', cell 1 of 't1.ip"
    )


def test_place_in_a_script_is_its_cell_and_the_line_where_it_begins(read):
    found = read({"t1.py": NBCONVERT.replace("(values):", "(values)").encode()})
    assert found.notes[0].startswith("sums.total: cell 3 (line 20) is not Python: line 3: expected ':'")


@pytest.mark.parametrize(
    "source",
    [
        MODULE.replace("class", "# %%\nclass"),
        MODULE.replace("class", "# exercise: sums.Average\nclass"),
        MODULE + "\nfrom checks.notebook import check\n",
        "# In[1]: not a mark\n# exercise: sums.total and more\n" + MODULE,
    ],
    ids=["marks", "exercise", "import", "prose"],
)
def test_one_sign_of_a_notebook_does_not_make_a_module_a_script(read, source):
    assert dict(read({"sums.py": source.encode()}).files) == {"sums": source.encode()}


# --- hostile notebooks --------------------------------------------------------------------------------------

DEEP = b"[" * 1_000_000


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"PK\x03\x04", "not JSON"),
        ('{"nbformat": 4}'.encode("utf-16"), "UTF-16, which Jupyter does not read either"),
        ('{"nbformat": 4}'.encode("utf-16-be"), "UTF-16, which Jupyter does not read either"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\xff"}]}', "not UTF-8"),
        (b'{"nbformat": NaN}', "Expected `int`, got `float`"),
        (b'{"nbformat": 4, "x": nan}', "not JSON"),
        (b"null", "Expected `object`, got `null`"),
        (b"[]", "Expected `object`, got `array`"),
        (b"{}", "missing required field `nbformat`"),
        (b'{"nbformat": "4"}', "Expected `int`, got `str`"),
        (b'{"nbformat": 2}', "got notebook format 2, want 4 or 3"),
        (b'{"nbformat": ' + b"9" * 5000 + b"}", "out of range"),
        (b'{"nbformat": 4, "cells": 3}', "Expected `array`, got `int`"),
        (b'{"nbformat": 4, "cells": [3]}', "Expected `object`, got `int`"),
        (
            b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}',
            "cell 1: not a notebook: Expected `str`, got `int`",
        ),
        (b'{"nbformat": 4, "x": ' + DEEP, "nested too deep"),
        (b'{"nbformat": 4, "cells": [{"metadata": ' + DEEP, "nested too deep"),
        (b'{"nbformat": 4, "cells": [' + b"{}," * 2001 + b"{}]}", "more than 2000 cells"),
        (b'{"nbformat": 4, "cells": []}', "no cell of an exercise in 't1.ipynb'"),
        (b" " * (1 << 20) + b"x", "over 1048576 bytes"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:30],
)
def test_hostile_notebook_is_answered_in_one_line(read, data, says):
    with pytest.raises(UnreadableHandIn) as refused:
        read(data, max_notebook_bytes=1 << 20)
    text = str(refused.value)
    assert says in text
    assert "\n" not in text
    assert len(text) < 600


def test_notebook_without_a_cell_of_an_exercise_is_told_what_is_wanted(read):
    with pytest.raises(UnreadableHandIn, match=r"no cell of an exercise in 't1\.ipynb'; want the"):
        read(notebook("print(1)", "x = 2"))


def test_more_notebooks_than_are_read_are_noted(read):
    files = {f"{n}.ipynb": notebook(TOTAL if n == 0 else AVERAGE) for n in range(MAX_NOTEBOOKS + 2)}
    notes = read(files).notes
    assert notes[0] == f"2 notebooks were not read: at most {MAX_NOTEBOOKS} are"


@pytest.mark.parametrize("source", ["-" * 100_000 + "1", "a" + ".b" * 50_000, "(" * 10_000, "x = 1\0"])
def test_cells_nested_without_end_are_left_alone(read, source):
    assert sums(read(notebook(TOTAL, source, AVERAGE)))[0]([2]) == 2
