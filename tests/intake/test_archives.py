"""Hostile and broken archives: each is answered in one line, or read without what is hostile in it."""

import gzip
import io
import random
import stat
import struct
import tarfile
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.intake import UnreadableHandIn, archives
from autograder.intake.archives import list_archive
from autograder.intake.listing import ReadLimits
from autograder.intake.unpacking import Unpacked

SOURCE = b"class Mul: ...\n"
LIMITS = ReadLimits(64 << 20, 10_000, 128 << 20, 1 << 20, 4 << 20, 64)
BAD_NAMES = {
    "zip-slip": ("../functional.py", "its path leads out of the archive"),
    "slip-inside": ("a/../../functional.py", "its path leads out of the archive"),
    "backslash-slip": ("..\\functional.py", "its path leads out of the archive"),
    "absolute": ("/etc/functional.py", "its path is absolute"),
    "no-name": ("./.", "it has no name"),
    "drive": ("C:\\functional.py", "its path is absolute"),
}


@pytest.fixture(params=["zip", "tar"])
def archive_of(request, zip_of, tar_of):
    return zip_of if request.param == "zip" else tar_of


def patched(path, offset_in_local, offset_in_central, value):
    """The zip with a field of its first member changed, in the local header and in the directory."""
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", offset_in_local), (b"PK\x01\x02", offset_in_central)):
        at = data.index(signature) + offset
        data[at : at + len(value)] = value
    path.write_bytes(data)
    return path


# --- names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "reason"), BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_member_that_leads_out_is_noted_and_nothing_is_written(archive_of, read, tmp_path, name, reason):
    path = archive_of({name: b"evil", "functional.py": SOURCE})
    before = sorted(tmp_path.rglob("*"))
    found = read(path)
    assert found.files == {"functional": SOURCE}
    assert found.notes == (f"{name!r} was not read: {reason}",)
    assert sorted(tmp_path.rglob("*")) == before


def test_member_that_leads_out_alone_is_refused(archive_of, read):
    with pytest.raises(UnreadableHandIn, match=r"'\.\./functional.py' was not read: its path leads out"):
        read(archive_of({"../functional.py": b"evil"}))


def test_nul_byte_in_a_zip_name_is_noted(zip_of, read):
    path = zip_of({"functional.pyX.txt": b"evil", "feedforward/functional.py": SOURCE})
    path.write_bytes(path.read_bytes().replace(b"functional.pyX.txt", b"functional.py\0.txt"))
    found = read(path)
    assert found.files == {"functional": SOURCE}
    assert found.notes == ("'functional.py\\x00.txt' was not read: its name holds a NUL byte",)


def test_backslash_separates_as_windows_meant(archive_of, read):
    assert read(archive_of({"hw3\\feedforward\\functional.py": SOURCE})).files == {"functional": SOURCE}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=str)
def test_long_and_cyrillic_tar_names_are_read(tar_of, read, form):
    long = "д" * 30 + "/" + "x" * 60 + ".txt"
    found = read(tar_of({long: b"", "домашка/functional.py": SOURCE}, form=form))
    assert found.files == {"functional": SOURCE}
    with pytest.raises(UnreadableHandIn, match="д" * 30 + "/xxxx"):
        read(tar_of({long: b""}, form=form))


def test_name_of_300_characters_is_answered_shortened(archive_of, read):
    found = read(archive_of({"functional.py": SOURCE, "h" * 300 + ".py": b""}))
    why = "was not read: its name, or a folder's, is longer than 255 characters"
    assert found.notes == (f"'{'h' * 79}…' {why}",)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("a" + "\u0345" * 30_000, "its path is longer than 4096 characters"),
        ("b/" * 21_000 + "c.py", "its path is longer than 4096 characters"),
        ("d/" * 100 + "e.py", "it lies more than 100 folders deep"),
        ("f" + "\u0345" * 300 + "/functional.py", "its name, or a folder's, is longer than 255 characters"),
        ("g" * 256, "its name, or a folder's, is longer than 255 characters"),
    ],
    ids=["name", "parts", "deep", "folder", "one more"],
)
def test_name_that_no_disk_takes_is_told_and_not_looked_at(archive_of, path, why):
    found = list_archive(archive_of({"functional.py": SOURCE, path: b"", "h" * 255: b""}).read_bytes(), "a", LIMITS)
    assert [entry.name for entry in found.entries] == ["functional.py", "h" * 255]
    [note] = found.notes
    assert note.endswith(f"was not read: {why}")
    assert len(note) < 160


