# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Keys: the files they come from, and simdjwt keygen."""

import json
import os
import stat
import unittest

from support import (NOW, SECRET, CliTestCase, decode, encode, forge, header_of, jwk, to_bytes)


class SecretFiles(CliTestCase):
    def verify_with(self, secret_file_bytes, token, alg="HS256"):
        path = self.write("other", secret_file_bytes)
        return self.run_program("verify", "--secret-file", path, "--alg", alg, token)

    def test_are_exact_bytes_but_for_one_line_end(self):
        for secret in (SECRET, bytes(range(64)), b"\n" * 40 + b"x"):
            for end in (b"", b"\n", b"\r\n"):
                outcome = self.verify_with(secret + end, forge({}, secret=secret))
                self.assertEqual(outcome.status, 0, outcome.err)
        for secret in (b"x" * 40 + b"\r", b" " * 40):
            self.assert_valid(self.verify_with(secret, forge({}, secret=secret)))
        self.assertEqual(self.verify_with(SECRET + b"\n\n", forge({})).status, 1)
        self.assertEqual(self.verify_with(SECRET + b" ", forge({})).status, 1)

    def test_that_may_end_in_a_line_end_by_chance_are_told(self):
        warning = "other: the line end is not taken for a part of the secret"
        for secret in (bytes(range(64)), os.urandom(63) + b"\xff"):
            self.assertIn(warning, self.verify_with(secret + b"\n", forge({}, secret=secret)).err)
            self.assert_valid(self.verify_with(secret, forge({}, secret=secret)))
        for secret in (SECRET, "pässwörter ".encode() * 6):
            self.assert_valid(self.verify_with(secret + b"\n", forge({}, secret=secret)))

    def test_have_a_shortest_length(self):
        for alg, shortest in (("HS256", 32), ("HS384", 48), ("HS512", 64)):
            secret = SECRET[:shortest]
            self.assert_valid(self.verify_with(secret, forge({}, secret=secret, alg=alg), alg))
            self.assert_fails(self.verify_with(secret[1:], forge({}), alg),
                              "other: the secret has %d bytes; %s needs at least %d bytes"
                              % (shortest - 1, alg, shortest))

    def test_have_a_longest_length(self):
        secret = b"s" * 4096
        self.assert_valid(self.verify_with(secret + b"\r\n", forge({}, secret=secret)))
        self.assert_fails(self.verify_with(secret + b"s", forge({})), "other: the secret has 4097")
        self.assert_fails(self.verify_with(secret * 9, forge({})), "other: the secret has ")

    def test_must_not_be_something_else(self):
        pem = b"-----BEGIN PUBLIC KEY-----\n" + b"A" * 64
        self.assert_fails(self.verify_with(pem, forge({})), "other: the secret is PEM")
        self.assert_fails(self.verify_with(b"\n", forge({})), "other: the secret is empty")
        self.assert_fails(self.verify_with(b"", forge({})), "other: is empty")

    def test_need_an_algorithm(self):
        self.assert_fails(self.run_program("verify", "--secret-file", self.secret, forge({})),
                          "--secret-file needs --alg: a secret names no algorithm")

    def test_serve_several_algorithms(self):
        args = ("verify", "--secret-file", self.secret, "--alg", "HS256,HS512")
        self.assert_valid(self.run_program(*args, forge({})))
        self.assert_valid(self.run_program(*args, forge({}, alg="HS512")))
        self.assert_rejected(self.run_program(*args, forge({}, alg="HS384")),
                             "rejected: alg-mismatch", "header alg",
                             "expected HS256 or HS512, by the key", 'found "HS384"')

    def test_may_be_standard_input(self):
        args = ("verify", "--secret-file", "-", "--alg", "HS256")
        self.assert_valid(self.run_program(*args, forge({}), stdin=SECRET))
        self.assert_fails(self.run_program(*args, stdin=SECRET),
                          "standard input can be read for one purpose only")

    def test_of_others_are_warned_about(self):
        os.chmod(self.secret, 0o640)
        outcome = self.verify(forge({}))
        self.assertEqual(outcome.status, 0)
        self.assertEqual(outcome.err, "simdjwt: warning: " + self.secret + ": other users can read "
                                      "this key (mode 0640); chmod 600 keeps them out\n")


