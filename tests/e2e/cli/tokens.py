# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""A token registry that the command line makes and changes, for tests of those who use its tokens."""

import json
import subprocess
import time

from support import PROGRAM, claims_of

ISSUER = "https://tokens.example"


class Registry:
    """With the account alice."""

    def __init__(self, path, *options, issuer=ISSUER):
        self.path = path
        self.run("registry", "init", "--issuer", issuer)
        self.run("account", "create", "alice", *options)

    def run(self, *args):
        """What the command prints. That it fails is never what a test wants."""
        process = subprocess.run([PROGRAM, *args, "--registry", self.path], capture_output=True,
                                 timeout=120, check=False)
        if process.returncode != 0:
            raise AssertionError(process.stderr.decode())
        return process.stdout.decode()

    def ask(self, *args):
        return json.loads(self.run(*args, "--json"))

    def token(self, *options):
        """Its text; for an hour, unless the options say otherwise."""
        life = () if any(option.startswith("--expires-") for option in options) else (
            "--expires-in", "1h")
        return self.ask("token", "create", "--description", "a test's", *life, *options)["token"]

    def expired_token(self, *options):
        token = self.token("--expires-in", "1s", *options)
        while time.time() <= claims_of(token)["exp"]:
            time.sleep(0.05)
        return token

    def revoke(self, token):
        self.run("token", "revoke", claims_of(token)["jti"], "--yes", "--reason", "a test's")

    def secret(self):
        return self.run("secret", "show").rstrip("\n")
