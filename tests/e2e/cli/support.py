# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Starts the real program, and makes tokens with Python's own HMAC: none of ours judges itself."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["SIMDJWT"]
SECRET = b"correct horse battery staple, and then some more for HS512: it wants 64"
NOW = 1795428000  # 2026-11-23 10:00:00 UTC
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_bytes(value):
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def forge(claims, header=None, secret=SECRET, alg="HS256"):
    """A token of these claims and this header: objects, or bytes that are taken as they are."""
    header = {"alg": alg, "typ": "JWT"} if header is None else header
    signing_input = encode(to_bytes(header)) + "." + encode(to_bytes(claims))
    tag = hmac.new(secret, signing_input.encode(), HASHES[alg]).digest()
    return signing_input + "." + encode(tag)


def claims_of(token):
    return json.loads(decode(token.split(".")[1]))


def header_of(token):
    return json.loads(decode(token.split(".")[0]))


def jwk(kid=None, alg=None, secret=SECRET, **members):
    key = {"kty": "oct", "k": encode(secret), **members}
    if kid is not None:
        key["kid"] = kid
    if alg is not None:
        key["alg"] = alg
    return key


class Outcome:
    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout.decode()
        self.err = process.stderr.decode()


class CliTestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.secret = self.write("secret", SECRET)
        self.key = self.write("key.jwk", to_bytes(jwk("k1", "HS256")))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        """A file that its owner alone can read."""
        with open(self.path(name), "wb") as file:
            file.write(data)
        os.chmod(self.path(name), 0o600)
        return self.path(name)

    def run_program(self, *args, stdin=b""):
        stdin = stdin.encode() if isinstance(stdin, str) else stdin
        return Outcome(subprocess.run([PROGRAM, *args], input=stdin, capture_output=True,
                                      timeout=120, check=False))

    def verify(self, *args, stdin=b"", now=NOW):
        """With the secret as HS256 key, at a fixed time."""
        return self.run_program("verify", "--secret-file", self.secret, "--alg", "HS256",
                                "--now", str(now), *args, stdin=stdin)

    def verify_json(self, *args, stdin=b"", now=NOW):
        outcome = self.verify("--json", *args, stdin=stdin, now=now)
        return [json.loads(line) for line in outcome.out.splitlines()]

    def assert_valid(self, outcome):
        self.assertEqual((outcome.status, outcome.err), (0, ""), outcome.out)
        self.assertTrue(outcome.out.startswith("valid\n"), outcome.out)

    def assert_rejected(self, outcome, *lines):
        """The lines are expected in this order, their blanks squeezed."""
        self.assertEqual((outcome.status, outcome.err), (1, ""), outcome.out)
        self.assertEqual([" ".join(line.split()) for line in outcome.out.splitlines()],
                         list(lines))

    def assert_fails(self, outcome, message):
        """Exit status 2, nothing on standard output, and this message."""
        self.assertEqual((outcome.status, outcome.out), (2, ""), outcome.err)
        self.assertIn(message, outcome.err)
        self.assertTrue(outcome.err.startswith("simdjwt"), outcome.err)
