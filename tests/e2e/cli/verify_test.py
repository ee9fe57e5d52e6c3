# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""simdjwt verify, of one token: the demands, and the words of each rejection."""

import json
import unittest

from support import NOW, CliTestCase, encode, forge, jwk, to_bytes

FULL = {"iss": "https://issuer.example", "sub": "alice", "aud": ["api", "web"],
        "iat": NOW - 60, "nbf": NOW - 60, "exp": NOW + 3600}


class ValidTokens(CliTestCase):
    def test_says_who_what_and_until_when(self):
        outcome = self.verify(forge(FULL))
        self.assert_valid(outcome)
        self.assertEqual([line.split(maxsplit=1) for line in outcome.out.splitlines()[1:]], [
            ["iss", '"https://issuer.example"'],
            ["sub", '"alice"'],
            ["aud", '["api","web"]'],
            ["iat", "2026-11-23 09:59:00 UTC, 1 min 0 s ago"],
            ["nbf", "2026-11-23 09:59:00 UTC, 1 min 0 s ago"],
            ["exp", "2026-11-23 11:00:00 UTC, in 1 h 0 min"],
            ["unchecked", "iss, aud, typ"]])

    def test_says_that_a_token_never_expires(self):
        self.assertIn("exp        none: it never expires\n", self.verify(forge({"sub": "a"})).out)

    def test_names_the_key(self):
        token = forge(FULL, {"alg": "HS256", "kid": "k1"})
        outcome = self.run_program("verify", "--jwk-file", self.key, "--now", str(NOW), token)
        self.assert_valid(outcome)
        self.assertIn('key        "k1"\n', outcome.out)

    def test_satisfies_every_demand(self):
        outcome = self.verify("--iss", "https://other", "--iss", "https://issuer.example",
                              "--aud", "web", "--typ", "jwt", "--leeway", "600",
                              "--require", "exp,sub", "--require", "nbf", "--max-age", "1m",
                              forge(FULL))
        self.assert_valid(outcome)
        self.assertNotIn("unchecked", outcome.out)

    def test_judges_alike_at_a_given_time(self):
        first, second = self.verify(forge(FULL)), self.verify(forge(FULL))
        self.assertEqual(first.out, second.out)

    def test_uses_the_clock_when_no_time_is_given(self):
        args = ("verify", "--secret-file", self.secret, "--alg", "HS256")
        self.assertEqual(self.run_program(*args, forge({"exp": 1})).status, 1)
        self.assertEqual(self.run_program(*args, forge({"exp": 253402300799})).status, 0)

    def test_takes_any_payload_by_its_signature_alone(self):
        token = forge(b"\x00\xff no claims \x1b[31m")
        self.assertEqual(self.verify(token).status, 1)
        outcome = self.verify("--signature-only", token)
        self.assert_valid(outcome)
        self.assertEqual(outcome.out, 'valid\n  payload  "\\u0000\\xff no claims \\u001b[31m"\n')
        self.assertEqual(self.verify("--signature-only", forge({"exp": 1})).status, 0)
        self.assertEqual(self.verify("--signature-only", forge({}, secret=b"x" * 32)).status, 1)


