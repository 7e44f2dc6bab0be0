"""What is not what its ending says: a module and a web page named .zip, an empty one, a PDF, a folder.

score: 0
codes:
says: archive 'page_named.zip': neither a zip nor a tar: it starts with b'<!DOCTYP'; hand in a .zip or .tar.gz
says: archive 'empty_named.zip': is empty (0 bytes)
says: found 1 file: 'answers.py/inside.py'
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    (folder / "module_named.zip").write_bytes(answers)
    (folder / "page_named.zip").write_bytes(b"<!DOCTYPE html>\n<html><body><h1>502 Bad Gateway</h1></body></html>\n")
    (folder / "empty_named.zip").write_bytes(b"")
    (folder / "paper_named.tar.gz").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    (folder / "folder_named" / "answers.py").mkdir(parents=True)
    (folder / "folder_named" / "answers.py" / "inside.py").write_bytes(b"x = 1\n")
