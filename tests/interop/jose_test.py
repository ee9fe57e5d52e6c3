# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The npm package jose, in Node.js. npm puts it into the build tree when the tests first run."""

import json
import os
import shutil
import subprocess
import time
import unittest

from exchange import (AUDIENCE, ISSUER, LibraryExchange, claims_until, for_each_alg, read_source,
                      run_peer, skip_unless, tampered_twins)
from support import CliTestCase, header_of, jwk

VERSION = "6.2.17"
FOLDER = os.environ["INTEROP_NODE_FOLDER"]
NODE = shutil.which("node")
NPM = shutil.which("npm")


def installed_version():
    try:
        with open(os.path.join(FOLDER, "node_modules/jose/package.json"), encoding="utf-8") as file:
            return json.load(file)["version"]
    except FileNotFoundError:
        return None


def install():
    skip_unless(NPM, "npm not found")
    os.makedirs(FOLDER, exist_ok=True)
    command = [NPM, "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit",
               "--no-fund", "--fetch-retries=0", "--prefix", FOLDER, "jose@" + VERSION]
    try:
        process = subprocess.run(command, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        raise unittest.SkipTest("npm took too long to install jose " + VERSION) from None
    skip_unless(process.returncode == 0,
                "npm cannot install jose %s: %s" % (VERSION, process.stderr.decode().strip()))


def ask(request):
    command = [NODE, "--input-type=module", "--eval", read_source("jose_peer.mjs")]
    return run_peer(command, request, cwd=FOLDER)


class Jose(LibraryExchange, CliTestCase):
    forged = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"
    expired = "ERR_JWT_EXPIRED exp"
    wrong_audience = "ERR_JWT_CLAIM_VALIDATION_FAILED aud"

    @classmethod
    def setUpClass(cls):
        skip_unless(NODE, "node not found")
        if installed_version() != VERSION:
            install()

    def their_token(self, alg, claims, key=None):
        return ask({"alg": alg, "jwk": key or jwk(), "claims": claims})

    def their_verdict(self, alg, token, key=None):
        return ask({"alg": alg, "jwk": key or jwk(), "token": token, "issuer": ISSUER,
                    "audience": AUDIENCE})

    @for_each_alg
    def test_both_use_a_key_of_keygen(self, alg):
        path = self.path(alg + ".jwk")
        self.assertEqual(self.run_program("keygen", "--alg", alg, "--out", path).status, 0)
        with open(path, encoding="ascii") as file:
            key = json.load(file)

        claims = claims_until(int(time.time()) + 3600)
        theirs = self.their_token(alg, claims, key)
        self.assertEqual(header_of(theirs)["kid"], key["kid"])
        verify = ("verify", "--jwk-file", path, "--iss", ISSUER, "--aud", AUDIENCE)
        self.assert_valid(self.run_program(*verify, theirs))
        for twin in tampered_twins(theirs):
            self.assert_we_reject(self.run_program(*verify, twin), "bad-signature")

        outcome = self.run_program("sign", "--jwk-file", path, "--no-iat", "--iss", ISSUER,
                                   "--sub", "alice", "--aud", AUDIENCE,
                                   "--claim", "exp=%d" % claims["exp"])
        ours = outcome.out.rstrip("\n")
        self.assertEqual(self.their_verdict(alg, ours, key), {"claims": claims})
        for twin in tampered_twins(ours):
            self.assertEqual(self.their_verdict(alg, twin, key), {"error": self.forged})


if __name__ == "__main__":
    unittest.main()