class Rejections(CliTestCase):
    def rejects(self, claims, args, *lines):
        self.assert_rejected(self.verify(*args, forge(claims)), *lines)

    def test_expired(self):
        self.rejects({"exp": NOW - 3600}, [],
                     "rejected: expired",
                     "claim exp",
                     "expected later than 2026-11-23 10:00:00 UTC (now)",
                     "found 2026-11-23 09:00:00 UTC, 1 h 0 min ago")

    def test_expired_at_the_very_second(self):
        self.rejects({"exp": NOW}, [],
                     "rejected: expired",
                     "claim exp",
                     "expected later than 2026-11-23 10:00:00 UTC (now)",
                     "found 2026-11-23 10:00:00 UTC, now")
        self.assert_valid(self.verify(forge({"exp": NOW + 1})))

    def test_expired_in_spite_of_leeway(self):
        self.assert_valid(self.verify("--leeway", "30s", forge({"exp": NOW - 29})))
        self.rejects({"exp": NOW - 30}, ["--leeway", "30s"],
                     "rejected: expired",
                     "claim exp",
                     "expected later than 2026-11-23 09:59:30 UTC (now, less 30 s of leeway)",
                     "found 2026-11-23 09:59:30 UTC, 30 s ago")

    def test_not_yet_valid(self):
        self.rejects({"nbf": NOW + 90}, ["--leeway", "60"],
                     "rejected: not-yet-valid",
                     "claim nbf",
                     "expected not later than 2026-11-23 10:01:00 UTC (now, plus 60 s of leeway)",
                     "found 2026-11-23 10:01:30 UTC, in 1 min 30 s")

    def test_issued_in_the_future(self):
        self.rejects({"iat": NOW + 1}, [],
                     "rejected: issued-in-future",
                     "claim iat",
                     "expected not later than 2026-11-23 10:00:00 UTC (now)",
                     "found 2026-11-23 10:00:01 UTC, in 1 s")

    def test_too_old(self):
        self.rejects({"iat": NOW - 901}, ["--max-age", "15m"],
                     "rejected: too-old",
                     "claim iat",
                     "expected not earlier than 2026-11-23 09:45:00 UTC (now, less 15 min 0 s of age)",
                     "found 2026-11-23 09:44:59 UTC, 15 min 1 s ago")
        self.rejects({}, ["--max-age", "900"],
                     "rejected: iat-missing",
                     "claim iat",
                     "expected present, as --max-age needs it",
                     "found none")

    def test_issuer(self):
        self.rejects({"iss": "eve"}, ["--iss", "a", "--iss", "b"],
                     "rejected: iss-mismatch",
                     "claim iss",
                     'expected "a" or "b"',
                     'found "eve"')
        self.rejects({}, ["--iss", "a"],
                     "rejected: iss-missing", "claim iss", 'expected "a"', "found none")

    def test_audience(self):
        self.rejects({"aud": ["x", "y"]}, ["--aud", "api"],
                     "rejected: aud-mismatch",
                     "claim aud",
                     'expected "api"',
                     'found ["x","y"]')
        self.rejects({}, ["--aud", "api"],
                     "rejected: aud-missing", "claim aud", 'expected "api"', "found none")

    def test_type(self):
        self.rejects({}, ["--typ", "at+jwt"],
                     "rejected: typ-mismatch",
                     "header typ",
                     'expected "at+jwt"',
                     'found "JWT"')
        self.assert_rejected(self.verify("--typ", "JWT", forge({}, {"alg": "HS256"})),
                             "rejected: typ-missing", "header typ", 'expected "JWT"', "found none")

    def test_required_claims(self):
        self.rejects({"sub": "a"}, ["--require", "exp,sub,tenant", "--require", "role"],
                     "rejected: exp-missing", "claim exp", "expected present", "found none",
                     "and: claim-missing", "claim tenant", "expected present", "found none",
                     "and: claim-missing", "claim role", "expected present", "found none")

    def test_wrong_types_of_registered_claims(self):
        self.rejects({"exp": "soon", "sub": 7}, [],
                     "rejected: bad-sub", "claim sub", "expected a string", "found 7",
                     "and: bad-exp", "claim exp",
                     "expected seconds since 1970, a number from 0 to 253402300799",
                     'found "soon"')

    def test_a_date_beyond_all_numbers(self):
        self.rejects(b'{"exp":123456789012345678901234567890}', [],
                     "rejected: bad-exp", "claim exp",
                     "expected seconds since 1970, a number from 0 to 253402300799",
                     "found 123456789012345678901234567890")

    def test_duplicate_claim(self):
        self.rejects(b'{"sub":"a","role":"user","\\u0072ole":"admin"}', [],
                     "rejected: duplicate-claim", "claim role", "expected once", "found twice")

    def test_claims_that_are_no_object(self):
        self.rejects(b'["a"]', [],
                     "rejected: bad-claims-json",
                     "expected one valid JSON object",
                     'found "[\\"a\\"]"')

    def test_every_failed_claim_is_named(self):
        outcome = self.verify("--iss", "a", "--aud", "b", "--require", "c", forge({"exp": 5}))
        self.assertEqual([line for line in outcome.out.splitlines() if not line.startswith(" ")],
                         ["rejected: expired", "and: iss-missing", "and: aud-missing",
                          "and: claim-missing"])

    def test_wrong_signature_shows_no_claims(self):
        token = forge({"sub": "mallory", "exp": 5}, secret=b"another secret of thirty-two bytes")
        for args in ([], ["--json"]):
            outcome = self.verify(*args, token)
            self.assertEqual(outcome.status, 1)
            self.assertIn("bad-signature", outcome.out)
            self.assertNotIn("mallory", outcome.out)
            self.assertNotIn("exp", outcome.out)
        self.assert_rejected(self.verify(token), "rejected: bad-signature",
                             "The signature is wrong.")

    def test_signature_length(self):
        self.assert_rejected(self.verify(forge({}) + "A"),
                             "rejected: bad-signature-length", "expected 32 bytes, for HS256",
                             "found 33 bytes")


