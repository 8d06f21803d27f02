"""Every mistake in a protocol is told with its line, and with text to paste that mends it."""

import pytest

from reviewkit.model.errors import Mistake, ProtocolError
from reviewkit.protocol.mends import EXAMPLES
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.parse import parse_protocol

BASE = """\
format = 1
kind = "own"
seeds = ["39218769"]

[review]
id = "sleep"
title = "Exercise and sleep"
authors = ["Alpha A", "Beta B"]
year = 2026
doi = "10.1000/182"

[[sources]]
id = "pubmed"
name = "PubMed"
role = "database"

[[sources]]
id = "lilacs"
name = "LILACS"
role = "database"

[[descriptors]]
id = "exercise"
term = "Exercise"
mesh = "D015444"

[[strategies]]
id = "main"
label = "by any word"
primary = true
field = "any"
blocks = [["exercise"]]

[limits]
published_from = 2015
published_to = 2025
languages = ["eng", "por"]
as_of = 2026-04-10

[[criteria]]
id = "period"
kind = "inclusion"
wording = "published since 2015"
check = { by = "date", from = 2015 }

[dedupe]
prefer = ["pubmed"]
ask_at = 0.3

[screening]
reviewers = { title_abstract = 2, full_text = 2 }
exclusion_reasons = ["Not a trial", "No exercise"]
pilot = { size = 50 }

[diagram]
language = "pt"
show_zero = true

[backups]
folder = "backups"

[living]
every = "month"
"""

# Line, what stands there instead, what the message says, and the text to paste.
TABLE = [
    (1, "", "format: is required", "format = 1"),
    (1, "format = 2", "must be 1", "format = 1"),
    (2, 'kind = "mine"', "must be 'own' or 'published'", 'kind = "own"'),
    (2, "kind = own", "quote on both sides", 'kind = "own"'),
    (2, 'kind = "published"', "needs [reported]", 'kind = "own"'),
    (3, 'seeds = "39218769"', "must be a list", 'seeds = ["39218769"]'),
    (3, 'seeds = ["39218769"', "square brackets on both sides", 'seeds = ["39218769"]'),
    (3, "seeds = [39218769]", "text, in quotes", 'seeds = ["39218769"]'),
    (5, "[review", "stands in brackets", "[review]"),
    (5, "[[review]]", "must be a table", "[review]"),
    (5, "[reviw]", "did you mean 'review'", "[review]"),
    (6, 'id = "Sleep 2026"', "short name", 'id = "sleep_2026"'),
    (6, "", "review.id: is required", 'id = "my_name"'),
    (7, "title = “Exercise and sleep”", "quotes of a word processor", None),
    (7, 'title = “Exercise and sleep"', "quotes of a word processor", None),
    (7, "title = ‘Exercise and sleep’", "quotes of a word processor", None),
    (7, 'title = "Exercise and sleep', "quote on both sides", None),
    (7, 'title = Exercise and sleep"', "quote on both sides", None),
    (7, "title = Exercise and sleep", "quote on both sides", None),
    (7, "title = 'Exercise and sleep", "quote on both sides", None),
    (7, 'title: "Exercise and sleep"', "joined by =", None),
    (7, 'title "Exercise and sleep"', "joined by =", None),
    (7, 'title = "Exercise and sleep",', "behind the value", None),
    (7, 'title = ""', "must not be empty", 'title = "The title"'),
    (7, 'title = "Exercise "and" sleep"', "in single quotes", "title = 'Exercise \"and\" sleep'"),
    (7, 'titel = "Exercise and sleep"', "did you mean 'title'", None),
    (8, 'authors = ["Alpha A" "Beta B"]', "square brackets on both", None),
    (8, "authors = [“Alpha A”, “Beta B”]", "quotes of a word processor", None),
    (8, 'authors = "Alpha A"', "must be a list", 'authors = ["Alpha A"]'),
    (9, 'year = "2026"', "whole number, without quotes", "year = 2026"),
    (9, "year = 2026.0", "whole number", "year = 2026"),
    (9, "year = 26", "1500 or more", "year = 1500"),
    (9, "published_from = 2015", "belongs below [limits]", "# published_from = 2015"),
    (10, 'doi = "https://doi.org/10.1000/182"', "begins with 10.", None),
    (12, "[[sources]", "stands in brackets", "[[sources]]"),
    (15, 'role = "databse"', "must be 'database', 'register'", None),
    (15, "role = database", "quote on both sides", None),
    (18, 'id = "pubmed"', "must not repeat", 'id = "pubmed_2"'),
    (25, 'mesh = "015444"', "MeSH identifier", 'mesh = "D015444"'),
    (30, "primary = yes", "true or false", "primary = true"),
    (30, 'primary = "yes"', "true or false", "primary = true"),
    (30, "primary = True", "true or false", "primary = true"),
    (31, "", "field: is required", 'field = "any"'),
    (31, 'field = "title abstract"', "must be 'heading'", 'field = "title_abstract"'),
    (32, 'blocks = [["exercize"]]', "did you mean 'exercise'", 'blocks = [["exercise"]]'),
    (32, 'blocks = [["exercise"]', "square brackets on both", 'blocks = [["exercise"]]'),
    (35, 'published_from = "2015"', "whole number", "published_from = 2015"),
    (35, "published from = 2015", "no blanks", "published_from = 2015"),
    (35, "published-from = 2015", "did you mean 'published_from'", "published_from = 2015"),
    (35, "published_from = 2030", "must not be after published_to", "published_from = 2025"),
    (37, 'languages = ["klingon"]', "language that reviewkit knows", 'languages = ["eng"]'),
    (37, "languages = [eng, por]", "quote on both sides", 'languages = ["eng", "por"]'),
    (37, 'languages = "eng"', "must be a list", 'languages = ["eng"]'),
    (38, "as_of = 2026-4-10", "a date such as", "as_of = 2026-04-10"),
    (38, 'as_of = "10/04/2026"', "a date such as", "as_of = 2026-04-10"),
    (42, 'kind = "included"', "must be 'inclusion'", 'kind = "inclusion"'),
    (44, 'check = "person"', "must be a table", 'check = { by = "person" }'),
    (44, "check = { by = date, from = 2015 }", "curly brackets", None),
    (44, 'check = { by = "dates", from = 2015 }', "must be by =", None),
    (44, 'check = { by = "date", since = 2015 }', "these are: by, from, to", None),
    (47, 'prefer = ["pubmd"]', "did you mean 'pubmed'", 'prefer = ["pubmed"]'),
    (48, "ask_at = 0.99", "must not be above same_at", "ask_at = 0.95"),
    (48, 'ask_at = "0,3"', "must be a number", "ask_at = 0.3"),
    (51, "reviewers = 2", "must be a table", None),
    (51, "reviewers = { titles = 2, full_text = 2 }", "'title_abstract'", None),
    (53, 'team = ["ana"]', "must be a table", 'team = [{ id = "ana" }]'),
    (53, 'team = "ana"', "must be a list", 'team = [{ id = "ana" }]'),
    (53, 'team = "ana, rui"', "must be a list", 'team = [{ id = "ana" }, { id = "rui" }]'),
    (53, "pilot = 50", "must be a table", "pilot = { size = 50 }"),
    (56, 'language = "pt-BR"', "must be 'en', 'pt' or 'es'", 'language = "pt"'),
    (56, 'langauge = "pt"', "did you mean 'language'", 'language = "pt"'),
    (60, r'folder = "C:\Users\backups"', "single quotes", r"folder = 'C:\Users\backups'"),
    (63, 'every = "monthly"', "must be 'day', 'week'", 'every = "month"'),
    (63, 'every = "month"\nevery = "week"', "stands twice", None),
    (63, 'every = "month"\n// as agreed', "begins with #", "# as agreed"),
    (63, "every = none", "text stands in quotes", "# every = none"),
]

