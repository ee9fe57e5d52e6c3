# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""What must hold behind whichever proxy: its test inherits, and names the program."""

import concurrent.futures
import http.client
import os
import re
import socket
import tempfile
import time
import unittest

from machine import Backend, Daemon, Process, SITE_PORT, answers
from support import claims_of, decode, encode, forge
from tokens import Registry

CLAIMS = {"iss": "https://id.example", "aud": "https://api.example", "scope": "read",
          "sub": "alice"}
# RFC 6455 section 1.3
WEBSOCKET = (("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
             ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="))
BARE_CHALLENGE = 'Bearer realm="api"'


def token(lifetime_seconds=3600, **claims):
    return forge({**CLAIMS, "exp": int(time.time()) + lifetime_seconds, **claims})


def bearer(*args, **kwargs):
    return ("Authorization", "Bearer " + token(*args, **kwargs))


def attribute(challenge, name):
    found = re.search(rf'\b{name}="([^"]*)"', challenge)
    return found and found[1]


class Response:
    def __init__(self, connection, method):
        with http.client.HTTPResponse(connection, method=method) as response:
            response.begin()
            self.status = response.status
            self.fields = [(name.lower(), value) for name, value in response.getheaders()]
            self.body = response.read()

    def all(self, name):
        return [value for field, value in self.fields if field == name.lower()]


def head(method, target, *fields):
    """As bytes; fields are (name, value) and may repeat."""
    lines = [f"{method} {target} HTTP/1.1", "Host: site.example"]
    lines += [f"{name}: {value}" for name, value in fields]
    return "\r\n".join([*lines, "", ""]).encode()


def chunks(body):
    """The body in chunks of which the last one is smaller."""
    step = len(body) // 3 + 1
    parts = [body[i:i + step] for i in range(0, len(body), step)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])


class Client:
    """A connection that is kept while the other side keeps it."""

    def __init__(self, port=SITE_PORT):
        self.port = port
        self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def ask(self, target="/orders", *fields, method="GET", body=None, chunked=False):
        if chunked:
            fields, body = [*fields, ("Transfer-Encoding", "chunked")], chunks(body)
        elif body is not None:
            fields = [*fields, ("Content-Length", len(body))]
        if self.connection is None:
            self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self.connection.sendall(head(method, target, *fields) + (body or b""))
        response = Response(self.connection, method)
        if "close" in response.all("connection"):
            self.close()
        return response


def ask_once(*args, **kwargs):
    """On a connection of its own."""
    with Client() as client:
        return client.ask(*args, **kwargs)


class ProxyTestCase(unittest.TestCase):
    """Starts daemon, backend and proxy once for each class."""

    program = None  # of programs.py: takes a new folder, gives a command
    connections_max = 1  # that twenty checks in turn may need
    has_registry = False

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        command = cls.program(folder)
        cls.registry = Registry(os.path.join(folder, "tokens.db")) if cls.has_registry else None
        cls.daemon = Daemon(cls.registry)
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.close)
        cls.backend = Backend()
        cls.addClassCleanup(cls.backend.close)
        cls.proxy = Process(*command)
        cls.addClassCleanup(cls.proxy.stop)
        cls.proxy.wait_for(lambda: answers(("127.0.0.1", SITE_PORT), socket.AF_INET))

    def setUp(self):
        self.client = Client()
        self.addCleanup(self.client.close)
        self.daemon.relay.forget()
        self.backend.received.clear()

    def ask(self, *args, **kwargs):
        return self.client.ask(*args, **kwargs)

    @staticmethod
    def status_of(target, token):
        """Asked on a connection of its own."""
        fields = [] if token is None else [("Authorization", "Bearer " + token)]
        return ask_once(target, *fields).status

    def checks(self):
        return self.daemon.relay.requests()

    def assert_passes(self, response):
        self.assertEqual((response.status, response.body), (200, b"hello"), response.fields)

    def assert_denied(self, response, status=401, error="invalid_token"):
        """With one challenge, which says so; and the backend has seen nothing."""
        self.assertEqual((response.status, self.backend.received), (status, []), response.body)
        challenge, = response.all("www-authenticate")
        self.assertTrue(challenge.startswith(BARE_CHALLENGE), challenge)
        self.assertEqual(attribute(challenge, "error"), error)

    def assert_fails_closed(self, response):
        self.assertIn(response.status, (500, 502, 503, 504))
        self.assertEqual(self.backend.received, [])


