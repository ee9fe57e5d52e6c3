# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The npm package oidc-provider, a certified OpenID provider, in Node.js: the daemon is told its
issuer and nothing else, and judges its tokens."""

import base64
import json
import os
import socket
import ssl
import subprocess
import unittest
import urllib.parse
import urllib.request

import npm
from daemon import PATIENCE, Load, OperationsTestCase
from exchange import read_source, tampered_twins
from issuer import make_certificate
from support import encode, header_of, to_bytes

VERSION = "8.8.1"  # the newest that runs in Debian's Node.js, which is 18
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
CLIENT = "client:a client secret, and no other"


def free_port():
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        return any_socket.getsockname()[1]


class Provider:
    """The running server; the kids of its keys begin with one of `generations`."""

    def __init__(self, folder, certificate, key, port, generations, saved):
        self.url = f"https://127.0.0.1:{port}"
        self.context = ssl.create_default_context(cafile=certificate)
        options = json.dumps({"port": port, "key": key, "certificate": certificate,
                              "generations": generations, "saved": saved})
        self.process = subprocess.Popen(
            [npm.NODE, "--input-type=module", "--eval", read_source("oidc_provider_peer.mjs"),
             options],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        while self.process.stdout.readline() != "listening\n":
            if self.process.poll() is not None:
                raise AssertionError("oidc-provider does not start")

    def token(self, alg):
        """An access token for the API, got as a client gets it."""
        user, password = (urllib.parse.quote(part, safe="") for part in CLIENT.split(":"))
        basic = base64.b64encode(f"{user}:{password}".encode()).decode()
        body = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "read",
                                       "resource": "urn:" + alg})
        request = urllib.request.Request(self.url + "/token", body.encode(),
                                         {"Authorization": "Basic " + basic})
        with urllib.request.urlopen(request, timeout=PATIENCE, context=self.context) as answer:
            return json.load(answer)["access_token"]

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()


class OidcProvider(OperationsTestCase):
    def setUp(self):
        super().setUp()
        self.node_folder = npm.require("oidc-provider", VERSION)
        self.certificate, self.key = make_certificate(self.folder)
        self.port = free_port()
        self.provider = self.start_provider("first-")
        self.daemon = self.start(
            f'[policy.default]\nissuer = "{self.provider.url}"\ndiscovery = true\naud = "api"\n'
            'typ = "at+jwt"\nexp = "required"\nscope = "read"',
            f'[jwks]\nallow_private_addresses = true\nca_file = "{self.certificate}"\n'
            'cooldown_seconds = 1', "[server]\nthreads = 2")
        self.await_equal(lambda: self.daemon.admin("/readyz")[0], 200)

    def start_provider(self, *generations):
        provider = Provider(self.node_folder, self.certificate, self.key, self.port, generations,
                            self.path("provider_keys.json"))
        self.addCleanup(provider.stop)
        return provider

    def test_its_tokens_are_verified_by_discovery_alone(self):
        for alg in ALGORITHMS:
            with self.subTest(alg):
                token = self.provider.token(alg)
                status, _, body = self.daemon.ask("/verify/default", token)
                self.assertEqual(status, 200, body)
                claims = json.loads(body)["claims"]
                self.assertEqual((claims["iss"], claims["client_id"]),
                                 (self.provider.url, "client"))
                head, middle, tail = token.split(".")
                changed = "B" if tail[0] == "A" else "A"
                self.assertEqual(self.daemon.status(f"{head}.{middle}.{changed}{tail[1:]}"), 401)

    def replace_provider(self, *generations):
        self.provider.stop()
        self.provider = self.start_provider(*generations)

    def tokens(self, generation):
        """One for each algorithm, signed with a key of this generation."""
        tokens = [self.provider.token(alg) for alg in ALGORITHMS]
        self.assertEqual([header_of(token)["kid"] for token in tokens],
                         [generation + alg for alg in ALGORITHMS])
        return tokens

    def load(self, good, bad):
        load = Load(self.daemon.port, [("/verify/default", token, 200) for token in good] +
                    [("/verify/default", token, 401) for token in bad])
        self.addCleanup(load.stop)
        load.await_answers(50)
        return load

    def test_no_verdict_is_wrong_while_its_keys_rotate(self):
        old = self.tokens("first-")
        forged = [twin for token in old for twin in tampered_twins(token)]
        load = self.load(old, forged)
        # New keys beside the old ones: tokens of those stay good, all the time.
        self.replace_provider("second-", "first-")
        new = self.tokens("second-")
        self.await_equal(lambda: self.daemon.status(new[0]), 200)
        load.await_answers(50)
        self.assertEqual(load.stop(), [])

        forged += [twin for token in new for twin in tampered_twins(token)]
        load = self.load(new, forged)
        # The new keys alone. The daemon learns of it when it asks for a key that it does not know.
        self.replace_provider("second-")
        stranger = ".".join((encode(to_bytes({**header_of(new[0]), "kid": "third-"})),
                             *new[0].split(".")[1:]))
        self.await_equal(lambda: [self.daemon.status(token) for token in (stranger, *old)],
                         [401] * (1 + len(old)))
        load.await_answers(50)
        self.assertEqual(load.stop(), [])
        self.assertEqual(self.load(new, old + forged).stop(), [])


if __name__ == "__main__":
    unittest.main()
