"""A source in Latin-1 that does not say so: Python itself refuses it, and says where.

score: 0
codes: raised
says: answers.py does not load: SyntaxError: (unicode error) 'utf-8' codec can't decode byte 0xe9
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    (folder / "latin_1_unsaid").mkdir()
    (folder / "latin_1_unsaid" / "answers.py").write_bytes(answers + "NAME = 'élève'\n".encode("latin-1"))