def test_zip_directory_of_many_fields_is_refused_before_it_is_looked_at(zip_of, read):
    fields = struct.pack("<HH", 9, 0) * 16_000
    infos = [zipfile.ZipInfo(f"{n}.txt") for n in range(50)]
    for info in infos:
        info.extra = fields
    assert read(zip_of({**dict.fromkeys(infos[:3], b""), "functional.py": SOURCE})).files == {"functional": SOURCE}
    with pytest.raises(UnreadableHandIn, match=r"is damaged or cut short \(a directory of 32\d{5} bytes\)"):
        read(zip_of({**dict.fromkeys(infos, b""), "functional.py": SOURCE}))


@pytest.mark.slow
def test_pax_headers_of_many_records_are_bounded_in_all(tmp_path, read):
    record = tar_header(b"x", b"x", b"%011o" % 65526) + (b"6 a=b\n" * 10921).ljust(65536, b"\0")
    (tmp_path / "alice.tar").write_bytes(record * 130)
    with pytest.raises(UnreadableHandIn, match="extended header 129 of 65526 bytes"):
        read(tmp_path / "alice.tar")


# --- what is not a plain file --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "what"),
    [(stat.S_IFLNK, "a symbolic link"), (stat.S_IFIFO, "a device, pipe or socket"), (stat.S_IFCHR, "a device")],
    ids=["symlink", "fifo", "device"],
)
def test_zip_member_that_is_no_plain_file_is_noted(zip_of, read, mode, what):
    info = zipfile.ZipInfo("helper.py")
    info.create_system, info.external_attr = 3, (mode | 0o777) << 16
    found = read(zip_of({info: b"/etc/passwd", "functional.py": SOURCE}))
    assert found.files == {"functional": SOURCE}
    assert found.notes[0].startswith(f"'helper.py' is {what}")


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (tarfile.SYMTYPE, "a symbolic link"),
        (tarfile.LNKTYPE, "a hard link"),
        (tarfile.CHRTYPE, "a device, pipe or socket"),
        (tarfile.BLKTYPE, "a device, pipe or socket"),
        (tarfile.FIFOTYPE, "a device, pipe or socket"),
    ],
    ids=["symlink", "hard-link", "character-device", "block-device", "fifo"],
)
def test_tar_member_that_is_no_plain_file_is_noted(tar_of, read, kind, what):
    info = tarfile.TarInfo("helper.py")
    info.type, info.linkname = kind, "functional.py"
    found = read(tar_of({info: b"", "functional.py": SOURCE}))
    assert found.files == {"functional": SOURCE}
    assert found.notes == (f"'helper.py' is {what}: not read; hand in the file itself",)


def test_sparse_tar_member_is_refused(tar_of, read):
    info = tarfile.TarInfo("functional.py")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
    with pytest.raises(UnreadableHandIn, match=r"'functional.py' is a sparse file; make the .tar.gz without -S"):
        read(tar_of({info: b"1\n0\n"}))


# --- encrypted, damaged, odd ---------------------------------------------------------------------------------


def test_zip_with_encrypted_member_is_refused(zip_of, read):
    path = patched(zip_of({"functional.py": SOURCE}), 6, 8, b"\x01\x00")
    with pytest.raises(UnreadableHandIn, match=r"'functional.py' is encrypted; hand in an archive without a password"):
        read(path)


