"""The store as the use cases see it: facts by tenant, decisions, blobs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property, lru_cache, partial
from pathlib import Path

from sqlalchemy import select, text

from features.book import Book
from features.dictionary import load_dictionary
from features.errors import BadInput
from features.graph import catalogue
from features.needs import Need, needs
from features.needs import Path as Relations
from service.settings import Settings
from service.store import migrate
from service.store.blobs import Blobs
from service.store.books import ROWS_AT_ONCE, book_of_rows, joined, versions_of
from service.store.chain import chain_key, derived_key
from service.store.consents import Withdrawals
from service.store.database import Tenant, open_engine, reading
from service.store.decisions import DecisionLog
from service.store.elsewhere import with_loans_elsewhere
from service.store.erased import last_erased
from service.store.grants import require_rights
from service.store.identities import Identities
from service.store.people import People
from service.store.proposals import Proposals
from service.store.reach import Given
from service.store.records import SHANGHAI, Records, in_chunks
from service.store.search import Found, latest_day
from service.store.sift import Loaded
from service.store.tables import tenant
from service.store.visibility import visible
from service.trust.subjects import Subjects

Wanted = Mapping[Relations, Iterable[str]]
Named = frozenset[tuple[Relations, frozenset[str]]]
Reader = Tenant | str


class Store:
    """One installation's facts.

    Parameters
    ----------
    address
        Database address, `sqlite:///FILE` or `postgresql://…`.
    home
        Folder whose `secrets` holds the chain key.
    """

    def __init__(self, address: str, home: Path) -> None:
        self.engine = open_engine(address)
        self._home = home

    @classmethod
    def open(cls, settings: Settings | None = None) -> Store:
        """Return the store of an installation, ready for work.

        An empty SQLite file is set up; any other store must be at this program's revision.

        Raises
        ------
        BadInput
            When the database does not answer, is at another revision, or its role on PostgreSQL
            is one that row-level security does not bind or may not do what the service does.
        """
        settings = settings or Settings()
        store = cls(settings.store_url, settings.made_home())
        if store.engine.dialect.name == "sqlite" and migrate.current(store.engine) is None:
            store.migrate()
        store._refuse_unbound_role()
        require_rights(store.engine)
        migrate.require_current(store.engine)
        return store

    def migrate(self) -> str:
        """Bring the store to this program's revision and return it."""
        return migrate.upgrade(self.engine)

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    @cached_property
    def decisions(self) -> DecisionLog:
        """Return the decision log."""
        return DecisionLog(self.engine, chain_key(self._home))

    @cached_property
    def subjects(self) -> Subjects:
        """Return what turns identity numbers into tokens and ciphers."""
        return Subjects(self._home, partial(datetime.now, SHANGHAI))

    @cached_property
    def pseudonym_key(self) -> bytes:
        """Return the key of the names that stand in for holders in extracts."""
        return derived_key(self._home, "holder")

    def identities(self, owner: str) -> Identities:
        """Return the enciphered identity numbers of one tenant."""
        return Identities(self.engine, Tenant(owner))

    def people(self, owner: str) -> People:
        """Return what finds all that one tenant holds of a person."""
        return People(self.engine, Tenant(owner))

    def was_erased(self, table: str, key: str, owner: str) -> bool:
        """Return whether a record was erased, or old versions of it."""
        with reading(self.engine, Tenant(owner)) as connection:
            return bool(last_erased(connection, owner, table, [key]))

    def withdrawals(self, owner: str) -> Withdrawals:
        """Return the withdrawn consents of one tenant."""
        return Withdrawals(self.engine, Tenant(owner))

    @cached_property
    def blobs(self) -> Blobs:
        """Return the policies and models that decisions name by sha256."""
        return Blobs(self.engine)

    def records(self, owner: Reader) -> Records:
        """Return the records of one tenant; a bare name is a house's."""
        return Records(self.engine, owner if isinstance(owner, Tenant) else Tenant(owner))

    def proposals(self, owner: str) -> Proposals:
        """Return what people of one tenant ask for and others decide."""
        return Proposals(self.engine, Tenant(owner))

    def load(self, book: Book, owner: str, recorded_at: datetime) -> Loaded:
        """Keep a checked book: all that is news in it, or on any failure nothing.

        Parameters
        ----------
        book
            Checked tables, children beside their parents.
        owner
            Who states it.
        recorded_at
            The store's clock; nothing may be known later than that.
        """
        return self.records(owner).append(versions_of(book), recorded_at)

    def export(self, known_at: date, owner: Reader, own: Collection[str] = ()) -> Book:
        """Return every version `owner` may read that was known by the end of `known_at`.

        Parameters
        ----------
        own
            Tables of which his own rows alone are wanted.
        """
        records = self.records(owner)
        return joined(
            [
                book_of_rows({table: rows})
                for table in load_dictionary().tables
                for rows in in_chunks(
                    records.rows(table, known_at, own=table in own), ROWS_AT_ONCE
                )
            ]
        )

    def keys(self, table: str, as_of: date, owner: Reader, *, own: bool = False) -> list[str]:
        """Return the keys of a table that a tenant may read, or that it keeps itself."""
        return self.records(owner).keys(table, as_of, own=own)

    def writers(self, table: str, key: str, owner: Reader) -> set[str]:
        """Return who states a key, of those whose rows of it a tenant may read."""
        return self.records(owner).writers(table, key)

    def county_of(self, owner: str) -> str | None:
        """Return the county that a tenant was registered with; None where it has none."""
        statement = select(tenant.c.county_code).where(tenant.c.owner == owner)
        with reading(self.engine) as connection:
            county: str | None = connection.execute(statement).scalar()
            return county

    def book_of(
        self,
        subject: str,
        key: str | Sequence[str],
        as_of: date,
        owner: Reader,
        wanted: Wanted | None = None,
    ) -> Book:
        """Return the small book that it takes to judge a subject, or some, on a day.

        Parameters
        ----------
        wanted
            The names that are wanted, of the subject and of those it leads to by relations:
            {(): …, ("resource", "cooperative"): …} (see `features.needs`); all features of the
            subject by default.

        Returns
        -------
        Book
            The rows of the subject and of what the names are made from, each in every version
            known by the end of `as_of`. Empty where the key is not known by then.
        """
        names = catalogue()
        need = _needs(subject, wanted or {(): names.features(subject)})
        keys = [key] if isinstance(key, str) else key
        records = self.records(owner)
        found = records.around(keys, need, as_of)
        return book_of_rows(
            with_loans_elsewhere(self.engine, records.tenant, found, (), need, as_of)
        )

    def book_beside(
        self, given: Given, subject: str, as_of: date, owner: Reader, wanted: Wanted
    ) -> Book:
        """Return what the store holds of what it takes to judge a subject that is given inline.

        Parameters
        ----------
        given
            Its row, and the rows beside it that came with the request, by table.
        wanted
            As in `book_of`.
        """
        need, records = _needs(subject, wanted), self.records(owner)
        found = records.beside(given, need, as_of)
        sent = given.get("resource", ())
        return book_of_rows(
            with_loans_elsewhere(self.engine, records.tenant, found, sent, need, as_of)
        )

    def latest_day(self, table: str, key: str, owner: Reader) -> date | None:
        """Return the latest day that a record of a key describes; None where there is none."""
        reader = self.records(owner).tenant
        with reading(self.engine, reader) as connection:
            return latest_day(connection, table, key, visible(reader, table))

    def find_applications(self, text: str, limit: int, owner: Reader) -> list[Found]:
        """Return the newest applications whose number, household or village begins with `text`."""
        return self.records(owner).find_applications(text, limit)

    def _refuse_unbound_role(self) -> None:
        """Refuse a PostgreSQL role that row-level security does not bind."""
        if self.engine.dialect.name != "postgresql":
            return
        statement = text(
            "SELECT rolname FROM pg_roles "
            "WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"
        )
        with reading(self.engine) as connection:
            role = connection.execute(statement).scalar()
        if role is not None:
            raise BadInput(
                "行级安全对此角色无效 · row-level security does not bind this role; "
                "connect as one without SUPERUSER and BYPASSRLS",
                where="LIANGSHAN_DATABASE_URL",
                field="role",
                value=role,
            )


def _needs(subject: str, wanted: Wanted) -> Need:
    return _needs_of(
        subject, frozenset((path, frozenset(names)) for path, names in wanted.items())
    )


@lru_cache(maxsize=256)
def _needs_of(subject: str, wanted: Named) -> Need:
    """Return what it takes to judge a subject: the same for every request of a product's."""
    return needs(catalogue(), subject, dict(wanted))
