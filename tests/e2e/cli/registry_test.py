# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The token registry: accounts, servers, tokens, secrets and the audit log, on the database file."""

import contextlib
import http.server
import json
import os
import pty
import shlex
import shutil
import sqlite3
import stat
import subprocess
import threading
import time
import unittest
import urllib.parse

from support import PROGRAM, CliTestCase, Outcome, claims_of, decode, forge

DEBIAN_PYTHON = "/usr/bin/python3"  # which alone has Debian's requests


class RegistryTestCase(CliTestCase):
    def setUp(self):
        super().setUp()
        self.registry = self.path("tokens.db")
        self.succeed("registry", "init", "--issuer", "https://tokens.example")
        self.succeed("account", "create", "alice")

    def command(self, *args, stdin=b""):
        """With the registry after the words of the command."""
        return self.run_program(*args[:2], "--registry", self.registry, *args[2:], stdin=stdin)

    def succeed(self, *args):
        outcome = self.command(*args)
        self.assertEqual(outcome.status, 0, outcome.err)
        return outcome

    def ask(self, *args):
        outcome = self.succeed(*args, "--json")
        self.assertEqual((outcome.err, outcome.out.count("\n")), ("", 1))
        return json.loads(outcome.out)

    def create_token(self, *args):
        return self.ask("token", "create", "--description", "a test's", "--indefinite", *args)

    def account_secret(self):
        return self.succeed("secret", "show").out.rstrip("\n").encode()


class Registry(RegistryTestCase):
    def test_is_made_once_with_its_key_beside_it(self):
        for name in ("tokens.db", "tokens.db.key"):
            self.assertEqual(stat.S_IMODE(os.stat(self.path(name)).st_mode), 0o600)
        self.assert_fails(self.command("registry", "init", "--issuer", "https://x.example"),
                          "tokens.db: exists already")
        self.assertEqual(self.succeed("registry", "check").out, "ok\n")

    def test_may_be_named_by_the_environment(self):
        environment = {**os.environ, "SIMDJWT_REGISTRY": self.registry}
        process = subprocess.run([PROGRAM, "account", "list"], env=environment, check=True,
                                 capture_output=True)
        self.assertIn("alice", process.stdout.decode())
        self.assert_fails(self.run_program("account", "list"), "--registry is required")

    def test_errors_say_which_file(self):
        self.assert_fails(self.run_program("account", "list", "--registry", self.path("no")),
                          self.path("no") + ": unable to open database file")
        os.remove(self.registry + ".key")
        self.assert_fails(self.command("account", "list"),
                          "tokens.db.key: No such file or directory")

    def test_commands_need_an_action(self):
        for group in ("registry", "account", "server", "token", "secret", "client", "refresh",
                      "audit", "usage"):
            self.assert_fails(self.run_program(group), "A subcommand is required")
            self.assertIn("Usage: simdjwt " + group, self.run_program(group, "--help").out)

    def test_help_of_actions_fits_the_screen(self):
        for group, actions in (("registry", "init check"), ("account", "create list show policy"),
                               ("server", "create list show auth"), ("secret", "show rotate jwks"),
                               ("token", "create list show copy revoke associate dissociate"),
                               ("client", "create list revoke"), ("refresh", "list revoke"),
                               ("audit", "list"), ("usage", "list")):
            for action in actions.split():
                outcome = self.run_program(group, action, "--help")
                self.assertEqual((outcome.status, outcome.err), (0, ""))
                self.assertIn("Usage: simdjwt %s %s" % (group, action), outcome.out)
                self.assertLessEqual(max(map(len, outcome.out.splitlines())), 80)


