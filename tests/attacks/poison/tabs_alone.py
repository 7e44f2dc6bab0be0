"""A source that is indented by tabs throughout: it costs a student nothing.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    (folder / "tabs_alone").mkdir()
    (folder / "tabs_alone" / "answers.py").write_bytes(answers.replace(b"    ", b"\t"))
