# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The calls that `simdjwt token show` prints, of a site behind nginx with the daemon's check."""

import namespace

namespace.enter()

import os
import shutil
import subprocess
import unittest

import programs
from machine import wait_for
from stories import SITE_PORT, ProxyTestCase
from support import PROGRAM, claims_of

DEBIAN_PYTHON = "/usr/bin/python3"  # which alone has Debian's requests
URL = f"http://127.0.0.1:{SITE_PORT}/orders?it's=$HOME"
SITE = """
include simdjwt/simdjwt.conf;
server {
  listen 8000;
  include simdjwt/check.conf;
  auth_request /_simdjwt/orders;
  include simdjwt/identity.conf;
  location / { proxy_pass http://127.0.0.1:3000; }
}
"""


def has_requests():
    return subprocess.run([DEBIAN_PYTHON, "-c", "import requests"], check=False,
                          capture_output=True).returncode == 0


class ExamplesTest(ProxyTestCase):
    has_registry = True

    @staticmethod
    def program(folder):
        return programs.nginx(folder, SITE)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry.run("server", "create", "orders", "--url", URL)

    def setUp(self):
        super().setUp()
        self.token = self.registry.token("--server", "orders")
        self.jti = claims_of(self.token)["jti"]
        self.examples = self.registry.ask("token", "show", self.jti)["examples"]
        # The first token closes the server, which lets everyone pass before.
        wait_for(lambda: (self.status_of("/", None), self.status_of("/", self.token)) == (401, 200),
                 "the daemon to know the token")
        self.backend.received.clear()

    def run_example(self, name, interpreter=""):
        """Pasted after what puts the token into the environment."""
        script = self.examples["environment"] + (
            f"{interpreter} <<'END'\n{self.examples[name]}END\n" if interpreter
            else self.examples[name])
        path = os.path.dirname(PROGRAM) + os.pathsep + os.environ["PATH"]
        process = subprocess.run(["bash", "-eu"], input=script.encode(), capture_output=True,
                                 timeout=120, check=False, env={**os.environ, "PATH": path})
        return process.returncode, process.stdout.decode(), process.stderr.decode()

    def check(self, *example, welcome, refusal):
        status, out, error = self.run_example(*example)
        self.assertEqual((status, out), (0, welcome), error)
        request, = self.backend.received
        self.assertEqual(request.all("x-jwt-sub"), ["alice"])
        self.assertRegex(request.target, r"\A/orders\?it('|%27)s=\$HOME\Z")
        self.registry.revoke(self.token)
        wait_for(lambda: self.status_of("/", self.token) == 401, "the revocation")
        self.backend.received.clear()
        self.assertRegex(self.run_example(*example)[1], refusal)
        self.assertEqual(self.backend.received, [])

    def test_curl(self):
        if shutil.which("curl") is None:
            self.skipTest("curl not found")
        self.check("curl", welcome="hello", refusal="401 Authorization Required")
        self.assertEqual(self.run_example("curl")[0], 22)  # --fail-with-body

    def test_fetch(self):
        if shutil.which("node") is None:
            self.skipTest("node not found")
        self.check("javascript", "node --input-type=module", welcome="200 hello\n",
                   refusal=r"\A401 ")

    def test_requests(self):
        if not has_requests():
            self.skipTest("Debian's requests not found")
        self.check("python", DEBIAN_PYTHON + " -", welcome="200 hello\n", refusal=r"\A401 ")


del ProxyTestCase  # it is no test itself
if __name__ == "__main__":
    unittest.main()