class AdminTokens(RegistryTestCase):
    def test_are_printed_once_and_listed_without_their_text(self):
        outcome = self.succeed("admin-token", "create", "ops")
        self.assertRegex(outcome.out, r"^sja_[A-Za-z0-9_-]{44}\n$")
        self.assertIn("only time", outcome.err)
        made = self.ask("admin-token", "create", "ci", "--scope", "write", "--scope", "read",
                        "--account", "alice", "--expires-in", "90d")
        self.assertEqual(made.pop("token")[:4], "sja_")
        self.assertEqual((made["scopes"], made["account"]), (["read", "write"], "alice"))
        self.assertEqual(made["expires"] - made["created"], 90 * 86400)
        ops, ci = self.ask("admin-token", "list")["admin_tokens"]
        self.assertEqual(ci, made)
        self.assertEqual(ops["scopes"], ["read", "write", "reveal", "audit"])
        self.assertEqual((ops["account"], ops["status"]), (None, "active"))
        self.assertIn("read write reveal audit", self.succeed("admin-token", "list").out)

    def test_are_revoked_for_good(self):
        self.succeed("admin-token", "create", "ops")
        self.assert_fails(self.command("admin-token", "revoke", "ops"), "--yes")
        self.succeed("admin-token", "revoke", "ops", "--yes")
        self.assertEqual(self.ask("admin-token", "list")["admin_tokens"][0]["status"], "revoked")
        self.assert_fails(self.command("admin-token", "create", "ops"),
                          "there is an admin token named ops already")

    def test_need_scopes_that_there_are(self):
        self.assert_fails(self.command("admin-token", "create", "x", "--scope", "all"),
                          "there are read, write, reveal and audit")


class Accounts(RegistryTestCase):
    def test_are_listed_and_shown(self):
        self.succeed("account", "create", "bob", "--life-max", "90d", "--indefinite", "no")
        bob = self.ask("account", "show", "bob")
        self.assertAlmostEqual(bob.pop("created"), time.time(), delta=60)
        self.assertEqual(bob, {"name": "bob", "accepts": "registered", "alg": "HS256",
                               "life_min": 1, "life_max": 90 * 86400, "indefinite": False})
        names = [account["name"] for account in self.ask("account", "list")["accounts"]]
        self.assertEqual(names, ["alice", "bob"])
        self.assertIn("at most 90 d 0 h, never indefinite", self.succeed("account", "list").out)

    def test_have_a_policy_that_changes_only_where_it_is_told_to(self):
        self.succeed("account", "policy", "alice", "--life-min", "1h", "--accepts", "signed")
        self.succeed("account", "policy", "alice", "--life-max", "1d")
        alice = self.ask("account", "policy", "alice", "--indefinite", "no")
        alice.pop("created")
        self.assertEqual(alice, {"name": "alice", "accepts": "signed", "alg": "HS256",
                                 "life_min": 3600, "life_max": 86400, "indefinite": False})
        create = ("token", "create", "--description", "x")
        self.assert_fails(self.command(*create, "--indefinite"), "demands that tokens expire")
        self.assert_fails(self.command(*create, "--expires-in", "59m"), "at least 3600 seconds")
        self.assert_fails(self.command(*create, "--expires-in", "2d"), "at most 86400 seconds")
        self.succeed(*create, "--expires-in", "8h")
        self.succeed("account", "policy", "alice", "--life-max", "none")
        self.succeed(*create, "--expires-in", "1y")

    def test_must_be_named_where_there_are_several(self):
        self.succeed("account", "create", "bob")
        self.assert_fails(self.command("token", "list"), "--account is needed: there are several")
        self.succeed("token", "list", "--account", "bob")
        self.assert_fails(self.command("token", "list", "--account", "eve"),
                          "there is no account named eve")

    def test_see_nothing_of_one_another(self):
        self.succeed("account", "create", "bob")
        jti = self.create_token("--account", "alice")["jti"]
        for action in ("show", "copy", "revoke"):
            self.assert_fails(self.command("token", action, jti, "--account", "bob"),
                              "there is no token named " + jti)


