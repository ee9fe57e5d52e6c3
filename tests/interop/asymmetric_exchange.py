# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Tokens of asymmetric algorithms go both ways between the command line and a peer. What signs has
the private key, what verifies the public one.

A peer's test case derives from AsymmetricExchange and CliTestCase, and defines
  algorithms         those that the peer knows
  answers(requests)  its answers, all by one process: a token for {"alg", "jwk", "claims"};
                     {"claims": ...}, or {"error": the peer's name for what is wrong}, for
                     {"alg", "jwk", "token", "issuer", "audience"}
  forged             the peer's name for a signature that is wrong
"""

import json
import time

from exchange import AUDIENCE, ISSUER, claims_until, read_source, tampered_twins
from support import claims_of, header_of, to_bytes

KEYS = json.loads(read_source("private_keys.json"))
KEY_OF = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "ES256K": "secp256k1",
          "EdDSA": "Ed25519", "Ed25519": "Ed25519", "Ed448": "Ed448"}
PRIVATE = {"d", "p", "q", "dp", "dq", "qi"}
RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")


def private_jwk(alg):
    """Its kid is the algorithm: each has a key of its own in a set of all."""
    return {**KEYS[KEY_OF.get(alg, "RSA")], "alg": alg, "kid": alg}


def public_jwk(alg):
    return {name: value for name, value in private_jwk(alg).items() if name not in PRIVATE}


class AsymmetricExchange:
    def test_we_accept_their_signatures(self):
        claims = claims_until(int(time.time()) + 3600)
        tokens = self.answers([{"alg": alg, "jwk": private_jwk(alg), "claims": claims}
                               for alg in self.algorithms])
        keys = self.write("keys.jwks", to_bytes({"keys": [*map(public_jwk, self.algorithms)]}))
        for alg, token in zip(self.algorithms, tokens):
            header = header_of(token)
            self.assertEqual((header["alg"], header["kid"]), (alg, alg))
            self.assertEqual(claims_of(token), claims)
        lines = [line for token in tokens for line in (token, *tampered_twins(token))]
        outcome = self.run_program("verify", "--jwk-file", keys, "--iss", ISSUER, "--aud", AUDIENCE,
                                   "--require", "sub,exp", "--json", stdin="\n".join(lines))
        self.assertEqual(outcome.err, "")
        results = [json.loads(line) for line in outcome.out.splitlines()]
        verdicts = [(header_of(line)["alg"], result["verdict"])
                    for line, result in zip(lines, results, strict=True)]
        self.assertEqual(verdicts, [(alg, verdict) for alg in self.algorithms
                                    for verdict in ("valid", "bad-signature", "bad-signature")])

    def test_they_accept_our_signatures(self):
        exp = int(time.time()) + 3600
        tokens = []
        for alg in self.algorithms:
            key = self.write(alg + ".jwk", to_bytes(private_jwk(alg)))
            outcome = self.run_program("sign", "--jwk-file", key, "--no-iat", "--iss", ISSUER,
                                       "--sub", "alice", "--aud", AUDIENCE, "--claim", f"exp={exp}")
            self.assertEqual((outcome.status, outcome.err), (0, ""))
            token = outcome.out.rstrip("\n")
            tokens += [(alg, token), *((alg, twin) for twin in tampered_twins(token))]
        answers = self.answers([{"alg": alg, "jwk": public_jwk(alg), "token": token,
                                 "issuer": ISSUER, "audience": AUDIENCE} for alg, token in tokens])
        good, bad = {"claims": claims_until(exp)}, {"error": self.forged}
        self.assertEqual([(alg, answer) for (alg, _), answer in zip(tokens, answers, strict=True)],
                         [(alg, answer) for alg in self.algorithms for answer in (good, bad, bad)])
