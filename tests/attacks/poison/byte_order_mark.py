"""What Windows puts before UTF-8: three bytes, which cost a student nothing.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    (folder / "byte_order_mark").mkdir()
    (folder / "byte_order_mark" / "answers.py").write_bytes(b"\xef\xbb\xbf" + answers)
    (folder / "mark_and_coding_line").mkdir()
    (folder / "mark_and_coding_line" / "answers.py").write_bytes(b"\xef\xbb\xbf# coding: utf-8\r\n" + answers)
