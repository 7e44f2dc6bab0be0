"""A coding line that names a codec which was handed in: whoever decodes such a source near it runs it.

score: 0
codes: raised
says: answers.py does not load: SyntaxError: unknown encoding: own_codec
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    hand_in = folder / "codec_of_its_own"
    (hand_in / "encodings").mkdir(parents=True)
    mark = f"open({str(folder / 'mark')!r}, 'x')\n".encode()
    for name in ("own_codec.py", "encodings/own_codec.py", "encodings/__init__.py", "codecs.py", "encodings.py"):
        (hand_in / name).write_bytes(mark)
    (hand_in / "answers.py").write_bytes(b"# coding: own_codec\n" + answers)
