"""The one place where the service is put together: doors in front of use cases, store behind."""

from __future__ import annotations

from datetime import datetime

from fastapi import FastAPI
from sqlalchemy import text

from features.graph import compile_plans
from risk.files import load_policy
from service.doors.http.app import create_app
from service.doors.http.services import Services
from service.doors.http.wire.quotas import Quotas
from service.doors.http.wire.refusals import said_of
from service.doors.pages import problem_page, routes
from service.settings import Settings
from service.store.chain import derived_key
from service.store.database import reading
from service.store.faults import StoreUnavailable
from service.store.records import SHANGHAI
from service.store.secret_files import refuse_open_keys
from service.store.store import Store
from service.trust.clients import Clients
from service.trust.demo_keys import refuse_demo_keys
from service.trust.federation import Federation
from service.trust.identity import Identity
from service.trust.keys import FOLDER, SigningKeys
from service.trust.openid_settings import provider_of
from service.trust.sessions import Sessions
from service.trust.tokens import Tokens
from service.use_cases.access import Access
from service.use_cases.assessing.assess import Assessor
from service.use_cases.assessing.scoring import warm_up
from service.use_cases.batches.batches import Batcher
from service.use_cases.batches.worker import work_waits
from service.use_cases.book.corrections import Corrections
from service.use_cases.decided.explain import Explainer
from service.use_cases.decided.reviews import Reviewer
from service.use_cases.decided.what_if import WhatIf
from service.use_cases.judging.rulebook import Rulebook
from service.use_cases.judging.supervise import Supervisor
from service.use_cases.rights.rights import Rights
from service.worker_process import WorkerProcess


def open_services(settings: Settings, *, demo: bool = False) -> Services:
    """Return the use cases of an installation, ready to answer: all that counts is compiled.

    Raises
    ------
    BadInput
        When the store does not answer, a policy file has a mistake, other accounts can read the
        keys, or they are those of a demonstration and this is none.
    """
    if not demo:
        refuse_demo_keys(settings.made_home())
    refuse_open_keys(settings.made_home())
    store = Store.open(settings)
    policy = load_policy(settings.policy)
    compile_plans()
    home = settings.made_home()
    warm_up(home, policy.effective(now().date()))
    assessor = Assessor(store, policy, home, now, demo=demo)
    reviewer = Reviewer(store.decisions, policy, now)
    identity, clients = Identity(store.engine), Clients(store.engine, now)
    workers = WorkerProcess(settings, lambda: work_waits(store, home), demo=demo)
    return Services(
        assessor=assessor,
        batcher=Batcher(store, policy, home, now, said_of, workers),
        corrections=Corrections(store, policy, now),
        explainer=Explainer(reviewer, store.blobs),
        reviewer=reviewer,
        rights=Rights.over(store, now),
        rulebook=Rulebook(policy, home, now),
        what_if=WhatIf(store, policy, reviewer),
        supervisor=Supervisor(store, policy, now),
        identity=identity,
        clients=clients,
        access=Access(store, identity, clients, now),
        quotas=Quotas(settings.requests_per_minute),
        tokens=Tokens(SigningKeys(home / FOLDER, now), settings.issuer, now),
        sessions=Sessions(store.engine, now),
        federation=Federation(store.engine),
        demo=demo,
        ready=lambda: answers(store),
        cursor_key=derived_key(home, "cursor"),
        openid=provider_of(settings, now),
        metrics=settings.metrics,
    )


def application(services: Services) -> FastAPI:
    """Return the application with every door."""
    app = create_app(services, answer=problem_page.answer)
    routes.include_in(app)
    return app


def answers(store: Store) -> bool:
    """Return whether the store's database answers."""
    try:
        with reading(store.engine) as connection:
            connection.execute(text("SELECT 1"))
    except StoreUnavailable:
        return False
    return True


def now() -> datetime:
    """Return the time in Asia/Shanghai."""
    return datetime.now(SHANGHAI)
