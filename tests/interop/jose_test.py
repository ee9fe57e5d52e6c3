# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The npm package jose, in Node.js. npm puts it into the build tree when the tests first run."""

import json
import time
import unittest

import npm
from asymmetric_exchange import RSA, AsymmetricExchange
from exchange import (AUDIENCE, ISSUER, LibraryExchange, claims_until, for_each_alg, read_source,
                      run_peer, tampered_twins)
from support import CliTestCase, header_of, jwk


def ask(request):
    command = [npm.NODE, "--input-type=module", "--eval", read_source("jose_peer.mjs")]
    return run_peer(command, request, cwd=npm.require("jose", npm.JOSE))


class Jose(LibraryExchange, CliTestCase):
    forged = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"
    expired = "ERR_JWT_EXPIRED exp"
    wrong_audience = "ERR_JWT_CLAIM_VALIDATION_FAILED aud"

    @classmethod
    def setUpClass(cls):
        npm.require("jose", npm.JOSE)

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


class JoseAsymmetric(AsymmetricExchange, CliTestCase):
    algorithms = (*RSA, "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
    forged = Jose.forged

    def answers(self, requests):
        return ask(requests)


if __name__ == "__main__":
    unittest.main()
