"""A NUL byte at the end, in the middle and in a comment of a source, behind which a C program would not look.

score: 0
codes: raised
says: answers.py does not load: SyntaxError: the file holds NUL bytes
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    sources = (answers + b"\0", b"# \0\n" + answers, answers + b"\0\nraise SystemExit\n")
    for n, source in enumerate(sources):
        (folder / f"nul_in_a_source_{n}").mkdir()
        (folder / f"nul_in_a_source_{n}" / "answers.py").write_bytes(source)
