"""What policies and models look like on the wire."""

from __future__ import annotations

from service.doors.http.wire.shapes import DAY, LABEL, TEXT, WHOLE, Json, listed, opened, words

MAYBE: Json = {"type": ["string", "null"]}
FLAG: Json = {"type": "boolean"}
MODEL = opened(
    {
        "product": TEXT,
        "label": LABEL,
        "role": words("champion", "challenger", "card"),
        "decides": FLAG,
        "name": TEXT,
        "number": WHOLE,
        "version": TEXT,
        "evidence": opened({"kind": words("expert", "shrunk", "model"), "defaults": WHOLE}),
        "trained_on": words("expert", "synthetic", "observed"),
        "features": listed(opened({"name": TEXT, "sign": WHOLE, "reference": MAYBE}, "name")),
        "figures": {"type": "object", "additionalProperties": MAYBE},
        "by": TEXT,
        "approved_by": TEXT,
    },
    *("product", "label", "role", "decides", "name", "version", "evidence", "trained_on"),
)

SCHEMAS: Json = {
    "Models": opened({"models": listed(MODEL)}, "models"),
    "RedLinePolicy": opened(
        {
            "as_of": DAY,
            "county": MAYBE,
            "policy": TEXT,
            "red_lines": listed(opened({"id": TEXT, "title": LABEL}, "id", "title")),
        },
        *("as_of", "county", "policy", "red_lines"),
    ),
}
