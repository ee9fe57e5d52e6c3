# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Debian's jwcrypto, in a process of its own: the Python that runs the tests may be another."""

import os
import subprocess
import unittest

from asymmetric_exchange import RSA, AsymmetricExchange
from exchange import read_source, run_peer, skip_unless
from support import CliTestCase

PYTHON = os.environ["INTEROP_DEBIAN_PYTHON"]
COMMAND = [PYTHON, "-I", "-c", read_source("jwcrypto_peer.py")]


class JwCrypto(AsymmetricExchange, CliTestCase):
    algorithms = (*RSA, "ES256", "ES384", "ES512", "ES256K", "EdDSA")
    forged = "InvalidJWSSignature"

    @classmethod
    def setUpClass(cls):
        skip_unless(os.path.exists(PYTHON), PYTHON + " not found")
        probe = subprocess.run([PYTHON, "-I", "-c", "import jwcrypto.jwt"], check=False,
                               capture_output=True, timeout=60)
        skip_unless(probe.returncode == 0, PYTHON + " has no python3-jwcrypto")

    def answers(self, requests):
        return run_peer(COMMAND, requests)


if __name__ == "__main__":
    unittest.main()
