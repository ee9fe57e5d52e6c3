# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""HAProxy asks the daemon, configured by tools/integrations/haproxy as it stands."""

import namespace

namespace.enter()

import json
import unittest

import programs
from stories import AllStories, Client, ProxyTestCase, bearer

VERIFY_PORT = 8001


class HaproxyTest(AllStories):
    program = staticmethod(programs.haproxy)
    connections_max = 4  # its threads keep their own

    def test_the_daemon_is_told_little(self):
        self.ask("/orders?page=2", bearer(), ("Cookie", "a=b"), ("X-Original-URI", "/public"),
                 method="POST", body=b"x")
        check, = self.checks()
        self.assertEqual(check[0], "GET /check/haproxy/default HTTP/1.1")
        self.assertNotIn("cookie: a=b", check)
        self.assertIn("x-original-uri: /orders?page=2", check)
        self.assertIn("x-original-method: POST", check)

    def test_whoever_may_ask_the_daemon_itself_learns_what_failed(self):
        with Client(VERIFY_PORT) as client:
            good = client.ask("/verify/default", bearer())
            bad = client.ask("/verify/default", bearer(-1))
        self.assertEqual((good.status, bad.status), (200, 401))
        self.assertEqual(json.loads(good.body)["claims"]["sub"], "alice")
        self.assertIn(b"expired", bad.body)

    def test_nothing_else_of_the_daemon_is_reachable(self):
        with Client(VERIFY_PORT) as client:
            for target in ("/check/nginx/default", "/metrics", "/verify/../check/nginx/default",
                           "/verify/default/../../livez"):
                with self.subTest(target):
                    self.assertEqual(client.ask(target, bearer()).status, 404)


# HAProxy itself goes on where a script fails.
FAILING_SCRIPT = """
core.register_action("simdjwt", { "http-req" }, function() error("expected") end, 1)
"""


class HaproxyFailingScriptTest(ProxyTestCase):
    @staticmethod
    def program(folder):
        return programs.haproxy(folder, FAILING_SCRIPT)

    def test_nothing_passes(self):
        self.assert_fails_closed(self.ask("/orders", bearer()))
        self.assertIn("expected", self.proxy.output())


del AllStories, ProxyTestCase  # they are no tests themselves
if __name__ == "__main__":
    unittest.main()