TWICE_ON_PURPOSE = {"stands twice", "begins with #"}


def with_line(number: int, line: str) -> str:
    lines = BASE.splitlines()
    lines[number - 1] = line
    return "\n".join(lines) + "\n"


def mistakes_of(text: str) -> tuple[Mistake, ...]:
    with pytest.raises(ProtocolError) as raised:
        parse_protocol(text, where="p.toml")
    return raised.value.mistakes


def test_the_base_is_right() -> None:
    assert parse_protocol(BASE, where="p.toml").review.id == "sleep"


@pytest.mark.slow
@pytest.mark.parametrize(("number", "line", "message", "mend"), TABLE)
def test_a_mistake_names_its_line_and_what_would_be_right(
    number: int, line: str, message: str, mend: str | None
) -> None:
    mistakes = mistakes_of(with_line(number, line))
    mistake = next((one for one in mistakes if message in str(one)), None)
    assert mistake, [str(one) for one in mistakes]

    # What is missing is told at the heading of its table.
    below = number if line else BASE[: BASE.index(BASE.splitlines()[number - 1])].count("\n") + 1
    expected = below + (message in TWICE_ON_PURPOSE)
    assert mistake.line is not None
    assert mistake.line == expected or (not line and mistake.line < expected) or number == 1
    assert str(mistake).startswith(f"line {mistake.line}: ")
    if line:
        assert mistake.shown == line.splitlines()[-1].strip()
    if mend is not None:
        assert mistake.mend == mend


@pytest.mark.slow
@pytest.mark.parametrize(("number", "line", "message", "mend"), TABLE)
def test_a_protocol_is_right_once_its_mends_are_pasted(
    number: int, line: str, message: str, mend: str | None
) -> None:
    """Every mend is pasted as it stands, until nothing is wrong."""
    text = with_line(number, line)
    for _ in range(4):
        try:
            parse_protocol(text, where="p.toml")
        except ProtocolError as error:
            text = pasted(text, error.mistakes[0])
        else:
            return
    pytest.fail("; ".join(str(one) for one in mistakes_of(text)))


