# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Public and private keys: simdjwt keygen and jwks, and the keys and signatures of openssl."""

import json
import os
import stat
import subprocess
import sys
import unittest

from support import CliTestCase, decode, encode, header_of, jwk, to_bytes

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "operations"))
from issuer import Issuer, Key, jwks, openssl  # noqa: E402

ALGORITHMS = {"RS256": "RSA", "PS512": "RSA", "ES256": "P-256", "ES384": "P-384", "ES512": "P-521",
              "ES256K": "secp256k1", "EdDSA": "Ed25519", "Ed25519": "Ed25519", "Ed448": "Ed448"}


class Keygen(CliTestCase):
    def test_makes_keys_that_sign_and_verify(self):
        for alg, kind in ALGORITHMS.items():
            with self.subTest(alg):
                private, public = self.path(alg + ".jwk"), self.path(alg + ".public")
                made = self.run_program("keygen", "--alg", alg, "--out", private, "--public-out", public)
                self.assertEqual((made.status, made.out), (0, ""), made.err)
                with open(private, encoding="utf8") as file:
                    whole = json.load(file)
                with open(public, encoding="utf8") as file:
                    half = json.load(file)
                self.assertEqual((whole.get("crv", whole["kty"]), whole["alg"]), (kind, alg))
                self.assertEqual({name: whole[name] for name in half}, half)
                self.assertTrue("d" in whole and not set(half) & {"d", "p", "q", "dp", "dq", "qi"})
                self.assertEqual(stat.S_IMODE(os.stat(private).st_mode), 0o600)
                self.assertEqual(stat.S_IMODE(os.stat(public).st_mode), 0o644)
                thumbprint = self.run_program("jwks", "thumbprint", "--jwk-file", public).out
                self.assertEqual(whole["kid"] + "\n", thumbprint)
                token = self.run_program("sign", "--jwk-file", private, "--sub", "a").out.strip()
                self.assertEqual(header_of(token), {"alg": alg, "typ": "JWT", "kid": whole["kid"]})
                self.assert_valid(self.run_program("verify", "--jwk-file", public, token))
                self.assertEqual(self.run_program("verify", "--jwk-file", public, token[:-8]).status, 1)
                self.assert_fails(self.run_program("sign", "--jwk-file", public, "--sub", "a"),
                                  "the key cannot sign")

    def test_makes_pem_that_openssl_reads(self):
        for alg in ALGORITHMS:
            with self.subTest(alg):
                private, public = self.path(alg + ".pem"), self.path(alg + ".pub")
                made = self.run_program("keygen", "--alg", alg, "--format", "pem", "--out", private,
                                        "--public-out", public)
                self.assertEqual(made.status, 0, made.err)
                with open(public, "rb") as file:
                    self.assertEqual(openssl("pkey", "-in", private, "-pubout"), file.read())
                token = self.run_program("sign", "--key-file", private, "--alg", alg, "--kid", "k",
                                         "--sub", "a").out.strip()
                self.assert_valid(self.run_program("verify", "--key-file", public, "--alg", alg, token))

    def test_takes_bits_and_a_kid(self):
        made = self.run_program("keygen", "--alg", "RS384", "--bits", "2056", "--kid", "mine")
        key = json.loads(made.out)
        self.assertEqual((len(decode(key["n"])), key["kid"]), (257, "mine"))

    def test_errors(self):
        for args, message in (
                (("--alg", "ES256", "--bits", "3072"), "--bits: is for keys of RSA"),
                (("--alg", "RS256", "--bits", "1024"), "--bits"),
                (("--alg", "ES256", "--format", "secret"), "there are jwk, jwks and pem"),
                (("--alg", "ES256", "--format", "pem", "--kid", "k"), "a PEM file has no room"),
                (("--alg", "ES256", "--kid", "k" * 257), "--kid: the kid is longer"),
                (("--public-out", self.path("x")), "--public-out: a secret has no public half")):
            self.assert_fails(self.run_program("keygen", *args), message)
        self.assertFalse(os.path.exists(self.path("x")))


