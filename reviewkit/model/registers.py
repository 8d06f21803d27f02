"""Registers of trials and how they number trials: one list for every use. Pure.

Two uses read the numbers differently. In a field of its own a number may be written loosely, as
"NCT 1234567": nothing else stands there. In running text only the register's own form counts: a
loose one would take postal codes and sums for trials.

Sources: the registers of the WHO's network (ICTRP), those of the EU, and each one's own numbers.
"""

import re
from typing import NamedTuple


class Register(NamedTuple):
    """A register's number as an expression: in running text, and in a field of its own.

    In the field the groups, one after the other, are the number that is compared. `loose` is empty
    where a field proves no register.
    """

    printed: str
    loose: str


def _acronym(letters: str, printed: str, loose: str = r"\d{4,}") -> Register:
    return Register(f"{letters}{printed}", rf"({letters})[ :-]?({loose})")


REGISTERS = (
    Register(r"NCT\d{8}", r"(?P<nct>NCT) ?0*(?P<nct_digits>\d{7,8})"),
    Register(r"ISRCTN\d{8}", r"(ISRCTN) ?(\d{8})"),
    Register(
        r"(?:EudraCT\s*|EUCTR)?20\d{2}-\d{6}-\d{2}",
        r"(?:EUCTR|EudraCT)(?:[ :-]| number )?(?P<eu>\d{4}-\d{6}-\d{2})",
    ),
    # The two digits that may follow, "-00", number the submissions of one trial.
    Register(r"20\d{2}-5\d{5}-\d{2}", r"(?:EU ?CT|CTIS) ?(20\d\d-5\d{5}-\d\d)"),
    _acronym("ACTRN", r"\d{14}p?"),
    _acronym("DRKS", r"\d{8}"),
    _acronym("IRCT", r"\d{9,14}N\d{1,3}", r"\d{4,}(?:N\d+)?"),
    _acronym("PACTR", r"\d{15,16}"),
    _acronym("TCTR", r"\d{11}"),
    _acronym("KCT", r"\d{7}"),
    _acronym("NTR", r"\d{2,5}"),
    # "NL12345.018.12" is the number of an ethics committee.
    _acronym("NL", r"(?:-OMON)?\d{4,5}(?!\.\d)", r"(?:OMON)?\d{4,}"),
    _acronym("UMIN", r"\d{9}"),
    _acronym("jRCT[a-z]?", r"\d{9,11}"),
    _acronym("JapicCTI", r"-?\d{6}"),
    _acronym("PHRR", r"\d{6}-\d{6}", r"\d{4,}(?:-\d{6})?"),
    _acronym("LBCTR", r"\d{10}"),
    _acronym("RPCEC", r"\d{8}"),
    Register(r"ChiCTR[-A-Za-z]{0,12}\d{8,10}", r"(ChiCTR)[ -]?([A-Za-z]{0,6}-?\d{6,})"),
    Register(r"CTRI/\d{4}/\d{2,3}/\d{6}", r"(CTRI)/?(\d{4}/\d{2,3}/\d{3,6})"),
    Register(r"SLCTR/\d{4}/\d{3}", r"(SLCTR)/?(\d{4}/\d{2,3}(?:/\d{3,6})?)"),
    Register(r"RBR-?[0-9a-z]{6,8}", r"(RBR)-?([a-z0-9]{6,8})"),
    Register(r"PER-\d{3}-\d{2}", r"(PER)-(\d{3}-\d{2})"),
    # The WHO's search puts the country before the numbers of Japan's registers.
    Register(r"JPRN-[A-Za-z]+\d+", r"JPRN-([A-Za-z]+\d+)"),
    # The universal number is of no register: it makes no record a register's own.
    Register(r"U1111-\d{4}-\d{4}", ""),
)
IN_TEXT = re.compile(rf"\b(?:{'|'.join(one.printed for one in REGISTERS)})\b", re.IGNORECASE)
_LOOSE = "|".join(one.loose for one in REGISTERS if one.loose)
IN_FIELD = re.compile(rf"(?<![A-Za-z0-9])(?:{_LOOSE})(?![A-Za-z0-9])", re.IGNORECASE)
