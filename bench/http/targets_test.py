# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Which targets a run is judged by."""

import contextlib
import io
import unittest

import targets
from servers import NGINX


def judge(results):
    """(what is printed, whether all are met)"""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        met = targets.print_targets(results)
    return text.getvalue(), met


class TargetsTest(unittest.TestCase):
    def test_wrk_is_judged_round_by_round(self):
        def rounds(ours):
            return {"wrk": {targets.OURS: [{"rate": rate} for rate in ours],
                            NGINX.name: [{"rate": 100.0}, {"rate": 200.0}, {"rate": 100.0}]}}
        text, met = judge(rounds([101.0, 203.0, 50.0]))
        self.assertIn("ok   wrk, requests/s over nginx return 200: 1.01", text)
        self.assertTrue(met)
        text, met = judge(rounds([99.0, 190.0, 150.0]))
        self.assertIn("MISS wrk, requests/s over nginx return 200: 0.99", text)
        self.assertFalse(met)

    def test_what_was_not_measured_is_not_judged(self):
        self.assertEqual(judge({}), ("\n", True))


if __name__ == "__main__":
    unittest.main()
