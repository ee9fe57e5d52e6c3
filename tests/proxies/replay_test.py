# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""What Envoy and Traefik send to the daemon, byte for byte, when their examples configure them.

Debian has neither. Envoy's shape is that of its HTTP authorization client (names in lower case, the
request's own method and path, Content-Length: 0), Traefik's that of Go's (its order of fields).
"""

import namespace

namespace.enter()

import json
import os
import re
import socket
import unittest

from machine import DAEMON_PORT, INTEGRATIONS, Daemon
from stories import BARE_CHALLENGE, Response, attribute, token


def configured(path, pattern):
    with open(os.path.join(INTEGRATIONS, path), encoding="ascii") as file:
        return re.search(pattern, file.read())[1]


class ReplayTestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.close)

    def setUp(self):
        self.connection = self.connect()
        self.addCleanup(self.connection.close)

    def ask(self, request, method="GET"):
        self.connection.sendall(request)
        return Response(self.connection, method)

    def assert_allows(self, response):
        self.assertEqual((response.status, response.body), (200, b""))
        self.assertEqual(response.all("content-length"), ["0"])
        self.assertEqual(response.all("x-jwt-sub"), ["alice"])
        self.assertEqual(response.all("x-jwt-scope"), ["read"])
        self.assertEqual(response.all("x-jwt-tenant"), ["-"])

    def assert_denies(self, response, status=401, error="invalid_token", has_body=True):
        challenge, = response.all("www-authenticate")
        self.assertTrue(challenge.startswith(BARE_CHALLENGE), challenge)
        self.assertEqual((response.status, attribute(challenge, "error")), (status, error))
        if has_body:
            self.assertEqual(response.all("content-type"), ["application/json"])
            self.assertEqual(json.loads(response.body)["error"], error)


class EnvoyTest(ReplayTestCase):
    prefix = configured("envoy/envoy.yaml", r"path_prefix: (\S+)")

    @staticmethod
    def connect():
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(configured("envoy/envoy.yaml", r"pipe: { path: (\S+)"))
        return connection

    def request(self, token_text=None, method="GET", path="/orders?page=2", body=b""):
        authorization = f"authorization: Bearer {token_text}\r\n" if token_text else ""
        return (f"{method} {self.prefix}{path} HTTP/1.1\r\nhost: site.example\r\n"
                f"{authorization}content-length: {len(body)}\r\nx-envoy-internal: true\r\n"
                "x-forwarded-for: 192.0.2.1\r\nx-envoy-expected-rq-timeout-ms: 2000\r\n"
                "\r\n").encode() + body

    def test_a_good_token_is_allowed_with_any_method_and_path(self):
        for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS", "PROPFIND"):
            for path in ("/", "/orders?page=2", "//a/%2e%2e/b;c=d?e=f/../g", "/" + "x" * 2000):
                with self.subTest(f"{method} {path}"):
                    request = self.request(token(), method, path)
                    self.assert_allows(self.ask(request, method))

    def test_other_tokens_are_denied(self):
        self.assert_denies(self.ask(self.request(token(-1))))
        self.assert_denies(self.ask(self.request(token(scope="write"))), 403, "insufficient_scope")

    def test_the_clients_query_has_no_effect(self):
        response = self.ask(self.request(path=f"/orders?access_token={token()}&policy=weak"))
        self.assertEqual(response.status, 401)
        self.assertEqual(response.all("www-authenticate"), [BARE_CHALLENGE])

    def test_no_path_of_the_client_names_another_policy(self):
        for path in ("/../none", "/../../forward/none", "/%2e%2e/none", "/?/none"):
            with self.subTest(path):
                self.assert_allows(self.ask(self.request(token(), path=path)))

    def test_a_body_that_comes_along_is_no_request(self):
        hidden = self.request(token(-1))
        self.assert_allows(self.ask(self.request(token(), "POST", body=hidden)))
        self.connection.settimeout(20)
        self.assertEqual(self.connection.recv(1), b"")


class TraefikTest(ReplayTestCase):
    address = configured("traefik/dynamic.yml", r"address: http://(\S+)")
    host, path = re.match("([^/]*)(.*)", address).groups()

    def connect(self):
        self.assertEqual(self.host, f"127.0.0.1:{DAEMON_PORT}")
        return socket.create_connection(("127.0.0.1", DAEMON_PORT), timeout=20)

    def request(self, token_text=None, method="GET"):
        authorization = f"Authorization: Bearer {token_text}\r\n" if token_text else ""
        return (f"GET {self.path} HTTP/1.1\r\nHost: {self.host}\r\n"
                f"User-Agent: Go-http-client/1.1\r\n{authorization}"
                f"X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Host: site.example\r\n"
                f"X-Forwarded-Method: {method}\r\nX-Forwarded-Port: 8000\r\n"
                "X-Forwarded-Proto: http\r\nX-Forwarded-Server: proxy\r\n"
                "X-Forwarded-Uri: /orders?page=2\r\nX-Real-Ip: 192.0.2.1\r\n"
                "Accept-Encoding: gzip\r\n\r\n").encode()

    def test_a_good_token_is_allowed(self):
        for method in ("GET", "POST", "OPTIONS"):
            self.assert_allows(self.ask(self.request(token(), method)))

    def test_other_tokens_are_denied_and_the_client_is_told_why(self):
        self.assert_denies(self.ask(self.request(token(-1))))
        self.assert_denies(self.ask(self.request(token(scope="write"))), 403, "insufficient_scope")
        response = self.ask(self.request())
        self.assertEqual(response.status, 401)
        self.assertEqual(response.all("www-authenticate"), [BARE_CHALLENGE])

    def test_a_malformed_request_is_told_so(self):
        self.assert_denies(self.ask(self.request("a b")), 400, "invalid_request")


class HaproxyAuthRequestTest(ReplayTestCase):
    """TimWolla's haproxy-auth-request on haproxy-lua-http, which some have instead of our script:
    HEAD, all of the client's fields with the values of each joined by a comma, a connection each."""

    def connect(self):
        return socket.create_connection(("127.0.0.1", DAEMON_PORT), timeout=20)

    @staticmethod
    def request(*fields):
        lines = [("accept", "*/*"), ("accept-encoding", "gzip, br"), ("user-agent", "curl/8"),
                 ("x-forwarded-for", "192.0.2.1,192.0.2.2"), *fields,
                 ("host", f"127.0.0.1:{DAEMON_PORT}"), ("connection", "close")]
        return ("HEAD /check/haproxy/default HTTP/1.1\r\n" +
                "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n").encode()

    def assert_closes(self):
        self.assertEqual(self.connection.recv(1), b"")

    def test_a_good_token_is_allowed(self):
        self.assert_allows(self.ask(self.request(("authorization", f"Bearer {token()}")), "HEAD"))
        self.assert_closes()

    def test_other_tokens_are_denied(self):
        for authorization, status, error in (
                (f"Bearer {token(-1)}", 401, "invalid_token"),
                (f"Bearer {token(scope='write')}", 403, "insufficient_scope")):
            with self.subTest(error), self.connect() as self.connection:
                request = self.request(("authorization", authorization))
                self.assert_denies(self.ask(request, "HEAD"), status, error, has_body=False)
                self.assert_closes()

    def test_two_tokens_that_were_joined_are_none(self):
        request = self.request(("authorization", f"Bearer {token()},Bearer {token()}"))
        self.assert_denies(self.ask(request, "HEAD"), 401, "invalid_request", has_body=False)
        self.assert_closes()


del ReplayTestCase  # it is no test itself
if __name__ == "__main__":
    unittest.main()