class Tokens(RegistryTestCase):
    def test_verify_with_the_text_of_the_secret(self):
        token = self.create_token("--scope", "read write")["token"]
        self.assertEqual(decode(token.split(".")[0]), b'{"alg":"HS256","typ":"JWT"}')
        claims = claims_of(token)
        self.assertEqual(token, forge(decode(token.split(".")[1]), secret=self.account_secret(),
                                      header=b'{"alg":"HS256","typ":"JWT"}'))
        self.assertRegex(claims.pop("jti"), r"\A[A-Za-z0-9][\w-]{31}\Z")
        self.assertAlmostEqual(claims.pop("iat"), time.time(), delta=60)
        self.assertEqual(claims, {"iss": "https://tokens.example", "sub": "alice",
                                  "scope": "read write"})

    def test_are_printed_alone_and_copied_later(self):
        outcome = self.succeed("token", "create", "--description", "CI", "--expires-in", "90d")
        self.assertRegex(outcome.out, r"\A[\w-]+\.[\w-]+\.[\w-]+\n\Z")
        self.assertRegex(outcome.err, r"\Amade the token \S{32}, which expires 20")
        claims = claims_of(outcome.out.strip())
        self.assertEqual(claims["exp"] - claims["iat"], 90 * 86400)
        self.assertEqual(self.succeed("token", "copy", claims["jti"]).out, outcome.out)
        self.assertEqual(self.succeed("token", "copy", claims["jti"][:8]).out, outcome.out)

    def test_expire_when_they_are_told_to(self):
        def exp(*args):
            return claims_of(self.ask("token", "create", "--description", "x", *args)["token"])["exp"]
        self.assertEqual(exp("--expires-at", "2199-01-31"), 7229174400)
        self.assertEqual(exp("--expires-at", "2199-01-31T12:00:00Z"), 7229174400 + 43200)
        self.assertEqual(exp("--expires-at", "7229174400"), 7229174400)
        for preset, seconds in (("15m", 900), ("1h", 3600), ("8h", 28800), ("1d", 86400),
                                ("7d", 604800), ("30d", 2592000), ("1y", 31536000)):
            self.assertAlmostEqual(exp("--expires-in", preset) - time.time(), seconds, delta=60)
        create = ("token", "create", "--description", "x")
        needed = "one of --expires-in, --expires-at and --indefinite is needed"
        self.assert_fails(self.command(*create), needed)
        self.assert_fails(self.command(*create, "--indefinite", "--expires-in", "1h"), needed)
        self.assert_fails(self.command(*create, "--expires-at", "tomorrow"), '"tomorrow" is no time')
        self.assert_fails(self.command(*create, "--expires-at", "2020-01-01"), "not in the future")

    def test_have_the_claims_of_their_template(self):
        django = self.ask("token", "create", "--description", "x", "--template", "django",
                          "--user-id", "42", "--expires-in", "1h")
        self.assertEqual((django["claims"]["token_type"], django["claims"]["user_id"]),
                         ("access", 42))
        text = self.ask("token", "create", "--description", "x", "--template", "django",
                        "--user-id", "u-7", "--expires-in", "1h")
        self.assertEqual(text["claims"]["user_id"], "u-7")
        self.assert_fails(self.command("token", "create", "--description", "x", "--indefinite",
                                       "--template", "django", "--user-id", "42"),
                          "rejects tokens that never expire")
        custom = self.create_token("--template", "custom", "--claim", "role=admin",
                                   "--claim", "n=[1,2]")["claims"]
        self.assertEqual(sorted(custom), ["iat", "jti", "n", "role"])
        for arguments, message in (
                (("--template", "custom", "--claim", "jti=x"), "which the registry sets"),
                (("--claim", "a=1"), "--claim: is for --template custom"),
                (("--template", "none"), '"none" is unknown'),
                (("--user-id", "1"), "is for the Django template"),
                (("--server", "none"), "there is no server named none")):
            self.assert_fails(self.command("token", "create", "--description", "x",
                                           "--indefinite", *arguments), message)

    def test_carry_the_urls_of_their_servers_unless_told_not_to(self):
        self.succeed("server", "create", "api", "--url", "https://api.example/mcp")
        token = self.create_token("--server", "api")
        self.assertEqual(token["claims"]["aud"], "https://api.example/mcp")
        self.assertEqual(token["servers"], ["api"])
        self.assertNotIn("aud", self.create_token("--server", "api", "--no-server-aud")["claims"])

    def test_are_listed_in_pages_and_searched(self):
        for i in range(5):
            self.succeed("token", "create", "--description", "job %d" % i, "--indefinite")
        page = self.ask("token", "list", "--limit", "3")
        self.assertEqual([t["description"] for t in page["tokens"]], ["job 4", "job 3", "job 2"])
        page = self.ask("token", "list", "--limit", "3", "--before", str(page["next"]))
        self.assertEqual([t["description"] for t in page["tokens"]], ["job 1", "job 0"])
        self.assertIsNone(page["next"])
        found = self.ask("token", "list", "--search", "JOB 3")["tokens"]
        self.assertEqual([t["description"] for t in found], ["job 3"])
        table = self.succeed("token", "list").out.splitlines()
        self.assertRegex(table[0], r"\AID +DESCRIPTION +STATUS +CREATED +EXPIRES +LAST USED")
        self.assertRegex(table[1], r"\A\S{32}  job 4 +Active +20\S+ \S+ UTC +never +- +-\Z")

    def test_are_revoked_for_good(self):
        jti = self.create_token()["jti"]
        self.assert_fails(self.command("token", "revoke", jti), "--yes is needed")
        self.assertIsNone(self.ask("token", "show", jti)["revoked"])
        self.succeed("token", "revoke", jti, "--yes", "--reason", "leaked")
        token = self.ask("token", "show", jti)
        self.assertEqual((token["active"], token["inactive_reason"], token["revoked_reason"]),
                         (False, "revoked", "leaked"))
        self.assertIn("Inactive: revoked", self.succeed("token", "show", jti).out)
        self.assertEqual(len(self.ask("token", "list", "--status", "active")["tokens"]), 0)
        self.assertEqual(len(self.ask("token", "list", "--status", "inactive")["tokens"]), 1)

    def test_turn_the_authentication_of_servers_on(self):
        self.succeed("server", "create", "api")
        jti = self.create_token()["jti"]
        outcome = self.succeed("token", "associate", jti, "api")
        self.assertIn("whose authentication is on from now on", outcome.err)
        self.assert_fails(self.command("token", "dissociate", jti, "api"), "--yes is needed")
        self.succeed("token", "dissociate", jti, "api", "--yes")
        self.assertTrue(self.ask("server", "show", "api")["authentication"])
        self.assert_fails(self.command("server", "auth", "api", "off"), "--yes is needed")
        self.assertFalse(self.ask("server", "auth", "api", "off", "--yes")["authentication"])
        self.assertTrue(self.ask("server", "auth", "api", "on")["authentication"])
        self.assert_fails(self.command("server", "auth", "api", "maybe"), "is neither on nor off")

    def test_shown_reveal_six_characters_of_their_signature(self):
        token = self.create_token()
        out = self.succeed("token", "show", token["jti"]).out
        self.assertIn("eyJhbGci\u2026" + token["token"][-6:] + "\n", out)
        self.assertNotIn(token["token"][-7:], out)
        self.assertIn("Status       Active\n", out)
        self.assertIn("Last used    no use recorded\n", out)
        self.assertIn("Expires      never\n", out)

    def test_leave_no_text_or_secret_in_the_file(self):
        token = self.create_token()["token"]
        secret = self.account_secret()
        with open(self.registry, "rb") as file:
            content = file.read()
        self.assertNotIn(secret, content)
        self.assertNotIn(token.split(".")[2].encode(), content)


