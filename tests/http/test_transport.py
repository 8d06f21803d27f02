"""The transport over a real socket: politeness, patience, and secrets that stay inside."""

import datetime
import email.utils
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest
from urllib3.connection import HTTPConnection

from reviewkit.http import Flaw, Patience, Request, Response, Transport, user_agent
from reviewkit.http.pace import Pace
from reviewkit.model.errors import (
    CutOff,
    NotARealAnswer,
    RateLimited,
    RemoteError,
    ReviewkitError,
)
from reviewkit.sources.services import services_from
from tests.helpers.retrieval import EMAIL, KEY, SMALL, Sleeper, services_at, transport_to
from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_server import EutilsServer, Fault

ASK = Request(
    service="eutils",
    path="esearch.fcgi",
    method="POST",
    parameters=(("db", "pubmed"), ("term", 'dysbiosis AND "ção & ü"[ti]'), ("retmode", "xml")),
)


@pytest.fixture
def server() -> Iterator[EutilsServer]:
    with EutilsServer(Corpus.load(SMALL)) as serving:
        yield serving


def test_the_query_arrives_as_it_is_and_secrets_only_in_the_body(server: EutilsServer) -> None:
    with transport_to(server.url) as transport:
        transport.send(ASK)
    (seen,) = server.requests
    assert seen.parameters["term"] == dict(ASK.parameters)["term"]
    assert (seen.parameters["api_key"], seen.parameters["email"]) == (KEY, EMAIL)
    assert seen.parameters["tool"] == "reviewkit"
    assert seen.target == "/entrez/eutils/esearch.fcgi"


def test_it_names_itself_without_the_words_that_bvs_refuses(server: EutilsServer) -> None:
    with transport_to(server.url) as transport:
        transport.send(ASK)
    name = server.requests[0].headers["user-agent"]
    assert name == user_agent()
    assert name.startswith("reviewkit/")
    refused = ("python", "email", "urllib", "curl", "perl", "libwww", "scan", "htmlparser")
    assert not [word for word in refused if word in name.lower()]


@pytest.mark.parametrize(
    "fault",
    [
        Fault.SERVER_ERROR,
        Fault.TOO_MANY,
        Fault.TOO_MANY_NO_HINT,
        Fault.TRUNCATED,
        Fault.RESET,
        Fault.HANG,
    ],
)
def test_a_passing_fault_is_waited_out(server: EutilsServer, fault: Fault) -> None:
    server.on("esearch", [1, 2], fault)
    sleeper = Sleeper()
    with transport_to(
        server.url, sleeper=sleeper, patience=Patience(read_seconds=0.3)
    ) as transport:
        assert b"<Count>" in transport.send(ASK).body
    assert len(server.requests) == 3
    assert len(sleeper.slept) == 2
    assert all(seconds > 0 for seconds in sleeper.slept)


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        (Fault.SERVER_ERROR, RemoteError, "HTTP 500"),
        (Fault.TOO_MANY, RateLimited, "HTTP 429"),
        (Fault.TRUNCATED, RemoteError, "truncated"),
        (Fault.RESET, RemoteError, "broke the connection off"),
        (Fault.HANG, RemoteError, "in time"),
    ],
)
def test_a_lasting_fault_ends_in_one_clear_error(
    server: EutilsServer, fault: Fault, error: type[RemoteError], message: str
) -> None:
    server.on("esearch", range(1, 20), fault)
    patience = Patience(read_seconds=0.2, tries=3)
    with (
        transport_to(server.url, patience=patience) as transport,
        pytest.raises(error, match=message) as raised,
    ):
        transport.send(ASK)
    assert len(server.requests) == 3
    assert raised.value.hint
    assert raised.value.exit_code == 4


def test_a_service_that_says_nothing_is_no_slow_link(server: EutilsServer) -> None:
    server.on("esearch", 1, Fault.HANG)
    patience = Patience(read_seconds=0.2, tries=1)
    with (
        transport_to(server.url, patience=patience) as transport,
        pytest.raises(RemoteError, match="in time") as raised,
    ):
        transport.send(ASK)
    assert not isinstance(raised.value, CutOff), "smaller pages would not help"


def test_waits_grow_and_have_jitter(server: EutilsServer) -> None:
    server.on("esearch", [1, 2, 3], Fault.SERVER_ERROR)
    sleeper = Sleeper()
    with transport_to(server.url, sleeper=sleeper) as transport:
        transport.send(ASK)
    assert sleeper.slept == [1.0, 2.0, 4.0]


