"""Every cell of a notebook, for who shows it: kinds, sources and names, and nothing that is not of its type."""

import json
import os
import tracemalloc

import pytest

from autograder.intake import UnreadableHandIn
from autograder.intake.every_cell import MAX_TEXT, ShownCell, every_cell


@pytest.fixture
def cells_of(tmp_path):
    def read(*cells, **others):
        path = tmp_path / "a.ipynb"
        path.write_text(json.dumps({"nbformat": 4, "cells": cells} | others), "utf-8")
        return every_cell(path)

    return read


def test_cells_have_kinds_sources_and_nbgraders_names(cells_of):
    named = {"nbgrader": {"grade_id": "solution-a", "grade": True}, "tags": ["x"]}
    assert cells_of(
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "metadata": named, "outputs": [{"data": 1}]},
        {"cell_type": "markdown", "source": "text", "id": "x"},
        {"cell_type": "heading", "source": "old", "metadata": {"nbgrader": "x"}},
    ) == [
        ShownCell("code", "a = 1\nb = 2", "solution-a"),
        ShownCell("markdown", "text"),
        ShownCell("raw", "old"),
    ]


def test_format_3_has_its_cells_in_worksheets(cells_of):
    sheet = {"cells": [{"cell_type": "code", "input": "a = 1"}]}
    assert cells_of(nbformat=3, worksheets=[sheet]) == [ShownCell("code", "a = 1")]


def test_pictures_are_data_urls_by_their_names(cells_of):
    attached = {"a.png": {"image/png": "AAAA", "text/html": "x"}, "b.svg": {"image/svg+xml": "x"}}
    [cell] = cells_of({"cell_type": "markdown", "source": "", "attachments": attached})
    assert cell.pictures == {"attachment:a.png": "data:image/png;base64,AAAA"}


def test_what_is_not_of_its_type_is_left_out(cells_of):
    wrong = {"cell_type": 7, "source": [1], "metadata": [], "attachments": {"a": "b"}}
    assert cells_of(wrong, {}) == [ShownCell("raw", ""), ShownCell("raw", "")]
    long = {"cell_type": "code", "source": "x", "metadata": {"nbgrader": {"grade_id": "x" * 20_000}}}
    assert cells_of(long) == [ShownCell("code", "x")]


def test_halves_of_characters_and_nan_are_read(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(b'{"cells": [{"source": "\\ud800 NaN", "outputs": [NaN, "\\udc00"]}]}')
    assert every_cell(path) == [ShownCell("raw", "\ufffd NaN")]


@pytest.mark.parametrize(
    ("notebook", "said"),
    [
        (b'{"cells": [null]}', "Expected `object`, got `null`"),
        (b'{"metadata": ' + b"[" * 100_000, "nested too deep|not JSON"),
        (b"PK", "not JSON"),
        (b'{"cells": [%s]}' % b",".join([b"{}"] * 2001), "more than 2000 cells"),
        (b'{"cells": [{"source": "%s"}]}' % (b"x" * MAX_TEXT), "bytes of text"),
    ],
    ids=["null", "deep", "no_json", "many_cells", "much_text"],
)
def test_what_is_no_notebook_or_too_large_is_refused(tmp_path, notebook, said):
    path = tmp_path / "a.ipynb"
    path.write_bytes(notebook)
    with pytest.raises(UnreadableHandIn, match=said):
        every_cell(path)


def test_link_and_pipe_are_refused(tmp_path):
    (tmp_path / "link.ipynb").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.ipynb")
    for name in ("link", "pipe"):
        with pytest.raises(UnreadableHandIn):
            every_cell(tmp_path / f"{name}.ipynb")


@pytest.mark.slow
def test_large_notebook_takes_no_more_memory_than_its_bytes_a_few_times(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(b'{"nbformat": 4, "cells": [], "metadata": {"x": [' + b"[]," * 9_000_000 + b"0]}}")
    tracemalloc.start()
    try:
        assert every_cell(path) == []
        assert tracemalloc.get_traced_memory()[1] < 5 * path.stat().st_size
    finally:
        tracemalloc.stop()