class Secrets(RegistryTestCase):
    def test_are_sixty_four_characters_of_text(self):
        self.assertRegex(self.account_secret().decode(), r"\A[\w-]{64}\Z")
        self.assertEqual(self.ask("secret", "show")["secret"].encode(), self.account_secret())

    def test_are_replaced_with_a_time_of_grace(self):
        token, before = self.create_token(), self.account_secret()
        self.assert_fails(self.command("secret", "rotate", "--grace", "1h"), "--yes is needed")
        self.assertEqual(self.account_secret(), before)
        rotation = self.ask("secret", "rotate", "--grace", "1h", "--yes")
        self.assertEqual(rotation["generation"], 2)
        self.assertEqual(rotation["previous_valid_until"], rotation["created"] + 3600)
        self.assertNotEqual(self.account_secret(), before)
        self.assertEqual(self.succeed("token", "copy", token["jti"]).out, token["token"] + "\n")
        self.succeed("secret", "rotate", "--grace", "0", "--yes")
        self.assert_fails(self.command("token", "copy", token["jti"]), "has been replaced")
        self.assertEqual(self.ask("token", "show", token["jti"])["inactive_reason"],
                         "secret replaced")
        self.assertIn("gone with its secret", self.succeed("token", "show", token["jti"]).out)