class Headers(CliTestCase):
    def rejects(self, header, *lines):
        token = encode(to_bytes(header)) + "." + forge({}).split(".", 1)[1]
        outcome = self.run_program("verify", "--jwk-file", self.key, token)
        self.assert_rejected(outcome, *lines)

    def test_unsigned(self):
        self.rejects({"alg": "none"},
                     "rejected: alg-none", "header alg", "expected HS256, by the key",
                     'found "none"')

    def test_algorithm_of_another_key(self):
        self.rejects({"alg": "HS512", "kid": "k1"},
                     "rejected: alg-mismatch", "header alg", "expected HS256, by the key",
                     'found "HS512"')

    def test_unknown_algorithm(self):
        self.rejects({"alg": "HS1"},
                     "rejected: alg-unsupported", "header alg", "expected HS256, by the key",
                     'found "HS1"')

    def test_unknown_key(self):
        self.rejects({"alg": "HS256", "kid": "k2"},
                     "rejected: no-matching-key", "header kid", 'expected "k1"', 'found "k2"')

    def test_demanded_extension(self):
        self.rejects({"alg": "HS256", "crit": ["x"], "x": 1},
                     "rejected: crit-unsupported", "header crit",
                     "expected no extension: none is understood", 'found ["x"]')

    def test_parameter_of_the_wrong_type(self):
        self.rejects({"alg": "HS256", "kid": 7},
                     "rejected: bad-header-parameter",
                     "A header parameter has the wrong type or length.", "header kid", "found 7")


class Forms(CliTestCase):
    def test_parts(self):
        for token, found in [("a", "one part"), ("a.b", "2 parts"), ("a..c", "an empty part"),
                             ("", "nothing")]:
            self.assert_rejected(self.verify(token), "rejected: not-compact-jws",
                                 "expected three parts, none empty, separated by two dots",
                                 "found " + found)

    def test_encrypted(self):
        self.assert_rejected(self.verify("a.b.c.d.e"), "rejected: encrypted-token",
                             "expected a signed token, which has three parts",
                             "found five parts, as encrypted tokens have")

    def test_base64url(self):
        expected = "expected base64url: A to Z, a to z, 0 to 9, - and _, without padding"
        self.assert_rejected(self.verify("Bearer " + forge({})), "rejected: bad-base64url",
                             expected, 'found " " as character 7: leave out "Bearer "')
        self.assert_rejected(self.verify(forge({}) + "="), "rejected: bad-base64url", expected,
                             'found "=" as character %d' % (len(forge({})) + 1))

    def test_too_long(self):
        self.assert_rejected(self.verify("a" * 8193), "rejected: token-too-large",
                             "expected at most 8,192 characters", "found more")