class KeyFiles(CliTestCase):
    def setUp(self):
        super().setUp()
        self.signer = Key(self.folder, "k1")
        self.token = self.signer.sign()

    def verify_with(self, name, data, *args):
        path = self.write(name, data)
        return self.run_program("verify", "--key-file", path, *args, self.token)

    def test_are_pem_der_or_a_certificate(self):
        key = self.signer.path
        certificate = openssl("req", "-x509", "-key", key, "-subj", "/CN=a", "-days", "1")
        for data in (openssl("pkey", "-in", key, "-pubout"),
                     openssl("pkey", "-in", key, "-pubout", "-outform", "DER"),
                     openssl("pkey", "-in", key, "-outform", "DER"),
                     openssl("ec", "-in", key), certificate,
                     openssl("x509", "-outform", "DER", data=certificate)):
            self.assert_valid(self.verify_with("key", data, "--alg", "ES256"))

    def test_of_others_are_warned_about_if_private(self):
        public = self.write("public", openssl("pkey", "-in", self.signer.path, "-pubout"))
        for path, warning in ((public, ""), (self.signer.path, "other users can read this key")):
            os.chmod(path, 0o644)
            outcome = self.run_program("verify", "--key-file", path, "--alg", "ES256", self.token)
            self.assertEqual(outcome.status, 0)
            self.assertIn(warning, outcome.err)
            self.assertEqual(bool(warning), bool(outcome.err))

    def test_errors(self):
        public = openssl("pkey", "-in", self.signer.path, "-pubout")
        encrypted = openssl("pkey", "-in", self.signer.path, "-aes128", "-passout", "pass:secret")
        for data, args, message in (
                (public, (), "--key-file needs --alg: PEM and DER name no algorithm"),
                (public, ("--alg", "RS256"), 'key: a key of type "EC" is not for RS256'),
                (public, ("--alg", "ES384"), "key: a key on P-256 is not for ES384"),
                (public, ("--alg", "HS256"), 'key: a key of type "EC" is not for HS256'),
                (public + public, ("--alg", "ES256"), "key: the PEM holds more than one key"),
                (encrypted, ("--alg", "ES256"), "key: the key is encrypted"),
                (b"hello", ("--alg", "ES256"), "key: the bytes are no key or certificate in DER"),
                (public, ("--alg", "ES256", "--jwk-file", self.key), "exclude each other")):
            self.assert_fails(self.verify_with("key", data, *args), message)
        path = self.write("key", public)
        self.assert_fails(self.run_program("sign", "--key-file", path, "--alg", "ES256"),
                          "the key cannot sign")