class TokenStories:
    def test_a_good_token_reaches_the_backend_with_its_identity(self):
        self.assert_passes(self.ask("/orders?page=2", bearer(tenant="acme")))
        request = self.backend.last()
        self.assertEqual((request.method, request.target), ("GET", "/orders?page=2"))
        self.assertEqual(request.all("x-jwt-sub"), ["alice"])
        self.assertEqual(request.all("x-jwt-scope"), ["read"])
        self.assertEqual(request.all("x-jwt-tenant"), ["acme"])

    def test_the_backend_gets_the_token_that_was_judged(self):
        field = bearer()
        self.assert_passes(self.ask("/orders", field))
        self.assertEqual(self.backend.last().all("authorization"), [field[1]])

    def test_a_token_of_five_kilobytes_is_judged_as_any(self):
        self.assert_passes(self.ask("/orders", bearer(groups=["x" * 100] * 36)))
        self.backend.received.clear()
        self.assert_denied(self.ask("/orders", bearer(-1, groups=["x" * 100] * 36)))

    def test_without_a_token_the_challenge_names_no_error(self):
        response = self.ask()
        self.assert_denied(response, error=None)
        self.assertEqual(response.all("www-authenticate"), [BARE_CHALLENGE])

    def test_credentials_of_another_scheme_are_no_token(self):
        self.assert_denied(self.ask("/orders", ("Authorization", "Basic YWxpY2U6cHc=")), error=None)

    def test_an_expired_token_is_denied(self):
        self.assert_denied(self.ask("/orders", bearer(-1)))

    def test_a_tampered_token_is_denied(self):
        header, claims, tag = token().split(".")
        claims = encode(decode(claims).replace(b"alice", b"admin"))
        tampered = f"Bearer {header}.{claims}.{tag}"
        self.assert_denied(self.ask("/orders", ("Authorization", tampered)))

    def test_a_token_of_another_key_is_denied(self):
        foreign = forge({**CLAIMS, "exp": int(time.time()) + 3600}, secret=b"x" * 64)
        self.assert_denied(self.ask("/orders", ("Authorization", "Bearer " + foreign)))

    def test_a_token_for_another_audience_is_denied(self):
        self.assert_denied(self.ask("/orders", bearer(aud="https://other.example")))

    def test_a_token_of_another_scope_is_forbidden_and_told_which_it_takes(self):
        response = self.ask("/orders", bearer(scope="write"))
        self.assert_denied(response, status=403, error="insufficient_scope")
        challenge, = response.all("www-authenticate")
        self.assertEqual(attribute(challenge, "scope"), "read")

    def test_two_tokens_are_never_let_through_unjudged(self):
        response = self.ask("/orders", bearer(), bearer(sub="mallory"))
        if response.status == 200:  # the proxy took one of them for the only one
            request = self.backend.last()
            sub, = request.all("x-jwt-sub")
            judged, = request.all("authorization")
            self.assertEqual(claims_of(judged)["sub"], sub)
        else:
            self.assertIn(response.status, (400, 401))
            self.assertEqual(self.backend.received, [])

    def test_the_query_of_the_client_has_no_effect(self):
        query = f"?policy=weak&access_token={token()}&token={token()}"
        self.assert_denied(self.ask("/orders" + query), error=None)
        self.assert_denied(self.ask("/orders" + query, bearer(-1)))
        for check in self.checks():
            self.assertNotIn("?", check[0])

    def test_what_is_public_needs_no_token(self):
        self.assert_passes(self.ask("/healthz", ("X-Jwt-Sub", "mallory")))
        self.assertEqual(self.backend.last().all("x-jwt-sub"), [])
        self.assertEqual(self.checks(), [])

    def test_no_detour_leads_from_public_to_protected(self):
        for target in ("/healthz/../orders", "/healthz/%2e%2e/orders", "//healthz/../orders",
                       "/healthz/", "/healthz%2f..%2forders", "/healthz;/../orders", "/HEALTHZ"):
            with self.subTest(target):
                self.assert_denied(self.ask(target), error=None)


