# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Debian's PyJWT, in a process of its own: the Python that runs the tests may be another."""

import os
import subprocess
import unittest

from asymmetric_exchange import RSA, AsymmetricExchange
from exchange import AUDIENCE, ISSUER, LibraryExchange, read_source, run_peer, skip_unless
from support import SECRET, CliTestCase

PYTHON = os.environ["INTEROP_DEBIAN_PYTHON"]
# Isolated: it sees neither the environment's modules nor ours.
COMMAND = [PYTHON, "-I", "-c", read_source("pyjwt_peer.py")]


def setUpModule():  # unittest's name
    skip_unless(os.path.exists(PYTHON), PYTHON + " not found")
    for module, package in (("jwt", "python3-jwt"), ("cryptography", "python3-cryptography")):
        probe = subprocess.run([PYTHON, "-I", "-c", "import " + module], check=False,
                               capture_output=True, timeout=60)
        skip_unless(probe.returncode == 0, f"{PYTHON} has no {package}")


class PyJwt(LibraryExchange, CliTestCase):
    forged = "InvalidSignatureError"
    expired = "ExpiredSignatureError"
    wrong_audience = "InvalidAudienceError"

    def their_token(self, alg, claims):
        return run_peer(COMMAND, {"alg": alg, "secret": SECRET.decode(), "claims": claims})

    def their_verdict(self, alg, token):
        return run_peer(COMMAND, {"alg": alg, "secret": SECRET.decode(), "token": token,
                                  "issuer": ISSUER, "audience": AUDIENCE})


class PyJwtAsymmetric(AsymmetricExchange, CliTestCase):
    algorithms = (*RSA, "ES256", "ES384", "ES512", "ES256K", "EdDSA")
    forged = PyJwt.forged

    def answers(self, requests):
        return run_peer(COMMAND, requests)


if __name__ == "__main__":
    unittest.main()
