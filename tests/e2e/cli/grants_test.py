# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Clients and refresh tokens, on the database file."""

import time
import unittest

import registry_test
from support import claims_of


class Clients(registry_test.RegistryTestCase):
    def setUp(self):
        super().setUp()
        self.succeed("server", "create", "api", "--url", "https://api.example")

    def create_client(self, *args):
        return self.ask("client", "create", "robot", "--description", "Jobs", "--server", "api",
                        "--scope", "read write", *args)

    def test_are_made_with_a_secret_that_is_shown_once(self):
        robot = self.create_client("--token-life", "15m")
        self.assertRegex(robot.pop("secret"), r"\Asjc_[A-Za-z0-9_-]{44}\Z")
        self.assertAlmostEqual(robot.pop("created"), time.time(), delta=60)
        self.assertEqual(robot, {"name": "robot", "description": "Jobs", "token_life": 900,
                                 "scope": "read write", "servers": ["api"], "revoked": None,
                                 "revoked_reason": None})
        outcome = self.succeed("client", "create", "other", "--description", "x")
        self.assertRegex(outcome.out, r"\Asjc_\S{44}\n\Z")
        self.assertIn("made the client other; its secret is shown this once", outcome.err)
        self.assertIn("1 h 0 min", self.succeed("client", "list").out)

    def test_are_made_once(self):
        self.create_client()
        again = self.command("client", "create", "robot", "--description", "x")
        self.assert_fails(again, "there is a client named robot already")
        self.assert_fails(self.command("client", "create", "x", "--description", "x", "--server",
                                       "no"), "there is no server named no")

    def test_are_revoked(self):
        self.create_client()
        self.assert_fails(self.command("client", "revoke", "robot"), "--yes")
        robot = self.ask("client", "revoke", "robot", "--reason", "retired", "--yes")
        self.assertEqual(robot["revoked_reason"], "retired")
        self.assertIn("revoked", self.succeed("client", "list").out)
        self.assert_fails(self.command("client", "revoke", "no", "--yes"),
                          "there is no client named no")


class RefreshTokens(registry_test.RegistryTestCase):
    def create_pair(self, *args):
        return self.ask("token", "create", "--description", "CI", "--expires-in", "1h",
                        "--refresh-for", "30d", *args)

    def test_come_with_the_first_token(self):
        pair = self.create_pair("--sub", "ci")
        self.assertEqual(claims_of(pair["token"])["sub"], "ci")
        self.assertRegex(pair["refresh_token"], r"\Asjr_[A-Za-z0-9_-]{44}\Z")
        self.assertAlmostEqual(pair["refresh_expires"], time.time() + 30 * 86400, delta=60)
        outcome = self.succeed("token", "create", "--description", "CI", "--expires-in", "1h",
                               "--refresh-for", "30d")
        self.assertRegex(outcome.out, r"\AeyJ\S+\nsjr_\S+\n\Z")

    def test_need_the_life_of_each_token(self):
        self.assert_fails(self.command("token", "create", "--description", "CI", "--indefinite",
                                       "--refresh-for", "30d"), "needs --expires-in")
        self.assert_fails(self.command("token", "create", "--description", "CI", "--expires-in",
                                       "1h", "--client", "robot"), "is for --refresh-for")

    def test_are_revoked_by_family(self):
        self.succeed("client", "create", "robot", "--description", "x")
        jti = self.create_pair("--client", "robot")["jti"]
        family = self.ask("refresh", "list")["families"][0]
        self.assertEqual((family["client"], family["status"]), ("robot", "active"))
        number = str(family["family"])
        revoked = self.ask("refresh", "revoke", number, "--reason", "lost", "--yes")
        self.assertEqual((revoked["status"], revoked["revoked_reason"]), ("revoked", "lost"))
        self.assertEqual(self.ask("token", "show", jti)["inactive_reason"], "revoked")
        self.assertIn("revoked", self.succeed("refresh", "list").out)
        self.assert_fails(self.command("refresh", "revoke", "77", "--yes"),
                          "there is no family of refresh tokens named 77")


if __name__ == "__main__":
    unittest.main()
