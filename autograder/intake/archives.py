"""The entries of a .zip, .tar or .tar.gz held in memory.

How it stays safe:
- what an archive is, its bytes say, never its name; nothing is written anywhere and no member name becomes a
  path;
- the archive is in memory and bounded before it comes here; members are counted before any is opened, only
  wanted ones are opened, each read is bounded by the caller, and a tar's gzip stream is unpacked up to a cap:
  declared sizes are never believed, so a bomb costs a bounded read;
- zip goes through `zipfile` with stored and deflated members only (bzip2 and LZMA members unpack without a
  bound there); anything it raises on hostile bytes is answered as a damaged archive;
- a name is looked at only if it is as short, and lies as high up, as names on a disk do; zip's directory, tar's headers
  and what they declare are counted before anything is made of them;
- tar is read by the few lines below. `tarfile` in Pythons that we support backtracks for minutes over a
  crafted pax header (CVE-2024-6232), walks in circles on negative sizes (CVE-2025-8194) and recurses on
  chained headers. Here each header moves forward through the bytes, extended headers are bounded, and there
  is no recursion.
"""

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from autograder.intake.listing import (
    HARD_LINK,
    SPECIAL,
    SYMBOLIC_LINK,
    Entry,
    Listing,
    ReadLimits,
    UnreadableHandIn,
    make_listing,
    refuse,
)
from autograder.intake.names import MAX_NAME, show
from autograder.intake.unpacking import Damaged, Unpacked

_MAX_PATH = 4096  # characters: as long as a path may be on a disk
_MAX_PARTS = 100
_MAX_DIRECTORY_ENTRY = 256  # bytes in a zip's directory, on average
_BLOCK = 512
_MAX_EXTENDED_HEADER_BYTES = 1 << 16
_MAX_EXTENDED_BYTES = 8 << 20  # in all of an archive's: each record of five bytes is looked at
_PIECE = 1 << 16

_OTHER_KINDS = (
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstandard"),
)
_PAX_RECORD = re.compile(rb"(\d{1,6}) ([^=]+)=")
_TAR_LINKS = {b"1": HARD_LINK, b"2": SYMBOLIC_LINK}
_TAR_WITHOUT_DATA = b"123456"  # links, devices, folders, pipes: whatever size they declare


def list_archive(data: bytes, name: str, limits: ReadLimits) -> Listing:
    """The files of an archive. Nothing is unpacked yet, but for the gzip layer of a .tar.gz.

    Trust: data and name are the student's.
    Raises: UnreadableHandIn if it is no zip or tar, is damaged, or is over a limit
    """
    where = f"archive {show(name)}"
    if not data:
        raise UnreadableHandIn(f"{where}: is empty (0 bytes); make the archive anew and hand it in again")
    if data[:2] == b"\x1f\x8b":
        try:
            unpacked = Unpacked(data, where, limits.unpacked_bytes)
        except Damaged as error:
            raise _damaged(where, error) from error
        if not _is_tar(unpacked):
            raise UnreadableHandIn(f"{where}: a gzip file without a tar inside; hand in a .zip or .tar.gz")
        return replace(_list_tar(unpacked, where, limits), unpacked=len(unpacked))
    for magic, kind in _OTHER_KINDS:
        if data.startswith(magic):
            raise UnreadableHandIn(f"{where}: a {kind} archive cannot be read; hand in a .zip or .tar.gz")
    if _is_tar(data):
        return _list_tar(data, where, limits)
    if data.startswith(b"PK") or data.rfind(b"PK\x05\x06", max(0, len(data) - 65557)) >= 0:
        return _list_zip(data, where, limits)
    raise UnreadableHandIn(f"{where}: neither a zip nor a tar: it starts with {data[:8]!r}; hand in a .zip or .tar.gz")


def _damaged(where: str, reason: object) -> UnreadableHandIn:
    text = show(str(reason))[1:-1] or type(reason).__name__
    return UnreadableHandIn(f"{where}: is damaged or cut short ({text}); make the archive anew and hand it in again")


def _too_many(where: str, most: int) -> UnreadableHandIn:
    return UnreadableHandIn(f"{where}: more than {most} members; hand in the modules alone")


