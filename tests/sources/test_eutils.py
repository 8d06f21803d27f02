"""What is an answer of E-utilities and what is none: captured bodies, made ones, any bytes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.http import Judge, Response
from reviewkit.sources import eutils
from tests.conftest import SHARED

CAPTURED = SHARED / "eutils"
LIST = "<Count>{}</Count><IdList>{}</IdList><WarningList>{}</WarningList>"
NOTHING = "<OutputMessage>No items found.</OutputMessage>"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (LIST.format(2, "<Id>1</Id><Id>2</Id>", ""), None),
        (LIST.format(0, "", NOTHING), None),
        (LIST.format(9, "<Id>1</Id><Id>2</Id><Id>3</Id>", ""), None),
        (LIST.format(0, "", ""), "may not have searched"),
        (LIST.format(0, "", NOTHING + "<PhraseIgnored>the</PhraseIgnored>"), "ignored 'the'"),
        (LIST.format(2, "<Id>1</Id>", ""), "counted 2 records but listed 1"),
        (LIST.format(2, "<Id>1</Id><Id>1</Id>", ""), "each once"),
        (LIST.format(1, "<Id>x</Id>", ""), "each once"),
        (LIST.format("", "", NOTHING), "without a count"),
        (LIST.format("-1", "", NOTHING), "without a count"),
        (
            "<ERROR>Unable to obtain query #1</ERROR>" + LIST.format(0, "", NOTHING),
            "Unable to obtain",
        ),
        (
            LIST.format(0, "", NOTHING) + "<ErrorList><SomethingNew>x</SomethingNew></ErrorList>",
            "SomethingNew",
        ),
        (LIST.format(0, "", NOTHING)[:-20], "cut off or broken"),
    ],
)
def test_what_makes_a_list_an_answer(body: str, told: str | None) -> None:
    whole = f"<?xml version='1.0'?><eSearchResult>{body}</eSearchResult>".encode()
    response = Response(
        request=eutils.ask_build(), status=200, headers={}, body=whole, received_at=""
    )
    flaw = eutils.judge_list((), most=3)(response)
    assert (flaw is None) == (told is None)
    assert (told or "") in (flaw.what if flaw else "")


def test_entities_are_refused_however_the_document_type_is_written() -> None:
    start = """<?xml version="1.0"?><!DOCTYPE eSearchResult SYSTEM "a>b" [<!ENTITY a "aaaa">]>"""
    for body in (
        start.encode(),
        start.encode("utf-16"),
        start.replace("<!ENTITY", "<!ELEMENT").encode(),
    ):
        whole = body + b"<eSearchResult/>"
        response = Response(
            request=eutils.ask_build(), status=200, headers={}, body=whole, received_at=""
        )
        flaw = eutils.judge_list((), most=3)(response)
        assert flaw is not None
        assert ("entities" in flaw.what) == (b"<!ELEMENT" not in body)


needs_captured = pytest.mark.skipif(
    not CAPTURED.is_dir(), reason="captured E-utilities bodies are not at hand"
)


def judged(path: Path, judge: Judge, status: int = 200) -> str | None:
    request = eutils.ask_build()
    flaw = judge(
        Response(request=request, status=status, headers={}, body=path.read_bytes(), received_at="")
    )
    return f"{'passing' if flaw.transient else 'lasting'}: {flaw.what}" if flaw else None


@needs_captured
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("captured/esearch_zero_valid_mesh.xml", None),
        ("captured/esearch_zero_unquoted_nonsense.xml", "lasting: does not know"),
        ("captured/esearch_phrase_not_found_sra.xml", "lasting: does not know 'SRP070744[accn]'"),
        ("captured/esearch_unbalanced_http200.json", "lasting: answered with an error"),
        ("captured/http429_body.json", "passing: answered with an error: API rate limit exceeded"),
        ("biopython/esearch1.xml", None),
        ("biopython/esearch8.xml", "lasting: does not know 'abcXYZ'"),
        ("biopython/einfo2.xml", "lasting: answered with <eInfoResult>"),
        ("biopython/pubmed3.html", "passing: answered with a web page"),
    ],
)
def test_captured_lists(name: str, told: str | None) -> None:
    found = judged(CAPTURED / name, eutils.judge_list((), most=20))
    assert (found or "").startswith(told or "")
    assert (found is None) == (told is None)
    assert "203.0.113.7" not in (found or "")


@needs_captured
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("captured/efetch_nonexistent_pmid_http200.xml", None),
        (
            "captured/efetch_timeout_http400_transient.xml",
            "passing: answered with an error: Error: External viewer",
        ),
        (
            "captured/efetch_bad_id_http400.xml",
            "lasting: answered with an error: ID list is empty!",
        ),
        ("captured/efetch_retstart_9999_http400.xml", "lasting: answered with an error"),
        ("captured/http429_body.json", "passing: answered with an error: API rate limit exceeded"),
    ],
)
def test_captured_records(name: str, told: str | None) -> None:
    found = judged(CAPTURED / name, eutils.judge_records, 400 if "400" in name else 200)
    assert (found or "").startswith(told or "")
    assert (found is None) == (told is None)


@needs_captured
def test_captured_build() -> None:
    path = CAPTURED / "biopython" / "einfo2.xml"
    assert judged(path, eutils.judge_build) is None
    assert eutils.read_build(path.read_bytes()) == eutils.Build(
        name="Build-2025.11.27.06.33", records=39_730_388, updated="2025/11/27 06:33"
    )
    listed = eutils.read_list((CAPTURED / "biopython" / "esearch1.xml").read_bytes())
    assert (listed.count, len(listed.ids), listed.translation) == (
        63,
        20,
        '"biopython"[All Fields]',
    )


@given(
    st.binary(max_size=80),
    st.sampled_from([b"", b"<eSearchResult>", b"PMID- 1\n", b"<?xml version='1.0'?>"]),
)
def test_any_bytes_are_judged(body: bytes, start: bytes) -> None:
    response = Response(
        request=eutils.ask_build(), status=200, headers={}, body=start + body, received_at=""
    )
    for judge in (eutils.judge_build, eutils.judge_list((), most=5), eutils.judge_none):
        assert judge(response) is not None
    eutils.judge_records(response)
