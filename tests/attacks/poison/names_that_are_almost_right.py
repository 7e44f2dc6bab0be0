"""The module under a name that is almost its own: in capitals, in wide letters, with a Cyrillic letter, with a word.

score: 0
codes:
says: rename 'Answers.py': names are told apart by upper and lower case
says: found 1 file: 'my answers.py'; hand in answers.py under exactly this name
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    names = ("Answers.py", "ａｎｓｗｅｒｓ.py", "аnswers.py", "my answers.py")
    for n, name in enumerate(names):
        (folder / f"almost_{n}").mkdir()
        (folder / f"almost_{n}" / name).write_bytes(answers)
