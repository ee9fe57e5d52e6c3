# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""simdjwt sign and simdjwt decode."""

import json
import unittest

from support import (NOW, SECRET, CliTestCase, claims_of, decode, encode, forge, header_of, jwk,
                         to_bytes)


class Sign(CliTestCase):
    def sign(self, *args, stdin=b""):
        return self.run_program("sign", "--secret-file", self.secret, "--alg", "HS256",
                                "--now", str(NOW), *args, stdin=stdin)

    def token(self, *args, stdin=b""):
        outcome = self.sign(*args, stdin=stdin)
        self.assertEqual((outcome.status, outcome.err), (0, ""))
        self.assertTrue(outcome.out.endswith("\n"))
        return outcome.out[:-1]

    def claims(self, *args, stdin=b""):
        return claims_of(self.token(*args, stdin=stdin))

    def test_makes_the_token_that_python_makes(self):
        token = self.token("--sub", "alice", "--expires-in", "15m")
        payload = b'{"sub":"alice","exp":%d,"iat":%d}' % (NOW + 900, NOW)
        self.assertEqual(token, forge(payload, b'{"alg":"HS256","typ":"JWT"}'))
        self.assert_valid(self.verify(token))

    def test_every_claim_option(self):
        self.assertEqual(
            self.claims("--iss", "me", "--sub", "", "--aud", "a", "--aud", "b", "--jti", "j",
                        "--scope", "read write", "--expires-in", "1h", "--not-before", "30s",
                        "--claim", "admin=true", "--claim", "name=Al=ice", "--claim", "n=1.50",
                        "--claim", 'list=[1, {"a": null}]', "--claim", 'text="7"',
                        "--claim", "zip=007", "--claim", "empty="),
            {"iss": "me", "sub": "", "aud": ["a", "b"], "jti": "j", "scope": "read write",
             "exp": NOW + 3600, "nbf": NOW + 30, "iat": NOW, "admin": True, "name": "Al=ice",
             "n": 1.5, "list": [1, {"a": None}], "text": "7", "zip": "007", "empty": ""})
        self.assertEqual(self.claims("--aud", "a", "--no-iat"), {"aud": "a"})

    def test_durations(self):
        for text, seconds in (("90", 90), ("90s", 90), ("2m", 120), ("12h", 43200), ("1d", 86400),
                              ("-1h", -3600), ("0", 0)):
            self.assertEqual(self.claims("--expires-in", text)["exp"], NOW + seconds)
        for text in ("", "m", "1.5h", "1w", "1hh", " 1", "1 ", "99999999999999999999", "0x10"):
            self.assert_fails(self.sign("--expires-in", text), '--expires-in: "%s" is no duration'
                              % text)

    def test_claims_file(self):
        path = self.write("claims.json", b'{ "n" : 1e400, "s":"\\u0061",\n "exp": 5.0 }\n')
        self.assertEqual(self.token("--claims-file", path, "--no-iat"),
                         forge(b'{"n":1e400,"s":"\\u0061","exp":5.0}',
                               b'{"alg":"HS256","typ":"JWT"}'))
        self.assertEqual(self.claims("--claims-file", "-", "--sub", "a", stdin=b"{}"),
                         {"sub": "a", "iat": NOW})
        self.assertEqual(self.claims("--claims-file", "-", stdin=b'{"iat":7}'), {"iat": 7})

    def test_claims_given_twice_are_refused(self):
        path = self.write("claims.json", b'{"is\\u0073":"a"}')
        for args in (["--claims-file", path, "--iss", "b"], ["--sub", "a", "--claim", "sub=b"],
                     ["--claim", "x=1", "--claim", "x=2"], ["--jti", "j", "--count", "2"]):
            self.assert_fails(self.sign(*args), "given twice")

    def test_what_no_verifier_accepts_is_not_signed(self):
        for data in (b"[]", b"{", b'{"a":1,"a":2}', b'{"exp":"soon"}', b'{"a":1}}', b'{"a":1},'):
            path = self.write("claims.json", data)
            self.assert_fails(self.sign("--claims-file", path), path + ": ")
        self.assert_fails(self.sign("--claim", "exp=soon"), "the claims: ")
        self.assert_fails(self.sign("--expires-in", "-60000d"), "the claims: ")
        self.assert_fails(self.sign("--claim", "x=" + "y" * 8000), "the claims: ")

    def test_bad_assignments(self):
        self.assert_fails(self.sign("--claim", "admin"), '--claim: "admin" is not NAME=VALUE')
        self.assert_fails(self.sign("--claim", "=1"), '--claim: "=1" is not NAME=VALUE')
        for value in ("{", "[1,]", '"a', '{"a":1}}'):
            self.assert_fails(self.sign("--claim", "x=" + value), "begins like JSON, but is not")

    def test_header(self):
        self.assertEqual(header_of(self.token("--kid", "k1", "--typ", "at+jwt")),
                         {"alg": "HS256", "typ": "at+jwt", "kid": "k1"})
        self.assertEqual(header_of(self.token("--typ", "")), {"alg": "HS256"})
        self.assert_fails(self.sign("--typ", "t\u00e4p"), "the typ is not printable ASCII")

    def test_keys(self):
        keys = self.write("keys", to_bytes({"keys": [
            jwk("a", "HS256"), jwk("b", "HS512", secret=SECRET[::-1])]}))
        outcome = self.run_program("sign", "--jwk-file", keys, "--kid", "b", "--no-iat")
        self.assertEqual(outcome.out.strip(),
                         forge(b"{}", b'{"alg":"HS512","typ":"JWT","kid":"b"}', SECRET[::-1],
                               "HS512"))
        self.assert_fails(self.run_program("sign", "--jwk-file", keys), "keys: ")
        self.assert_fails(self.run_program("sign", "--jwk-file", keys, "--kid", "c"), "keys: ")
        self.assert_fails(self.run_program("sign", "--jwk-file", self.key, "--alg", "HS512"),
                          "expected was HS512")
        self.assert_fails(self.run_program("sign", "--secret-file", self.secret,
                                           "--alg", "HS256,HS512"),
                          "--alg: a token is signed with one algorithm")
        self.assert_fails(self.run_program("sign"), "a key is needed")

    def test_many_distinct_tokens(self):
        tokens = self.token("--sub", "a", "--count", "500").split("\n")
        ids = {claims_of(token)["jti"] for token in tokens}
        self.assertEqual((len(tokens), len(ids)), (500, 500))
        for jti in ids:
            self.assertRegex(jti, r"\A[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                  r"[0-9a-f]{12}\Z")
        self.assertEqual(self.verify(stdin="\n".join(tokens)).status, 0)
        for count in ("0", "-1", "x", "1000000001"):
            self.assert_fails(self.sign("--count", count), "--count")

    def test_any_payload(self):
        payload = b"\x00\xff no claims\n"
        token = self.token("--payload-file", self.write("payload", payload))
        self.assertEqual(header_of(token), {"alg": "HS256"})
        self.assertEqual(decode(token.split(".")[1]), payload)
        self.assert_valid(self.verify("--signature-only", token))
        self.assert_fails(self.sign("--payload-file", "x", "--sub", "a"),
                          "--payload-file and --sub exclude each other")
        self.assert_fails(self.sign("--payload-file", self.write("empty", b"")), "empty: is empty")
        self.assert_fails(self.sign("--payload-file", self.write("long", b"x" * 8193)),
                          "long: is longer than 8,192 bytes")
        self.assert_fails(self.sign("--payload-file", self.write("long", b"x" * 8000)),
                          "long: the token would have")


class Decode(CliTestCase):
    WARNING = ("NOTHING WAS VERIFIED: anyone can write a token that says this. "
               "See simdjwt verify.\n")

    def decode(self, *args, stdin=b""):
        return self.run_program("decode", "--now", str(NOW), *args, stdin=stdin)

    def test_shows_all_and_says_that_nothing_was_verified(self):
        outcome = self.decode(forge({"aud": ["a", "b"], "o": {}, "exp": NOW + 60, "iat": NOW - 60},
                                    secret=b"unknown"))
        self.assertEqual((outcome.status, outcome.err), (0, self.WARNING))
        self.assertEqual(outcome.out, self.WARNING + """header
  {
    "alg": "HS256",
    "typ": "JWT"
  }
claims
  {
    "aud": [
      "a",
      "b"
    ],
    "o": {},
    "exp": 1795428060,
    "iat": 1795427940
  }
times
  iat  2026-11-23 09:59:00 UTC, 1 min 0 s ago
  exp  2026-11-23 10:01:00 UTC, in 1 min 0 s
signature
  32 bytes, not verified
""")

    def test_takes_argument_file_and_standard_input(self):
        token = forge({"sub": "a"})
        expected = self.decode(token).out
        self.assertEqual(self.decode(stdin=token + "\n").out, expected)
        self.assertEqual(self.decode("-", stdin=token).out, expected)
        path = self.write("token", token.encode() + b"\r\n")
        self.assertEqual(self.decode("--token-file", path).out, expected)
        self.assert_fails(self.decode("--token-file", path, token),
                          "TOKEN and --token-file exclude each other")

    def test_json(self):
        token = forge(b'{ "sub": "a", "n": 1.50 }')
        outcome = self.decode("--json", token)
        self.assertEqual((outcome.status, outcome.err), (0, self.WARNING))
        self.assertEqual(outcome.out.count("\n"), 1)
        self.assertIn('"n":1.50', outcome.out)
        self.assertEqual(json.loads(outcome.out), {
            "verified": False, "header": {"alg": "HS256", "typ": "JWT"},
            "claims": {"sub": "a", "n": 1.5}, "signature_base64url": token.split(".")[2]})

    def test_shows_what_is_no_jwt(self):
        outcome = self.decode(forge(b"hello\x1b[2J\xff"))
        self.assertEqual(outcome.status, 0)
        self.assertIn('payload, 10 bytes that are no claims\n  "hello\\u001b[2J\\xff"\n', outcome.out)
        self.assertEqual(json.loads(self.decode("--json", forge(b"\xff")).out)["payload_base64url"],
                         encode(b"\xff"))

    def test_says_when_no_verifier_accepts_the_claims(self):
        outcome = self.decode(forge(b'{"sub":"a","sub":"b"}'))
        self.assertEqual(outcome.status, 0)
        self.assertIn("No verifier accepts these claims: ", outcome.out)

    def test_says_why_it_cannot(self):
        for token, reason in (("a.b", "three"), ("a.b.c", "base64url"), ("e30.e30.*", "base64url"),
                              ("W10.e30.AA", "header"), ("a.b.c.d.e", "encrypted"),
                              ("a" * 8193, "too large"), ("", "three")):
            outcome = self.decode(token)
            self.assertEqual((outcome.status, outcome.out), (1, ""), token)
            self.assertTrue(outcome.err.startswith("simdjwt decode: "), outcome.err)
            self.assertIn(reason, outcome.err)

    def test_hostile_depth_stays_small(self):
        outcome = self.decode("e30." + encode(b"[" * 6000) + ".AA")
        self.assertEqual(outcome.status, 0)
        self.assertLess(len(outcome.out), 2_000_000)
        outcome = self.decode("e30." + encode(b'{"a":' * 1200) + ".AA")
        self.assertEqual(outcome.status, 0)
        self.assertLess(len(outcome.out), 2_000_000)


if __name__ == "__main__":
    unittest.main()
