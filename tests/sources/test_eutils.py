"""What is an answer of E-utilities and what is none: captured bodies, made ones, any bytes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.http import Judge, Response
from reviewkit.model.errors import CutOff
from reviewkit.sources import eutils
from tests.conftest import SHARED
from tests.helpers.scripted import LASTS, PASSES, ExpectedFlaw, flaw_of

CAPTURED = SHARED / "eutils"
LIST = "<Count>{}</Count><IdList>{}</IdList><WarningList>{}</WarningList>"
NOTHING = "<OutputMessage>No items found.</OutputMessage>"


@pytest.mark.parametrize(
    ("body", "message"),
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
def test_what_makes_a_list_an_answer(body: str, message: str | None) -> None:
    whole = f"<?xml version='1.0'?><eSearchResult>{body}</eSearchResult>".encode()
    response = Response(
        request=eutils.ask_build(), status=200, headers={}, body=whole, received_at=""
    )
    flaw = eutils.judge_list((), most=3)(response)
    assert (flaw is None) == (message is None)
    assert (message or "") in (flaw.what if flaw else "")


def response(body: bytes, status: int = 200) -> Response:
    return Response(
        request=eutils.ask_build(), status=status, headers={}, body=body, received_at=""
    )


def xml(root: str, inside: str) -> bytes:
    return f"<?xml version='1.0'?><{root}>{inside}</{root}>".encode()


def listing(count: object, ids: str = "", more: str = "") -> bytes:
    listed = "".join(f"<Id>{one}</Id>" for one in ids.split())
    return xml("eSearchResult", f"<Count>{count}</Count><IdList>{listed}</IdList>{more}")


def said(judge: Judge, body: bytes, status: int = 200) -> ExpectedFlaw | None:
    """What a judge says: words, whether it may pass, how often it is tried, the error."""
    flaw = judge(response(body, status))
    return (flaw.what, flaw.transient, flaw.tries, flaw.error) if flaw else None


def warned(*items: tuple[str, str]) -> str:
    return f"<WarningList>{''.join(f'<{tag}>{text}</{tag}>' for tag, text in items)}</WarningList>"


FIVE = PASSES, 5
NOT_IDS = flaw_of("answered with a list that holds something else than ids, each once")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b" ", flaw_of("answered with an empty body", error=eutils.EmptyAnswer)),
        (b"\xef\xbb\xbf", flaw_of("answered with an empty body", error=eutils.EmptyAnswer)),
        (b"<!DOCTYPE HTML><body>", flaw_of("answered with a web page")),
        (b"<x>" + b" " * 1990 + b"<HTML>", flaw_of("answered with a web page")),
        (xml("eSearchResult", "")[:-1], flaw_of("answered with XML that is cut off or broken")),
        (b'{"error": "API  rate"}', flaw_of("answered with an error: API rate", *FIVE)),
        (b'{"error": 7}', flaw_of("answered with an error: an answer in JSON", LASTS, 5)),
        (b'{"api-key": "secret"', flaw_of("answered with an error: an answer in JSON", LASTS, 5)),
        (xml("other", ""), flaw_of("answered with <other> where <eSearchResult> should be", LASTS)),
        (
            xml("eSearchResult", "<ERROR>a  b</ERROR>"),
            flaw_of("answered with an error: a b", *FIVE),
        ),
        (
            xml("eSearchResult", "<error>Empty term and query_key - nothing todo</error>"),
            flaw_of("answered with an error: Empty term and query_key - nothing todo", LASTS, 5),
        ),
        (
            xml("eSearchResult", f"<ERROR>{'x' * 241}</ERROR>"),
            flaw_of(f"answered with an error: {'x' * 240}…", *FIVE),
        ),
        (
            xml("eSearchResult", f"<ERROR>{'x' * 240}</ERROR>"),
            flaw_of(f"answered with an error: {'x' * 240}", *FIVE),
        ),
        (listing(""), flaw_of("answered without a count")),
        (
            listing(0, more=warned(("OutputMessage", "Nothing"))),
            flaw_of('answered 0 without "No items found.", so it may not have searched'),
        ),
        (listing(2, "1 x"), NOT_IDS),
        (listing(2, "1 1"), NOT_IDS),
        (listing(3, "1 2"), flaw_of("counted 3 records but listed 2")),
        (listing(2, "1 2 3"), flaw_of("counted 2 records but listed 3")),
        # Above as many as were asked for, the list is a part: it may hold any number.
        (listing(4, "1 2"), None),
        (listing(3, "1 2 3"), None),
        (listing(0, more=warned(("OutputMessage", " No items  found. "))), None),
    ],
)
def test_what_a_list_is_and_whether_what_is_none_may_pass(
    body: bytes, why: ExpectedFlaw | None
) -> None:
    assert said(eutils.judge_list((), most=3), body) == why


@pytest.mark.parametrize(
    ("items", "acknowledged", "why"),
    [
        ([("PhraseNotFound", '"gut x"[mh]')], (), "does not know '\"gut x\"[mh]' in the query"),
        ([("PhraseNotFound", "gut x[MeSH Terms]")], ('"Gut x"[mh]',), None),
        ([("QuotedPhraseNotFound", "gut")], ("*",), None),
        ([("PhraseIgnored", "the")], (), "ignored 'the' in the query (PhraseIgnored)"),
        ([("PhraseIgnored", "the")], ("a",), "ignored 'the' in the query (PhraseIgnored)"),
        ([("FieldNotFound", "xx")], ("xx", "*"), "does not know the field 'xx' in the query"),
        ([("SomethingNew", "x")], ("*",), "does not know 'x' in the query (SomethingNew)"),
        (
            [("OutputMessage", "Wildcard search for a* used only the first 600 variations")],
            ("*", "b*"),
            "cut a wildcard off, so the result is not whole: Wildcard search for a* used",
        ),
        ([("OutputMessage", "Wildcard search for A* used the first")], ("a*",), None),
        ([("OutputMessage", "Something else")], (), None),
        (
            [("PhraseIgnored", "a"), ("PhraseNotFound", "b"), ("PhraseIgnored", "a")],
            (),
            "ignored 'a' in the query (PhraseIgnored); does not know 'b' in the query",
        ),
    ],
)
def test_what_pubmed_says_of_the_query_and_nobody_acknowledged(
    items: list[tuple[str, str]], acknowledged: tuple[str, ...], why: str | None
) -> None:
    body = listing(1, "1", warned(*items))
    flaw = eutils.judge_list(acknowledged, most=3)(response(body))
    assert (flaw is None) == (why is None)
    if flaw and why:
        assert flaw.what.startswith(why)
        assert (flaw.transient, "acknowledge" in flaw.hint) == (LASTS, True)


def test_errors_are_read_as_warnings_are() -> None:
    more = "<ErrorList><PhraseNotFound>gut</PhraseNotFound></ErrorList>"
    flaw = eutils.judge_list((), most=3)(response(listing(1, "1", more)))
    assert flaw is not None
    assert flaw.what == "does not know 'gut' in the query (PhraseNotFound)"


def test_a_list_is_read_with_what_was_said_beside_it() -> None:
    more = (
        "<QueryTranslation>gut[tw]</QueryTranslation>"
        "<ErrorList><PhraseNotFound>a  b</PhraseNotFound></ErrorList>"
        + warned(("OutputMessage", "No items found."), ("OutputMessage", "a word"))
    )
    assert eutils.read_list(listing(7, "3 1", more)) == eutils.Listed(
        count=7,
        ids=("3", "1"),
        translation="gut[tw]",
        messages=("PhraseNotFound: a b", "a word"),
    )


@pytest.mark.parametrize(
    "judge",
    [
        eutils.judge_build,
        eutils.judge_list((), most=3),
        eutils.judge_records,
        eutils.judge_set,
        eutils.judge_none,
    ],
)
@pytest.mark.parametrize(
    ("status", "body", "is_left"),
    [
        (300, b"", True),
        (500, b"<html>", True),
        (400, b"", True),
        (400, b'{"error": "API key invalid"}', True),
        (400, b"<ERROR>x</ERROR>", False),
        (400, b'{"error": "x"}', False),
        (503, b"<ERROR>x</ERROR>", False),
    ],
)  # fmt: skip
def test_a_status_that_says_it_all_is_left_to_the_transport(
    judge: Judge, status: int, body: bytes, is_left: bool
) -> None:
    assert (judge(response(body, status)) is None) == is_left


BUILD = "<DbInfo><DbBuild>B</DbBuild><Count>{}</Count><LastUpdate>{}</LastUpdate></DbInfo>"


@pytest.mark.parametrize(
    ("count", "day", "is_build"), [("7", "2026", True), ("x", "2026", False), ("7", "", False)]
)
def test_which_pubmed_answers(count: str, day: str, is_build: bool) -> None:
    body = xml("eInfoResult", BUILD.format(count, day))
    without = flaw_of("answered EInfo without build, count and date")
    assert said(eutils.judge_build, body) == (None if is_build else without)
    if is_build:
        assert eutils.read_build(body) == eutils.Build(name="B", records=7, updated="2026")


RECORD = b"PMID- 1\nSO  - Gut."
EMPTY_SET = xml("PubmedArticleSet", "")
ONE = "<PubmedArticle><MedlineCitation><PMID>7</PMID></MedlineCitation></PubmedArticle>"
FULL_SET = xml("PubmedArticleSet", ONE)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (RECORD, None),
        (EMPTY_SET, None),
        (b"\n<PubmedArticleSet/>", None),
        (b" \n", flaw_of("answered with an empty body", PASSES, 4, eutils.EmptyAnswer)),
        (b"no record", flaw_of("answered with a text that holds no record", PASSES, 3)),
        (RECORD[:-1], flaw_of("cut its last record off", PASSES, None, CutOff)),
        (FULL_SET, flaw_of("answered in XML where text was asked for", LASTS)),
        (b'{"error": "x"}', flaw_of("answered with an error: x", *FIVE)),
    ],
)
def test_records_as_text(body: bytes, why: ExpectedFlaw | None) -> None:
    assert said(eutils.judge_records, body) == why


def test_a_set_in_xml_says_what_there_is() -> None:
    has_it = flaw_of("answered with an empty text for records that it has", LASTS)
    assert said(eutils.judge_none, EMPTY_SET) is None
    assert said(eutils.judge_none, FULL_SET) == has_it
    assert said(eutils.judge_set, FULL_SET) is None
    assert said(eutils.judge_set, xml("x", "")) == flaw_of(
        "answered with <x> where <PubmedArticleSet> should be", LASTS
    )
    two = xml("PubmedArticleSet", ONE + "<PubmedBookArticle><x/></PubmedBookArticle>" + ONE)
    assert eutils.pmids_in_set(two) == ("7", "7")
    nameless = ONE.replace("7", "")
    assert eutils.pmids_in_set(xml("PubmedArticleSet", nameless)) == ("",)


def test_what_is_asked_for() -> None:
    list_request = eutils.ask_list("gut[ti]", most=5)
    assert list_request.text == (
        "POST eutils/esearch.fcgi?db=pubmed&term=gut[ti]&retstart=0&retmax=5&sort=pub_date"
        "&retmode=xml"
    )
    assert eutils.ask_build().text == "POST eutils/einfo.fcgi?db=pubmed&retmode=xml"
    fetch = eutils.ask_records(["1", "2"])
    assert fetch.text == ("POST eutils/efetch.fcgi?db=pubmed&id=1,2&rettype=medline&retmode=text")
    none = eutils.ask_whether_none(["1", "2"])
    assert none.text == "POST eutils/efetch.fcgi?db=pubmed&id=1,2&retmode=xml"
    assert eutils.asked_records(fetch.text) == ("1", "2")
    assert eutils.asked_records(none.text) is None


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
    ("name", "message"),
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
def test_captured_lists(name: str, message: str | None) -> None:
    found = judged(CAPTURED / name, eutils.judge_list((), most=20))
    assert (found or "").startswith(message or "")
    assert (found is None) == (message is None)
    assert "203.0.113.7" not in (found or "")


@needs_captured
@pytest.mark.parametrize(
    ("name", "message"),
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
def test_captured_records(name: str, message: str | None) -> None:
    found = judged(CAPTURED / name, eutils.judge_records, 400 if "400" in name else 200)
    assert (found or "").startswith(message or "")
    assert (found is None) == (message is None)


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
