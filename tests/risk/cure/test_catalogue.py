"""The cures of the catalogue (domain 7.2), typed by hand, against those of the files."""

from __future__ import annotations

from tests.risk.cure.sheets import effective

WORDS = {
    "P": "repay",
    "E": "inject_equity",
    "S": "sell_asset",
    "N": "net_off",
    "U": "release",
    "C": "add_co_sharer",
    "D": "obtain_paper",
    "T": "re_term",
    "X": "undo",
}
ARROWS = """
RL-01 ESNP | RL-02 ES | RL-03 ETS | RL-04 ETS | RL-05 ETS | RL-06 PE | RL-07 | RL-08 XNE
RL-09 XC | RL-10 X | RL-11a DX | RL-11b D | RL-12 UCE | RL-13 UC | RL-14 UC | RL-15 UCE
RL-16 EUCS | RL-17 | RL-18 DX | RL-19 SE | RL-20 X | RL-21 X | RL-22 X | RL-23 X | RL-24 DX
RL-25 DX | RL-26 DX | RL-27 D | RL-28 E | RL-29 | RL-30 X | RL-31 | RL-32 X | RL-33 | RL-34 XE
RL-35a | RL-35b P | RL-35c | RL-36 X | RL-37 DX | RL-38 X | RL-39 E | RL-40 XD | RL-41 DX
RL-42 D | RL-43 X | RL-44 UC | RL-45 TPS | RL-46 SCE | RL-47 PX | RL-48 | RL-49 XD | RL-50 DXP
RL-51 DX | RL-52 XD | P-1 EU | P-2 UC | P-3 UC | P-4 U | P-5 C
"""
NOTHING_COMPUTED = {
    "RL-42": {"obtain_paper"},  # a paper of today does not lie before what was built
    "RL-34": {"undo"},  # a payout that was late stays late in its window
    "RL-44": {"add_co_sharer"},  # the weak party stays, whoever shares
    "RL-50": {"undo", "repay"},  # the loans it secures stand in another table
}


def test_every_line_says_the_cures_of_the_catalogue() -> None:
    said = {
        id: list(dict.fromkeys(cure["act"] for cure in line.content["cure"]))
        for id, line in effective().red_lines.items()
    }
    cells = [cell.split() for line in ARROWS.strip().splitlines() for cell in line.split("|")]
    arrows = {cell[0]: [WORDS[c] for c in "".join(cell[1:])] for cell in cells}
    assert said == arrows


def test_what_is_said_is_computed_but_for_a_few() -> None:
    bare = {
        id: words
        for id, line in effective().red_lines.items()
        if (words := {cure["act"] for cure in line.content["cure"] if not cure["parts"]})
    }
    assert bare == NOTHING_COMPUTED