class IdentityStories:
    def test_a_spoofed_identity_is_overwritten(self):
        self.assert_passes(self.ask("/orders", ("X-Jwt-Sub", "mallory"), ("x-jwt-sub", "mallory"),
                                    ("X-JWT-SCOPE", "admin"), bearer(), ("X-Jwt-Sub", "mallory")))
        request = self.backend.last()
        self.assertEqual(request.all("x-jwt-sub"), ["alice"])
        self.assertEqual(request.all("x-jwt-scope"), ["read"])

    def test_a_claim_that_is_not_there_cannot_be_supplied(self):
        self.assert_passes(self.ask("/orders", ("X-Jwt-Tenant", "acme"), bearer()))
        self.assertEqual(self.backend.last().all("x-jwt-tenant"), ["-"])

    def test_no_other_spelling_of_an_identity_gets_through(self):
        self.assert_passes(self.ask("/orders", ("X_Jwt_Sub", "mallory"), ("X-Jwt_Sub", "mallory"),
                                    bearer()))
        for name, value in self.backend.last().fields:
            self.assertNotEqual(value, "mallory", name)

    def test_claims_cannot_break_out_of_their_header(self):
        for sub in ("a\r\nX-Jwt-Scope: admin", "a\nX-Jwt-Scope: admin", "a\0b", "J\xf6rg \u2126",
                    "a, b", 'a"b', "${jndi:x}", "{http.request.host}", "%0d%0a"):
            with self.subTest(sub):
                self.assert_passes(self.ask("/orders", bearer(sub=sub)))
                request = self.backend.last()
                self.assertEqual(request.all("x-jwt-scope"), ["read"])
                seen, = request.all("x-jwt-sub")
                self.assertRegex(seen, "^[!-~]+( [!-~]+)*$")

    def test_identities_of_many_clients_are_never_mixed_up(self):
        def visit(worker):
            with Client() as client:
                for i in range(25):
                    name = f"{worker}-{i}"
                    good = (worker + i) % 3 != 0
                    response = client.ask(f"/{name}", bearer(3600 if good else -1, sub=name))
                    self.assertEqual(response.status, 200 if good else 401, name)

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(visit, range(8)))
        self.assertEqual(len(self.backend.received), sum((w + i) % 3 != 0
                                                         for w in range(8) for i in range(25)))
        for request in self.backend.received:
            self.assertEqual(request.all("x-jwt-sub"), [request.target[1:]])


class HttpStories:
    def test_bodies_reach_the_backend_whole(self):
        for body in (b"a", b"order=1" * 100, bytes(range(256)) * 4096):
            for chunked in (False, True):
                with self.subTest(size=len(body), chunked=chunked):
                    self.assert_passes(self.ask("/orders", bearer(), method="POST", body=body,
                                                chunked=chunked))
                    request = self.backend.last()
                    self.assertEqual(request.method, "POST")
                    self.assertTrue(request.body == body)

    def test_the_daemon_is_never_told_of_a_body(self):
        self.ask("/orders", bearer(), method="PUT", body=b"GET / HTTP/1.1\r\n\r\n")
        check, = self.checks()
        for line in check:
            self.assertNotRegex(line.lower(), "^(content-length: *[1-9]|transfer-encoding|expect)")

    def test_a_denied_body_harms_no_later_request(self):
        for chunked in (False, True):
            self.assert_denied(ask_once("/orders", bearer(-1), method="POST", body=b"x" * 500,
                                        chunked=chunked))
        self.assert_passes(self.ask("/orders", bearer()))

    def test_any_method_is_judged_alike(self):
        for method in ("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"):
            with self.subTest(method):
                denied = self.ask("/orders", bearer(-1), method=method)
                self.assert_denied(denied)
                response = self.ask("/orders", bearer(), method=method)
                self.assertEqual((response.status, len(response.body)),
                                 (200, 0 if method == "HEAD" else 5))
                self.assertEqual(self.backend.received.pop().method, method)

    def test_checks_share_connections(self):
        for i in range(20):
            if i % 4 != 3:
                self.assert_passes(self.ask("/orders", bearer(sub=str(i))))
            else:
                self.assertEqual(self.ask("/orders", bearer(-1)).status, 401)
        self.assertEqual(len(self.checks()), 20)
        self.assertLessEqual(self.daemon.relay.num_used(), self.connections_max)

    def test_upgraded_connections_work_both_ways(self):
        with socket.create_connection(("127.0.0.1", SITE_PORT), timeout=20) as raw:
            raw.sendall(head("GET", "/socket", bearer(), *WEBSOCKET))
            with raw.makefile("rb") as stream:
                self.assertIn(b" 101 ", stream.readline())
                while stream.readline().strip():
                    pass
                raw.sendall(b"ping")
                self.assertEqual(stream.read(4), b"ping")
        self.assertEqual(self.backend.last().all("x-jwt-sub"), ["alice"])

    def test_an_upgrade_without_a_token_is_denied(self):
        self.assert_denied(self.ask("/socket", *WEBSOCKET), error=None)


class OutageStories:
    def test_without_the_daemon_nothing_passes_and_with_it_again_all_does(self):
        self.assert_passes(self.ask("/orders", bearer()))
        self.backend.received.clear()
        self.daemon.stop()
        try:
            self.assert_fails_closed(ask_once("/orders", bearer()))
        finally:
            self.daemon.start()
        self.assert_passes(ask_once("/orders", bearer()))

    def test_a_daemon_that_hangs_denies_soon(self):
        self.daemon.suspend()
        try:
            self.assert_fails_closed(ask_once("/orders", bearer()))
        finally:
            self.daemon.resume()
        self.assert_passes(ask_once("/orders", bearer()))


class AllStories(TokenStories, IdentityStories, HttpStories, OutageStories, ProxyTestCase):
    """For a proxy that asks the daemon of each request."""
