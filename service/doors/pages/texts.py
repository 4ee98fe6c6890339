"""The texts of the pages, from one catalogue: Chinese first, English second."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml
from markupsafe import Markup


@dataclass(frozen=True)
class Text:
    """One text in both languages; in a template it stands as Chinese, then English, smaller.

    Examples
    --------
    >>> Text("登录", "Sign in").__html__()
    Markup('<span class="zh">登录</span> <span class="en" lang="en">Sign in</span>')
    """

    zh: str
    en: str

    def __html__(self) -> Markup:
        """Return both languages as HTML."""
        return Markup('<span class="zh">{}</span> <span class="en" lang="en">{}</span>').format(
            self.zh, self.en
        )

    def __str__(self) -> str:
        """Return both languages on one line."""
        return f"{self.zh} · {self.en}"


@lru_cache
def catalogue() -> dict[str, Text]:
    """Return every text by its key, `group.name`."""
    source = files("service.doors.pages").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    return {
        f"{group}.{name}": Text(**text)
        for group, texts in yaml.safe_load(source).items()
        for name, text in texts.items()
    }


def text(key: str) -> Text:
    """Return the text of `key`.

    Raises
    ------
    KeyError
        For a key that is not in the catalogue.
    """
    return catalogue()[key]


def label(group: str, code: str) -> Text:
    """Return what a document's code is called; one that the catalogue lacks names itself."""
    return catalogue().get(f"{group}.{code}", Text(code, ""))
