"""Land: how much of a project lies where it may not lie (guidance 一（二）).

Areas are those of the later basis, computed or attested (domain 7.0.11).
"""

from features.arrays import (
    Area,
    Date,
    Flag,
    Rows,
    Text,
    both,
    given,
    later_total,
    negate,
)


def core_area(
    overlaps__area: Area,
    overlaps__layer__核心保护区: Flag,
    overlaps__basis__attested: Flag,
    overlaps__attested_on: Date,
    overlaps__attestation_doc_id: Text,
    overlaps: Rows,
    as_of: Date,
) -> Area:
    """Return the area in a core protected area, where nothing is lawful (㎡).

    Source: domain 7.1 (RL-24).
    """
    return later_total(
        overlaps__area,
        overlaps__layer__核心保护区,
        overlaps__basis__attested,
        overlaps__attested_on,
        overlaps__attestation_doc_id,
        overlaps,
        as_of,
    )


def redline_unpermitted_area(
    overlaps__area: Area,
    overlaps__layer__生态保护红线: Flag,
    overlaps__permit_doc_id: Text,
    overlaps__activity_code: Text,
    overlaps__basis__attested: Flag,
    overlaps__attested_on: Date,
    overlaps__attestation_doc_id: Text,
    overlaps: Rows,
    as_of: Date,
) -> Area:
    """Return the area in the ecological red line without activity listed or permit (㎡).

    An activity is listed where the overlap carries its code. Source: domain 7.1 (RL-24).
    """
    area = overlaps__area * negate(
        both(given(overlaps__activity_code), given(overlaps__permit_doc_id))
    )
    return later_total(
        area,
        overlaps__layer__生态保护红线,
        overlaps__basis__attested,
        overlaps__attested_on,
        overlaps__attestation_doc_id,
        overlaps,
        as_of,
    )


def redline_permitted_area(
    overlaps__area: Area,
    overlaps__layer__生态保护红线: Flag,
    overlaps__permit_doc_id: Text,
    overlaps__activity_code: Text,
    overlaps__basis__attested: Flag,
    overlaps__attested_on: Date,
    overlaps__attestation_doc_id: Text,
    overlaps: Rows,
    as_of: Date,
) -> Area:
    """Return the area in the ecological red line with listed activity and permit (㎡).

    Lawful, with duties. Source: domain 4, 7.0.9 (RL-24).
    """
    area = overlaps__area * both(given(overlaps__activity_code), given(overlaps__permit_doc_id))
    return later_total(
        area,
        overlaps__layer__生态保护红线,
        overlaps__basis__attested,
        overlaps__attested_on,
        overlaps__attestation_doc_id,
        overlaps,
        as_of,
    )


def basic_farmland_area(
    overlaps__area: Area,
    overlaps__layer__永久基本农田: Flag,
    overlaps__basis__attested: Flag,
    overlaps__attested_on: Date,
    overlaps__attestation_doc_id: Text,
    overlaps: Rows,
    as_of: Date,
) -> Area:
    """Return the area on permanent basic farmland, which no paper of ours frees (㎡).

    Source: domain 7.1 (RL-25).
    """
    return later_total(
        overlaps__area,
        overlaps__layer__永久基本农田,
        overlaps__basis__attested,
        overlaps__attested_on,
        overlaps__attestation_doc_id,
        overlaps,
        as_of,
    )


def converted_area(
    overlaps__area: Area,
    overlaps__layer__其他农田: Flag,
    overlaps__permit_doc_id: Text,
    overlaps__basis__attested: Flag,
    overlaps__attested_on: Date,
    overlaps__attestation_doc_id: Text,
    overlaps: Rows,
    as_of: Date,
) -> Area:
    """Return the area of other farmland that was changed without its paper (㎡).

    The paper is an approval, a filing of 设施农用地 or a 进出平衡 paper.
    Source: domain 7.1 (RL-25).
    """
    area = overlaps__area * negate(given(overlaps__permit_doc_id))
    return later_total(
        area,
        overlaps__layer__其他农田,
        overlaps__basis__attested,
        overlaps__attested_on,
        overlaps__attestation_doc_id,
        overlaps,
        as_of,
    )


