# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Debian's Django, REST framework and simplejwt take the registry's tokens of the template django;
the daemon takes those that they issue."""

import json
import os
import subprocess
import unittest
import urllib.error
import urllib.request

from daemon import PATIENCE, OperationsTestCase
from exchange import read_source, skip_unless, tampered_twins
from support import claims_of
from tokens import Registry

PYTHON = os.environ["INTEROP_DEBIAN_PYTHON"]
DJANGO = ("--template", "django", "--user-id", "1")
PASSWORD = {"username": "alice", "password": "correct horse"}


def setUpModule():  # unittest's name
    probe = subprocess.run([PYTHON, "-I", "-c", "import rest_framework_simplejwt"], check=False,
                           capture_output=True, timeout=60)
    skip_unless(probe.returncode == 0, PYTHON + " has no python3-djangorestframework-simplejwt")


class DjangoTestCase(OperationsTestCase):
    accepts = None

    def setUp(self):
        super().setUp()
        self.registry = Registry(self.path("tokens.db"), "--accepts", self.accepts)
        self.registry.run("server", "create", "api")
        self.secret = self.registry.secret()
        process = subprocess.Popen([PYTHON, "-I", "-c", read_source("django_peer.py")],
                                   env={**os.environ, "JWT_SECRET": self.secret},
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.url = process.stdout.readline().strip()

    def ask(self, path, token=None, body=None):
        """Status and body of the site's answer."""
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = "Bearer " + token
        data = None if body is None else json.dumps(body).encode()
        try:
            request = urllib.request.Request(self.url + path, data, headers)
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def obtain(self):
        """An access token and a refresh token of the site."""
        status, pair = self.ask("/api/token/", body=PASSWORD)
        self.assertEqual(status, 200, pair)
        return pair["access"], pair["refresh"]

    def serve(self):
        self.registry.run("server", "auth", "api", "on")
        return self.start(f'[registry]\npath = "{self.registry.path}"\n')

    @staticmethod
    def verdict(daemon, token):
        body = json.loads(daemon.ask("/verify/api", token)[2])
        return "valid" if body["valid"] else body["verdict"]


class OfTheRegistryAlone(DjangoTestCase):
    accepts = "registered"

    def assert_refused(self, token, detail):
        status, body = self.ask("/whoami", token)
        self.assertEqual((status, body["code"]), (401, "token_not_valid"), body)
        self.assertIn(detail, json.dumps(body))

    def test_the_site_takes_its_tokens(self):
        token = self.registry.token(*DJANGO)
        self.assertEqual(self.ask("/whoami", token),
                         (200, {"user": "alice", "claims": claims_of(token)}))
        self.assertEqual(self.ask("/whoami")[0], 401)
        for twin in tampered_twins(token):
            self.assert_refused(twin, "Token is invalid or expired")
        self.assert_refused(self.registry.expired_token(*DJANGO), "Token is invalid or expired")
        # Another template lacks what simplejwt demands.
        self.assert_refused(self.registry.token(), "Token has no type")
        status, body = self.ask("/whoami", self.registry.token("--template", "django",
                                                               "--user-id", "2"))
        self.assertEqual((status, body["code"]), (401, "user_not_found"))

    def test_the_daemon_takes_its_own_and_not_the_sites(self):
        token = self.registry.token(*DJANGO, "--server", "api")
        daemon = self.serve()
        self.assertEqual(self.verdict(daemon, token), "valid")
        access, refresh = self.obtain()
        self.assertEqual(self.verdict(daemon, access), "not-registered")
        self.assertEqual(self.verdict(daemon, refresh), "refresh-token")


class OfAllWhoHaveTheSecret(DjangoTestCase):
    accepts = "signed"

    def test_the_daemon_takes_the_sites_access_tokens(self):
        daemon = self.serve()
        access, refresh = self.obtain()
        self.assertEqual(claims_of(refresh)["token_type"], "refresh")
        status, _, body = daemon.ask("/verify/api", access)
        self.assertEqual((status, json.loads(body)["claims"]), (200, claims_of(access)))
        for twin in tampered_twins(access):
            self.assertEqual(self.verdict(daemon, twin), "bad-signature")
        self.assertEqual(self.verdict(daemon, refresh), "refresh-token")
        status, refreshed = self.ask("/api/token/refresh/", body={"refresh": refresh})
        self.assertEqual(status, 200, refreshed)
        self.assertEqual(self.verdict(daemon, refreshed["access"]), "valid")
        self.assertEqual(self.ask("/whoami", refreshed["access"])[0], 200)


if __name__ == "__main__":
    unittest.main()
