# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The daemon remembers which signatures were right, and nothing else about a token."""

import json
import signal
import time
import unittest

from daemon import OperationsTestCase, forge, policy
from issuer import Key, encode, jwks

HITS = "simdjwt_token_cache_hits_total"
MISSES = "simdjwt_token_cache_misses_total"


class SignaturesTest(OperationsTestCase):
    def setUp(self):
        super().setUp()
        self.key = Key(self.folder, "a", "RS256")
        self.other = Key(self.folder, "b")
        self.write("public.json", jwks(self.key, self.other))

    def start_with(self, *sections, **options):
        return self.start(*(sections or (policy(keys="public.json"),)), **options)

    def lookups(self, daemon):
        """How many tokens were known, and how many were not."""
        metrics = daemon.metrics()
        return metrics[HITS], metrics[MISSES]

    def test_a_token_is_verified_once(self):
        daemon = self.start_with()
        token, es256 = self.key.sign(), self.other.sign()
        self.assertEqual(daemon.status(token), 200)
        self.assertEqual(self.lookups(daemon), (0, 1))
        for _ in range(3):
            self.assertEqual(daemon.status(token), 200)
        self.assertEqual(self.lookups(daemon), (3, 1))
        self.assertEqual([daemon.status(es256) for _ in range(2)], [200, 200])
        self.assertEqual(self.lookups(daemon), (4, 2))
        self.assertEqual(daemon.metrics()["simdjwt_token_cache_bytes"], 2_400_000)
        self.assertEqual(daemon.metrics()["simdjwt_token_cache_entries"], 2)

    def test_what_was_refused_is_not_remembered(self):
        daemon = self.start_with()
        header, _, signature = self.key.sign().split(".")
        claims = encode(json.dumps({"sub": "eve", "exp": int(time.time()) + 60}).encode())
        forged = f"{header}.{claims}.{signature}"
        self.assertEqual([daemon.status(forged) for _ in range(2)], [401, 401])
        self.assertEqual(self.lookups(daemon), (0, 2))
        self.assertEqual(daemon.metrics()["simdjwt_token_cache_inserts_total"], 0)

    def test_it_lives_through_reloads_of_the_same_key(self):
        daemon = self.start_with()
        token = self.key.sign()
        self.assertEqual(daemon.status(token), 200)
        self.replace("public.json", jwks(self.key))
        daemon.await_text("keys reloaded")
        self.configure(policy(keys="public.json"), policy("other", "public.json"))
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration reloaded")
        self.assertEqual(daemon.status(token), 200)
        self.assertEqual(daemon.status(token, "/verify/other"), 200)
        self.assertEqual(self.lookups(daemon), (2, 1))

    def test_a_key_that_is_gone_verifies_nothing(self):
        daemon = self.start_with()
        token = self.key.sign()
        self.assertEqual([daemon.status(token) for _ in range(2)], [200, 200])
        self.replace("public.json", jwks(self.other))
        daemon.await_text("keys reloaded")
        self.assertEqual(daemon.status(token), 401)
        successor = Key(self.folder, "c", "RS256")
        successor.jwk["kid"] = "a"
        self.replace("public.json", jwks(successor))
        daemon.await_text("keys reloaded", times=2)
        self.assertEqual(daemon.status(token), 401, "another key of the same kid")
        self.replace("public.json", jwks(self.key))
        daemon.await_text("keys reloaded", times=3)
        self.assertEqual(daemon.status(token), 200)

    def test_tokens_expire(self):
        daemon = self.start_with()
        token = self.key.sign(exp=int(time.time()) + 3)
        self.assertEqual([daemon.status(token) for _ in range(2)], [200, 200])
        hits = self.lookups(daemon)[0]
        self.await_equal(lambda: daemon.status(token), 401)
        self.assertIn("The token has expired", daemon.ask(token=token)[2])
        self.assertGreater(self.lookups(daemon)[0], hits, "its signature is as right as before")

    def test_each_policy_judges_for_itself(self):
        strict = policy("strict", "public.json").replace("aud = false", 'aud = "api"')
        foreign = policy("foreign")
        daemon = self.start_with(policy(keys="public.json"), strict, foreign)
        token = self.key.sign(aud="other")
        self.assertEqual(daemon.status(token), 200)
        self.assertEqual(daemon.status(token, "/verify/strict"), 401)
        self.assertEqual(daemon.status(token, "/verify/foreign"), 401)
        self.assertEqual(self.lookups(daemon), (1, 1))

    def test_bulk_and_introspection_use_it(self):
        self.write("secret", "0123456789abcdef\n")
        daemon = self.start_with(policy(keys="public.json") +
                                 'introspection_secret_file = "secret"\n')
        token = self.key.sign()
        for path, body in (("/v1/verify/default", token + "\n"), ("/introspect/default", "token=" + token)):
            answer = daemon.post(path, body, "0123456789abcdef")
            self.assertEqual(answer.status, 200)
        self.assertEqual(self.lookups(daemon), (1, 1))

    def test_hmac_tokens_do_without(self):
        daemon = self.start(policy())
        self.assertEqual([daemon.status(forge()) for _ in range(2)], [200, 200])
        self.assertEqual(self.lookups(daemon), (0, 0))

    def test_it_can_be_switched_off(self):
        daemon = self.start_with(policy(keys="public.json"), "[limits]\ncached_signatures = 0")
        token = self.key.sign()
        self.assertEqual([daemon.status(token) for _ in range(2)], [200, 200])
        self.assertNotIn(HITS, daemon.metrics())


if __name__ == "__main__":
    unittest.main()
