"""The module under a name that is almost its own: in capitals, in wide letters, with a Cyrillic letter, with a word.

score: 100
codes:
says: 'Answers.py' was taken as answers.py: it defines what is asked for
says: 'my answers.py' was taken as answers.py: it defines what is asked for
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    names = ("Answers.py", "ａｎｓｗｅｒｓ.py", "аnswers.py", "my answers.py")
    for n, name in enumerate(names):
        (folder / f"almost_{n}").mkdir()
        (folder / f"almost_{n}" / name).write_bytes(answers)