class JwkFiles(CliTestCase):
    def verify_with(self, document, token, *args):
        path = self.write("keys", to_bytes(document))
        return self.run_program("verify", "--jwk-file", path, "--now", str(NOW), *args, token)

    def test_hold_one_key_or_a_set(self):
        token = forge({}, {"alg": "HS256", "kid": "k1"})
        other = jwk("k2", "HS256", secret=b"o" * 32)
        self.assert_valid(self.verify_with(jwk("k1", "HS256"), token))
        self.assert_valid(self.verify_with({"keys": [other, jwk("k1", "HS256")]}, token))
        self.assertEqual(self.verify_with({"keys": [other]}, token).status, 1)

    def test_need_an_algorithm_where_they_name_none(self):
        message = 'keys: it names no "alg", and '
        self.assert_fails(self.verify_with(jwk(), forge({})), message + "none was given for it")
        self.assert_fails(self.verify_with(jwk(), forge({}), "--alg", "HS256,HS384,ES256"),
                          message + "could be for HS256 or HS384")
        for algs in ("HS256", "HS256,ES256", "RS256,HS256"):
            self.assert_valid(self.verify_with(jwk(), forge({}), "--alg", algs))

    def test_are_restricted_by_alg(self):
        keys = {"keys": [jwk("a", "HS256"), jwk("b", "HS384"), jwk("c", "HS512")]}
        tokens = {kid: forge({}, {"alg": alg, "kid": kid}, alg=alg)
                  for kid, alg in (("a", "HS256"), ("b", "HS384"), ("c", "HS512"))}
        for allowed, kids in (("HS256", "a"), ("HS256,HS512", "ac"), ("HS384,HS512", "bc"),
                              ("HS256,HS384,HS512", "abc")):
            for kid, token in tokens.items():
                outcome = self.verify_with(keys, token, "--alg", allowed)
                self.assertEqual(outcome.status, 0 if kid in kids else 1, (allowed, kid))
        self.assert_fails(self.verify_with(jwk("a", "HS256"), tokens["a"], "--alg", "HS384,HS512"),
                          'keys: its alg is "HS256", expected was HS384 or HS512')

    def test_with_unusable_keys_say_so(self):
        keys = {"keys": [{"kty": "EC", "kid": "e"}, jwk("a", "HS256")]}
        del keys["keys"][0]["kty"]
        outcome = self.verify_with(keys, forge({}, {"alg": "HS256", "kid": "a"}))
        self.assertEqual(outcome.status, 0)
        self.assertEqual(outcome.err, "simdjwt: warning: " + self.path("keys") +
                         ': skipped keys[0]: it has no "kty"\n')

    def test_errors_name_the_file(self):
        self.assert_fails(self.verify_with(b"{", forge({})), "keys: not a valid JSON object")
        self.assert_fails(self.verify_with({}, forge({})), "keys: neither a JWK nor a JWK Set")
        self.assert_fails(self.verify_with(b"-----BEGIN PUBLIC KEY-----\n", forge({})),
                          "keys: is PEM, which --key-file reads, with --alg beside it")
        self.assert_fails(self.verify_with(b" " * (4 * 1024 * 1024 + 1), forge({})),
                          "keys: is longer than 4,194,304 bytes")

    def test_cannot_be_combined(self):
        self.assert_fails(self.verify("--jwk-file", self.key, forge({})),
                          "--secret-file and --jwk-file exclude each other")
        self.assert_fails(self.run_program("verify", forge({})),
                          "a key is needed: --jwk-file, --key-file or --secret-file")

    def test_unknown_algorithms_are_refused(self):
        for alg in ("none", "hs256", "RS255", ""):
            self.assert_fails(
                self.run_program("verify", "--jwk-file", self.key, "--alg", alg, forge({})),
                '--alg: "%s" is unknown; there are HS256, HS384, HS512, RS256, ' % alg)
        self.assert_fails(self.verify("--alg", "HS256", forge({})), "--alg: HS256 is named twice")


