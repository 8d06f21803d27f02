"""Registers of trials: one list, read in running text and in a field of its own."""

import pytest

from reviewkit.model.identifiers import registration_in
from reviewkit.model.registers import IN_FIELD, IN_TEXT, REGISTERS

# A number as its register prints it, in the order of the list; and how it is compared.
PRINTED = (
    ("NCT01234567", "NCT01234567"),
    ("ISRCTN12345678", "ISRCTN12345678"),
    ("EUCTR2012-003456-78", "EUCTR2012-003456-78"),
    ("2023-501234-12", ""),
    ("ACTRN12612000123456", "ACTRN12612000123456"),
    ("DRKS00012345", "DRKS00012345"),
    ("IRCT20200128046294N2", "IRCT20200128046294N2"),
    ("PACTR202001681895696", "PACTR202001681895696"),
    ("TCTR20200128001", "TCTR20200128001"),
    ("KCT0001234", "KCT0001234"),
    ("NTR4567", "NTR4567"),
    ("NL-OMON12345", "NLOMON12345"),
    ("UMIN000012345", "UMIN000012345"),
    ("jRCTs031180001", "JRCTS031180001"),
    ("JapicCTI-123456", "JAPICCTI123456"),
    ("PHRR240912-007274", "PHRR240912-007274"),
    ("LBCTR2020012801", "LBCTR2020012801"),
    ("RPCEC00000301", "RPCEC00000301"),
    ("ChiCTR2000029308", "CHICTR2000029308"),
    ("CTRI/2020/05/025209", "CTRI2020/05/025209"),
    ("SLCTR/2012/001", "SLCTR2012/001"),
    ("RBR-7tqkzd", "RBR7TQKZD"),
    ("PER-012-19", "PER012-19"),
    ("JPRN-UMIN000012345", "UMIN000012345"),
    ("U1111-1234-5678", ""),
)


def test_every_register_of_the_list_has_its_example() -> None:
    assert len(PRINTED) == len(REGISTERS)


@pytest.mark.parametrize(("number", "compared"), PRINTED)
def test_a_number_is_read_in_running_text_and_in_a_field(number: str, compared: str) -> None:
    found = IN_TEXT.search(f"It was registered ({number}), as planned.")
    assert found
    assert found[0] == number
    # A bare number of the EU and the universal number prove no register.
    assert registration_in(number) == compared
    assert bool(IN_FIELD.fullmatch(number)) == bool(compared)


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("NCT 1234567", "NCT01234567"),
        ("ISRCTN 12345678", "ISRCTN12345678"),
        ("EudraCT number 2012-003456-78", "EUCTR2012-003456-78"),
        ("EU CT 2023-501234-12", "2023-501234-12"),
        ("DRKS: 00012345", ""),
        ("DRKS:00012345", "DRKS00012345"),
        ("RBR7tqkzd", "RBR7TQKZD"),
        ("XNCT01234567", ""),
    ],
)
def test_a_loose_writing_in_a_field_is_the_same_number(written: str, compared: str) -> None:
    assert registration_in(written) == compared


def test_running_text_takes_no_loose_writing_for_a_trial() -> None:
    for text in ("NL 1234 AB Delft", "NL12345.018.12", "NTR 12", "about 2012-2015, n = 12345678"):
        assert not IN_TEXT.search(text), text


def test_two_trials_of_one_day_are_two() -> None:
    assert registration_in("PHRR240912-007274") != registration_in("PHRR240912-007275")
