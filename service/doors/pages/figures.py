"""How a figure is written for a person: 万元, percent, thousands, a real minus sign."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

MINUS = "\N{MINUS SIGN}"
NOTHING = "—"
WAN = Decimal(10_000)
HUNDREDTH = Decimal("0.01")


def money(yuan: Decimal | str | None) -> str:
    """Return an amount in 万元, or in 元 below one 万元.

    Examples
    --------
    >>> money("1234567.80"), money("-350"), money(None)
    ('123.46 万元', '−350.00 元', '—')
    """
    if yuan is None:
        return NOTHING
    amount = Decimal(yuan)
    if abs(amount) >= WAN:
        return f"{_grouped(amount / WAN)} 万元"
    return f"{_grouped(amount)} 元"


def exact_yuan(yuan: Decimal | str) -> str:
    """Return an amount in 元 to the 分, with nothing rounded away.

    Examples
    --------
    >>> exact_yuan("1076923.08"), exact_yuan("-350")
    ('1,076,923.08 元', '−350.00 元')
    """
    return f"{_grouped(Decimal(yuan))} 元"


def percent(fraction: Decimal | str | None, places: int = 2) -> str:
    """Return a fraction as a percentage.

    Examples
    --------
    >>> percent("0.034512"), percent("0.7", 0)
    ('3.45%', '70%')
    """
    if fraction is None:
        return NOTHING
    share = (Decimal(fraction) * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    return signed_minus(f"{share}%")


def number(value: Decimal | str | int | None) -> str:
    """Return a number with thousands set apart and no idle zeros.

    Examples
    --------
    >>> number("1234567.500000"), number("-0.25"), number(Decimal("1E+2"))
    ('1,234,567.5', '−0.25', '100')
    """
    if value is None:
        return NOTHING
    text = f"{Decimal(value):,f}"
    return signed_minus(text.rstrip("0").rstrip(".") if "." in text else text)


def rounded(value: Decimal | str, places: int) -> str:
    """Return a number at most `places` decimals fine, half-even.

    Examples
    --------
    >>> rounded("0.333333", 4), rounded("2.50000", 4)
    ('0.3333', '2.5')
    """
    return number(Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN))


def points(value: int) -> str:
    """Return points with their sign.

    Examples
    --------
    >>> points(18), points(-7), points(0)
    ('+18', '−7', '0')
    """
    return signed_minus(f"{value:+d}") if value else "0"


def signed_minus(text: str) -> str:
    """Return `text` with a typographic minus, as wide as a plus."""
    return text.replace("-", MINUS)


def _grouped(amount: Decimal) -> str:
    return signed_minus(f"{amount.quantize(HUNDREDTH, ROUND_HALF_EVEN):,}")
