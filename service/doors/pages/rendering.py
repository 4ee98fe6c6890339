"""Templates: the environment that draws them and what every page knows."""

from __future__ import annotations

from functools import lru_cache

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

from service.doors.http.services import services
from service.doors.pages import figures, texts
from service.doors.pages.features import shown, written
from service.doors.pages.gauge import draw as draw_gauge
from service.doors.pages.interval import draw as draw_interval
from service.doors.pages.names import named, posted
from service.doors.pages.sessions import sees_borrowers, sees_cooperatives
from service.doors.pages.verdicts import groups_of, limit_of, telling, told_value
from service.doors.pages.waterfall import draw as draw_waterfall


@lru_cache
def environment() -> jinja2.Environment:
    """Return the environment of all pages: escaping always on, an unknown name is an error."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("service.doors.pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        text=texts.text,
        label=texts.label,
        shown=shown,
        written=written,
        waterfall_of=draw_waterfall,
        interval_of=draw_interval,
        gauge_of=draw_gauge,
        groups_of=groups_of,
        limit_of=limit_of,
        named=named,
        posted=posted,
        sees_borrowers=sees_borrowers,
        sees_cooperatives=sees_cooperatives,
        telling=telling,
        told_value=told_value,
    )
    made.filters.update(
        money=figures.money,
        exact_yuan=figures.exact_yuan,
        percent=figures.percent,
        number=figures.number,
        points=figures.points,
    )
    return made


def render(
    request: Request, template: str, *, status: int = 200, **context: object
) -> HTMLResponse:
    """Return a page; the header shows who is signed in, where somebody is."""
    page = (
        environment()
        .get_template(template)
        .render(
            demo=services(request).demo,
            session=getattr(request.state, "session", None),
            **context,
        )
    )
    return HTMLResponse(page, status_code=status)