def test_retry_after_is_kept_in_seconds_and_as_a_date(server: EutilsServer) -> None:
    sleeper = Sleeper()
    with transport_to(server.url, sleeper=sleeper) as transport:
        server.retry_after = "7"
        server.on("esearch", 1, Fault.TOO_MANY)
        transport.send(ASK)
        at = sleeper.now() + datetime.timedelta(seconds=20)
        server.retry_after = email.utils.format_datetime(at, usegmt=True)
        server.on("esearch", 1, Fault.TOO_MANY)
        transport.send(ASK)
    assert [7 <= sleeper.slept[0] <= 8, 20 <= sleeper.slept[1] <= 21] == [True, True]


def test_whoever_waits_is_told_why(server: EutilsServer) -> None:
    server.on("esearch", 1, Fault.TOO_MANY)
    lines: list[str] = []
    with Transport(
        services_at(server.url), clock=Sleeper().clock(), on_wait=lines.append
    ) as transport:
        transport.send(ASK)
    assert lines == [
        "PubMed: too many requests (HTTP 429): API rate limit exceeded; asking again in 3 s"
    ]


def test_a_wait_beyond_the_limit_is_not_waited_for(server: EutilsServer) -> None:
    server.retry_after = "3600"
    server.on("esearch", 1, Fault.TOO_MANY)
    sleeper = Sleeper()
    with (
        transport_to(server.url, sleeper=sleeper) as transport,
        pytest.raises(RateLimited, match="3600 s") as raised,
    ):
        transport.send(ASK)
    assert sleeper.slept == []
    assert "NCBI_API_KEY" in raised.value.hint


def test_patience_ends(server: EutilsServer) -> None:
    server.on("esearch", range(1, 100), Fault.SERVER_ERROR)
    sleeper = Sleeper()
    patience = Patience(tries=99, total_seconds=60)
    with (
        transport_to(server.url, sleeper=sleeper, patience=patience) as transport,
        pytest.raises(RemoteError),
    ):
        transport.send(ASK)
    assert sum(sleeper.slept) <= 60


def test_a_trickle_cannot_outlast_patience() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def trickle() -> None:
            while not stop.is_set():
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(65536)
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                        while not stop.wait(0.02):
                            connection.sendall(b"x")
                    except OSError:
                        continue

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        patience = Patience(total_seconds=0.5, tries=2)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with (
            transport_to(url, patience=patience) as transport,
            pytest.raises(CutOff, match="in time"),
        ):
            transport.send(ASK)
        stop.set()
    thread.join(5)


def test_a_machine_without_network_is_told_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    sleeper = Sleeper(still=True)
    with transport_to(f"http://127.0.0.1:{port}/", sleeper=sleeper) as transport:
        with pytest.raises(RemoteError, match="refuses connections") as raised:
            transport.send(ASK)
        assert sum(sleeper.slept) <= 2
        assert "--offline" in raised.value.hint
        before = len(sleeper.slept)
        with pytest.raises(RemoteError, match="refuses connections"):
            transport.send(ASK)
        assert len(sleeper.slept) == before, "known by now: no second wait"


def test_a_name_look_up_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang(*_: object, **__: object) -> object:
        release.wait(30)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    sleeper = Sleeper()
    patience = Patience(unreachable_seconds=0.3)
    with (
        transport_to("http://eutils.invalid/", sleeper=sleeper, patience=patience) as transport,
        pytest.raises(RemoteError, match=r"eutils\.invalid does not answer"),
    ):
        transport.send(ASK)
    release.set()
    assert sleeper.slept == []


def test_requests_keep_their_distance(server: EutilsServer) -> None:
    sleeper = Sleeper(still=True)
    times: list[float] = []

    def note(response: Response) -> None:
        times.append(sleeper.elapsed())

    for rate, key in ((3, ""), (10, KEY)):
        services = services_from({"REVIEWKIT_EUTILS_URL": server.url, "NCBI_API_KEY": key})
        times.clear()
        with Transport(services, clock=sleeper.clock()) as transport:
            for _ in range(12):
                transport.send(ASK, judge=note)
        assert all(times[i + rate] - times[i] >= 1.0 for i in range(12 - rate)), (
            f"more than {rate} in a second"
        )


