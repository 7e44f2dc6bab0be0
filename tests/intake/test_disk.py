"""Reading what turned into something else after it was listed."""

import os
import socket
from functools import partial

import pytest

from autograder.intake import UnreadableHandIn, find_submissions, read_hand_in
from autograder.intake.disk import Node
from tests.intake.made import STUBS, module


def test_regular_file_is_read_up_to_one_byte_past_the_limit(tmp_path):
    (tmp_path / "a.py").write_bytes(b"x" * 100)
    assert Node(tmp_path / "a.py").read(100) == b"x" * 100
    assert Node(tmp_path / "a.py").read(10) == b"x" * 11


@pytest.mark.parametrize("kind", ["symlink", "fifo", "hard-link", "device", "socket"])
def test_file_that_is_not_plain_is_refused_without_blocking(tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    path, other = tmp_path / "a.py", tmp_path / "b.py"
    other.write_bytes(b"secret")
    with socket.socket(socket.AF_UNIX) as server:
        match kind:
            case "symlink":
                path.symlink_to(other)
            case "fifo":
                os.mkfifo(path)
            case "hard-link":
                os.link(other, path)
            case "device":
                path = type(path)("/dev/null")
            case "socket":
                server.bind("a.py")
        with pytest.raises(UnreadableHandIn, match=r"(not a plain file|is a .+); hand in the file itself"):
            Node(path).read(100)


def test_refused_file_is_closed_again(tmp_path):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(10):
        with pytest.raises(UnreadableHandIn):
            Node(tmp_path).read(100)
    assert len(os.listdir("/proc/self/fd")) == before


def test_missing_file_is_a_fault(tmp_path):
    with pytest.raises(FileNotFoundError):
        Node(tmp_path / "gone").read(100)


SECRET = module("'secret'")
DONE = module("'done'")


@pytest.fixture
def hand_in(tmp_path):
    """A hand-in, and beside it what must not be read, a folder like it; `hand_in.x` is the student's to swap."""
    for name, source in (("class/ann", DONE), ("reference", SECRET)):
        for folder in (tmp_path / name, tmp_path / name / "tiny", tmp_path / name / "tiny" / "helpers"):
            folder.mkdir(parents=True)
            (folder / "sums.py").write_bytes(source)
            (folder / "readme.txt").write_bytes(source)
    return tmp_path / "class" / "ann"


def swap(hand_in, inside):
    """What lies there is a link to the same of the reference from now on."""
    path = hand_in / inside
    path.rename(hand_in.parents[1] / "swapped")
    path.symlink_to(hand_in.parents[1] / "reference" / inside)


def at_open(monkeypatch, number, action):
    """Does something before a file or folder is opened or listed, for the so manieth time."""
    calls = [0]

    def before(original, *args, **options):
        calls[0] += 1
        if calls[0] == number:
            action()
        return original(*args, **options)

    for name in ("open", "scandir", "lstat"):
        monkeypatch.setattr(os, name, partial(before, getattr(os, name)))
    return calls


def secret_in(work):
    try:
        return b"secret" in b"".join(work().files.values())
    except (UnreadableHandIn, OSError) as error:
        return "secret" in str(error)


@pytest.mark.parametrize("inside", ["", "tiny", "sums.py", "tiny/sums.py"], ids=["hand-in", "parent", "file", "deeper"])
def test_what_is_swapped_for_a_link_at_any_moment_is_not_read(hand_in, monkeypatch, inside):
    if inside.startswith("tiny"):
        (hand_in / "sums.py").unlink()
    read = partial(read_hand_in, [hand_in], package="tiny", modules=("sums",), stubs=STUBS, may_be_class=True)
    assert read().files == {"sums": DONE}
    number, outcomes = 0, set()
    while True:
        number += 1
        with monkeypatch.context() as patched:
            calls = at_open(patched, number, partial(swap, hand_in, inside))
            outcomes.add(secret_in(read))
        if calls[0] < number:  # it was read to its end
            break
        path = hand_in / inside
        path.unlink()
        (hand_in.parents[1] / "swapped").rename(path)
    assert outcomes == {False}
    assert number > 5


@pytest.mark.parametrize("inside", ["", "tiny", "tiny/helpers"], ids=["hand-in", "folder", "deeper"])
def test_folder_that_is_swapped_for_a_link_is_not_listed(hand_in, inside):
    parts = tuple(filter(None, inside.split("/")))
    node = Node(hand_in, parts, is_folder=True)
    assert "sums.py" in {child.name for child in node.scan()}
    children = [*node.scan()]
    swap(hand_in, inside)
    with pytest.raises(UnreadableHandIn, match=r"not a plain folder; hand in the folder itself$"):
        next(node.scan())
    for child in children:
        with pytest.raises(UnreadableHandIn, match=r"not a plain (file|folder); hand in the (file|folder) itself$"):
            child.read(100)


@pytest.mark.parametrize("link", ["class", "above"])
def test_the_instructors_own_path_may_lead_through_links(hand_in, tmp_path, link):
    if link == "class":
        (tmp_path / "link").symlink_to(hand_in.parent)
        given = tmp_path / "link"
    else:
        (tmp_path / "link").symlink_to(tmp_path)
        given = tmp_path / "link" / "class"
    [found] = find_submissions([given], package="tiny", modules=("sums",))
    read = read_hand_in(found.paths, package="tiny", modules=("sums",))
    assert (found.id, read.files) == ("ann", {"sums": DONE})


def test_class_is_told_from_a_hand_in_without_following_what_was_swapped(hand_in, monkeypatch):
    """The roster looks into folders too."""
    number = 0
    while True:
        number += 1
        with monkeypatch.context() as patched:
            calls = at_open(patched, number, partial(swap, hand_in, "tiny"))
            opened = set()
            original = os.open

            def spy(path, *args, original=original, opened=opened, **options):
                descriptor = original(path, *args, **options)
                opened.add(os.readlink(f"/proc/self/fd/{descriptor}"))
                return descriptor

            patched.setattr(os, "open", spy)
            find_submissions([hand_in], package="tiny", modules=("sums",))
            assert not [path for path in opened if "reference" in path]
        if calls[0] < number:
            break
        (hand_in / "tiny").unlink()
        (hand_in.parents[1] / "swapped").rename(hand_in / "tiny")
    assert number > 3
