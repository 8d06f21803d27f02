"""Summaries of MeSH: what is no answer, and what a heading is made of."""

import json

import pytest

from reviewkit.http import Request, Response
from reviewkit.sources.mesh import judge_headings, read_headings

HEADING = {"ds_meshui": "D000690", "ds_meshterms": ["Amyotrophic Lateral Sclerosis", "ALS"]}


def answer(result: object) -> Response:
    return Response(
        request=Request(service="here", path="there"),
        status=200,
        headers={},
        body=json.dumps({"result": result}).encode(),
        received_at="2026-01-02T03:04:05Z",
    )


@pytest.mark.parametrize(
    ("result", "what"),
    [
        (7, "without a result"),
        ({}, "without a result"),
        ({"uids": 7, "7": HEADING}, "without a result"),
        ({"uids": ["7", "8"], "7": HEADING}, "without a heading that it lists"),
        ({"uids": [["7"]], "7": HEADING}, "without a heading that it lists"),
        ({"uids": ["7"], "7": "D000690"}, "without a heading that it lists"),
    ],
)
def test_an_answer_that_lacks_what_it_lists_is_none(result: object, what: str) -> None:
    flaw = judge_headings(answer(result))
    assert flaw is not None
    assert what in flaw.what
    assert flaw.transient


def test_headings_come_in_the_answers_order_and_descriptors_only() -> None:
    qualifier, other = {"ds_meshui": "Q000150"}, {"ds_meshui": "D064806", "ds_meshterms": 7}
    found = answer({"uids": ["9", "7", "8"], "7": HEADING, "8": qualifier, "9": other})
    assert judge_headings(found) is None

    dysbiosis, als = read_headings(found.body)
    assert (dysbiosis.mesh, dysbiosis.terms, dysbiosis.trees) == ("D064806", {}, ())
    assert (als.mesh, als.terms) == ("D000690", {"en": "Amyotrophic Lateral Sclerosis"})
    assert als.synonyms == {"en": ("ALS",)}


def test_no_uids_are_no_headings() -> None:
    assert judge_headings(answer({"uids": []})) is None
    assert read_headings(answer({"uids": []}).body) == ()