def pasted(text: str, mistake: Mistake) -> str:
    lines = text.splitlines()
    assert mistake.line is not None
    assert mistake.mend, str(mistake)
    at = mistake.line - 1
    if mistake.verb == "add":
        # What has no table of its own stands at the top.
        at += bool(mistake.shown)
        lines.insert(at, mistake.mend)
    else:
        lines[at] = mistake.mend
    return "\n".join(lines) + "\n"


def test_all_mistakes_are_told_at_once_those_of_the_toml_too() -> None:
    lines = BASE.splitlines()
    for number, line in (
        (7, "title = “Exercise and sleep”"),
        (15, 'role = "databse"'),
        (30, "primary = yes"),
        (35, 'published_from = "2015'),
        (47, 'prefer = ["pubmd"]'),
        (51, "reviewers = 2"),
    ):
        lines[number - 1] = line
    mistakes = mistakes_of("\n".join(lines))
    assert [mistake.line for mistake in mistakes] == [7, 15, 30, 35, 47, 51]


@pytest.mark.parametrize(
    ("line", "verb", "mend"),
    [
        ("reviewers = two", "write", "reviewers = { title_abstract = 2, full_text = 2 }"),
        ('reviewers = "Dois"', "write", "reviewers = { title_abstract = 2, full_text = 2 }"),
        ("reviewers = all", "for example", "reviewers = { title_abstract = 2, full_text = 2 }"),
        ("reviewers = [2, 2]", "for example", "reviewers = { title_abstract = 2, full_text = 2 }"),
        ("reviewers = { full_text = two }", "write", "reviewers = { full_text = 2 }"),
        ("pilot = many", "for example", "pilot = { size = 50 }"),
        ("pilot = três", "write", "pilot = { size = 3 }"),
    ],
)
def test_a_number_in_words_becomes_a_number(line: str, verb: str, mend: str) -> None:
    """One mistake and one mend: a protocol with the mend pasted in has none."""
    base = "\n".join(one for one in BASE.splitlines() if not one.startswith(("reviewers", "pilot")))
    (mistake,) = mistakes_of(base.replace("[screening]", f"[screening]\n{line}"))
    assert (mistake.shown, mistake.verb, mistake.mend) == (line, verb, mend)
    parse_protocol(base.replace("[screening]", f"[screening]\n{mend}"), where="p")


def test_a_table_over_several_lines_becomes_one() -> None:
    several = "reviewers = {\n  title_abstract = 2,\n  full_text = 2\n}"
    (mistake,) = mistakes_of(with_line(51, several))
    assert mistake.mend == "reviewers = { title_abstract = 2, full_text = 2 }"


def test_a_list_over_several_lines_names_the_line_of_its_item() -> None:
    (mistake,) = mistakes_of(with_line(37, 'languages = [\n  "eng",\n  por"\n]'))
    assert (mistake.line, mistake.mend) == (39, '"por",')


def test_lines_that_cannot_be_mended_hide_no_other_mistake() -> None:
    text = with_line(6, "id =").replace("[limits]", "[limits]\n?? to do")
    text = text.replace('"month"', '"hourly"')
    mistakes = mistakes_of(text)
    assert [(one.line, one.path) for one in mistakes] == [
        (6, "TOML"),
        (35, "TOML"),
        (64, "living.every"),
    ]


@pytest.mark.parametrize("named", ["english", "en", "Inglês", "eng"])
def test_the_file_takes_the_languages_that_init_takes(named: str) -> None:
    protocol = parse_protocol(with_line(37, f'languages = ["{named}"]'), where="p.toml")
    assert protocol.limits.languages == ("eng",)


def test_windows_line_ends_do_not_move_the_lines() -> None:
    (mistake,) = mistakes_of(with_line(30, "primary = yes").replace("\n", "\r\n"))
    assert (mistake.line, mistake.mend) == (30, "primary = true")


def test_every_key_that_is_required_has_an_example() -> None:
    schema = Protocol.model_json_schema(by_alias=True)
    parts = [schema, *schema["$defs"].values()]
    required = {key for part in parts for key in part.get("required", [])}
    assert required <= EXAMPLES.keys()


@pytest.mark.parametrize("value", ['"²"', "7", '"week"'])
def test_a_text_in_a_table_stands_in_quotes_whatever_digits_it_has(value: str) -> None:
    without = BASE.replace('[living]\nevery = "month"\n', "")
    text = without.replace("format = 1", f"format = 1\nliving = {value}", 1)
    (mistake,) = mistakes_of(text)
    assert mistake.mend == f'living = {{ every = "{value.strip(chr(34))}" }}'
