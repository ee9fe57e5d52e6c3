# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Why a server of a registry takes a token, or does not."""

import json
import unittest

from support import CliTestCase, claims_of, decode, forge
from tokens import Registry


class Explain(CliTestCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(self.path("tokens.db"))
        self.registry.run("server", "create", "api")
        self.token = self.registry.token("--server", "api")

    def explain(self, *args, stdin=b""):
        return self.run_program("explain", "--registry", self.registry.path, "--server", "api",
                                *args, stdin=stdin)

    def ask(self, *args):
        """Exit status and answer."""
        outcome = self.explain("--json", *args)
        self.assertEqual((outcome.err, outcome.out.count("\n")), ("", 1))
        return outcome.status, json.loads(outcome.out)

    def assert_refused(self, answer, reason, heading):
        status, body = answer
        self.assertEqual((status, body["accepted"], body["reason"], body["heading"]),
                         (1, False, reason, heading))
        failed, = [step for step in body["steps"] if step["state"] == "failed"]
        return failed

    def test_shows_each_check(self):
        outcome = self.explain("--header", "Authorization: Bearer " + self.token)
        self.assertEqual((outcome.status, outcome.err), (0, ""))
        lines = outcome.out.splitlines()
        self.assertEqual(lines[0], "accepted")
        self.assertRegex(lines[1], r"^server +api, of the account alice$")
        self.assertEqual([line.split()[0] for line in lines[2:]],
                         ["authorization", "format", "header", "signature", "claims", "dates",
                          "revocation", "kind", "registration", "association"])
        self.assertNotIn("FAILED", outcome.out)
        self.assertNotIn(self.token.split(".")[2], outcome.out)

    def test_takes_a_token_from_anywhere(self):
        path = self.write("token", self.token.encode() + b"\n")
        self.assertEqual(self.explain(self.token).status, 0)
        self.assertEqual(self.explain("--token-file", path).status, 0)
        self.assertEqual(self.explain(stdin=self.token).status, 0)
        self.assertEqual(self.explain("--account", "alice", self.token).status, 0)

    def test_shows_what_failed_and_what_to_do(self):
        self.registry.revoke(self.token)
        outcome = self.explain(self.token)
        self.assertEqual(outcome.status, 1)
        lines = outcome.out.splitlines()
        self.assertEqual(lines[0], "refused: Token revoked")
        self.assertRegex(lines[2], r"^reason +revoked, in logs and X-Auth-Reason$")
        self.assertRegex(outcome.out, "(?m)^revocation +FAILED: found revoked .*: \"a test's\", "
                                      "expected not revoked$")
        self.assertRegex(outcome.out, "(?m)^association +-$")
        self.assertRegex(lines[-1], "^what to do +It stays so: create another token.$")

    def test_names_each_trouble(self):
        self.assert_refused(self.ask("--header", ""), "missing", "Missing Authorization header")
        failed = self.assert_refused(self.ask("--header", "Authorization: Bearer Bearer a.b.c"),
                                     "malformed", "Malformed Authorization header")
        self.assertEqual(failed["found"], '"Bearer" twice')
        self.assert_refused(self.ask("a.b"), "malformed", "Wrong token format")
        self.assert_refused(self.ask(forge({"sub": "alice"})), "bad_signature", "Invalid signature")
        failed = self.assert_refused(self.ask(self.registry.expired_token("--server", "api")),
                                     "expired", "Token expired")
        self.assertEqual((failed["check"], failed["claim"]), ("dates", "exp"))
        self.registry.run("server", "create", "files")
        failed = self.assert_refused(self.ask(self.registry.token("--server", "files")),
                                     "not_associated", "Not associated with this server")
        self.assertEqual(failed["found"], "with files")
        secret = self.registry.secret().encode()
        self.assert_refused(self.ask(forge({"sub": "alice"}, secret=secret)), "not_registered",
                            "Not a token of the registry")
        self.assert_refused(self.ask(forge({"token_type": "refresh"}, secret=secret)), "claim",
                            "Refresh token")
        self.registry.run("account", "create", "bob")
        theirs = self.registry.token("--account", "bob")
        failed = self.assert_refused(self.ask(theirs), "bad_signature", "Wrong account")
        self.assertIn("of the account bob", failed["found"])

    def test_tells_of_the_secret_that_was_replaced(self):
        self.registry.run("secret", "rotate", "--grace", "1h", "--yes")
        status, body = self.ask(self.token)
        self.assertEqual((status, body["secret"]["generation"]), (0, 1))
        self.assertIsNotNone(body["secret"]["valid_until"])
        self.assertEqual(body["token"]["jti"], claims_of(self.token)["jti"])
        self.registry.run("secret", "rotate", "--grace", "0", "--yes")
        failed = self.assert_refused(self.ask(self.token), "bad_signature", "Invalid signature")
        self.assertIn("was replaced", failed["found"])

    def test_tells_of_the_secret_that_was_decoded(self):
        decoded = forge({"sub": "alice"}, secret=decode(self.registry.secret()))
        failed = self.assert_refused(self.ask(decoded), "bad_signature", "Invalid signature")
        self.assertIn("the bytes that the secret's text encodes", failed["found"])

    def test_tells_of_a_server_that_asks_for_no_token(self):
        self.registry.run("server", "auth", "api", "off", "--yes")
        status, body = self.ask("--header", "")
        self.assertEqual((status, body["accepted"], body["authentication"]), (0, True, False))

    def test_mistakes_are_no_refusals(self):
        self.assert_fails(self.explain(self.token, "--header", ""), "--header goes with neither")
        self.assert_fails(self.explain(self.token, "--account", "carol"), "no account named carol")
        self.assert_fails(self.run_program("explain", "--registry", self.registry.path,
                                           "--server", "none", self.token),
                          "there is no server named none")
        self.assert_fails(self.run_program("explain", self.token), "--server is required")


if __name__ == "__main__":
    unittest.main()