def _split(raw: str) -> tuple[tuple[str, ...], str]:
    """A member's name as parts, and why it is not taken ("" if it is); a backslash separates too."""
    if len(raw) > _MAX_PATH:
        return (), f"its path is longer than {_MAX_PATH} characters"
    text = raw.replace("\\", "/")
    if "\0" in raw:
        return (), "its name holds a NUL byte"
    if text.startswith("/") or re.match(r"[A-Za-z]:", text):
        return (), "its path is absolute"
    parts = tuple(part for part in text.split("/") if part not in ("", "."))
    if ".." in parts:
        return (), "its path leads out of the archive"
    if len(parts) > _MAX_PARTS:
        return (), f"it lies more than {_MAX_PARTS} folders deep"
    if any(len(part) > MAX_NAME for part in parts):
        return (), f"its name, or a folder's, is longer than {MAX_NAME} characters"
    return parts, "" if parts else "it has no name"


def _note(raw: str, reason: str) -> str:
    return f"{show(raw)} was not read: {reason}"


# --- zip ----------------------------------------------------------------------------------------------------


def _list_zip(data: bytes, where: str, limits: ReadLimits) -> Listing:
    # Each member has its own signature in the directory, so this bounds what zipfile is about to build,
    # whatever count is declared; twice as many, since stored archives inside bring signatures of their own.
    if data.count(b"PK\x01\x02") > 2 * limits.members:
        raise _too_many(where, limits.members)
    file = _Directory(data)
    file.most = limits.members * _MAX_DIRECTORY_ENTRY
    try:
        archive = zipfile.ZipFile(file)
        members = archive.infolist()
    except Exception as error:  # hostile bytes reach a parser that is not ours: whatever it raises, they caused
        raise _damaged(where, error) from error
    file.most = len(data)
    if len(members) > limits.members:
        raise _too_many(where, limits.members)
    entries: list[Entry] = []
    notes: list[str] = []
    for member in members:
        raw = member.orig_filename
        if raw.endswith(("/", "\\")):
            continue
        parts, reason = _split(raw)
        if reason:
            notes.append(_note(raw, reason))
            continue
        odd = _odd_mode(member.external_attr >> 16)
        entries.append(Entry(parts, refuse if odd else partial(_read_zip, archive, member, where), odd))
    return make_listing(entries, notes)


class _Directory(io.BytesIO):
    """A zip's bytes, of which no more than `most` are read at once: zipfile reads the whole directory so.

    It looks at each field of the entries in it, and 134 KB can unpack to millions of them.
    """

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > self.most:
            raise zipfile.BadZipFile(f"a directory of {size} bytes")
        return super().read(size)


def _odd_mode(mode: int) -> str:
    """What a zip member is by its Unix mode, if it is no plain file; other systems leave the mode empty."""
    if stat.S_ISLNK(mode):
        return SYMBOLIC_LINK
    return "" if stat.S_IFMT(mode) in (0, stat.S_IFREG, stat.S_IFDIR) else SPECIAL


def _read_zip(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str, limit: int) -> bytes:
    name = show(member.orig_filename)
    if member.flag_bits & 0x2041:  # encrypted, strongly encrypted, directory masked
        raise UnreadableHandIn(f"{where}: {name} is encrypted; hand in an archive without a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableHandIn(
            f"{where}: {name} is compressed by method {member.compress_type}, "
            "want 0 (stored) or 8 (deflated); make an ordinary .zip"
        )
    try:
        with archive.open(member) as file:
            return file.read(limit + 1)
    except Exception as error:  # as above: checksums, offsets and headers are all the student's
        raise _damaged(f"{where}: {name}", error) from error


# --- tar ----------------------------------------------------------------------------------------------------


def _is_tar(data: bytes | Unpacked) -> bool:
    return len(data) >= _BLOCK and (data[257:262] == b"ustar" or _has_checksum(data[:_BLOCK]))


def _has_checksum(header: bytes) -> bool:
    """Whether the header's sum is the one it states, by unsigned bytes or, in old tars, signed ones."""
    stated = header[148:156].strip(b"\0 ")
    if not re.fullmatch(rb"[0-7]{1,8}", stated):
        return False
    rest = header[:148] + b" " * 8 + header[156:]
    difference = sum(rest) - int(stated, 8)
    return difference == 0 or difference == 256 * sum(byte > 127 for byte in rest)