def test_zip_with_encrypted_member_that_is_not_wanted_is_read(zip_of, read):
    path = patched(zip_of({"notes.txt": b"secret", "functional.py": SOURCE}), 6, 8, b"\x01\x00")
    assert read(path).files == {"functional": SOURCE}


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_zip_member_that_unpacks_without_a_bound_is_refused(zip_of, read, method):
    with pytest.raises(UnreadableHandIn, match=rf"compressed by method {method}, want 0 \(stored\) or 8 \(deflated\)"):
        read(zip_of({"functional.py": SOURCE}, method=method))


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.99])
def test_truncated_archive_is_refused(archive_of, read, kept):
    path = archive_of({"functional.py": random.Random(0).randbytes(5000)})
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(UnreadableHandIn, match=r"is damaged or cut short \(.+\); make the archive anew"):
        read(path)


def test_truncated_plain_tar_is_refused(tar_of, read):
    path = tar_of({"functional.py": b"x" * 5000}, "alice.tar")
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(UnreadableHandIn, match="a member of 5000 bytes at byte 512, 2488 are left"):
        read(path)


def test_corrupt_zip_member_is_refused_by_its_checksum(zip_of, read):
    path = zip_of({"functional.py": SOURCE}, method=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"Mul", b"Mal"))
    with pytest.raises(UnreadableHandIn, match=r"'functional.py': is damaged or cut short \(Bad CRC-32"):
        read(path)


def test_corrupt_tar_header_is_refused(tar_of, read):
    path = tar_of({"functional.py": SOURCE, "b.py": b""}, "alice.tar")
    data = bytearray(path.read_bytes())
    data[1024] ^= 1
    path.write_bytes(data)
    with pytest.raises(UnreadableHandIn, match="no tar header at byte 1024"):
        read(path)


# --- bombs ---------------------------------------------------------------------------------------------------


def test_zip_bomb_in_a_member_not_wanted_is_not_opened(zip_of, read):
    path = zip_of({"bomb.bin": bytes(50 << 20), "functional.py": SOURCE})
    assert read(path).files == {"functional": SOURCE}


@pytest.mark.parametrize("declared", [10, 50 << 20, 0xFFFFFFF0], ids=["too-small", "true", "too-large"])
def test_zip_bomb_with_any_declared_size_is_refused(zip_of, read, declared):
    path = zip_of({"functional.py": bytes(50 << 20)})
    path = patched(path, 22, 24, struct.pack("<L", declared))
    with pytest.raises(UnreadableHandIn, match=r"over 1048576 bytes|is damaged or cut short"):
        read(path)


@pytest.mark.slow
def test_zip_directory_of_a_million_entries_is_refused_before_it_is_built(tmp_path, read):
    entry = b"PK\x01\x02" + bytes(42)
    directory = entry * 1_000_000
    end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, len(directory), 0, 0)
    (tmp_path / "alice.zip").write_bytes(directory + end)
    with pytest.raises(UnreadableHandIn, match="more than 10000 members"):
        read(tmp_path / "alice.zip")


def test_gzip_bomb_is_refused(tmp_path, read):
    (tmp_path / "alice.tar.gz").write_bytes(gzip.compress(bytes(20 << 20)))
    with pytest.raises(UnreadableHandIn, match="unpacks to more than 10485760 bytes; hand in the modules alone"):
        read(tmp_path / "alice.tar.gz", max_unpacked_bytes=10 << 20)


def test_gzip_of_many_streams_is_read_and_of_too_many_refused(tar_of, tmp_path, read):
    tar = tar_of({"functional.py": SOURCE}, "alice.tar").read_bytes()
    pieces = [gzip.compress(tar[at : at + 1000]) for at in range(0, len(tar), 1000)]
    path = tmp_path / "alice.tgz"
    path.write_bytes(b"".join(pieces) + b"trailing")
    assert read(path).files == {"functional": SOURCE}
    path.write_bytes(gzip.compress(b"") * 5000)
    with pytest.raises(UnreadableHandIn, match="more than 4096 gzip streams"):
        read(path)


