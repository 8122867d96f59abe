from __future__ import annotations

import socket
import ssl
from errno import ECONNREFUSED

import httpx
import pytest
from pydantic import SecretStr

from tui_app.adapters.foreign_text import ForeignText
from tui_app.adapters.messages_losses import lost, no_client, not_the_api, redirected
from tui_app.core.errors import ConnectionLost, InvalidRequest, Loss

URL = "https://api.example.test/anthropic"
KEY = "sk-ant-secret"
FOREIGN = ForeignText(SecretStr(KEY))
TIMEOUT = {"connect": 5.0, "read": 600.0, "write": 600.0, "pool": None}


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_app.adapters.messages_losses.getproxies", dict)


def said(error: httpx.HTTPError, *, began: bool = False) -> ConnectionLost:
    error.request = httpx.Request("POST", URL, extensions={"timeout": TIMEOUT})
    found = lost(error, URL, FOREIGN, began=began)
    assert isinstance(found, ConnectionLost)
    assert found.advice
    return found


def caused(cause: BaseException) -> httpx.ConnectError:
    error = httpx.ConnectError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "loss", "words"),
    [
        (httpx.ConnectTimeout("x"), Loss.TIMEOUT, "could not be reached within 5 s"),
        (httpx.ReadTimeout("x"), Loss.TIMEOUT, "was silent for 600 s"),
        (httpx.WriteTimeout("x"), Loss.TIMEOUT, "took no more of the request for 600 s"),
        (caused(socket.gaierror(-2, "Name unknown")), Loss.HOST_UNKNOWN, "No host named api.example.test"),
        (
            caused(ConnectionRefusedError(ECONNREFUSED, "Connect call failed ('::1', 1)")),
            Loss.UNREACHABLE,
            "test: connection refused",
        ),
        (caused(OSError("All failed")), Loss.UNREACHABLE, "Nothing answers at api.example.test"),
        (caused(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version")), Loss.TLS, "secure connection"),
        (httpx.ProxyError(f"407 {KEY}"), Loss.UNREACHABLE, "the proxy refused: 407 ***"),
        (httpx.ReadError("reset"), Loss.DROPPED, "without an answer"),
        (
            httpx.RemoteProtocolError("Server disconnected without sending a response."),
            Loss.DROPPED,
            "took the request",
        ),
        (
            httpx.RemoteProtocolError("illegal status line: bytearray(b'hello')"),
            Loss.NOT_THE_API,
            "does: illegal status line",
        ),
        (httpx.DecodingError("bad gzip"), Loss.NOT_THE_API, "bad gzip"),
    ],
)
def test_each_failure_has_its_name_and_words(error: httpx.HTTPError, loss: Loss, words: str) -> None:
    found = said(error)
    assert found.loss is loss
    assert words in str(found)
    assert KEY not in str(found)


def test_an_untrusted_certificate_says_how_to_trust_it() -> None:
    cause = ssl.SSLCertVerificationError(1, "failed")
    cause.verify_message = "self-signed certificate"
    found = said(caused(cause))
    assert found.loss is Loss.TLS
    assert "self-signed certificate" in str(found)
    assert "SSL_CERT_FILE" in found.advice


def test_the_reason_is_found_in_groups_of_errors_and_behind_other_errors() -> None:
    group = ExceptionGroup("all failed", [OSError("a"), ConnectionRefusedError(ECONNREFUSED, "no")])
    middle = OSError("All connection attempts failed")
    middle.__cause__ = group
    assert "connection refused" in str(said(caused(middle)))


@pytest.mark.parametrize("error", [httpx.ReadError("reset"), httpx.RemoteProtocolError("peer closed")])
def test_what_is_lost_after_the_answer_began_is_cut(error: httpx.HTTPError) -> None:
    assert said(error, began=True).loss is Loss.CUT


def test_silence_is_a_timeout_also_after_the_answer_began() -> None:
    assert said(httpx.ReadTimeout("x"), began=True).loss is Loss.TIMEOUT


@pytest.mark.parametrize("error", [httpx.UnsupportedProtocol("ftp"), httpx.LocalProtocolError(f"bad {KEY}")])
def test_what_cannot_be_written_as_http_is_an_invalid_request(error: httpx.HTTPError) -> None:
    found = lost(error, URL, FOREIGN, began=False)
    assert isinstance(found, InvalidRequest)
    assert KEY not in str(found)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (ConnectionRefusedError(ECONNREFUSED, "no"), "Nothing answers at p:1: connection refused"),
        (socket.gaierror(-2, "Name unknown"), "No host named p can be found"),
    ],
)
def test_a_proxy_that_is_not_there_is_named_in_place_of_the_host_behind_it(
    cause: OSError, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxies = {"https": "http://user:password@p:1"}
    monkeypatch.setattr("tui_app.adapters.messages_losses.getproxies", lambda: proxies)
    monkeypatch.setenv("HTTPS_PROXY", proxies["https"])
    found = said(caused(cause))
    assert str(found) == words
    assert found.advice == "That is the proxy of HTTPS_PROXY: correct or unset it."
    monkeypatch.setenv("NO_PROXY", "example.test")
    assert "api.example.test" in str(said(caused(cause)))


@pytest.mark.parametrize(
    ("location", "place", "base"),
    [
        (
            "https://evil.example/v1/messages",
            "another host, which is not given the key",
            "https://evil.example",
        ),
        ("//evil.example/x/v1/messages", "another host", "https://evil.example/x"),
        ("/v2/v1/messages", "elsewhere on the same host", "https://api.example.test/v2"),
        ("http://api.example.test/v1/messages/", "elsewhere on the same host", "http://api.example.test"),
    ],
)
def test_a_redirect_says_where_it_points_and_what_to_set(location: str, place: str, base: str) -> None:
    found = redirected(f"{URL}/v1/messages", location, FOREIGN, 307)
    assert found.loss is Loss.REDIRECTED
    assert place in str(found)
    assert found.advice.endswith(f"URL to {base}")


@pytest.mark.parametrize("location", ["/anthropic/v1/messages/", "messages", f"{URL}/"])
def test_a_redirect_to_where_the_url_leads_already_advises_no_other_url(location: str) -> None:
    found = redirected(f"{URL}/v1/messages", location, FOREIGN, 307)
    assert "set the endpoint's URL" not in found.advice
    assert "/v1/messages itself" in found.advice


@pytest.mark.parametrize("location", ["https://login.example/sso?to=x", "/login", "https://other.example/"])
def test_a_redirect_to_a_login_is_not_advised_as_a_url(location: str) -> None:
    found = redirected(f"{URL}/v1/messages", location, FOREIGN, 302)
    assert "set the endpoint's URL" not in found.advice
    assert "a login" in found.advice


def test_a_redirect_that_quotes_the_key_is_scrubbed() -> None:
    found = redirected(URL, f"https://evil.example/?key={KEY}", FOREIGN, 307)
    assert KEY not in str(found) + found.advice


def test_something_else_that_says_nothing_is_still_worded() -> None:
    assert "it says nothing" in str(not_the_api(URL, ""))


@pytest.mark.parametrize(
    ("error", "loss", "words"),
    [
        (FileNotFoundError(2, "No such file or directory"), Loss.TLS, "SSL_CERT_FILE"),
        (ValueError("Unknown scheme for proxy URL"), Loss.UNREACHABLE, "ALL_PROXY"),
        (ImportError("socksio"), Loss.UNREACHABLE, "socksio"),
    ],
)
def test_settings_that_make_no_client_are_named(
    error: Exception, loss: Loss, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks9://p:1")
    found = no_client(error)
    assert found.loss is loss
    assert words in found.advice
