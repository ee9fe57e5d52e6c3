# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Tokens go both ways between the command line and a peer, another implementation of JWT.

A peer's test case derives from Exchange or LibraryExchange, and from CliTestCase, and defines
  their_token(alg, claims)   a token that the peer signed with SECRET
  their_verdict(alg, token)  {"claims": ...}, or {"error": the peer's name for what is wrong}
"""

import contextlib
import fcntl
import functools
import json
import os
import subprocess
import time
import unittest

from support import HASHES, claims_of, encode, to_bytes

ISSUER = "https://issuer.example"
AUDIENCE = "api"


def claims_until(exp):
    return {"iss": ISSUER, "sub": "alice", "aud": AUDIENCE, "exp": exp}


def tampered_twins(token):
    """The token with another subject, and with a tag that differs in its first bit."""
    header, _, tag = token.split(".")
    claims = encode(to_bytes({**claims_of(token), "sub": "mallory"}))
    yield ".".join((header, claims, tag))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    yield token[:-len(tag)] + alphabet[alphabet.index(tag[0]) ^ 32] + tag[1:]


def for_each_alg(test):
    @functools.wraps(test)
    def test_each(self):
        for alg in HASHES:
            with self.subTest(alg=alg):
                test(self, alg)
    return test_each


def run_peer(command, request, **options):
    """The peer's answer: JSON in, JSON out. That it breaks down is no verdict."""
    process = subprocess.run(command, input=to_bytes(request), capture_output=True, timeout=60,
                             check=False, **options)
    if process.returncode != 0:
        raise AssertionError(process.stderr.decode())
    return json.loads(process.stdout)


def read_source(name):
    with open(os.path.join(os.path.dirname(__file__), name), encoding="ascii") as file:
        return file.read()


@contextlib.contextmanager
def alone_in(folder):
    """Makes the folder, and keeps other tests that want to fill it waiting."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, ".lock"), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def skip_unless(available, reason):
    if not available:
        raise unittest.SkipTest(reason)


class Exchange:
    forged = None  # the peer's name for a tag that is wrong

    def our_token(self, alg, *args):
        outcome = self.run_program("sign", "--secret-file", self.secret, "--alg", alg, "--no-iat",
                                   "--iss", ISSUER, "--sub", "alice", "--aud", AUDIENCE, *args)
        self.assertEqual((outcome.status, outcome.err), (0, ""))
        return outcome.out.rstrip("\n")

    def our_verdict(self, alg, token):
        return self.run_program("verify", "--secret-file", self.secret, "--alg", alg,
                                "--iss", ISSUER, "--aud", AUDIENCE, "--require", "sub,exp",
                                token)

    def assert_we_reject(self, outcome, label):
        self.assertEqual((outcome.status, outcome.err), (1, ""), outcome.out)
        self.assertEqual(outcome.out.splitlines()[0], "rejected: " + label)

    @for_each_alg
    def test_we_accept_theirs(self, alg):
        claims = claims_until(int(time.time()) + 3600)
        token = self.their_token(alg, claims)
        self.assert_valid(self.our_verdict(alg, token))
        self.assertEqual(claims_of(token), claims)

    @for_each_alg
    def test_we_reject_theirs_tampered(self, alg):
        token = self.their_token(alg, claims_until(int(time.time()) + 3600))
        for twin in tampered_twins(token):
            self.assert_we_reject(self.our_verdict(alg, twin), "bad-signature")

    @for_each_alg
    def test_they_accept_ours(self, alg):
        token = self.our_token(alg, "--expires-in", "1h")
        exp = claims_of(token)["exp"]
        self.assertAlmostEqual(exp, time.time() + 3600, delta=60)
        self.assertEqual(self.their_verdict(alg, token), {"claims": claims_until(exp)})

    @for_each_alg
    def test_they_reject_ours_tampered(self, alg):
        for twin in tampered_twins(self.our_token(alg, "--expires-in", "1h")):
            self.assertEqual(self.their_verdict(alg, twin), {"error": self.forged})


class LibraryExchange(Exchange):
    """With a peer that judges claims too: it requires ISSUER, AUDIENCE, a subject and an exp."""

    expired = None  # the peer's names for claims that are wrong
    wrong_audience = None

    @for_each_alg
    def test_both_reject_what_expired(self, alg):
        theirs = self.their_token(alg, claims_until(int(time.time()) - 60))
        self.assert_we_reject(self.our_verdict(alg, theirs), "expired")
        ours = self.our_token(alg, "--expires-in", "-60s")
        self.assertEqual(self.their_verdict(alg, ours), {"error": self.expired})

    @for_each_alg
    def test_both_reject_what_is_for_others(self, alg):
        claims = {**claims_until(int(time.time()) + 3600), "aud": "web"}
        theirs = self.their_token(alg, claims)
        self.assert_we_reject(self.our_verdict(alg, theirs), "aud-mismatch")
        path = self.write("claims.json", to_bytes(claims))
        outcome = self.run_program("sign", "--secret-file", self.secret, "--alg", alg,
                                   "--claims-file", path)
        self.assertEqual(self.their_verdict(alg, outcome.out.rstrip("\n")),
                         {"error": self.wrong_audience})