class Keys(RegistryTestCase):
    def public_keys(self):
        return json.loads(self.succeed("secret", "jwks").out)["keys"]

    def test_sign_tokens_once_they_are_chosen(self):
        old = self.create_token()
        self.assertEqual(self.public_keys(), [])
        self.assertIn("tokens signed by EdDSA",
                      self.succeed("account", "policy", "alice", "--alg", "EdDSA").err)
        self.assertEqual(self.ask("account", "policy", "alice", "--life-max", "none")["alg"],
                         "EdDSA")
        key, = self.public_keys()
        self.assertEqual((key["alg"], key["use"]), ("EdDSA", "sig"))
        self.assertNotIn("d", key)
        token = self.create_token()
        self.assertEqual(decode(token["token"].split(".")[0]).decode(),
                         '{"alg":"EdDSA","typ":"JWT","kid":"%s"}' % key["kid"])
        for made in (old, token):
            self.assertEqual(self.succeed("token", "copy", made["jti"]).out, made["token"] + "\n")
        shown = self.succeed("account", "show", "alice").out
        self.assertRegex(shown, "Tokens signed by +EdDSA\n")
        self.assertRegex(shown, 'EdDSA key generation 2 of .*, kid "%s"; generation 1 of'
                         % key["kid"])
        self.assertRegex(self.succeed("account", "list").out, r"registered +EdDSA")
        public = self.write("public.jwks", self.succeed("secret", "jwks").out.encode())
        self.assert_valid(self.run_program("verify", "--jwk-file", public, token["token"]))
        self.assertIn("account.policy", self.succeed("audit", "list").out)

    def test_are_replaced_each_for_itself(self):
        self.succeed("account", "create", "bob", "--alg", "RS256")
        of_bob = ("--account", "bob")
        token = self.create_token(*of_bob)
        self.assert_fails(self.command("secret", "show", *of_bob), "the account has no secret")
        rotation = self.ask("secret", "rotate", *of_bob, "--grace", "1h", "--yes")
        kids = [key["kid"] for key in
                json.loads(self.succeed("secret", "jwks", *of_bob).out)["keys"]]
        self.assertEqual((rotation["alg"], rotation["kid"], len(kids)), ("RS256", kids[0], 2))
        self.assertEqual(self.succeed("token", "copy", *of_bob, token["jti"]).out,
                         token["token"] + "\n")
        self.assert_fails(self.command("secret", "rotate", *of_bob, "--alg", "EdDSA", "--grace",
                                       "0", "--yes"), "has no key for EdDSA")
        self.assert_fails(self.command("account", "create", "eve", "--alg", "ES256"),
                          '--alg: "ES256" signs no tokens; there are HS256, EdDSA and RS256')


class Audit(RegistryTestCase):
    def test_says_who_did_what(self):
        jti = self.create_token()["jti"]
        self.succeed("token", "revoke", jti, "--yes", "--reason", "leaked")
        entries = self.ask("audit", "list")["entries"]
        self.assertEqual([entry["action"] for entry in entries],
                         ["token.revoke", "token.create", "secret.create", "account.create",
                          "registry.create"])
        first = entries[0]
        self.assertEqual((first["account"], first["subject"], first["detail"]),
                         ("alice", jti, "leaked"))
        self.assertTrue(first["actor"])
        older = self.ask("audit", "list", "--before", str(first["id"]), "--limit", "1")["entries"]
        self.assertEqual(older, entries[1:2])
        self.assertIn("token.revoke", self.succeed("audit", "list", "--account", "alice").out)


class Revocation(RegistryTestCase):
    def test_of_several_is_one_change(self):
        jtis = [self.create_token()["jti"] for _ in range(3)]
        self.assert_fails(self.command("token", "revoke", jtis[0], "no-such-token", "--yes"),
                          "there is no token named no-such-token")
        self.assertTrue(self.ask("token", "show", jtis[0])["active"])
        revoked = self.ask("token", "revoke", jtis[0], jtis[2][:8], "--yes")["tokens"]
        self.assertEqual([(token["jti"], token["active"]) for token in revoked],
                         [(jtis[0], False), (jtis[2], False)])
        entries = self.ask("audit", "list", "--limit", "2")["entries"]
        self.assertEqual(len({entry["version"] for entry in entries}), 1)
        self.assertTrue(self.ask("token", "show", jtis[1])["active"])

    def test_of_all_that_match(self):
        for description in ("CI one", "ci two", "other"):
            self.succeed("token", "create", "--description", description, "--indefinite")
        outcome = self.succeed("token", "revoke", "--matching", "ci ", "--yes")
        self.assertEqual(outcome.err, "revoked 2 tokens\n")
        active = self.ask("token", "list", "--status", "active")["tokens"]
        self.assertEqual([token["description"] for token in active], ["other"])
        self.assert_fails(self.command("token", "revoke", "--matching", "ci ", "--yes"),
                          'no active token matches "ci "')

    def test_needs_to_be_told_of_what(self):
        for args in ((), ("ID", "--matching", "x")):
            self.assert_fails(self.command("token", "revoke", *args, "--yes"),
                              "one of ID and --matching is needed")


