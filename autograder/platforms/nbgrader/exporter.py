"""How nbgrader's autograde comes to submissions: `Autograde.exporter_class` in nbgrader_config.py.

nbgrader lists the folders of submissions, makes this exporter, and then opens and copies what is in them. In between
the exporter puts another folder in their place, with an empty file for each notebook and the time of submission, if one
was told. What nbgrader takes for the content of these files comes from the submissions, through `submitted`.
"""

import copy
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook

from autograder.course.manifest import Course
from autograder.errors import there
from autograder.intake.names import show
from autograder.platforms.nbgrader.master import Master
from autograder.platforms.nbgrader.submitted import TIMESTAMP, Submitted, name_is_plain
from autograder.platforms.nbgrader.warm import WarmGraders, warm_graders


class SubmittedNotebooks(NotebookExporter):  # type: ignore[misc]
    """One run of nbgrader's autograde: what is the same for all its submissions is found out once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.masters: dict[tuple[str, str], Master] = {}
        self.found: dict[str, WarmGraders] = {}
        self.submissions: dict[tuple[str, str], Submitted] = {}  # by student and assignment, in nbgrader's order
        directory = self.parent.coursedir
        self.root = Path(directory.root)
        stand_in = tempfile.mkdtemp(prefix=".submitted-", dir=self.root)
        weakref.finalize(self, shutil.rmtree, stand_in, ignore_errors=True)
        step = directory.submitted_directory
        pattern = directory.format_path(step, "(?P<student>.*)", "(?P<assignment>.*)", escape=True)
        listed = sorted(self.parent.assignments.items())
        self.parent.coursedir = copy.copy(directory)
        self.parent.coursedir.submitted_directory = Path(stand_in).name
        self.parent.assignments = {}
        for folder, notebooks in listed:
            student, assignment = there(re.fullmatch(pattern, folder, re.DOTALL)).group("student", "assignment")
            if not name_is_plain(student):
                self.log.error("%s: not graded: no name for a student; rename the folder", show(folder, 300))
                continue
            submitted = self.submissions[student, assignment] = Submitted(directory, student, assignment)
            self._stand_in(submitted, student, assignment, [Path(path).name for path in notebooks])

    def _stand_in(self, submitted: Submitted, student: str, assignment: str, names: list[str]) -> None:
        coursedir = self.parent.coursedir
        folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
        folder.mkdir(parents=True)
        stamp, _ = submitted.timestamp()
        if stamp:
            (folder / TIMESTAMP).write_text(f"{stamp} UTC\n", encoding="utf-8")
        for name in names:
            (folder / name).touch()
        self.parent.assignments[str(folder)] = [str(folder / name) for name in names]

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> tuple[Any, Any]:
        """A submission's notebook as `Submitted.shown` makes it; any other as it is in its file."""
        own = resources["nbgrader"]
        if str(Path(filename).parent) not in self.parent.assignments:
            return super().from_filename(filename, resources=resources, **options)  # type: ignore[no-any-return]
        nb, lines = self.submissions[own["student"], own["assignment"]].shown(own["notebook"], self.master(own))
        for line in lines:
            self.log.warning("%s: %s", own["student"], line)
        return self.from_notebook_node(nb, resources=resources, **options)  # type: ignore[no-any-return]

    def master(self, own: Any) -> Master:
        """The gradebook's cells of a notebook."""
        key = own["assignment"], own["notebook"]
        if key not in self.masters:
            with Gradebook(own["db_url"]) as gradebook:
                self.masters[key] = Master.read(gradebook.find_notebook(own["notebook"], own["assignment"]))
        return self.masters[key]

    def graders(self, course: str, assignment: str) -> WarmGraders:
        """The graders of an assignment, of the course as it was when they were first asked for."""
        if assignment not in self.found:
            known = Course.find(Path(course) if course else self.root)
            secrets = (os.fsencode(self.parent.coursedir.root),)
            self.found[assignment] = warm_graders(known, known.assignment(assignment), secrets)
        return self.found[assignment]

    def ahead(self, own: Any) -> Iterator[tuple[Path, ...]]:
        """The same notebook of the submissions that nbgrader will come to after this one."""
        known = list(self.submissions)
        coursedir = self.parent.coursedir
        for student, assignment in known[known.index((own["student"], own["assignment"])) + 1 :]:
            done = Path(coursedir.format_path(coursedir.autograded_directory, student, assignment))
            paths = self.submissions[student, assignment].paths(own["notebook"])
            if os.path.lexists(paths[0]) and (self.parent.force or not done.exists()):
                yield paths