def tar_header(name: bytes, kind: bytes, size: bytes) -> bytes:
    """A ustar header with a right checksum and a size field as given."""
    header = bytearray(512)
    header[: len(name)] = name
    header[124 : 124 + len(size)] = size
    header[156:157], header[257:265] = kind, b"ustar\x0000"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (tar_header(b"functional.py", b"0", b"77777777777"), "a member of 8589934591 bytes"),
        (tar_header(b"functional.py", b"0", b"\x80" + b"\xff" * 11), "a member of 309485009821345068724781055 bytes"),
        (tar_header(b"functional.py", b"0", b"\xff" * 12), "a member of -1 bytes"),
        (tar_header(b"functional.py", b"0", b"-0000000001"), "a member of -1 bytes"),
        (tar_header(b"x", b"x", b"00000300000") + bytes(0o300000), "extended header 1 of 98304 bytes"),
        (tar_header(b"x", b"x", b"00000000000") * 40_001, "extended header 40001 of 0 bytes"),
        (tar_header(b"x", b"x", b"00000000007") + b"99 a=b\n".ljust(512, b"\0"), "a pax header that breaks"),
        (tar_header(b"x", b"x", b"00000000007") + b"0 aa=b\n".ljust(512, b"\0"), "a pax header that breaks"),
        (tar_header(b"functional.py", b"0", b"0") + b"x" * 100, "no tar header at byte 512"),
    ],
    ids=["huge", "huge-binary", "negative-binary", "negative", "long-pax", "chain", "pax-long", "pax-zero", "tail"],
)
def test_tar_that_lies_is_refused(tmp_path, read, data, message):
    (tmp_path / "alice.tar").write_bytes(data)
    with pytest.raises(UnreadableHandIn, match=message):
        read(tmp_path / "alice.tar")


def test_pax_size_is_honoured_as_tar_programs_do(tmp_path, read):
    """Else a tar could show the grader another member than it shows everyone else."""
    pax = b"11 size=15\n"
    data = tar_header(b"x", b"x", b"%011o" % len(pax)) + pax.ljust(512, b"\0")
    data += tar_header(b"functional.py", b"0", b"00000000000") + SOURCE.ljust(512, b"\0")
    (tmp_path / "alice.tar").write_bytes(data + bytes(1024))
    with tarfile.open(tmp_path / "alice.tar") as peer:
        assert peer.getmembers()[0].size == 15
    assert read(tmp_path / "alice.tar").files == {"functional": SOURCE}


# --- against a peer, and against noise -----------------------------------------------------------------------

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\\\0:."), min_size=1, max_size=80)


@pytest.mark.slow
@given(
    files=st.dictionaries(st.lists(names, min_size=1, max_size=5).map("/".join), st.binary(max_size=2000), max_size=8),
    form=st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
)
@settings(max_examples=200, deadline=None)
def test_tar_reader_sees_what_tarfile_wrote(files, form):
    buffer = io.BytesIO()
    written = {}
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            try:
                archive.addfile(info, io.BytesIO(data))
            except ValueError:  # too long for ustar
                continue
            written[tuple(name.split("/"))] = data
    if not written:
        return
    entries = list_archive(buffer.getvalue(), "a.tar", LIMITS).entries
    junk = {"__MACOSX", "__pycache__", "venv", "node_modules", "site-packages"}
    assert {e.parts: e.read(1 << 20) for e in entries} == {p: d for p, d in written.items() if not junk & set(p)}


def _sound_archives() -> list[bytes]:
    files = {"hw3/feedforward/functional.py": SOURCE * 50, "hw3/" + "n" * 120 + ".txt": b"x" * 300}
    archives = []
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                if form != tarfile.USTAR_FORMAT or len(name) < 100:
                    tar.addfile(info, io.BytesIO(data))
        archives += [buffer.getvalue(), gzip.compress(buffer.getvalue(), mtime=0)]
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        archives.append(buffer.getvalue())
    return archives