def test_a_request_takes_its_turn_when_its_connection_is_open(
    server: EutilsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    connect, wait = HTTPConnection.connect, Pace.wait

    def note_connect(self: HTTPConnection) -> None:
        connect(self)
        events.append("connected")

    def note_turn(self: Pace) -> None:
        wait(self)
        events.append("turn")

    monkeypatch.setattr(HTTPConnection, "connect", note_connect)
    monkeypatch.setattr(Pace, "wait", note_turn)
    with transport_to(server.url) as transport:
        transport.send(ASK)
        transport.send(ASK)
    assert events == ["connected", "turn", "turn"]


def test_after_a_429_nobody_is_asked_before_the_rest_is_over() -> None:
    sleeper = Sleeper(still=True)
    pace = Pace(2.0, sleeper.clock())
    pace.hold(7.0)
    pace.wait()
    assert sleeper.elapsed() == pytest.approx(7.0)


def test_many_threads_share_one_pace(server: EutilsServer) -> None:
    sleeper = Sleeper(still=True)
    services = services_from({"REVIEWKIT_EUTILS_URL": server.url})
    with Transport(services, clock=sleeper.clock()) as transport:
        threads = [threading.Thread(target=transport.send, args=(ASK,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(server.requests) == 8
    assert sum(sleeper.slept) >= 7 * 0.33


@pytest.mark.parametrize(
    ("fault", "message"), [(Fault.FORBIDDEN, "HTTP 403"), (Fault.REDIRECT, r"login\.invalid")]
)
def test_a_refusal_is_final(server: EutilsServer, fault: Fault, message: str) -> None:
    server.on("esearch", [1, 2], fault)
    with transport_to(server.url) as transport, pytest.raises(RemoteError, match=message):
        transport.send(ASK)
    assert len(server.requests) == 1, "secrets go nowhere else, and nobody insists"


def test_a_judge_may_ask_again_or_end_it(server: EutilsServer) -> None:
    verdicts = iter([Flaw(what="not yet", transient=True), None])
    with transport_to(server.url) as transport:
        transport.send(ASK, judge=lambda _: next(verdicts))
        assert len(server.requests) == 2
        with pytest.raises(NotARealAnswer, match="no answer at all"):
            transport.send(ASK, judge=lambda _: Flaw(what="no answer at all"))
        with pytest.raises(NotARealAnswer, match="after 2 attempts"):
            transport.send(ASK, judge=lambda _: Flaw(what="still not", transient=True, tries=2))
    assert len(server.requests) == 5


@pytest.mark.parametrize(
    "fault",
    [Fault.TOO_MANY, Fault.SERVER_ERROR, Fault.HANG, Fault.TRUNCATED, Fault.RESET, Fault.FORBIDDEN],
)
def test_no_secret_in_any_error_or_log(
    server: EutilsServer, fault: Fault, caplog: pytest.LogCaptureFixture, spellings: list[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    server.on("esearch", range(1, 9), fault)
    get = Request(service="eutils", path="esearch.fcgi", parameters=ASK.parameters)
    with transport_to(server.url, patience=Patience(read_seconds=0.1, tries=2)) as transport:
        for request in (ASK, get):
            with pytest.raises(ReviewkitError) as raised:
                transport.send(request)
            error: BaseException | None = raised.value
            while error is not None:
                message = (
                    f"{error} {error!r} {error.args} {getattr(error, 'hint', '')} {transport!r}"
                )
                assert not [s for s in spellings if s.lower() in message.lower()]
                error = error.__cause__ or error.__context__
    assert not [s for s in spellings if s.lower() in caplog.text.lower()]
    assert caplog.records


def test_a_secret_echoed_in_a_body_is_replaced(server: EutilsServer, spellings: list[str]) -> None:
    server.on("esearch", 1, Fault.ECHO)
    with transport_to(server.url) as transport:
        body = transport.send(ASK).body.decode()
    assert "[redacted]" in body
    assert not [s for s in spellings if s.lower() in body.lower()]


@pytest.fixture(scope="session")
def spellings() -> list[str]:
    """The secrets as they may be written."""
    return [
        f(s) for s in (KEY, EMAIL) for f in (str, quote, quote_plus, lambda s: quote(s, safe=""))
    ]


@pytest.mark.slow
def test_importing_the_transport_does_not_import_requests() -> None:
    code = "import sys, reviewkit.http, reviewkit.cache; sys.exit('requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