def converted_permitted_area(
    overlaps__area: Area,
    overlaps__layer__其他农田: Flag,
    overlaps__permit_doc_id: Text,
    overlaps__basis__attested: Flag,
    overlaps__attested_on: Date,
    overlaps__attestation_doc_id: Text,
    overlaps: Rows,
    as_of: Date,
) -> Area:
    """Return the area of other farmland that was changed with its paper (㎡).

    Lawful, with duties. Source: domain 4, 7.0.9 (RL-25).
    """
    area = overlaps__area * given(overlaps__permit_doc_id)
    return later_total(
        area,
        overlaps__layer__其他农田,
        overlaps__basis__attested,
        overlaps__attested_on,
        overlaps__attestation_doc_id,
        overlaps,
        as_of,
    )


def banned_area(
    overlaps__area: Area,
    overlaps__layer__饮用水一级: Flag,
    overlaps__layer__保护区核心区: Flag,
    overlaps__layer__保护区缓冲区: Flag,
    overlaps__basis__attested: Flag,
    overlaps__attested_on: Date,
    overlaps__attestation_doc_id: Text,
    overlaps: Rows,
    as_of: Date,
) -> Area:
    """Return the area where tourism and production are barred (㎡).

    Drinking water class 1, core and buffer of a reserve. Source: domain 7.1 (RL-51).
    """
    attested = overlaps__basis__attested
    on = overlaps__attested_on
    document = overlaps__attestation_doc_id
    return (
        later_total(
            overlaps__area, overlaps__layer__饮用水一级, attested, on, document, overlaps, as_of
        )
        + later_total(
            overlaps__area, overlaps__layer__保护区核心区, attested, on, document, overlaps, as_of
        )
        + later_total(
            overlaps__area, overlaps__layer__保护区缓冲区, attested, on, document, overlaps, as_of
        )
    )


def protected_unpermitted_area(
    overlaps__area: Area,
    overlaps__layer__饮用水二级: Flag,
    overlaps__layer__实验区: Flag,
    overlaps__layer__河道: Flag,
    overlaps__layer__湿地: Flag,
    overlaps__layer__文物: Flag,
    overlaps__layer__公益林: Flag,
    overlaps__permit_doc_id: Text,
    overlaps__basis__attested: Flag,
    overlaps__attested_on: Date,
    overlaps__attestation_doc_id: Text,
    overlaps: Rows,
    as_of: Date,
) -> Area:
    """Return the area on other protected ground without permit (㎡).

    Drinking water class 2, experimental zones, rivers, wetlands, relic zones, felling in
    public-welfare forest; ground in two layers counts in both. Source: domain 7.1 (RL-51).
    """
    area = overlaps__area * negate(given(overlaps__permit_doc_id))
    attested = overlaps__basis__attested
    on = overlaps__attested_on
    document = overlaps__attestation_doc_id
    return (
        later_total(area, overlaps__layer__饮用水二级, attested, on, document, overlaps, as_of)
        + later_total(area, overlaps__layer__实验区, attested, on, document, overlaps, as_of)
        + later_total(area, overlaps__layer__河道, attested, on, document, overlaps, as_of)
        + later_total(area, overlaps__layer__湿地, attested, on, document, overlaps, as_of)
        + later_total(area, overlaps__layer__文物, attested, on, document, overlaps, as_of)
        + later_total(area, overlaps__layer__公益林, attested, on, document, overlaps, as_of)
    )


def protected_permitted_area(
    overlaps__area: Area,
    overlaps__layer__饮用水二级: Flag,
    overlaps__layer__实验区: Flag,
    overlaps__layer__河道: Flag,
    overlaps__layer__湿地: Flag,
    overlaps__layer__文物: Flag,
    overlaps__layer__公益林: Flag,
    overlaps__permit_doc_id: Text,
    overlaps__basis__attested: Flag,
    overlaps__attested_on: Date,
    overlaps__attestation_doc_id: Text,
    overlaps: Rows,
    as_of: Date,
) -> Area:
    """Return the area on other protected ground with permit (㎡).

    Lawful, with duties. Source: domain 4, 7.0.9 (RL-51).
    """
    area = overlaps__area * given(overlaps__permit_doc_id)
    attested = overlaps__basis__attested
    on = overlaps__attested_on
    document = overlaps__attestation_doc_id
    return (
        later_total(area, overlaps__layer__饮用水二级, attested, on, document, overlaps, as_of)
        + later_total(area, overlaps__layer__实验区, attested, on, document, overlaps, as_of)
        + later_total(area, overlaps__layer__河道, attested, on, document, overlaps, as_of)
        + later_total(area, overlaps__layer__湿地, attested, on, document, overlaps, as_of)
        + later_total(area, overlaps__layer__文物, attested, on, document, overlaps, as_of)
        + later_total(area, overlaps__layer__公益林, attested, on, document, overlaps, as_of)
    )
