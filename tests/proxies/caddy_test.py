# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Caddy asks the daemon, configured by tools/integrations/caddy as it stands."""

import namespace

namespace.enter()

import unittest

import programs
from stories import AllStories, bearer


class CaddyTest(AllStories):
    program = staticmethod(programs.caddy)

    def test_the_client_gets_the_daemons_own_words(self):
        response = self.ask("/orders", bearer(-1))
        self.assertEqual(response.all("content-type"), ["application/json"])
        self.assertIn(b"expired", response.body)


del AllStories  # it is no test itself
if __name__ == "__main__":
    unittest.main()
