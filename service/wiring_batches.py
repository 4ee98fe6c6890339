"""The service put together for batches alone: what answers their lines, what watches a folder."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from features.graph import compile_plans
from risk.files import Policy, load_policy
from service.doors.http.wire.refusals import said_of
from service.doors.watched_folder import WatchedFolder
from service.settings import Settings
from service.store.batches import Batch
from service.store.secret_files import refuse_open_keys
from service.store.store import Store
from service.trust.demo_keys import refuse_demo_keys
from service.trust.identity import Caller
from service.trust.roles import Role
from service.trust.tenants import Tenants, refuse_out_of_place
from service.use_cases.assessing.assess import Assessor
from service.use_cases.assessing.scoring import warm_up
from service.use_cases.batches.batches import Batcher
from service.use_cases.batches.worker import LOOK_SECONDS, BatchWorker
from service.wiring import now

BY = "watch"


def open_worker(settings: Settings, ending: threading.Event, *, demo: bool = False) -> BatchWorker:
    """Return what answers the lines of batches until it is told to end.

    Raises
    ------
    BadInput
        As `open_services`.
    """
    if not demo:
        refuse_demo_keys(settings.made_home())
    return _worker(settings, Store.open(settings), load_policy(settings.policy), ending, demo=demo)


def open_watch(
    settings: Settings, folder: Path, owner: str, product: str | None, ending: threading.Event
) -> WatchedFolder:
    """Return what turns files in a folder into batches, and works them through itself.

    Raises
    ------
    BadInput
        As `open_services`, and where the owner is a body that assesses nobody.
    """
    refuse_demo_keys(settings.made_home())
    store, policy = Store.open(settings), load_policy(settings.policy)
    kind = Tenants(store.engine).kind(owner)
    refuse_out_of_place(Role.OFFICER, kind)
    caller = Caller(BY, owner, Role.OFFICER, kind)
    batcher = Batcher(store, policy, settings.made_home(), now, said_of)
    worker = _worker(settings, store, policy, ending, demo=False)
    answer = partial(_answered, worker, batcher, caller, ending)
    return WatchedFolder(folder, batcher, answer, caller, product)


def _worker(
    settings: Settings, store: Store, policy: Policy, ending: threading.Event, *, demo: bool
) -> BatchWorker:
    home = settings.made_home()
    refuse_open_keys(home)
    compile_plans()
    warm_up(home, policy.effective(now().date()))
    assessor = Assessor(store, policy, home, now, demo=demo)
    return BatchWorker(store, home, assessor.prepare, said_of, now, ending)


def _answered(
    worker: BatchWorker, batcher: Batcher, caller: Caller, ending: threading.Event, batch: Batch
) -> Batch:
    """Return a batch once its lines are answered, by this worker or another, or at the end."""
    while not batch.is_over and not ending.is_set():
        if not worker.attempt():
            ending.wait(LOOK_SECONDS)
        batch = batcher.read(batch.id, caller) or batch
    return batch
