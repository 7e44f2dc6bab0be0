"""A zip and a gzip under the module's own name, which are its source then.

score: 0
codes: raised
says: SyntaxError: the file holds NUL bytes: it is saved as UTF-16, or it is no text; save it as UTF-8
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import gzip
import io
import zipfile


def build(folder, answers):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("answers.py", answers)
    for name, data in (("zip", out.getvalue()), ("gzip", gzip.compress(answers, mtime=0))):
        (folder / f"{name}_named_py").mkdir()
        (folder / f"{name}_named_py" / "answers.py").write_bytes(data)
