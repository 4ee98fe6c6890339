"""Settings from the environment: where the store, the policy and the data lie."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from features.errors import BadInput

STORE_FILE = "store.db"


class Settings(BaseSettings):
    """What an installation sets, each by an environment variable `LIANGSHAN_<NAME>`.

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
    data
        Folder of the real data sets that tests and notebooks read.
    oidc_issuer, oidc_client_id, oidc_client_secret_file, oidc_redirect_uri
        The OpenID provider at which people may sign in beside their passwords, what the service
        is called there, the file with its secret, and where people come back to, letter for
        letter as the provider knows it. All four, or none.
    """

    model_config = SettingsConfigDict(env_prefix="LIANGSHAN_", frozen=True)

    home: Path = Path(".liangshan")
    database_url: str = ""
    policy: Path | None = None
    issuer: str = "urn:liangshan"
    data: Path | None = None
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret_file: Path | None = None
    oidc_redirect_uri: str = ""

    @property
    def store_url(self) -> str:
        """Return the address of the store."""
        return self.database_url or f"sqlite:///{self.made_home() / STORE_FILE}"

    def made_home(self) -> Path:
        """Return `home` as a folder that exists.

        Raises
        ------
        BadInput
            When it cannot be made or is not a folder.
        """
        home = self.home.expanduser().resolve()
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise BadInput(
                f"无法建立此文件夹 · this folder cannot be made ({fault.strerror})",
                where="LIANGSHAN_HOME",
                value=str(home),
            ) from fault
        return home
