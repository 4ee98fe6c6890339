"""Settings: where the store, the policy, the data and the keys lie, who may read the metrics.

Each is an environment variable `LIANGSHAN_<NAME>`; or the content of the file that
`LIANGSHAN_<NAME>_FILE` names, as secrets are handed to containers; or a line `name: value` in the
YAML file that `LIANGSHAN_SETTINGS` names. The first of these holds.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, PositiveInt, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from features.errors import BadInput
from service.logs import Level

PREFIX = "LIANGSHAN_"
SETTINGS_FILE = f"{PREFIX}SETTINGS"
STORE_FILE = "store.db"
SECRETS = "secrets"
CONNECTIONS = 512
PROXIES = "127.0.0.1,::1"
A_SLIP = 0.8
"""How alike an unknown variable is to one of ours before it counts as a slip of the pen."""


class Settings(BaseSettings):
    """What an installation sets.

    Attributes
    ----------
    home
        Folder of everything the service writes: store, registry, compiled plans, secrets.
    database_url
        Address of the store; empty means a SQLite file in `home`.
    policy
        Folder of policy files that adds to the shipped ones.
    issuer
        Who this installation is, as its access tokens say: a URI.
    requests_per_minute
        How many requests each client may make of one process.
    data
        Folder of the real data sets that tests and notebooks read.
    oidc_issuer, oidc_client_id, oidc_client_secret, oidc_redirect_uri
        The OpenID provider at which people may sign in beside their passwords, what the service
        is called there, its secret (from a file), and where people come back to, letter for
        letter as the provider knows it. All four, or none.
    secrets
        Folder of the keys; by default `secrets` in `home`.
    metrics
        Who may read /metrics: programs on this machine, whoever has a token for it, or nobody.
    log_level
        From which level on events are logged; at `info` each request is one line.
    grace_seconds
        How long a service that is told to end waits for the requests under way.
    connections
        How many connections one process keeps open; whoever comes then is told 503.
    proxies
        Addresses and networks of the proxies in front, with commas. Of them alone
        `X-Forwarded-For` and `X-Forwarded-Proto` are believed: for whom they ask, which the limits
        of guesses count by, and whether by https, without which cookies are not `Secure`. A proxy
        must append to the first and set the second.

    Raises
    ------
    BadInput
        When a value, a file or a name is none of these.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    home: Path = Path(".liangshan")
    database_url: str = ""
    policy: Path | None = None
    issuer: str = "urn:liangshan"
    requests_per_minute: int = Field(30_000, ge=1)
    data: Path | None = None
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field("", repr=False)
    oidc_redirect_uri: str = ""
    secrets: Path | None = None
    metrics: Literal["loopback", "token", "off"] = "loopback"
    log_level: Level = "info"
    grace_seconds: PositiveInt = 10
    connections: PositiveInt = CONNECTIONS
    proxies: str = PROXIES

    @field_validator("proxies")
    @classmethod
    def _is_of_addresses(cls, value: str) -> str:
        """Refuse what is neither address nor network; `*` would let anybody say who he is."""
        for part in filter(None, map(str.strip, value.split(","))):
            ip_network(part)
        return value

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as fault:
            first = fault.errors(include_url=False, include_input=False)[0]
            name = ".".join(str(part) for part in first["loc"])
            rule = f"设置有误 · this setting is not valid: {first['msg']}"
            raise BadInput(rule, where=f"{PREFIX}{name.upper()}") from fault

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where values come from, in the order in which they hold."""
        _refuse_slips(os.environ, settings_cls)
        return (
            init_settings,
            env_settings,
            InitSettingsSource(settings_cls, _from_value_files(os.environ, settings_cls)),
            InitSettingsSource(settings_cls, _from_settings_file(os.environ, settings_cls)),
        )

    @property
    def store_url(self) -> str:
        """Return the address of the store."""
        return self.database_url or f"sqlite:///{self.made_home() / STORE_FILE}"

    def made_home(self) -> Path:
        """Return `home` as a folder that exists, with the keys in or linked from its `secrets`.

        Raises
        ------
        BadInput
            When it cannot be made, is not a folder, or holds keys although they shall lie
            elsewhere.
        """
        home = self.home.expanduser().resolve()
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.secrets is not None:
                _link(home / SECRETS, self.secrets.expanduser().resolve())
        except OSError as fault:
            raise BadInput(
                f"无法建立此文件夹 · this folder cannot be made ({fault.strerror})",
                where="LIANGSHAN_HOME",
                value=str(fault.filename or home),
            ) from fault
        return home


def settle(settings: Settings) -> None:
    """Say in the environment where home is, to what reads it there: the plans, Numba's caches.

    A service's account may own neither the package nor a home folder, where Numba looks first.
    """
    home = settings.home.expanduser().resolve()
    os.environ[f"{PREFIX}HOME"] = str(home)
    os.environ.setdefault("XDG_CACHE_HOME", str(home / "cache"))


def _link(link: Path, folder: Path) -> None:
    """Make the keys' folder, if it is not there, and let `link` lead to it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        link.symlink_to(folder, target_is_directory=True)
    except FileExistsError as fault:
        if link.resolve() != folder:
            raise BadInput(
                "密钥已在另一处，请先移走 · keys lie here already; move them there first",
                where=f"{PREFIX}SECRETS",
                value=str(link),
            ) from fault


def _refuse_slips(environment: Mapping[str, str], of: type[BaseSettings]) -> None:
    """Refuse a variable that is nearly one of ours: with a slip, the default would hold unseen."""
    names = [PREFIX + name.upper() for name in of.model_fields]
    known = [*names, *(f"{name}_FILE" for name in names), SETTINGS_FILE]
    for name in environment:
        if name.startswith(PREFIX) and name not in known:
            meant = difflib.get_close_matches(name, known, 1, A_SLIP)
            if meant:
                rule = f"没有此设置，是否 {meant[0]}？ · there is no such setting"
                raise BadInput(rule, where="environment", field=name)


def _from_value_files(environment: Mapping[str, str], of: type[BaseSettings]) -> dict[str, Any]:
    """Return the values that stand in files of their own, without the line's end."""
    named = {name: environment.get(f"{PREFIX}{name.upper()}_FILE") for name in of.model_fields}
    return {
        name: _text(f"{PREFIX}{name.upper()}_FILE", path).rstrip("\r\n")
        for name, path in named.items()
        if path
    }


def _from_settings_file(environment: Mapping[str, str], of: type[BaseSettings]) -> dict[str, Any]:
    """Return the values that stand in the settings file."""
    path = environment.get(SETTINGS_FILE)
    if not path:
        return {}
    try:
        found = yaml.safe_load(_text(SETTINGS_FILE, path)) or {}
    except yaml.YAMLError as fault:
        raise BadInput("不是 YAML · this is no YAML", where=path) from fault
    unknown = set(found) - set(of.model_fields) if isinstance(found, dict) else {"name: value"}
    if unknown:
        rule = "没有此设置 · there is no such setting"
        raise BadInput(rule, where=path, field=min(map(str, unknown)))
    return dict(found)


def _text(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "UTF-8"
        rule = f"文件无法读取 · this file cannot be read ({reason})"
        raise BadInput(rule, where=variable, value=path) from fault
