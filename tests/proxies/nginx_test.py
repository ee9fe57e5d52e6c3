# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""nginx asks the daemon, configured by tools/integrations/nginx as it stands."""

import namespace

namespace.enter()

import time
import unittest

import programs
from stories import AllStories, ProxyTestCase, bearer


class NginxTest(AllStories):
    program = staticmethod(programs.nginx)

    def test_a_client_cannot_reach_the_check_itself(self):
        for target in ("/_simdjwt/default", "/_simdjwt/cached/default", "/%5fsimdjwt/default"):
            with self.subTest(target):
                self.assertEqual(self.ask(target, bearer()).status, 404)
        self.assertEqual(self.backend.received, [])

    def test_the_daemon_is_told_little(self):
        self.ask("/orders?page=2", bearer(), ("Cookie", "a=b"), ("X-Original-URI", "/public"),
                 method="POST", body=b"x")
        check, = self.checks()
        self.assertEqual(check[0], "GET /check/nginx/default HTTP/1.1")
        names = sorted(line.split(":")[0].lower() for line in check[1:])
        self.assertEqual(names, ["authorization", "host", "x-original-method", "x-original-uri",
                                 "x-real-ip", "x-request-id"])
        self.assertIn("X-Original-URI: /orders?page=2", check)
        self.assertIn("X-Original-Method: POST", check)


class NginxCacheTest(ProxyTestCase):
    program = staticmethod(programs.nginx)

    def test_a_token_that_was_let_through_is_not_judged_again(self):
        field = bearer(tenant="acme")
        for _ in range(5):
            response = self.ask("/catalogue/1", field, ("X-Jwt-Sub", "mallory"))
            self.assert_passes(response)
            self.assertEqual(response.all("x-accel-expires"), [])
            self.assertEqual(self.backend.last().all("x-jwt-sub"), ["alice"])
            self.assertEqual(self.backend.last().all("x-jwt-tenant"), ["acme"])
        self.assertEqual(len(self.checks()), 1)

    def test_other_locations_judge_it_nevertheless(self):
        field = bearer(sub="bob")
        for target in ("/catalogue/1", "/orders", "/orders", "/catalogue/2"):
            self.assert_passes(self.ask(target, field))
        self.assertEqual(len(self.checks()), 3)

    def test_each_token_is_judged_by_itself(self):
        for sub in ("carol", "dave", "carol"):
            self.assert_passes(self.ask("/catalogue/1", bearer(7200, sub=sub)))
            self.assertEqual(self.backend.last().all("x-jwt-sub"), [sub])

    def test_a_denial_is_not_remembered(self):
        field = bearer(-1)
        for _ in range(2):
            self.assert_denied(self.ask("/catalogue/1", field))
            self.assert_denied(self.ask("/catalogue/1"), error=None)
        self.assertEqual(len(self.checks()), 4)

    def test_nothing_is_remembered_beyond_the_tokens_own_end(self):
        field = bearer(2)
        end = int(time.time()) + 2
        self.assert_passes(self.ask("/catalogue/1", field))
        self.backend.received.clear()
        time.sleep(max(0, end + 0.05 - time.time()))
        self.assert_denied(self.ask("/catalogue/1", field))


del AllStories, ProxyTestCase  # they are no tests themselves
if __name__ == "__main__":
    unittest.main()