class Keygen(CliTestCase):
    def test_makes_a_jwk_that_signs_and_verifies(self):
        for alg, num_bytes in (("HS256", 48), ("HS384", 48), ("HS512", 64)):
            outcome = self.run_program("keygen", "--alg", alg)
            self.assertEqual((outcome.status, outcome.err), (0, ""))
            key = json.loads(outcome.out)
            self.assertEqual((key["kty"], key["alg"], key["use"]), ("oct", alg, "sig"))
            self.assertEqual(len(decode(key["k"])), num_bytes)
            self.assertRegex(key["kid"], r"\A[0-9a-f]{16}\Z")
            path = self.write("made", outcome.out.encode())
            token = self.run_program("sign", "--jwk-file", path).out.strip()
            self.assertEqual(header_of(token), {"alg": alg, "typ": "JWT", "kid": key["kid"]})
            self.assert_valid(self.run_program("verify", "--jwk-file", path, token))
            self.assert_valid(self.run_program(
                "verify", "--jwk-file", path,
                forge({}, {"alg": alg, "kid": key["kid"]}, decode(key["k"]), alg)))

    def test_makes_another_key_each_time(self):
        keys = [json.loads(self.run_program("keygen").out) for _ in range(3)]
        self.assertEqual(len({key["k"] for key in keys}), 3)
        self.assertEqual(len({key["kid"] for key in keys}), 3)

    def test_makes_a_set(self):
        keys = json.loads(self.run_program("keygen", "--format", "jwks", "--kid", "k\u00e4 1").out)
        self.assertEqual([key["kid"] for key in keys["keys"]], ["k\u00e4 1"])

    def test_makes_a_secret_of_text(self):
        for alg, num_chars in (("HS256", 64), ("HS384", 64), ("HS512", 86)):
            secret = self.run_program("keygen", "--format", "secret", "--alg", alg).out
            self.assertRegex(secret, r"\A[A-Za-z0-9_-]{%d}\n\Z" % num_chars)
            path = self.write("made", secret.encode())
            token = forge({}, secret=secret.strip().encode(), alg=alg)
            self.assert_valid(self.run_program("verify", "--secret-file", path, "--alg", alg, token))

    def test_makes_files_for_their_owner_alone(self):
        path = self.path("new")
        old_mask = os.umask(0)
        self.addCleanup(os.umask, old_mask)
        outcome = self.run_program("keygen", "--out", path, "--kid", "k7")
        self.assertEqual((outcome.status, outcome.out), (0, ""))
        self.assertEqual(outcome.err, path + ': a key for HS256, kid "k7"\n')
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)

    def test_keeps_what_is_there(self):
        path = self.write("there", b"precious")
        self.assert_fails(self.run_program("keygen", "--out", path),
                          path + ": exists already; --force replaces it")
        with open(path, "rb") as file:
            self.assertEqual(file.read(), b"precious")

    def test_replaces_by_force_and_tightens_the_mode(self):
        path = self.write("there", b"precious")
        os.chmod(path, 0o644)
        self.assertEqual(self.run_program("keygen", "--out", path, "--force").status, 0)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual(sorted(os.listdir(self.folder)), ["key.jwk", "secret", "there"])

    def test_does_not_follow_links(self):
        target, link = self.write("target", b"precious"), self.path("link")
        os.symlink(target, link)
        self.assertEqual(self.run_program("keygen", "--out", link).status, 2)
        self.assertEqual(self.run_program("keygen", "--out", link, "--force").status, 0)
        self.assertFalse(os.path.islink(link))
        with open(target, "rb") as file:
            self.assertEqual(file.read(), b"precious")

    def test_errors(self):
        self.assert_fails(self.run_program("keygen", "--out", self.path("no/such")),
                          self.path("no/such") + ": No such file or directory")
        self.assert_fails(self.run_program("keygen", "--alg", "RS255"), '--alg: "RS255" is unknown')
        self.assert_fails(self.run_program("keygen", "--format", "pem"),
                          '--format: "pem" is unknown for HS256; there are jwk, jwks and secret')
        self.assert_fails(self.run_program("keygen", "--format", "secret", "--kid", "k"),
                          "--kid: a secret file has no room for a key identifier")
        self.assert_fails(self.run_program("keygen", "--kid", ""), "--kid: is empty")
        self.assert_fails(self.run_program("keygen", "--kid", "k" * 257), "--kid: the kid is longer")
        self.assert_fails(self.run_program("keygen", "--kid", b"\xff"), "--kid: is not valid UTF-8")


if __name__ == "__main__":
    unittest.main()