class TerminalEscapes(CliTestCase):
    RAW = "\x9b31m\u202egnp.exe\u200b\x7f\U000e0041"  # JSON allows these without escaping
    HOSTILE = "\x1b]0;title\x07\x1b[2J\r\n" + RAW

    def assert_harmless(self, text):
        for character in text:
            self.assertTrue(character == "\n" or character.isprintable(), repr(text))

    def test_never_reach_the_terminal(self):
        escaped = {"sub": self.HOSTILE, self.HOSTILE: [self.HOSTILE], "iss": self.HOSTILE}
        raw = {"sub": self.RAW, self.RAW: [self.RAW], "iss": self.RAW}
        for token in (forge(escaped), forge(json.dumps(raw, ensure_ascii=False).encode())):
            for args in ([], ["--json"], ["--iss", "me"], ["--iss", "me", "--json"],
                         ["--signature-only"]):
                outcome = self.verify(*args, token)
                self.assertEqual(outcome.status, 1 if "--iss" in args else 0)
                self.assert_harmless(outcome.out)
            outcome = self.run_program("decode", token)
            self.assertEqual(outcome.status, 0)
            self.assert_harmless(outcome.out)

    def test_as_json_say_the_same_as_before(self):
        token = forge(json.dumps({"sub": self.RAW}, ensure_ascii=False).encode())
        [result] = self.verify_json(token)
        self.assertEqual(result["claims"], {"sub": self.RAW})

    def test_in_an_unverified_header_neither(self):
        token = encode(to_bytes({"alg": self.HOSTILE, "kid": self.HOSTILE})) + ".e30.AA"
        self.assert_harmless(self.verify(token).out)
        self.assert_harmless(self.run_program("decode", token).out)

    def test_in_key_files_neither(self):
        keys = self.write("hostile", to_bytes({"keys": [jwk("a", self.HOSTILE), jwk("b", "HS256")]}))
        outcome = self.run_program("verify", "--jwk-file", keys, forge({}))
        self.assertIn("skipped keys[0]", outcome.err)
        self.assert_harmless(outcome.err)

    def test_long_claims_are_cut_between_characters(self):
        outcome = self.verify(forge(b'{"sub":"' + "\u00e4".encode() * 1000 + b'"}'))
        self.assert_valid(outcome)
        self.assertIn('sub        "' + "\u00e4" * 99 + " ... (2,002 bytes)\n", outcome.out)


class Json(CliTestCase):
    def test_of_a_valid_token(self):
        [result] = self.verify_json(forge({"sub": "a", "n": 1.50}))
        self.assertEqual(result, {"valid": True, "verdict": "valid", "class": "valid",
                                  "message": "The token is valid.", "now": NOW, "kid": None,
                                  "claims": {"sub": "a", "n": 1.5}})

    def test_of_a_rejected_token(self):
        outcome = self.verify("--json", "--iss", "a", forge({"exp": 5}))
        self.assertEqual(outcome.status, 1)
        [result] = self.verify_json("--iss", "a", forge({"exp": 5}))
        expired = {"verdict": "expired", "message": "The token has expired.", "claim": "exp",
                   "expected": "later than 2026-11-23 10:00:00 UTC (now)", "found": 5}
        missing = {"verdict": "iss-missing", "message": result["failures"][1]["message"],
                   "claim": "iss", "expected": '"a"', "found": None}
        self.assertEqual(result, {"valid": False, "class": "expired", "now": NOW, **expired,
                                  "failures": [expired, missing]})

    def test_keeps_numbers_and_escapes_as_they_are(self):
        token = forge(b'{ "n" : 123456789012345678901234567890.10 , "s":"\\u0061\xc2\x9b" }')
        outcome = self.verify("--json", token)
        self.assertIn('"claims":{"n":123456789012345678901234567890.10,"s":"\\u0061\\u009b"}',
                      outcome.out)
        self.assertEqual(outcome.out.count("\n"), 1)

    def test_of_any_payload(self):
        [result] = self.verify_json("--signature-only", forge(b"\x00\xff\xfe"))
        self.assertEqual(result["payload_base64url"], encode(b"\x00\xff\xfe"))


if __name__ == "__main__":
    unittest.main()
