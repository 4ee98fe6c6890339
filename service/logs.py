"""Logs: one JSON object a line on standard error, the request's id in each, nobody's numbers.

Everybody writes by way of `logging`, libraries too; what stands in `extra` becomes a member.
"""

from __future__ import annotations

import logging
import sys
from typing import Literal

import orjson
import structlog
from structlog.typing import EventDict, Processor

from service.trust.masking import mask

Level = Literal["debug", "info", "warning", "error"]

QUIET = ("alembic", "httpx", "httpx2")
"""What they say of each step is no news."""


def configure(level: Level = "info") -> None:
    """Write every event from `level` on, as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def formatter() -> logging.Formatter:
    """Return what makes a line of a record: masked last, when the traceback is text as well."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_GATHERED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _without_colours,
            mask,
            _rendered,
        ],
    )


def _without_colours(logger: object, method: str, event: EventDict) -> EventDict:
    event.pop("color_message", None)
    return event


def _rendered(logger: object, method: str, event: EventDict) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


_GATHERED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
]
