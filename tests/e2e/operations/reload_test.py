# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Configuration and keys change while the daemon serves."""

import signal
import unittest

from daemon import (FOREIGN_SECRET, OTHER_SECRET, SECRET, Load, OperationsTestCase, forge, jwks,
                    policy)

SUCCESS = "simdjwt_config_last_reload_successful"
FAILURES = 'simdjwt_config_reloads_total{result="failure"}'
SUCCESSES = 'simdjwt_config_reloads_total{result="success"}'


class ConfigurationTest(OperationsTestCase):
    def test_policies_are_exchanged_on_sighup(self):
        daemon = self.start()
        self.assertEqual(daemon.status(forge()), 200)
        self.configure(policy("other"))
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration reloaded; policies: 1, keys: 1")
        self.assertEqual(daemon.status(forge()), 404)
        self.assertEqual(daemon.status(forge(), "/verify/other"), 200)
        metrics = daemon.metrics()
        self.assertEqual(metrics['simdjwt_verify_total{policy="default",result="ok"}'], 1)
        self.assertEqual(metrics['simdjwt_verify_total{policy="other",result="ok"}'], 1)
        self.assertEqual((metrics[SUCCESS], metrics[SUCCESSES]), (1, 1))
        self.configure()
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration reloaded", times=2)
        self.assertEqual(daemon.status(forge()), 200)
        series = 'simdjwt_verify_total{policy="default",result="ok"}'
        self.assertEqual(daemon.metrics()[series], 2, "it goes on where it was")

    def test_a_mistake_changes_nothing(self):
        daemon = self.start()
        self.configure(policy() + "leway_seconds = 5")
        daemon.send(signal.SIGHUP)
        daemon.await_text(r"configuration not reloaded, what was loaded before goes on serving: "
                          r"\S+/simdjwtd.toml:11: policy.default.leway_seconds: unknown\n")
        self.assertEqual(daemon.status(forge()), 200)
        metrics = daemon.metrics()
        self.assertEqual((metrics[SUCCESS], metrics[FAILURES]), (0, 1))
        self.assertEqual(daemon.admin("/readyz")[0], 200)
        self.configure()
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration reloaded")
        self.assertEqual(daemon.metrics()[SUCCESS], 1)

    def test_one_policy_without_keys_keeps_all_from_being_exchanged(self):
        daemon = self.start()
        self.configure(policy("new"), policy("broken", "missing.json"))
        daemon.send(signal.SIGHUP)
        daemon.await_text("missing.json: No such file or directory")
        self.assertEqual(daemon.status(forge()), 200)
        self.assertEqual(daemon.status(forge(), "/verify/new"), 404)

    def test_a_log_that_cannot_be_opened_keeps_the_policies(self):
        daemon = self.start()
        self.configure(policy("new"), '[log]\ndecisions = "missing/log"')
        daemon.send(signal.SIGHUP)
        daemon.await_text("missing/log: No such file or directory")
        self.assertEqual(daemon.status(forge(), "/verify/new"), 404)

    def test_listeners_wait_for_a_restart(self):
        daemon = self.start()
        self.configure(policy(), "[limits]\nhead_seconds = 5")
        daemon.send(signal.SIGHUP)
        daemon.await_text("listeners, threads, limits, .jwks. and .registry. stay as they are until a restart")
        daemon.await_text("configuration reloaded")
        self.assertEqual(daemon.status(forge()), 200)


class KeysTest(OperationsTestCase):
    def test_keys_are_rotated_by_a_rename(self):
        daemon = self.start()
        new = forge(OTHER_SECRET)
        self.assertEqual((daemon.status(forge()), daemon.status(new)), (200, 401))
        self.replace("keys.json", jwks(k=OTHER_SECRET))
        daemon.await_text("keys reloaded")
        self.assertEqual((daemon.status(forge()), daemon.status(new)), (401, 200))

    def test_keys_are_rotated_in_place(self):
        daemon = self.start()
        self.write("keys.json", jwks(k=OTHER_SECRET, second=SECRET))
        daemon.await_text("keys reloaded; policies: 1, keys: 2")
        self.assertEqual(daemon.status(forge(OTHER_SECRET)), 200)

    def test_a_broken_key_file_changes_nothing(self):
        daemon = self.start()
        self.replace("keys.json", '{"keys":')
        daemon.await_text(r"keys not reloaded, .*keys\.json: ")
        self.assertEqual(daemon.status(forge()), 200)
        self.assertEqual(daemon.metrics()[SUCCESS], 0)
        self.replace("keys.json", jwks(k=OTHER_SECRET))
        daemon.await_text("keys reloaded")
        self.assertEqual(daemon.status(forge(OTHER_SECRET)), 200)
        self.assertEqual(daemon.metrics()[SUCCESS], 1)

    def test_the_files_of_a_new_configuration_are_watched(self):
        daemon = self.start()
        self.write("new.json", jwks(k=SECRET))
        self.configure(policy(keys="new.json"))
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration reloaded")
        self.replace("new.json", jwks(k=OTHER_SECRET))
        daemon.await_text("keys reloaded")
        self.assertEqual(daemon.status(forge(OTHER_SECRET)), 200)

    def test_a_mistake_in_the_configuration_does_not_keep_keys_from_rotating(self):
        daemon = self.start()
        self.write("simdjwtd.toml", "[")
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration not reloaded")
        self.replace("keys.json", jwks(k=OTHER_SECRET))
        daemon.await_text("keys reloaded")
        self.assertEqual(daemon.status(forge(OTHER_SECRET)), 200)


class UnderLoadTest(OperationsTestCase):
    def test_no_verdict_is_wrong_and_no_answer_lost_while_all_is_exchanged(self):
        daemon = self.start(policy(), policy("second"), "[server]\nthreads = 2")
        load = Load(daemon.port, [("/verify/default", forge(), 200),
                                  ("/check/nginx/second", forge(), 200),
                                  ("/check/nginx/default", forge(FOREIGN_SECRET), 401),
                                  ("/verify/second", forge(exp=1), 401)])
        for i in range(12):
            self.replace("keys.json", jwks(k=SECRET, **{f"k{i}": OTHER_SECRET}))
            load.await_answers(40)
            if i % 3 == 0:
                self.write("simdjwtd.toml", "not TOML")
            else:
                self.configure(policy(), policy("second"), policy(f"p{i}"),
                               "[server]\nthreads = 2")
            daemon.send(signal.SIGHUP)
            daemon.await_text("configuration (not )?reloaded", times=i + 1)
            load.await_answers(40)
        self.assertEqual(load.stop(), [])
        metrics = daemon.metrics()
        judged = sum(value for series, value in metrics.items()
                     if series.startswith("simdjwt_verify_total{"))
        self.assertEqual(judged, load.answers)
        self.assertEqual(daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main()
