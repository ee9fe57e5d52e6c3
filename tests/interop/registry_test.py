# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Services verify tokens of the registry by themselves, with the text of the account's secret, or
with the account's public keys."""

import json
import os
import subprocess
import unittest
import urllib.error
import urllib.request

import npm
from exchange import AUDIENCE, read_source, run_peer, skip_unless, tampered_twins
from golang_jwt_test import PROGRAM as GO_PROGRAM, build as build_go_program
from support import CliTestCase, claims_of, jwk
from tokens import ISSUER, Registry

PYTHON = os.environ["INTEROP_DEBIAN_PYTHON"]
PATIENCE_SECONDS = 30


class Services:
    """A test case derives from this and defines the two names and
      verdict(secret, token)   {"claims": ...} or {"error": the peer's name for what is wrong}
    """

    forged = None
    expired = None

    def test_verify(self):
        registry = Registry(self.path("tokens.db"))
        token = registry.token("--aud", AUDIENCE)
        secret = registry.secret()
        self.assertEqual(self.verdict(secret, token), {"claims": claims_of(token)})
        for twin in tampered_twins(token):
            self.assertEqual(self.verdict(secret, twin), {"error": self.forged})
        expired = registry.expired_token("--aud", AUDIENCE)
        self.assertEqual(self.verdict(secret, expired), {"error": self.expired})
        # Once the secret is replaced, its old tokens are for those who still have it.
        registry.run("secret", "rotate", "--grace", "1h", "--yes")
        self.assertNotEqual(registry.secret(), secret)
        self.assertEqual(self.verdict(registry.secret(), token), {"error": self.forged})
        token = registry.token("--aud", AUDIENCE)
        self.assertEqual(self.verdict(registry.secret(), token), {"claims": claims_of(token)})


def request_about(secret, token):
    return {"alg": "HS256", "token": token, "issuer": ISSUER, "audience": AUDIENCE,
            "secret": secret, "jwk": jwk(secret=secret.encode())}


class PublicKeys:
    """The same by a JWK Set, as what the account publishes."""

    def test_verify_by_the_public_keys(self):
        registry = Registry(self.path("keys.db"))
        for alg in ("EdDSA", "RS256"):
            registry.run("account", "policy", "alice", "--alg", alg)
            token = registry.token("--aud", AUDIENCE)
            keys = json.loads(registry.run("secret", "jwks"))
            self.assertEqual(self.verdict_by(keys, alg, token), {"claims": claims_of(token)})
            for twin in tampered_twins(token):
                self.assertEqual(self.verdict_by(keys, alg, twin), {"error": self.forged})
            registry.run("secret", "rotate", "--grace", "1h", "--yes")
            keys = json.loads(registry.run("secret", "jwks"))
            for each in (token, registry.token("--aud", AUDIENCE)):
                self.assertEqual(self.verdict_by(keys, alg, each), {"claims": claims_of(each)})

    def verdict_by(self, keys, alg, token):
        return self.ask({"alg": alg, "token": token, "issuer": ISSUER, "audience": AUDIENCE,
                         "jwks": keys})


class PyJwt(Services, PublicKeys, CliTestCase):
    forged = "InvalidSignatureError"
    expired = "ExpiredSignatureError"

    @classmethod
    def setUpClass(cls):
        probe = subprocess.run([PYTHON, "-I", "-c", "import jwt"], check=False,
                               capture_output=True, timeout=60)
        skip_unless(probe.returncode == 0, PYTHON + " has no python3-jwt")

    def ask(self, request):
        return run_peer([PYTHON, "-I", "-c", read_source("pyjwt_peer.py")], request)

    def verdict(self, secret, token):
        return self.ask(request_about(secret, token))


class Jose(Services, PublicKeys, CliTestCase):
    forged = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"
    expired = "ERR_JWT_EXPIRED exp"

    @classmethod
    def setUpClass(cls):
        cls.packages = npm.require("jose", npm.JOSE)

    def ask(self, request):
        return run_peer([npm.NODE, "--input-type=module", "--eval", read_source("jose_peer.mjs")],
                        request, cwd=self.packages)

    def verdict(self, secret, token):
        return self.ask(request_about(secret, token))


class GolangJwt(Services, CliTestCase):
    forged = "signature invalid"
    expired = "Token is expired"

    @classmethod
    def setUpClass(cls):
        build_go_program()

    def verdict(self, secret, token):
        return run_peer([GO_PROGRAM], [request_about(secret, token)])[0]


class Express(Services, CliTestCase):
    """An application that has the secret in its environment."""

    forged = "invalid signature"
    expired = "jwt expired"

    @classmethod
    def setUpClass(cls):
        cls.packages = npm.require("express", npm.EXPRESS, "jsonwebtoken@" + npm.JSONWEBTOKEN)

    def setUp(self):
        super().setUp()
        self.urls = {}  # of an application, by its secret

    def start(self, secret):
        process = subprocess.Popen(
            [npm.NODE, "--input-type=module", "--eval", read_source("express_peer.mjs")],
            env={**os.environ, "JWT_SECRET": secret}, cwd=self.packages, stdout=subprocess.PIPE,
            text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process.stdout.readline().strip()

    def ask(self, secret, authorization=None):
        """Status and body."""
        if secret not in self.urls:
            self.urls[secret] = self.start(secret)
        headers = {} if authorization is None else {"Authorization": authorization}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.urls[secret], headers=headers),
                                        timeout=PATIENCE_SECONDS) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def verdict(self, secret, token):
        status, body = self.ask(secret, "Bearer " + token)
        self.assertEqual(status, 200 if "claims" in body else 403)
        return body

    def test_asks_for_a_token(self):
        self.assertEqual(self.ask("s" * 64), (401, {"error": "no token"}))


if __name__ == "__main__":
    unittest.main()