class Jwks(CliTestCase):
    def setUp(self):
        super().setUp()
        self.keys = [Key(self.folder, kid) for kid in ("a", "b")]
        self.set = self.write("keys", jwks(*self.keys).encode())

    def test_lists_keys(self):
        listed = self.run_program("jwks", "list", "--jwk-file", self.set)
        self.assertEqual(listed.status, 0)
        for line, kid in zip(listed.out.splitlines(), "ab", strict=True):
            self.assertRegex(line, r'\AES256 "%s" public [\w-]{43}\Z' % kid)
        self.assertEqual(self.run_program("jwks", "list", "--jwk-file", self.key).out,
                         'HS256 "k1" secret -\n')

    def test_converts_between_forms(self):
        key = self.keys[0]
        whole = self.path("whole")
        made = self.run_program("jwks", "convert", "--key-file", key.path, "--alg", "ES256", "--private",
                                "--format", "jwk", "--out", whole)
        self.assertEqual((made.status, made.out), (0, ""), made.err)
        self.assertEqual(stat.S_IMODE(os.stat(whole).st_mode), 0o600)
        back = self.run_program("jwks", "convert", "--jwk-file", whole, "--format", "pem", "--private")
        with open(key.path, encoding="utf8") as file:
            self.assertEqual(back.out, file.read())
        public = self.run_program("jwks", "convert", "--jwk-file", whole)
        self.assertEqual(json.loads(public.out)["keys"][0]["x"], key.jwk["x"])
        self.assertNotIn('"d"', public.out)
        self.assertEqual(json.loads(self.run_program("jwks", "convert", "--jwk-file", self.set).out),
                         {"keys": [key.jwk for key in self.keys]})

    def test_checks_keys(self):
        good = self.run_program("jwks", "check", "--jwk-file", self.set)
        self.assertEqual((good.status, good.out, good.err), (0, "", ""))
        bad = {"keys": [self.keys[0].jwk, {**self.keys[1].jwk, "x": encode(b"x" * 32)}]}
        checked = self.run_program("jwks", "check", "--jwk-file", self.write("bad", to_bytes(bad)))
        self.assertEqual((checked.status, checked.err), (1, ""))
        self.assertRegex(checked.out, r"\A.*bad: skipped keys\[1\]: .+\n\Z")

    def test_errors(self):
        for args, message in (
                (("melt", "--jwk-file", self.set), '"melt" is unknown; there are list, thumbprint'),
                (("list",), "a key is needed"),
                (("list", "--jwk-file", self.set, "--private"), "--private: is for convert"),
                (("convert", "--jwk-file", self.set, "--format", "pem"), "only a set (jwks) holds more"),
                (("convert", "--jwk-file", self.set, "--private"), "the key has no private half"),
                (("thumbprint", "--jwk-file", self.key), "an HMAC key keeps no secret to show"),
                (("convert", "--jwk-file", self.key), "an HMAC key keeps no secret to show")):
            self.assert_fails(self.run_program("jwks", *args), message)


class Issuers(CliTestCase):
    def setUp(self):
        super().setUp()
        self.signer = Key(self.folder, "k1")
        self.issuer = Issuer(self.folder)
        self.addCleanup(self.issuer.stop)
        self.issuer.publish(self.signer)
        self.issuer.be_provider()
        self.trust = ("--ca-file", self.issuer.certificate, "--allow-private-addresses")

    def test_publish_their_keys_at_a_url(self):
        args = ("verify", "--jwks-url", self.issuer.url + "/jwks", *self.trust)
        self.assert_valid(self.run_program(*args, self.signer.sign()))
        self.assertEqual(self.run_program(*args, Key(self.folder, "other").sign()).status, 1)

    def test_are_discovered(self):
        args = ("verify", "--issuer", self.issuer.url, *self.trust)
        self.assert_valid(self.run_program(*args, self.signer.sign(iss=self.issuer.url)))
        self.assertEqual(self.run_program(*args, self.signer.sign(iss="https://b.example")).status, 1)
        self.assertEqual(self.run_program(*args, self.signer.sign()).status, 1)

    def test_publish_no_secrets(self):
        self.issuer.answers["/jwks"] = json.dumps(
            {"keys": [jwk("s", "HS256"), self.signer.jwk]})
        listed = self.run_program("jwks", "list", "--jwks-url", self.issuer.url + "/jwks", *self.trust)
        self.assertEqual((listed.status, listed.out.count("\n")), (0, 1))
        self.assertIn("skipped keys[0]: it holds a secret", listed.err)

    def test_errors(self):
        url = self.issuer.url + "/jwks"
        for args, message in (
                (("--jwks-url", url, *self.trust[:2]), "is not a public address"),
                (("--jwks-url", url, "--allow-private-addresses"), url + ": "),
                (("--jwks-url", self.issuer.url + "/no", *self.trust), "404"),
                (("--jwks-url", "http://127.0.0.1/"), "--jwks-url: "),
                (("--issuer", url, *self.trust), "404"),
                (("--issuer", url, "--iss", "a"), "--issuer and --iss exclude each other"),
                (("--issuer", url, "--jwks-url", url), "--jwks-url and --issuer exclude each other")):
            self.assert_fails(self.run_program("verify", *args, self.signer.sign()), message)


if __name__ == "__main__":
    unittest.main()
