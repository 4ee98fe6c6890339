"""GEP: whether nature is worth more or less after a project than before (guidance 一（二）)."""

from features.arrays import Amount, Count, Flag, both, given, where_positive


def gep_comparable(weather_normalised: Flag, price_base: Count) -> Flag:
    """Return whether GEP before and after may be compared (flag).

    Only weather-normalised figures at constant prices may: rainfall alone moves GEP by more than
    a hundredth. Missing where it is not known whether they are normalised.
    Source: domain 5 (RL-22).
    """
    return both(weather_normalised, given(price_base))


def gep_gain_point(
    gep_after: Amount, gep_offset_accepted: Amount, gep_before: Amount, gep_comparable: Flag
) -> Amount:
    """Return gep_after + gep_offset_accepted − gep_before (分), below 0 for a loss.

    Missing where the figures may not be compared. Source: domain 5, 7.1 (RL-22).
    """
    return (gep_after + gep_offset_accepted - gep_before) * where_positive(gep_comparable)


def gep_gain_upper(gep_gain_point: Amount, gep_band: Amount) -> Amount:
    """Return gep_gain_point + gep_band (分): the gain as high as the account allows.

    Missing without a band. Source: domain 5, 7.1 (RL-22).
    """
    return gep_gain_point + gep_band


def gep_reg_gain_point(
    gep_reg_after: Amount,
    gep_reg_offset_accepted: Amount,
    gep_reg_before: Amount,
    gep_comparable: Flag,
) -> Amount:
    """Return the gain of the regulating services alone (分), below 0 for a loss.

    Counted by itself, since cultural value can rise while regulating services are destroyed.
    Missing where the figures may not be compared. Source: domain 5, 7.1 (RL-22).
    """
    gain = gep_reg_after + gep_reg_offset_accepted - gep_reg_before
    return gain * where_positive(gep_comparable)


def gep_reg_gain_upper(gep_reg_gain_point: Amount, gep_reg_band: Amount) -> Amount:
    """Return gep_reg_gain_point + gep_reg_band (分): the gain as high as the account allows.

    Missing without a band. Source: domain 5, 7.1 (RL-22).
    """
    return gep_reg_gain_point + gep_reg_band