def _number(field: bytes) -> int:
    """A tar header's number, octal or GNU's base 256; -1 if it is neither."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b"\0 ")
    return int(digits or b"0", 8) if re.fullmatch(rb"[0-7]*", digits) else -1


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "replace")


def _list_tar(data: bytes | Unpacked, where: str, limits: ReadLimits) -> Listing:
    entries: list[Entry] = []
    notes: list[str] = []
    for members, (kind, raw, start, size) in enumerate(_tar_members(data, where, limits), start=1):
        if members > limits.members:
            raise _too_many(where, limits.members)
        if kind == b"5" or (kind in b"0\0" and raw.endswith("/")):
            continue
        parts, reason = _split(raw)
        if reason:
            notes.append(_note(raw, reason))
            continue
        odd = "" if kind in b"0\x007" else _TAR_LINKS.get(kind, SPECIAL)
        entries.append(Entry(parts, refuse if odd else partial(_read_tar, data, start, size), odd))
    return make_listing(entries, notes)


def _tar_members(data: bytes | Unpacked, where: str, limits: ReadLimits) -> Iterator[tuple[bytes, str, int, int]]:
    """(type, name, first byte, size) of each member, long names and pax headers applied.

    Source: POSIX.1-2017, pax (ustar and extended headers); GNU tar manual, "Basic Tar Format" (types L, K, S)
    """
    at, headers, bytes_of_headers, extended = 0, 0, 0, dict[str, str]()
    while data[at : at + _BLOCK].strip(b"\0"):
        header, start = data[at : at + _BLOCK], at + _BLOCK
        if len(header) < _BLOCK or not _has_checksum(header):
            raise _damaged(where, f"no tar header at byte {at}")
        kind, size, at = header[156:157], _number(header[124:136]), start
        is_extended = kind in b"gxXLK"
        if not is_extended and re.fullmatch(r"\d{1,18}", extended.get("size", "")):
            size = int(extended["size"])
        if kind not in _TAR_WITHOUT_DATA:
            if not 0 <= size <= len(data) - start:
                left = len(data) - start
                raise _damaged(where, f"a member of {size} bytes at byte {start}, {left} are left")
            at += -(-size // _BLOCK) * _BLOCK
        if is_extended:
            headers, bytes_of_headers = headers + 1, bytes_of_headers + size
            is_large = size > _MAX_EXTENDED_HEADER_BYTES or bytes_of_headers > _MAX_EXTENDED_BYTES
            if is_large or headers > 4 * limits.members:
                raise _damaged(where, f"extended header {headers} of {size} bytes")
            extended |= _extended_header(kind, data[start : start + size], where)
            continue
        name = extended.get("path") or _header_name(header)
        if kind == b"S" or any(key.startswith("GNU.sparse") for key in extended):
            raise UnreadableHandIn(f"{where}: {show(name)} is a sparse file; make the .tar.gz without -S")
        extended = {}
        yield kind, name, start, size


def _extended_header(kind: bytes, body: bytes, where: str) -> dict[str, str]:
    """What an extended header says of the next member; global ones (g) and link targets (K) do not matter."""
    if kind == b"L":
        return {"path": _text(body)}
    return _pax_records(body, where) if kind in b"xX" else {}


def _header_name(header: bytes) -> str:
    """The name in the header itself; a POSIX header (not GNU's old one) may put a prefix before it."""
    prefix = header[345:500] if header[257:263] == b"ustar\0" else b""
    return f"{_text(prefix)}/{_text(header[:100])}" if prefix.strip(b"\0") else _text(header[:100])


def _read_tar(data: bytes | Unpacked, start: int, size: int, limit: int) -> bytes:
    return data[start : start + min(size, limit + 1)]


def _pax_records(body: bytes, where: str) -> dict[str, str]:
    """Those of a pax header's records `LENGTH key=value\\n` that matter here."""
    records: dict[str, str] = {}
    at = 0
    while at < len(body) and body[at]:
        match = _PAX_RECORD.match(body, at)
        length = int(match[1]) if match else 0
        if match is None or match.end() >= at + length or body[at + length - 1 : at + length] != b"\n":
            raise _damaged(where, "a pax header that breaks the format")
        key = match[2].decode("utf-8", "replace")
        if key in ("path", "size") or key.startswith("GNU.sparse"):
            records[key] = body[match.end() : at + length - 1].decode("utf-8", "replace")
        at += length
    return records
