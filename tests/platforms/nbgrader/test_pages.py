"""Nothing of a student's acts in what nbgrader shows of a notebook: feedback, formgrader, the notebook itself."""

import copy
import re
import subprocess
from pathlib import Path

import pytest

from autograder.course import Course
from tests import needs
from tests.platforms.nbgrader.lab import WARNINGS, Lab
from tests.platforms.nbgrader.pages import ACT, ATTACHMENTS, MARKDOWN, acting_in_cells, around_cells

TINY = Path(__file__).parents[2] / "tiny_course"
ALL = ("sums.total", "sums.running_totals", "sums.Average")
pytestmark = [*WARNINGS, pytest.mark.slow]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(Course.load(TINY), "t1_sums", tmp_path_factory.mktemp("made") / "course")
    lab.submit("ann", lab.notebook(*ALL))
    lab.submit("eve", hostile(lab))
    return lab


def hostile(lab):
    """A notebook with a script wherever a page might take one from."""
    notebook = copy.deepcopy(lab.notebook(*ALL))
    script = f"<script>{ACT}</script>"
    odd = {"tags": [f'"><img src=x onerror={ACT}>'], "raw_mimetype": "text/html", "magics_language": script}
    for cell in notebook["cells"]:
        cell["metadata"] |= odd
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {"output_type": "display_data", "metadata": {}, "data": {kind: script}}
                for kind in ("text/html", "image/svg+xml", "application/javascript", "text/markdown", "text/latex")
            ]
    lab.cell(notebook, "solution-sums-total")["source"] = "\n".join(
        [
            f"# </pre>{script}",
            "def total(values):",
            f"    print('</td>{script} $\\\\href{{javascript:{ACT}}}{{x}}$')",
            "    return 7",
        ]
    )
    for number, (name, source) in enumerate(MARKDOWN.items()):
        kind = "raw" if number % 7 == 6 else "markdown"
        cell = {"cell_type": kind, "id": f"<img src=x onerror={ACT}>{number}", "metadata": odd, "source": source}
        notebook["cells"].append(cell | ({"attachments": ATTACHMENTS} if name.startswith("attachment") else {}))
    notebook["metadata"] |= {
        "title": f"</title>{script}",
        "language_info": {"name": script, "pygments_lexer": script},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"x": f"</script>{script}"}}},
    }
    return notebook


def pages(lab, student):
    """What nbgrader's feedback and its formgrader show of a graded notebook."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import Config

    done = lab.api.generate_feedback("t1_sums", student)
    assert done["success"], done
    yield (lab.root / "feedback" / student / "t1_sums" / "t1_sums.html").read_text("utf-8")
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    known = {"index": 0, "total": 1, "base_url": "", "student": student, "notebook_path": "x", "submission_id": "x"}
    names = {"assignment_id": "t1_sums", "notebook_id": "t1_sums", "last_name": "", "first_name": ""}
    path = lab.root / "autograded" / student / "t1_sums" / "t1_sums.ipynb"
    yield HTMLExporter(config=config).from_filename(str(path), resources=known | names)[0]


@pytest.mark.parametrize("way", ["autograde", "grade"])
def test_pages_of_a_hostile_notebook_hold_nothing_that_acts(lab, way):
    getattr(lab, way)()
    assert lab.scores() == {"ann": 100.0, "eve": 75.0}
    autograded = lab.autograded("eve")
    for cell in autograded["cells"]:
        assert cell["metadata"].keys() <= {"nbgrader"}
        assert cell.keys() <= {"cell_type", "id", "metadata", "source", "outputs", "execution_count"}
    assert autograded["metadata"].keys() == {"kernelspec", "language_info"}
    for page, plain in zip(pages(lab, "eve"), pages(lab, "ann"), strict=True):
        assert list(acting_in_cells(page)) == []
        assert around_cells(page) <= around_cells(plain)
        text = re.sub("<[^>]*>", "", page)
        assert f"# &lt;/pre&gt;&lt;script&gt;{ACT}" in text  # her own code is shown, as text
        assert "it printed:\n&lt;/td&gt;&lt;script&gt;" in text


@needs.BROWSER
def test_no_script_of_a_hostile_notebook_runs_in_a_browser(lab, tmp_path):
    lab.grade()
    click = "<script>for (const each of document.querySelectorAll('#notebook *')) each.click && each.click()</script>"
    for page in pages(lab, "eve"):
        assert is_whole(tmp_path, page + click)
    # What is put into a page as it is acts, so that the browser is not one that runs nothing.
    ran = {
        name for name in ("script", "image", "svg", "script_behind_a_comment") if not is_whole(tmp_path, MARKDOWN[name])
    }
    assert ran == {"script", "image", "svg", "script_behind_a_comment"}


def is_whole(folder, page):
    """Whether the page's last element is still there when a browser has shown it."""
    path = folder / "page.html"
    path.write_text(f"{page}<p>the end of it</p>", "utf-8")
    command = [
        needs.browser(),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--dump-dom",
        "--virtual-time-budget=3000",
    ]
    done = subprocess.run([*command, path.as_uri()], capture_output=True, text=True, timeout=120)
    return "the end of it" in done.stdout