def _mutate(data: bytes, random: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(changed))
        match random.randrange(4):
            case 0:
                changed[at] = random.randrange(256)
            case 1:
                changed[at : at + random.randint(1, 40)] = b""
            case 2:
                changed[at:at] = changed[at : at + random.randint(1, 600)]
            case _:
                changed[at : at + 4] = random.choice([b"\xff" * 4, bytes(4), b"PK\x01\x02", b"7777"])
        changed = changed or bytearray(b"\0")
    if data[257:262] == b"ustar" and random.random() < 0.7 and len(changed) >= 512:  # past the first checksum
        changed[148:156] = b" " * 8
        changed[148:156] = b"%06o\0 " % sum(changed[:512])
    return bytes(changed)


def _outcome(data: bytes) -> str:
    """How the archive was answered; anything else than a bounded listing or one printable line fails."""
    try:
        entries = list_archive(data, "a.zip", LIMITS).entries
        sources = [entry.read(1000) for entry in entries if not entry.odd]
    except UnreadableHandIn as error:
        message = str(error)
    else:
        assert all(len(source) <= 1001 for source in sources)
        return "read"
    assert message.isprintable()
    assert len(message) < 1000
    return "refused"


def test_mutated_archives_are_read_or_refused_and_nothing_else():
    """Whatever the bytes, the answer is a bounded listing or one printable line."""
    source = random.Random(20240501)
    sound = _sound_archives()
    outcomes = {"read": 0, "refused": 0}
    for round_ in range(4000):
        data = _mutate(sound[round_ % len(sound)], source)
        outcomes[_outcome(data)] += 1
    assert min(outcomes.values()) > 200, outcomes


@given(st.binary(max_size=3000))
@settings(max_examples=300, deadline=None)
def test_noise_inside_gzip_is_read_or_refused(noise):
    assert _outcome(gzip.compress(noise)) in ("read", "refused")


@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), max_size=8))
@settings(max_examples=100, deadline=None)
def test_slices_of_a_gzip_file_are_those_of_what_is_inside(noise, places):
    inside = noise * 20
    data = gzip.compress(inside[:1000]) + gzip.compress(inside[1000:]) + b"what follows is ignored"
    unpacked = Unpacked(data, "a.tgz", 1 << 20)
    assert len(unpacked) == len(inside)
    assert [unpacked[a:b] for a, b in places] == [inside[a:b] for a, b in places]


def test_what_a_gzip_file_unpacks_to_is_never_held():
    """Not even by those who ask for its end: a reader's memory is the machine's, and many read side by side."""
    data = gzip.compress(bytes(64 << 20) + b"the end")
    tracemalloc.start()
    try:
        assert Unpacked(data, "a.tgz", 1 << 30)[64 << 20 :] == b"the end"
        assert tracemalloc.get_traced_memory()[1] < 2 << 20
    finally:
        tracemalloc.stop()


def test_zlib_noise_in_a_gzip_stream_is_refused():
    stream = gzip.compress(SOURCE * 100)
    with pytest.raises(UnreadableHandIn, match="is damaged or cut short"):
        list_archive(stream[:12] + b"\xff" * 40 + stream[40:], "a.tgz", LIMITS)


def test_all_bombs_together_unpack_to_less_than_twice_what_one_may(zip_of, read, monkeypatch):
    allowed = []
    monkeypatch.setattr(archives, "Unpacked", lambda *a: allowed.append(a[2]) or Unpacked(*a))
    bomb = gzip.compress(bytes(2 << 20))
    with pytest.raises(UnreadableHandIn, match="14 archives and no module"):
        read(zip_of({f"{n}.tgz": bomb for n in range(14)}), max_unpacked_bytes=1 << 20)
    assert 5 < len(allowed) <= 12
    assert sum(allowed) < 2 << 20


def test_what_was_unpacked_is_taken_off_before_what_is_in_it_is_opened(tar_of, read):
    inner = tar_of({"functional.py": b"#" * (600 << 10)}, "inner.tgz").read_bytes()
    outer = tar_of({"hw.tgz": inner, "data.txt": bytes(600 << 10)})
    assert len(read(outer).files["functional"]) == 600 << 10
    with pytest.raises(UnreadableHandIn, match="unpacks to more than"):
        read(outer, max_unpacked_bytes=1 << 20)
