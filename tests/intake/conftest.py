"""Hand-ins made on the spot: folders, zips and tars from a mapping of names to bytes."""

import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from autograder.intake import HandIn, read_hand_in


@pytest.fixture
def read() -> Callable[..., HandIn]:
    """read_hand_in for a package `feedforward`, of which `functional` alone is handed in unless said otherwise."""

    def read(*paths: Path, modules: tuple[str, ...] = ("functional",), **options: Any) -> HandIn:
        return read_hand_in(paths, package="feedforward", modules=modules, **options)

    return read


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    def folder(files: Mapping[str, bytes], name: str = "alice") -> Path:
        root = tmp_path / name
        root.mkdir(exist_ok=True)
        for path, data in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return root

    return folder


@pytest.fixture
def zip_of(tmp_path: Path) -> Callable[..., Path]:
    """A zip; the names go in as they are, so hostile ones too. An info may be given in place of a name."""

    def zip_of(
        members: Mapping[str | zipfile.ZipInfo, bytes], name: str = "alice.zip", method: int = zipfile.ZIP_DEFLATED
    ) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", method) as archive:
            for member, data in members.items():
                archive.writestr(member, data)
        return path

    return zip_of


@pytest.fixture
def tar_of(tmp_path: Path) -> Callable[..., Path]:
    """A tar, gzipped if its name says so; a TarInfo may be given in place of a name."""

    def tar_of(
        members: Mapping[str | tarfile.TarInfo, bytes], name: str = "alice.tar.gz", form: int = tarfile.PAX_FORMAT
    ) -> Path:
        path = tmp_path / name
        mode = "w:gz" if name.endswith("gz") else "w"
        with tarfile.open(path, mode, format=form) as archive:
            for member, data in members.items():
                info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return path

    return tar_of
