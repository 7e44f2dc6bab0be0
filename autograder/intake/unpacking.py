"""The bytes inside a gzip file, asked for piece by piece: what they come to may be much, and is never held.

A quarter of a megabyte unpacks to 128: held twice, as a buffer that grows has it, that was 280 MiB for a hand-in.
"""

import zlib
from collections.abc import Iterator

from autograder.intake.listing import UnreadableHandIn

_MAGIC = b"\x1f\x8b"
_MAX_STREAMS = 4096  # pigz and bgzip write several; millions of empty ones would only burn time
_PIECE = 64 << 10  # bytes that are unpacked at once, of either kind


class Damaged(Exception):
    """It is no whole gzip file; the message says where it ends."""


class Unpacked:
    """What a gzip file of one or several streams unpacks to; what follows the last stream is ignored.

    `len(unpacked)` and `unpacked[at:end]` are as of bytes. Slices that come one after the other cost one pass, one
    further back begins anew.

    Raises: Damaged; UnreadableHandIn if there are more than `most` bytes
    """

    def __init__(self, data: bytes, where: str, most: int) -> None:
        self._data, self._where, self._most = data, where, most
        self._size = sum(map(len, self._pieces()))
        self._begin()

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: slice) -> bytes:
        start, end, _ = place.indices(self._size)
        end = max(start, end)
        if start < self._at:
            self._begin()
        while self._at + len(self._held) < end:
            piece = next(self._left)
            self._held += piece
            done = min(start - self._at, len(self._held))
            del self._held[:done]
            self._at += done
        return bytes(self._held[start - self._at : end - self._at])

    def _begin(self) -> None:
        self._left, self._held, self._at = self._pieces(), bytearray(), 0  # _held begins at byte _at of what is inside

    def _pieces(self) -> Iterator[bytes]:
        at = size = 0
        for _ in range(_MAX_STREAMS):
            stream = zlib.decompressobj(wbits=31)
            while not stream.eof:
                given = stream.unconsumed_tail
                if not given:
                    given = self._data[at : at + _PIECE]
                    at += len(given)
                try:
                    piece = stream.decompress(given, _PIECE)
                except zlib.error as error:
                    raise Damaged(error) from error
                if not (given or piece or stream.eof):
                    raise Damaged("the gzip stream ends early")
                size += len(piece)
                if size > self._most:
                    raise UnreadableHandIn(
                        f"{self._where}: unpacks to more than {self._most} bytes; hand in the modules alone"
                    )
                yield piece
            at -= len(stream.unused_data)
            if self._data[at : at + len(_MAGIC)] != _MAGIC:
                return
        raise Damaged(f"more than {_MAX_STREAMS} gzip streams")
