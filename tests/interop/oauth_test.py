# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The daemon issues tokens: clients of npm and Debian fetch them, and checks take them at once."""

import json
import os
import signal
import socket
import subprocess
import threading
import unittest
import urllib.parse

import npm
from daemon import Daemon
from exchange import read_source, run_peer, skip_unless
from support import CliTestCase
from tokens import Registry

PYTHON = os.environ["INTEROP_DEBIAN_PYTHON"]
RESOURCE = "https://api.example/mcp"

# The guide's sample.
REFRESH_BY_REQUESTS = """
import requests, sys
response = requests.post(sys.argv[1] + "/refresh", json={"refresh_token": sys.argv[2]})
response.raise_for_status()
print(response.json()["access_token"])
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class IssuerTestCase(CliTestCase):
    """A daemon whose registry has the client robot, for the server api."""

    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.registry = Registry(self.path("tokens.db"), issuer=self.issuer)
        self.registry.run("server", "create", "api", "--url", RESOURCE)
        self.grant = ("--scope", "read write", "--server", "api")
        self.secret = self.registry.ask("client", "create", "robot", "--description", "Jobs",
                                        *self.grant)["secret"]
        with open(self.path("daemon.toml"), "w", encoding="utf-8") as file:
            file.write('[[listen]]\naddress = "127.0.0.1:0"\n[registry]\npath = "tokens.db"\n'
                       f'[issuer]\naddress = "127.0.0.1:{self.port}"\nresource_metadata = true\n')
        self.start()
        self.addCleanup(lambda: self.daemon.stop())

    def start(self):
        self.daemon = Daemon(self.path("daemon.toml"))

    def refresh_token(self, *options):
        return self.registry.ask("token", "create", "--description", "CI", "--expires-in", "1h",
                                 "--refresh-for", "1d", *self.grant, *options)["refresh_token"]

    def refresh(self, token):
        """Status and members of the answer."""
        status, _, body = self.daemon.ask("/refresh", port=self.port,
                                          headers={"Content-Type": "application/json"},
                                          body=json.dumps({"refresh_token": token}))
        return status, json.loads(body)

    def verdict(self, token):
        """Of the next check on this node."""
        status, _, body = self.daemon.ask("/verify/api", token=token)
        return "valid" if status == 200 else json.loads(body)["verdict"]


class Requests(IssuerTestCase):
    def test_refresh_as_the_guide_has_it(self):
        probe = subprocess.run([PYTHON, "-I", "-c", "import requests"], check=False,
                               capture_output=True, timeout=60)
        skip_unless(probe.returncode == 0, PYTHON + " has no python3-requests")
        process = subprocess.run([PYTHON, "-I", "-c", REFRESH_BY_REQUESTS, self.issuer,
                                  self.refresh_token()], capture_output=True, timeout=60, text=True,
                                 check=False)
        self.assertEqual(process.stderr, "")
        self.assertEqual(self.verdict(process.stdout.strip()), "valid")


class Refreshing(IssuerTestCase):
    def test_lets_one_of_many_at_once_win(self):
        token = self.refresh_token()
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(self.refresh(token)))
                   for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [members for status, members in answers if status == 200]
        self.assertEqual(len(won), 1)
        self.assertEqual([members["error"] for status, members in answers if status != 200],
                         ["invalid_grant"] * 7)
        self.assertEqual(self.verdict(won[0]["access_token"]), "revoked")

    def test_notices_reuse_across_processes(self):
        token = self.refresh_token()
        first = self.refresh(token)[1]
        self.assertEqual(self.verdict(first["access_token"]), "valid")
        self.daemon.stop(signal.SIGKILL)
        self.start()
        self.assertEqual(self.verdict(first["access_token"]), "valid")
        self.assertEqual(self.refresh(token)[1]["error"], "invalid_grant")
        self.assertEqual(self.verdict(first["access_token"]), "revoked")
        self.assertEqual(self.refresh(first["refresh_token"])[1]["error"], "invalid_grant")
        actions = [entry["action"] for entry in self.registry.ask("audit", "list")["entries"]]
        self.assertEqual(actions.count("refresh.reuse"), 1)

    def test_ends_with_a_family_that_the_command_line_revokes(self):
        token = self.refresh_token()
        access = self.refresh(token)[1]["access_token"]
        family = self.registry.ask("refresh", "list")["families"][0]["family"]
        self.registry.run("refresh", "revoke", str(family), "--yes")
        self.assertEqual(self.refresh(token)[0], 400)
        for _ in range(300):
            if self.verdict(access) == "revoked":
                return
        self.fail("the revocation does not arrive")


class Challenges(IssuerTestCase):
    def test_lead_to_the_issuer(self):
        self.refresh_token()  # from the first token on, the server asks for one
        for _ in range(300):
            status, headers, _ = self.daemon.ask("/check/forward/api")
            if status == 401:
                break
        challenge = headers["WWW-Authenticate"]
        url = f"{self.issuer}/resources/api"
        self.assertIn(f'resource_metadata="{url}"', challenge)
        path = urllib.parse.urlsplit(url).path
        _, _, body = self.daemon.ask(path, port=self.port)
        metadata = json.loads(body)
        self.assertEqual((metadata["resource"], metadata["authorization_servers"]),
                         (RESOURCE, [self.issuer]))


class OpenidClient(IssuerTestCase):
    @classmethod
    def setUpClass(cls):
        cls.packages = npm.require("openid-client", npm.OPENID_CLIENT)

    def test_discovers_fetches_refreshes_and_hands_back(self):
        for method in ("basic", "post"):
            report = run_peer([npm.NODE, "--input-type=module", "--eval",
                               read_source("oauth_peer.mjs")],
                              {"issuer": self.issuer, "secret": self.secret, "method": method,
                               "refreshToken": self.refresh_token("--client", "robot")},
                              cwd=self.packages)
            self.assertEqual(report["metadata"]["issuer"], self.issuer)
            self.assertEqual((report["fetched"]["token_type"], report["fetched"]["scope"]),
                             ("bearer", "read"))
            self.assertEqual(self.verdict(report["fetched"]["access_token"]), "revoked")
            self.assertEqual(self.verdict(report["again"]["access_token"]), "revoked")
            self.assertEqual((report["reuse"], report["wide"], report["impostor"]),
                             ("invalid_grant", "invalid_scope",
                              "OAUTH_WWW_AUTHENTICATE_CHALLENGE"))


if __name__ == "__main__":
    unittest.main()
