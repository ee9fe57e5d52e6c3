# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Services verify tokens of the registry by themselves, with the text of the account's secret."""

import json
import os
import subprocess
import unittest

import npm
from exchange import AUDIENCE, read_source, run_peer, skip_unless, tampered_twins
from support import CliTestCase, claims_of

ISSUER = "https://tokens.example"
PYTHON = os.environ["INTEROP_DEBIAN_PYTHON"]


class RegistryTestCase(CliTestCase):
    def setUp(self):
        super().setUp()
        self.registry = self.path("tokens.db")
        self.succeed("registry", "init", "--issuer", ISSUER)
        self.succeed("account", "create", "alice")
        self.token = json.loads(self.succeed(
            "token", "create", "--description", "x", "--aud", AUDIENCE, "--expires-in", "1h",
            "--json"))["token"]
        self.secret = self.succeed("secret", "show").rstrip("\n")

    def succeed(self, *args):
        outcome = self.run_program(*args, "--registry", self.registry)
        self.assertEqual(outcome.status, 0, outcome.err)
        return outcome.out

    def verdict(self, token):
        """Of the peer: {"claims": ...} or {"error": ...}."""
        raise NotImplementedError

    def check(self, error):
        self.assertEqual(self.verdict(self.token), {"claims": claims_of(self.token)})
        for twin in tampered_twins(self.token):
            self.assertEqual(self.verdict(twin), {"error": error})
        # Once the secret is replaced, its old tokens are for those who still have it.
        self.succeed("secret", "rotate", "--grace", "1h", "--yes")
        self.secret = self.succeed("secret", "show").rstrip("\n")
        self.assertEqual(self.verdict(self.token), {"error": error})


class PyJwt(RegistryTestCase):
    @classmethod
    def setUpClass(cls):
        probe = subprocess.run([PYTHON, "-I", "-c", "import jwt"], check=False,
                               capture_output=True, timeout=60)
        skip_unless(probe.returncode == 0, PYTHON + " has no python3-jwt")

    def verdict(self, token):
        return run_peer([PYTHON, "-I", "-c", read_source("pyjwt_peer.py")],
                        {"alg": "HS256", "secret": self.secret, "token": token, "issuer": ISSUER,
                         "audience": AUDIENCE})

    def test_verifies(self):
        self.check("InvalidSignatureError")


class JsonWebToken(RegistryTestCase):
    @classmethod
    def setUpClass(cls):
        cls.packages = npm.require("jsonwebtoken", "9.0.3")

    def verdict(self, token):
        command = [npm.NODE, "--input-type=module", "--eval", read_source("jsonwebtoken_peer.mjs")]
        return run_peer(command, {"secret": self.secret, "token": token}, cwd=self.packages)

    def test_verifies(self):
        self.check("invalid signature")


if __name__ == "__main__":
    unittest.main()
