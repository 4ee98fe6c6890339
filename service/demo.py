"""A demonstration: an invented county, simulated, checked, loaded, trained on and judged."""

from __future__ import annotations

import asyncio
import secrets
import shlex
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import perf_counter

import orjson

from features.book import Book
from features.contracts import check_folder
from features.errors import BadInput
from features.graph import compile_plans
from features.simulate import simulate, write
from risk.files import Policy, load_policy
from service.doors.http.services import Services
from service.settings import Settings
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.clients import NewClient
from service.trust.demo_keys import mark_as_demo
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.book.books import HOME_OWNER, load_folder
from service.use_cases.judging.red_lines import judge_book
from service.use_cases.train import train
from service.wiring import open_services

HOUSEHOLDS = 40_000
SEED = 2026
PRODUCTS = ("credit", "deposit")
ASSESSED = 24
FOLDER = "demo"
TOKEN_ALONE = """sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'"""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Login:
    """Somebody who can sign in; the password is shown once and kept as a hash."""

    name: str
    role: str
    password: str


@dataclass(frozen=True)
class Demo:
    """A county that is ready to be looked at."""

    services: Services
    logins: tuple[Login, ...]
    client: NewClient
    product: str
    application_id: str

    def curl(self, address: str) -> str:
        """Return a shell line that gets a token and assesses an application of the county."""
        body = {"subject": {"kind": "application", "id": self.application_id}}
        user = shlex.quote(f"{self.client.id}:{self.client.secret}")
        token = f"curl -sS -u {user} -d grant_type=client_credentials {address}/oauth/token"
        words = [
            "-H", "Content-Type: application/json",
            "-d", orjson.dumps(body).decode(),
        ]  # fmt: skip
        return (
            f"curl -sS {address}/v1/products/{self.product}/assessments "
            f'-H "Authorization: Bearer $({token} | {TOKEN_ALONE})" {shlex.join(words)}'
        )

    def document(self, address: str) -> dict[str, object]:
        """Return what `demo --json` says (design 11.4)."""
        return {
            "address": address,
            "users": [vars(login) for login in self.logins],
            "api_key": self.client.secret,
            "curl": self.curl(address),
        }


def prepare(settings: Settings, households: int, say: Say) -> Demo:
    """Make a county from nothing, in a folder of its own that the next demonstration replaces.

    Raises
    ------
    BadInput
        When the folder cannot be written or the county is too small to assess anybody.
    """
    home = fresh_folder(settings.made_home() / FOLDER)
    own = settings.model_copy(update={"home": home, "database_url": "", "secrets": None})
    mark_as_demo(home)
    today = datetime.now(SHANGHAI).date()
    with step(say, "编译特征 · compile the feature plans"):
        compile_plans()
    book = _book(own, households, today, say)
    _models(book, load_policy(own.policy), home, today, say)
    with step(say, "备好服务 · make the service ready"):
        services = open_services(own, demo=True)
    with step(say, "开户 · draw passwords and a key"):
        logins, client = _people(services)
    with step(say, f"评估最新 {ASSESSED} 笔申请 · assess the newest applications"):
        product, application = _assess_newest(own)
    return Demo(services, logins, client, product, application)


def fresh_folder(folder: Path) -> Path:
    """Return `folder`, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@contextmanager
def step(say: Say, name: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    say(f"… {name}")
    begun = perf_counter()
    yield
    say(f"[green]✓[/] {name}  [dim]{perf_counter() - begun:.1f} s[/]")


def _book(settings: Settings, households: int, today: date, say: Say) -> Book:
    folder = settings.home / "book"
    with step(say, f"模拟 {households:,} 户 · simulate a county"):
        write(simulate(households, SEED, today), folder)
    with step(say, "检查账册 · check the book"):
        checked = check_folder(folder, today)
    with step(say, "入库 · load it into the store"):
        report = load_folder(Store.open(settings), folder)
    say(f"  {report.new:,} 条入库 records kept，{len(checked.faults):,} 处错误 faults set aside")
    return checked.book


def _models(book: Book, policy: Policy, home: Path, today: date, say: Say) -> None:
    for product in PRODUCTS:
        with step(say, f"训练 {product} · train and register"):
            _train(product, book, policy, home, today, say)
    with step(say, "判定红线 · judge the red lines"):
        counts = judge_book(book, policy, today).counts()
    say("  " + "，".join(f"{state} {count:,}" for state, count in counts.items() if count))


def _train(product: str, book: Book, policy: Policy, home: Path, today: date, say: Say) -> None:
    """Train a product; with too few defaults it keeps its expert card, as a real county does."""
    try:
        trained = train(product, book, policy, home, today)
    except BadInput as refusal:
        say(f"  [yellow]{refusal}[/]")
        return
    auc = {who: f"{found.auc:.3f}" for who, found in trained.metrics.items()}
    role = (
        "冠军 champion" if trained.is_champion else "挑战者，仍用专家卡 challenger: the card stays"
    )
    say(f"  AUC 时间外 out of time: {auc}")
    say(f"  违约 defaults {trained.evidence.defaults}，{role}")


def _people(services: Services) -> tuple[tuple[Login, ...], NewClient]:
    logins = tuple(Login(role.value, role.value, secrets.token_urlsafe(12)) for role in Role)
    for login in logins:
        services.identity.add_person(login.name, HOME_OWNER, Role(login.role), login.password)
    return logins, services.clients.add(HOME_OWNER, Role.OFFICER, "demo")


def _assess_newest(settings: Settings) -> tuple[str, str]:
    """Assess the newest applications and return product and number of one that went through.

    On services of its own: a decision writer lives in one event loop, and the server has another.
    """
    return asyncio.run(_assess_all(open_services(settings, demo=True)))


async def _assess_all(services: Services) -> tuple[str, str]:
    caller = Caller("demo", HOME_OWNER, Role.OFFICER)
    done: list[tuple[str, str]] = []
    for line in services.assessor.find("", caller)[:ASSESSED]:
        body = {"subject": {"kind": "application", "id": line.application_id}}
        try:
            await services.assessor.assess(line.product or "", body, caller, None)
        except BadInput:
            continue
        done.append((line.product or "", line.application_id))
    await services.assessor.close()
    if not done:
        raise BadInput("没有可评估的申请，请增加农户数 · nobody to assess", field="--households")
    return done[0]
