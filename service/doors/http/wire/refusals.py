"""Which problem each refusal of a use case is."""

from __future__ import annotations

from features.errors import BadInput
from features.two_people import SamePerson
from service.doors.http.wire.problems import Fault, Problem, ProblemKind
from service.store.batches import TooManyOpen
from service.store.consents import ConsentWithdrawn
from service.store.decisions import IdempotencyConflict, Overtaken
from service.store.faults import RETRY_AFTER, StoreUnavailable
from service.use_cases.access import Unknown
from service.use_cases.assessing.assess import UnknownProduct
from service.use_cases.assessing.consents import ConsentMissing
from service.use_cases.assessing.request_book import BadRows, NoSuchSubject
from service.use_cases.batches.batches import IsOver, NotFinished, Unanswered
from service.use_cases.book.corrections import NoSuchCorrection
from service.use_cases.decided.in_force import NotNow, RedLineHolds
from service.use_cases.decided.reviews import NoSuchDecision
from service.use_cases.rights.erasures import MustBeKept, NotAsked
from service.use_cases.rights.withdrawals import NoSuchPerson

KINDS: dict[type[BadInput], ProblemKind] = {
    ConsentMissing: ProblemKind.CONSENT,
    ConsentWithdrawn: ProblemKind.CONSENT,
    IdempotencyConflict: ProblemKind.CONFLICT,
    IsOver: ProblemKind.NOT_NOW,
    MustBeKept: ProblemKind.MUST_BE_KEPT,
    NoSuchCorrection: ProblemKind.NOT_FOUND,
    NoSuchDecision: ProblemKind.NOT_FOUND,
    NoSuchPerson: ProblemKind.NOT_FOUND,
    NoSuchSubject: ProblemKind.NOT_FOUND,
    NotAsked: ProblemKind.NOT_NOW,
    NotFinished: ProblemKind.NOT_FINISHED,
    NotNow: ProblemKind.NOT_NOW,
    Overtaken: ProblemKind.PRECONDITION_FAILED,
    RedLineHolds: ProblemKind.RED_LINE,
    SamePerson: ProblemKind.SAME_PERSON,
    TooManyOpen: ProblemKind.NOT_NOW,
    Unanswered: ProblemKind.UNANSWERED,
    Unknown: ProblemKind.NOT_FOUND,
    UnknownProduct: ProblemKind.UNKNOWN_PRODUCT,
}


def problem_of(refusal: BadInput) -> Problem:
    """Return the problem that `refusal` is, with every field, value and rule that it names."""
    kind = KINDS.get(type(refusal), ProblemKind.BAD_INPUT)
    found = refusal.faults if isinstance(refusal, BadRows) else (refusal,)
    detail = str(refusal) if len(found) == 1 else f"{refusal} (+{len(found) - 1})"
    return Problem(kind, detail, faults=[_fault(one) for one in found])


def unavailable(fault: StoreUnavailable) -> Problem:
    """Return the problem of a store that cannot answer now: when to ask again, and how."""
    detail = (
        f"{fault.reason}。请稍后重试，带同一 Idempotency-Key 不会重复办理 · "
        "please try again later; with the same Idempotency-Key nothing is done twice"
    )
    return Problem(ProblemKind.UNAVAILABLE, detail, headers={"retry-after": str(RETRY_AFTER)})


def said_of(fault: Exception) -> dict[str, object]:
    """Return the problem details of whatever went wrong with one line of a file."""
    if isinstance(fault, BadInput):
        return problem_of(fault).document()
    return Problem(ProblemKind.INTERNAL, "已记录 · it has been logged").document()


def _fault(refusal: BadInput) -> Fault:
    field = ".".join(part for part in (refusal.where, refusal.field) if part)
    return Fault(field, refusal.value, refusal.rule)