class Usage(RegistryTestCase):
    def setUp(self):
        super().setUp()
        self.succeed("server", "create", "api", "--url", "https://api.example/")
        self.jti = self.create_token("--server", "api")["jti"]
        self.day = 1_795_392_000  # 2026-11-23
        with contextlib.closing(sqlite3.connect(self.registry)) as database, database:
            # A server's own counts are of the token -1.
            database.executemany("INSERT INTO usage_minutes VALUES (1, ?, ?, ?, ?)", [
                (-1, self.day, "accepted", 10), (-1, self.day + 60, "expired", 2),
                (-1, self.day + 60, "missing", 1), (-1, self.day + 3600, "anonymous", 4),
                (0, self.day, "accepted", 9), (0, self.day + 60, "expired", 2)])
            database.execute("INSERT INTO last_uses VALUES (0, ?)", (self.day + 7,))

    def usage(self, *args):
        return self.ask("usage", "list", *args)["usage"]

    def test_is_listed_by_server_token_and_time(self):
        self.assertEqual(self.usage(), [{"server": "api", "accepted": 10, "anonymous": 4,
                                         "rejected": {"expired": 2, "missing": 1}}])
        of_token = {"accepted": 9, "anonymous": 0, "rejected": {"expired": 2}}
        self.assertEqual(self.usage("--by", "token"), [{"token": self.jti, **of_token}])
        self.assertEqual(self.usage("--by", "day", "--token", self.jti[:8], "--server", "api"),
                         [{"start": self.day, **of_token}])
        self.assertEqual([line["start"] - self.day for line in self.usage("--by", "minute")],
                         [0, 60, 3600])
        self.assertEqual([line["start"] - self.day for line in self.usage("--by", "hour")],
                         [0, 3600])

    def test_is_listed_of_a_time(self):
        self.assertEqual(self.usage("--until", "2026-11-23"), [])
        self.assertEqual(self.usage("--since", "2026-11-23T01:00:00Z"),
                         [{"server": "api", "accepted": 0, "anonymous": 4, "rejected": {}}])

    def test_is_a_table_for_people(self):
        lines = self.succeed("usage", "list", "--by", "hour").out.splitlines()
        self.assertEqual([line.split() for line in lines],
                         [["START", "ACCEPTED", "ANONYMOUS", "REJECTED", "REASONS"],
                          "2026-11-23 00:00:00 UTC 10 0 3 expired 2, missing 1".split(),
                          "2026-11-23 01:00:00 UTC 0 4 0 -".split()])

    def test_refuses_what_there_is_not(self):
        for option, value, message in (("--by", "week", '--by: "week" is unknown'),
                                       ("--server", "no", "there is no server named no"),
                                       ("--token", "no", "there is no token named no")):
            self.assert_fails(self.command("usage", "list", option, value), message)

    def test_tells_when_a_token_was_last_used(self):
        self.assertEqual(self.ask("token", "show", self.jti)["last_used"], self.day + 7)
        self.assertIn("Last used    2026-11-23 00:00:07 UTC",
                      self.succeed("token", "show", self.jti).out)
        self.assertIn("2026-11-23 00:00:07 UTC", self.succeed("token", "list").out)


