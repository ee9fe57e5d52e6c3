# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""golang-jwt, from Debian's packages. Its program is built into the build tree when the tests first
run."""

import os
import shutil
import subprocess
import unittest

from asymmetric_exchange import RSA, AsymmetricExchange
from exchange import alone_in, run_peer, skip_unless
from support import CliTestCase

GO = shutil.which("go")
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golang_jwt_peer.go")
PACKAGES = "/usr/share/gocode"
FOLDER = os.environ["INTEROP_GO_FOLDER"]
PROGRAM = os.path.join(FOLDER, "golang_jwt_peer")


def build():
    skip_unless(GO, "go not found (golang-go)")
    skip_unless(os.path.exists(PACKAGES + "/src/github.com/golang-jwt/jwt/parser.go"),
                "golang-jwt not found (golang-github-golang-jwt-jwt-dev)")
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": PACKAGES, "GOFLAGS": "",
                   "GOPROXY": "off", "CGO_ENABLED": "0", "GOCACHE": os.path.join(FOLDER, "cache")}
    with alone_in(FOLDER):
        if os.path.exists(PROGRAM) and os.path.getmtime(PROGRAM) >= os.path.getmtime(SOURCE):
            return
        subprocess.run([GO, "build", "-o", PROGRAM, SOURCE], env=environment, timeout=240,
                       check=True)


class GolangJwt(AsymmetricExchange, CliTestCase):
    algorithms = (*RSA, "ES256", "ES384", "ES512", "EdDSA")
    forged = "signature invalid"

    @classmethod
    def setUpClass(cls):
        build()

    def answers(self, requests):
        return run_peer([PROGRAM], requests)


if __name__ == "__main__":
    unittest.main()
