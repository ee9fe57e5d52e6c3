# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Others follow what a registry revokes: PyJWT verifies its status lists, and Python's own zlib reads
them (draft-ietf-oauth-status-list)."""

import json
import os
import subprocess
import time
import unittest

from daemon import PATIENCE, Daemon
from exchange import run_peer, skip_unless
from oauth_test import free_port
from support import CliTestCase, claims_of, header_of
from tokens import Registry

PYTHON = os.environ["INTEROP_DEBIAN_PYTHON"]

# The rules of section 8.3, as somebody else would write them.
FOLLOWER = """
import base64, json, jwt, sys, zlib
asked = json.load(sys.stdin)
reference = asked["claims"]["status"]["status_list"]
header = jwt.get_unverified_header(asked["list"])
assert header["typ"] == "statuslist+jwt", header
keys = {key["kid"]: key for key in asked["jwks"]["keys"]}
key = jwt.PyJWK(keys[header["kid"]]).key
told = jwt.decode(asked["list"], key, algorithms=["ES256", "EdDSA"],
                  options={"require": ["iat", "exp", "sub"]})
assert told["sub"] == reference["uri"] and told["ttl"] > 0, told
bits, lst = told["status_list"]["bits"], told["status_list"]["lst"]
data = zlib.decompress(base64.urlsafe_b64decode(lst + "=" * (-len(lst) % 4)))
index = reference["idx"] * bits
json.dump(data[index // 8] >> index % 8 & (1 << bits) - 1, sys.stdout)
"""

VALID, INVALID = 0, 1


class StatusLists(CliTestCase):
    """A daemon that publishes the status of a registry's tokens."""

    @classmethod
    def setUpClass(cls):
        probe = subprocess.run([PYTHON, "-I", "-c", "import jwt, cryptography"], check=False,
                               capture_output=True, timeout=60)
        skip_unless(probe.returncode == 0, PYTHON + " has no python3-jwt and python3-cryptography")

    def start(self, alg="ES256"):
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.registry = Registry(self.path("tokens.db"), issuer=self.issuer)
        self.registry.run("registry", "status-lists", "on")
        self.run_program("keygen", "--alg", alg, "--out", self.path("issuer.jwk"))
        with open(self.path("daemon.toml"), "w", encoding="utf-8") as file:
            file.write('[[listen]]\naddress = "127.0.0.1:0"\n[registry]\npath = "tokens.db"\n'
                       f'[issuer]\naddress = "127.0.0.1:{self.port}"\n'
                       'signing_key_file = "issuer.jwk"\n')
        self.daemon = Daemon(self.path("daemon.toml"))
        self.addCleanup(self.daemon.stop)

    def get(self, url):
        """Headers and body of what is found there."""
        self.assertTrue(url.startswith(self.issuer), url)
        status, headers, body = self.daemon.ask(url.removeprefix(self.issuer), port=self.port)
        self.assertEqual(status, 200, body)
        return headers, body

    def status(self, token):
        """What a follower that knows nothing but the issuer finds out about a token."""
        claims = claims_of(token)
        metadata = self.json(claims["iss"] + "/.well-known/oauth-authorization-server")
        headers, text = self.get(claims["status"]["status_list"]["uri"])
        self.assertEqual(headers["Content-Type"], "application/statuslist+jwt")
        self.assertIn(claims["status"]["status_list"]["uri"], self.json(
            metadata["status_list_aggregation_endpoint"])["status_lists"])
        return run_peer([PYTHON, "-I", "-c", FOLLOWER], {
            "claims": claims, "list": text, "jwks": self.json(metadata["jwks_uri"])})

    def read(self, uri, text, *options):
        """What the command line makes of a list."""
        jwks = self.write("issuer.jwks", self.get(self.issuer + "/jwks")[1].encode())
        return self.run_program("status-list", "--jwk-file", jwks, "--uri", uri, *options, stdin=text)

    def json(self, url):
        return json.loads(self.get(url)[1])

    def test_what_is_revoked_is_seen_by_whoever_asks_next(self):
        self.start()
        tokens = [self.registry.token() for _ in range(3)]
        self.assertEqual([self.status(token) for token in tokens], [VALID] * 3)
        self.registry.revoke(tokens[1])
        self.assertEqual([self.status(token) for token in tokens], [VALID, INVALID, VALID])

    def test_the_command_line_reads_what_the_daemon_publishes(self):
        self.start()
        tokens = [self.registry.token() for _ in range(3)]
        self.registry.revoke(tokens[1])
        uri = claims_of(tokens[0])["status"]["status_list"]["uri"]
        text = self.get(uri)[1]
        told = json.loads(self.read(uri, text, "--json").out)
        self.assertEqual((told["uri"], told["bits"], told["size"], told["not_valid"]),
                         (uri, 1, 1 << 17, [1]))
        self.assertIn("not valid    1\n", self.read(uri, text).out)
        for index, status, name in ((0, 0, "valid\n"), (1, 1, "invalid\n"), (1 << 17, 1, "")):
            outcome = self.read(uri, text, "--index", str(index))
            self.assertEqual((outcome.status, outcome.out), (status, name), outcome.err)

    def test_the_command_line_refuses_other_lists(self):
        self.start()
        token = self.registry.token()
        uri = claims_of(token)["status"]["status_list"]["uri"]
        text = self.get(uri)[1]
        tomorrow = str(int(time.time()) + 24 * 3600 + 1)
        for outcome, message in ((self.read(uri + "0", text), "is another"),
                                 (self.read(uri, text, "--now", tomorrow), "has expired"),
                                 (self.read(uri, text[:-1]), "bad-base64url"),
                                 (self.read(uri, token), "alg-mismatch")):
            self.assertEqual((outcome.status, outcome.out), (1, ""))
            self.assertIn(message, outcome.err)

    def test_the_key_may_be_of_another_kind(self):
        self.start("EdDSA")
        self.assertEqual(self.status(self.registry.token()), VALID)

    def test_a_copy_is_the_same_whatever_is_chosen_later(self):
        self.start()
        token = self.registry.token()
        self.assertEqual(header_of(token), {"alg": "HS256", "typ": "JWT"})
        self.registry.run("registry", "status-lists", "off")
        copied = self.registry.run("token", "copy", claims_of(token)["jti"]).rstrip("\n")
        self.assertEqual(copied, token)
        self.assertNotIn("status", claims_of(self.registry.token()))
        self.assertEqual(self.registry.run("registry", "status-lists"), "off\n")

    def test_a_list_is_no_access_token(self):
        self.start()
        self.registry.run("server", "create", "api")
        token = self.registry.token("--server", "api")
        _, text = self.get(claims_of(token)["status"]["status_list"]["uri"])
        self.await_status(401, None)  # the first token closes the server
        self.await_status(200, token)
        self.assertEqual(self.daemon.ask("/verify/api", token=text)[0], 401)

    def await_status(self, status, token):
        """The daemon asks what has changed ten times a second."""
        deadline = time.monotonic() + PATIENCE
        while self.daemon.ask("/verify/api", token=token)[0] != status:
            self.assertLess(time.monotonic(), deadline)


if __name__ == "__main__":
    unittest.main()
