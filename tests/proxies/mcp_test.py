# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""An MCP server of the npm package @modelcontextprotocol/sdk behind nginx, which asks the daemon
about the registry's tokens; and the package's client, which has some."""

import os

import npm

PACKAGES = npm.require_or_end("@modelcontextprotocol/sdk", npm.MCP_SDK)  # while there is a network

import namespace

namespace.enter()

import functools
import json
import subprocess
import unittest

import programs
from exchange import tampered_twins
from machine import Process, wait_for
from stories import SITE_PORT, ProxyTestCase, attribute

SITE = f"http://127.0.0.1:{SITE_PORT}"


def node(source, *arguments):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), source)
    with open(path, encoding="ascii") as file:
        return [npm.NODE, "--input-type=module", "--eval", file.read(), *arguments]


class McpClients:
    """The process in which they run."""

    def __init__(self):
        self.process = subprocess.Popen(node("mcp_client.mjs"), cwd=PACKAGES, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.count = 0

    def do(self, client, deed, **how):
        self.process.stdin.write(json.dumps({"client": client, "deed": deed, **how}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def connect(self, kind, token):
        """What a new client does, and what came of its connecting."""
        self.count += 1
        deeds = functools.partial(self.do, str(self.count))
        url = SITE + {"http": "/mcp", "sse": "/sse"}[kind]
        return deeds, deeds("connect", kind=kind, url=url, token=token)

    def end(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class McpTest(ProxyTestCase):
    has_registry = True

    @staticmethod
    def program(folder):
        return programs.nginx(folder, "include simdjwt/mcp.conf;")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry.run("server", "create", "mcp", "--url", SITE + "/mcp")
        cls.registry.run("server", "create", "other")
        cls.registry.token("--server", "mcp")  # which turns the server's authentication on
        server = Process(*node("mcp_server.mjs"), cwd=PACKAGES)
        cls.addClassCleanup(server.stop)
        server.wait_for(lambda: "listening" in server.output())
        cls.clients = McpClients()
        cls.addClassCleanup(cls.clients.end)
        wait_for(lambda: cls.status(None) == 401, "the daemon to know the server")

    @classmethod
    def status(cls, token):
        return cls.status_of("/mcp", token)

    def make_token(self, *options):
        token = self.registry.token("--server", "mcp", *options)
        wait_for(lambda: self.status(token) != 401, "the daemon to know the token")
        return token

    def assert_refused(self, outcome, error):
        """With a challenge that the client has seen."""
        self.assertIn("401", str(outcome["code"] if "code" in outcome else outcome["error"]))
        self.assertTrue(outcome["challenge"].startswith('Bearer realm="'), outcome)
        self.assertEqual(attribute(outcome["challenge"], "error"), error)

    def test_tools_are_listed_and_called(self):
        token = self.make_token()
        for kind in ("http", "sse"):
            with self.subTest(kind):
                client, outcome = self.clients.connect(kind, token)
                self.assertEqual(outcome, {"value": None})
                self.assertEqual(client("list"), {"value": ["whoami", "question", "answer"]})
                self.assertEqual(client("whoami"),
                                 {"value": {"sub": "alice", "authorization": None}})
                self.assertEqual(client("question"), {"value": "answered"})
                self.assertEqual(client("close"), {"value": None})

    def test_who_has_no_good_token_is_told_so(self):
        token = self.make_token()
        elsewhere = self.registry.token("--server", "other")
        expired = self.registry.expired_token("--server", "mcp")
        for kind in ("http", "sse"):
            for bad in (None, *tampered_twins(token), elsewhere, expired):
                with self.subTest(kind, token=bad):
                    self.assert_refused(self.clients.connect(kind, bad)[1],
                                        None if bad is None else "invalid_token")

    def test_a_token_that_is_revoked_ends_its_sessions(self):
        for kind in ("http", "sse"):
            with self.subTest(kind):
                token, other = self.make_token(), self.make_token()
                client, _ = self.clients.connect(kind, token)
                unconcerned, _ = self.clients.connect(kind, other)
                self.assertIn("value", client("whoami"))
                self.registry.revoke(token)
                wait_for(lambda: self.status(token) == 401, "the daemon to know of the revocation")
                self.assert_refused(client("whoami"), "invalid_token")
                self.assert_refused(client("list"), "invalid_token")
                self.assertIn("value", unconcerned("whoami"))


del ProxyTestCase  # it is no test itself
if __name__ == "__main__":
    unittest.main()