class Confirmation(RegistryTestCase):
    def answer(self, text, *args):
        """Runs the command on a terminal on which somebody types."""
        terminal, side = pty.openpty()
        os.write(terminal, text)
        process = subprocess.run([PROGRAM, *args[:2], "--registry", self.registry, *args[2:]],
                                 stdin=side, capture_output=True, timeout=120, check=False)
        os.close(terminal)
        os.close(side)
        return Outcome(process)

    def test_is_asked_for_on_a_terminal(self):
        jti = self.create_token()["jti"]
        for text in (b"n\n", b"\n", b"\x04"):
            outcome = self.answer(text, "token", "revoke", jti)
            self.assertEqual(outcome.status, 2)
            self.assertIn("will be refused, for good. Go on? [y/N]", outcome.err)
            self.assertIn("nothing was changed", outcome.err)
        self.assertIsNone(self.ask("token", "show", jti)["revoked"])
        self.assertEqual(self.answer(b"y\n", "token", "revoke", jti).status, 0)
        self.assertIsNotNone(self.ask("token", "show", jti)["revoked"])


class Server(http.server.BaseHTTPRequestHandler):
    """Answers 200 to the one who has the token, at the one path."""

    def do_GET(self):  # pylint: disable=invalid-name
        # fetch() encodes an apostrophe in a query.
        path, authorization = urllib.parse.unquote(self.path), self.headers.get("Authorization")
        is_right = (path, authorization) == (self.server.path, "Bearer " + self.server.token)
        body = b"welcome" if is_right else b"go away"
        self.send_response(200 if is_right else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):  # pylint: disable=arguments-differ
        pass


class Examples(RegistryTestCase):
    def setUp(self):
        super().setUp()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        self.server.path = "/it's;$(false)/?a=b&c='d'"
        url = "http://127.0.0.1:%d%s" % (self.server.server_port, self.server.path)
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.shutdown)
        self.addCleanup(self.server.server_close)
        # A name that a shell takes apart unless it is quoted.
        folder = self.path("it's $HOME")
        os.mkdir(folder)
        self.registry = os.path.join(folder, "tokens.db")
        self.succeed("registry", "init", "--issuer", "https://tokens.example")
        self.succeed("account", "create", "alice")
        self.succeed("server", "create", "api", "--url", url)
        token = self.create_token("--server", "api")
        self.server.token, self.jti = token["token"], token["jti"]
        self.examples = self.ask("token", "show", self.jti)["examples"]

    def run_shell(self, script):
        subprocess.run(["bash", "-n"], input=script.encode(), check=True, timeout=60)
        path = os.path.dirname(PROGRAM) + os.pathsep + os.environ["PATH"]
        process = subprocess.run(["bash", "-eu"], input=script.encode(), capture_output=True,
                                 timeout=120, check=False, env={**os.environ, "PATH": path})
        self.assertEqual(process.returncode, 0, process.stderr.decode())
        return process.stdout.decode()

    def run_script(self, interpreter, text):
        script = self.write("script", text.encode())
        return self.run_shell("%s%s < %s\n" % (self.examples["environment"], interpreter,
                                               shlex.quote(script)))

    def test_of_curl(self):
        if shutil.which("curl") is None:
            self.skipTest("curl not found")
        self.assertEqual(self.run_shell(self.examples["environment"] + self.examples["curl"]),
                         "welcome")

    def test_of_javascript(self):
        if shutil.which("node") is None:
            self.skipTest("node not found")
        self.assertEqual(self.run_script("node --input-type=module", self.examples["javascript"]),
                         "200 welcome\n")

    def test_of_python(self):
        probe = subprocess.run([DEBIAN_PYTHON, "-c", "import requests"], check=False,
                               capture_output=True)
        if probe.returncode != 0:
            self.skipTest("Debian's requests not found")
        self.assertEqual(self.run_script(DEBIAN_PYTHON + " -", self.examples["python"]),
                         "200 welcome\n")

    def test_are_shown_to_people_as_they_are(self):
        out = self.succeed("token", "show", self.jti).out
        for example in self.examples.values():
            for line in example.splitlines():
                self.assertIn(("  " + line).rstrip() + "\n", out)
        self.assertNotIn(self.server.token, out)

    def test_need_a_url(self):
        jti = self.create_token()["jti"]
        self.assertIsNone(self.ask("token", "show", jti)["examples"])
        self.assertIn("once a server with a URL", self.succeed("token", "show", jti).out)
        self.assertIsNotNone(self.ask("token", "show", jti, "--server", "api")["examples"])


if __name__ == "__main__":
    unittest.main()
