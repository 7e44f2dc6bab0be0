"""Code in a comment, which `unicode_escape` turns into a line of its own: it runs where the submission does.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    mark = f"try: open({str(folder / 'mark')!r}, 'x')\\x0aexcept OSError: pass\\x0a"
    (folder / "codec_that_hides").mkdir()
    source = b"# coding: unicode_escape\n# \\x0a" + mark.encode() + b"\n" + answers
    (folder / "codec_that_hides" / "answers.py").write_bytes(source)
