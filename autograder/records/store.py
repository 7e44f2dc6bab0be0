"""Every grading that was ever kept, in a database: rows are added, and none is ever changed or removed.

    gradings   what a grading found: the whole record, the hand-in and the tests that it is of, both by their hash
    events     which grading became a student's current one, and when: as it was made, or as it was put back

A student's current grading is that of the last event. SQLAlchemy speaks to SQLite, which is a file in the results
folder, and to PostgreSQL alike; `migrations/` makes the tables, whenever a store is opened.
"""

import contextlib
import hashlib
import importlib.resources
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from autograder.errors import CourseError, there
from autograder.grading.records import Record
from autograder.installation import DISTRIBUTION, pip_install
from autograder.records.owner import Owner

DATABASE = "gradings.sqlite"
GRADED, RESTORED = "graded", "restored"  # kinds of events

metadata = sa.MetaData()
gradings = sa.Table(
    "gradings",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("course", sa.Text),
    sa.Column("assignment", sa.Text),
    sa.Column("seed", sa.Integer),
    sa.Column("secret", sa.Text),
    sa.Column("follow_through", sa.Boolean),
    sa.Column("student", sa.Text),
    sa.Column("attempt", sa.Text),
    sa.Column("tests", sa.Text),
    sa.Column("fingerprint", sa.Text),
    sa.Column("engine", sa.Text),
    sa.Column("python", sa.Text),
    sa.Column("numpy", sa.Text),
    sa.Column("status", sa.Text),
    sa.Column("score", sa.Float),
    sa.Column("max_score", sa.Float),
    sa.Column("record", sa.Text),
    sa.Column("results", sa.Text),
    sa.Column("checksum", sa.Text),
)
events = sa.Table(
    "events",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("grading", sa.Integer, sa.ForeignKey("gradings.number")),
    sa.Column("kind", sa.Text),
    sa.Column("at", sa.Text),
)


class Grading(msgspec.Struct, frozen=True, kw_only=True):
    """A student's grading as it became the current one: made then (`graded`), or put back (`restored`)."""

    number: int
    kind: str
    at: str  # UTC, as in 2026-01-31T12:00:00Z
    student: str
    attempt: str  # a hash of the hand-in; "" if it could not be read
    tests: str  # a hash of all else that the result depends on
    fingerprint: str  # of both
    engine: str
    python: str
    numpy: str
    status: str
    score: float | None
    max_score: float
    checksum: str  # of the record and of results.json


class Store:
    """The gradings of one owner in a database, which may hold those of others besides."""

    def __init__(self, url: str, owner: Owner) -> None:
        self.owner = owner
        try:
            self.url = sa.make_url(url)
            self.engine = sa.create_engine(_with_driver(self.url))
        except ModuleNotFoundError as error:
            raise CourseError(f'store: no {error.name} here; run "{pip_install("postgresql")}"') from None
        except sa.exc.ArgumentError as error:
            raise CourseError(
                f"store {url!r}: {_first_line(error)}; want sqlite:///FILE or postgresql://USER@HOST/NAME"
            ) from None

    @property
    def shown(self) -> str:
        """Its address without a password."""
        return self.url.render_as_string(hide_password=True)

    def is_file(self, file: Path) -> bool:
        """Whether it is SQLite's, in that file."""
        return self.url.drivername.startswith("sqlite") and Path(self.url.database or "").resolve() == file.resolve()

    @contextlib.contextmanager
    def opened(self) -> Iterator["Store"]:
        """The store with its tables as this version wants them; CourseError if it cannot be reached."""
        try:
            with self._reached(), self._own_file(), self.engine.begin() as connection:
                config = Config()
                config.set_main_option("script_location", str(importlib.resources.files(__package__) / "migrations"))
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
            yield self
        finally:
            self.engine.dispose()

    @contextlib.contextmanager
    def _own_file(self) -> Iterator[None]:
        """SQLite's file is its owner's alone, as all results are."""
        if self.engine.dialect.name == "sqlite" and self.url.database:
            Path(self.url.database).touch(mode=0o600)
        yield

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise CourseError(
                f"store {self.shown}: {_first_line(error)}; what was graded is kept: mend it, and run the same command "
                "again"
            ) from None

    def append(self, record: Record, results: str) -> None:
        """A grading that was made now, and is its student's current one."""
        with self._reached(), self.engine.begin() as connection:
            number = connection.execute(
                gradings.insert().values(
                    **msgspec.structs.asdict(self.owner),
                    student=record.id,
                    attempt=record.attempt,
                    tests=record.graded_by,
                    fingerprint=record.fingerprint,
                    engine=_engine_version(),
                    python=record.python,
                    numpy=record.numpy,
                    status=record.status,
                    score=record.score,
                    max_score=record.max_score,
                    record=msgspec.json.encode(record).decode(),
                    results=results,
                    checksum=checksum(record, results),
                )
            ).inserted_primary_key
            connection.execute(events.insert().values(grading=there(number)[0], kind=GRADED, at=_now()))

    def put_back(self, number: int) -> None:
        """A grading of before becomes its student's current one."""
        with self._reached(), self.engine.begin() as connection:
            connection.execute(events.insert().values(grading=number, kind=RESTORED, at=_now()))

    def history(self, student: str | None = None, until: datetime | None = None) -> list[Grading]:
        """What became current, in that order; of one student or of all, to the end of that time."""
        columns = [
            getattr((events if name in ("kind", "at") else gradings).c, name) for name in Grading.__struct_fields__
        ]
        wanted = sa.select(*columns).join(events, events.c.grading == gradings.c.number).where(*self._own())
        if student is not None:
            wanted = wanted.where(gradings.c.student == student)
        if until is not None:
            wanted = wanted.where(events.c.at <= _text(until))
        with self._reached(), self.engine.connect() as connection:
            return [Grading(**row._mapping) for row in connection.execute(wanted.order_by(events.c.number))]

    def contents(self, number: int) -> tuple[Record, str]:
        """(the record, the text of results.json) of a grading; CourseError if there is none of that number."""
        wanted = sa.select(gradings.c.record, gradings.c.results).where(*self._own(), gradings.c.number == number)
        with self._reached(), self.engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise CourseError(f'store {self.shown}: no grading {number}; "autograder history ID" lists them')
        return msgspec.json.decode(row.record, type=Record), row.results

    def current(self) -> dict[str, Grading]:
        """Each student's current grading."""
        return {each.student: each for each in self.history()}

    def _own(self) -> Sequence[sa.ColumnElement[bool]]:
        return [getattr(gradings.c, name) == value for name, value in msgspec.structs.asdict(self.owner).items()]


def checksum(record: Record, results: str) -> str:
    """By which a grading that is kept already is known again."""
    return hashlib.sha256(msgspec.json.encode(record) + results.encode()).hexdigest()


def file_url(folder: Path) -> str:
    """The store of a results folder that names none."""
    return f"sqlite:///{folder.resolve() / DATABASE}"


def _with_driver(url: sa.URL) -> sa.URL:
    """The address with psycopg for PostgreSQL: SQLAlchemy's own choice differs between its versions."""
    if not url.drivername.startswith("postgresql"):
        return url
    # A database made without a locale would answer in bytes.
    return url.set(drivername="postgresql+psycopg").update_query_dict({"client_encoding": "utf8"})


def _now() -> str:
    return _text(datetime.now(UTC))


def _text(time: datetime) -> str:
    """A time in UTC as it is written here, so that texts are in the order of time."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _engine_version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "none"


def _first_line(error: Exception) -> str:
    return next(iter(str(getattr(error, "orig", None) or error).splitlines()), type(error).__name__).strip()
