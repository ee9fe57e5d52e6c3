# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""One policy of the daemon verifies by the keys of several issuers."""

import time
import unittest

from daemon import OTHER_SECRET, SECRET, Load, forge
from daemon import jwks as secrets
from issuer import Key
from jwks_test import DEMANDS, SUCCESS, JwksTestCase


class IssuersTest(JwksTestCase):
    """One policy with the keys of several issuers, all of them under the same kid."""

    def setUp(self):
        super().setUp()
        self.issuer.be_provider()
        self.other = self.make_issuer()
        self.second = Key(self.folder, "second")
        self.second.jwk["kid"] = self.second.kid = "first"
        self.other.publish(self.second)
        self.write("shared.json", secrets(first=SECRET))

    def start_with_issuers(self, *tables, lines=()):
        tables = tables or (f'issuer = "{self.issuer.url}"\ndiscovery = true',
                            f'issuer = "other"\njwks_url = "{self.other.url}/jwks"',
                            'issuer = "local"\njwks_file = "shared.json"')
        section = "\n[[policy.default.issuers]]\n".join([f"[policy.default]\n{DEMANDS}", *tables])
        return self.start(section, self.fetching(*lines))

    def test_each_key_verifies_its_own_issuers_tokens_alone(self):
        daemon = self.start_with_issuers()
        self.await_keys(daemon, 2)
        self.await_equal(lambda: daemon.status(self.second.sign(iss="other")), 200)
        signers = {self.issuer.url: self.first.sign, "other": self.second.sign,
                   "local": lambda **claims: forge(kid="first", **claims)}
        for owner, sign in signers.items():
            for name in signers:
                with self.subTest(f"{owner}'s key for {name}"):
                    self.assertEqual(daemon.status(sign(iss=name)), 200 if name == owner else 401)
            for nobody in ("", "nobody", owner + "/", [owner], None):
                self.assertEqual(daemon.status(sign(iss=nobody)), 401)
            self.assertEqual(daemon.status(sign()), 401, "it has no iss")
        self.assertEqual(daemon.metrics()[SUCCESS % f"jwks_url {self.other.url}/jwks"], 1)
        self.assertEqual(self.issuer.counts["/jwks"], 1, "foreign tokens have nothing fetched")

    def test_an_unknown_kid_has_the_keys_of_its_issuer_fetched(self):
        daemon = self.start_with_issuers(lines=("cooldown_seconds = 1",))
        self.await_keys(daemon, 2)
        third = Key(self.folder, "third")
        self.other.publish(self.second, third)
        time.sleep(1)  # the cooldown of the first fetch
        self.assertEqual(daemon.status(third.sign(iss="nobody")), 401)
        self.assertEqual(self.other.counts["/jwks"], 1)
        token = third.sign(iss="other")
        self.assertEqual(daemon.status(token), 401)
        self.await_equal(lambda: daemon.status(token), 200)
        self.assertEqual(daemon.status(self.second.sign(iss="other")), 200)
        self.assertEqual(daemon.status(third.sign(iss=self.issuer.url)), 401)
        self.assertEqual(self.other.counts["/jwks"], 2)

    def test_one_issuer_rotates_and_no_verdict_is_wrong(self):
        daemon = self.start_with_issuers(
            lines=("refresh_seconds = 1", "refresh_min_seconds = 1", "refresh_max_seconds = 1"))
        self.await_keys(daemon, 2)
        for key, name in ((self.first, self.issuer.url), (self.second, "other")):
            self.await_equal(lambda: daemon.status(key.sign(iss=name)), 200)
        load = Load(daemon.port, [
            ("/verify/default", self.first.sign(iss=self.issuer.url), 200),
            ("/verify/default", self.second.sign(iss="other"), 200),
            ("/verify/default", forge(kid="first", iss="local"), 200),
            ("/verify/default", self.first.sign(iss="other"), 401)])
        for i in range(2):
            more = Key(self.folder, f"more{i}")
            self.other.publish(self.second, more)
            self.await_equal(lambda key=more: daemon.status(key.sign(iss="other")), 200)
            load.await_answers(100)
        self.assertEqual(load.stop(), [])
        self.other.publish(more)
        self.await_equal(lambda: daemon.status(self.second.sign(iss="other")), 401)
        self.assertEqual(daemon.status(more.sign(iss="other")), 200)
        self.write("shared.json", secrets(first=OTHER_SECRET))
        self.await_equal(lambda: daemon.status(forge(OTHER_SECRET, "first", iss="local")), 200)
        self.assertEqual(daemon.status(forge(kid="first", iss="local")), 401)
        self.assertEqual(daemon.status(self.first.sign(iss=self.issuer.url)), 200)

    def test_keys_that_cannot_be_fetched_are_missed_by_their_issuer_alone(self):
        self.other.answers["/jwks"] = "<html>"
        daemon = self.start_with_issuers()
        self.await_keys(daemon)
        daemon.await_text("keys not fetched, and there are none: ")
        self.assertEqual(daemon.status(self.second.sign(iss="other")), 503)
        self.await_equal(lambda: daemon.status(self.first.sign(iss=self.issuer.url)), 200)
        self.assertEqual(daemon.status(self.first.sign(iss="nobody")), 401)

    def test_a_policy_is_ready_when_one_of_its_issuers_is(self):
        self.issuer.answers["/jwks"] = self.other.answers["/jwks"] = "<html>"
        daemon = self.start_with_issuers(
            f'issuer = "{self.issuer.url}"\ndiscovery = true',
            f'issuer = "other"\njwks_url = "{self.other.url}/jwks"',
            lines=("refresh_min_seconds = 1",))
        daemon.await_text("keys not fetched, and there are none: ", 2)
        self.assertEqual(daemon.admin("/readyz"), (503, "no keys yet for the policies default\n"))
        self.other.publish(self.second)
        self.await_equal(lambda: daemon.admin("/readyz")[0], 200)
        self.assertEqual(daemon.status(self.second.sign(iss="other")), 200)

    def test_keys_of_a_url_are_bound_to_an_issuer_that_is_said(self):
        daemon = self.start_fetching(
            f'[policy.default]\nissuer = "other"\njwks_url = "{self.other.url}/jwks"\n{DEMANDS}')
        self.await_keys(daemon)
        self.assertEqual(daemon.status(self.second.sign(iss="other")), 200)
        self.assertEqual(daemon.status(self.second.sign(iss="another")), 401)
        self.assertEqual(daemon.status(self.second.sign()), 401)


if __name__ == "__main__":
    unittest.main()
