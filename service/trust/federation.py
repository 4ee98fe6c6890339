"""Which of our people somebody is whom an outside provider knows."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Engine, and_, delete, insert, select
from sqlalchemy.exc import IntegrityError

from features.errors import BadInput
from service.store.database import Also, nothing, reading, writing
from service.store.tables import federated, session
from service.trust.identity import Caller, person_named
from service.trust.openid import Subject


class Federation:
    """Link people to their accounts at a provider; nobody comes in who was not linked before.

    Parameters
    ----------
    engine
        The store's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def link(self, person: str, subject: Subject, also: Also = nothing) -> None:
        """Let `subject` sign in as a person of ours.

        Parameters
        ----------
        also
            What else belongs to the same transaction.

        Raises
        ------
        BadInput
            When there is no such person, or the account is somebody's already.
        """
        row = {"issuer": subject.issuer, "subject": subject.name, "person": person}
        with writing(self._engine) as connection:
            if person_named(connection, person) is None:
                rule = "没有此用户，或已停用 · there is no such person, or he is disabled"
                raise BadInput(rule, field="name", value=person)
            try:
                connection.execute(insert(federated), row)
            except IntegrityError as fault:
                rule = "此账号已关联 · this account is linked already"
                raise BadInput(rule, field="subject", value=subject.name) from fault
            also(connection, person)

    def unlink(self, person: str, subject: Subject, also: Also = nothing) -> None:
        """Let an account sign in no longer; sessions that it opened end with the person's others.

        Raises
        ------
        BadInput
            When it was not linked to that person.
        """
        with writing(self._engine) as connection:
            linked = and_(_is(subject), federated.c.person == person)
            if connection.execute(delete(federated).where(linked)).rowcount == 0:
                rule = "此账号未关联 · this account is not linked to him"
                raise BadInput(rule, field="subject", value=subject.name)
            connection.execute(delete(session).where(session.c.person == person))
            also(connection, person)

    def accounts(self, person: str) -> list[Subject]:
        """Return the accounts of a person."""
        columns = (federated.c.issuer, federated.c.subject)
        linked = select(*columns).where(federated.c.person == person).order_by(*columns)
        with reading(self._engine) as connection:
            return [Subject(*row) for row in connection.execute(linked)]

    def person(self, subject: Subject) -> Caller | None:
        """Return who of our people an account is; None where nobody, or somebody disabled."""
        with reading(self._engine) as connection:
            linked = select(federated.c.person).where(_is(subject))
            name = connection.execute(linked).scalar()
            return None if name is None else person_named(connection, name)


def _is(subject: Subject) -> ColumnElement[bool]:
    return and_(federated.c.issuer == subject.issuer, federated.c.subject == subject.name)
