# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The decision log of the running daemon."""

import hashlib
import json
import os
import resource
import signal
import unittest

from daemon import SECRET, Load, OperationsTestCase, encode, forge, policy


class DecisionLogTest(OperationsTestCase):
    def start_with_log(self, sample="1.0", target="decisions.log", more=(), **options):
        log = f'[log]\ndecisions = "{target}"\nallow_sample = {sample}'
        return self.start(policy(), log, *more, **options)

    def start_with_introspection(self):
        self.write("introspection.secret", "s" * 32)
        introspection = 'introspection_secret_file = "introspection.secret"\n'
        return self.start(policy() + introspection,
                          '[log]\ndecisions = "decisions.log"\nallow_sample = 1.0')

    def decisions(self, name="decisions.log"):
        """Every line of it, which must all be JSON."""
        if not os.path.exists(self.path(name)):
            return []
        return [json.loads(line) for line in self.read(name).splitlines()]

    def await_decisions(self, count, name="decisions.log"):
        self.await_equal(lambda: len(self.decisions(name)), count)
        return self.decisions(name)

    def test_each_decision_is_a_line(self):
        daemon = self.start_with_log()
        good, late = forge(jti="j1"), forge(exp=1)
        daemon.ask("/verify/default", good)
        daemon.ask("/check/nginx/default", late, headers={
            "X-Original-URI": "/a?b=c", "X-Original-Method": "PUT", "X-Real-IP": "192.0.2.1",
            "X-Request-ID": "r1"})
        allowed, denied = self.await_decisions(2)
        for line, token in ((allowed, good), (denied, late)):
            self.assertRegex(line.pop("ts"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")
            self.assertGreater(line.pop("dur_ns"), 0)
            digest = hashlib.sha256(token.encode()).hexdigest()
            self.assertEqual(line.pop("token"), digest[:12])
            self.assertEqual(line.pop("event"), "decision")
            line.pop("host")
        self.assertEqual((allowed["result"], allowed["level"], allowed["status"]),
                         ("allowed", "info", 200))
        self.assertEqual((allowed["contract"], allowed["policy"]), ("verify", "default"))
        self.assertEqual((allowed["sub"], allowed["jti"], allowed["kid"]), ("alice", "j1", "k"))
        self.assertEqual(allowed["client"].rsplit(":", 1)[0], "127.0.0.1")
        self.assertEqual(denied, {
            "alg": "HS256", "kid": "k", "level": "warn", "result": "denied", "reason": "expired", "status": 401,
            "contract": "nginx", "policy": "default", "method": "PUT", "uri": "/a",
            "client": "192.0.2.1", "request_id": "r1"})

    def test_verdicts_in_bulk_and_introspections_are_decisions(self):
        daemon = self.start_with_introspection()
        good, late, tampered = forge(), forge(exp=1), forge()[:-4] + "AAAA"
        trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        daemon.ask("/v1/verify", body=f"{late}\n{good}\n{tampered}\n", headers={"Traceparent": trace})
        bulk = self.await_decisions(3)
        self.assertEqual([(line["result"], line.get("reason")) for line in bulk],
                         [("denied", "expired"), ("allowed", None), ("denied", "bad_signature")])
        for line in bulk:
            self.assertEqual((line["contract"], line["policy"], line["method"], line["status"],
                              line["request_id"], line["alg"]),
                             ("bulk", "default", "POST", 200, trace, "HS256"))
            self.assertEqual(line["client"].rsplit(":", 1)[0], "127.0.0.1")
        daemon.ask("/introspect/default", "s" * 32, body="token=" + late)
        line = self.await_decisions(4)[-1]
        self.assertEqual((line["contract"], line["result"], line["reason"], line["status"]),
                         ("introspect", "denied", "expired", 200))
        self.assertEqual(line["token"], hashlib.sha256(late.encode()).hexdigest()[:12])

    def test_subjects_are_hashed_if_the_configuration_says_so(self):
        daemon = self.start_with_log("1.0\nhash_subjects = true")
        daemon.ask("/verify/default", forge())
        line, = self.await_decisions(1)
        self.assertNotIn("sub", line)
        self.assertEqual(line["sub_hash"], hashlib.sha256(b"alice").hexdigest()[:12])

    def test_no_part_of_a_token_is_ever_written(self):
        daemon = self.start_with_log()
        tokens = [forge(), forge(exp=1), forge(b"x" * 64), forge()[:-4] + "AAAA"]
        for token in tokens:
            for path in ("/verify/default", "/check/nginx/default", "/check/forward/default",
                         "/check/envoy/default/" + token, "/check/haproxy/default"):
                daemon.ask(path, token, headers={
                    "X-Original-URI": "/" + token, "X-Forwarded-Uri": "/?access_token=" + token,
                    "X-Request-ID": token, "X-Forwarded-Host": token, "X-Real-IP": token,
                    "X-Forwarded-Method": token})
            daemon.ask("/" + token)
        self.await_equal(lambda: len(self.decisions()) >= 20, True)
        self.assertEqual(daemon.stop(), 0)
        written = self.read("decisions.log") + daemon.text
        self.assertIn("[token]", written)
        for token in tokens:
            for part in token.split("."):
                for begin in range(0, len(part) - 16):
                    self.assertNotIn(part[begin:begin + 16], written)
        self.assertNotIn(encode(SECRET), written)

    def test_hostile_texts_stay_within_their_strings(self):
        daemon = self.start_with_log()
        texts = ['/","result":"allowed","x":"', "/\\", "/\u00e9\u0080", "/" + "%00" * 20,
                 "/" + "a" * 6000]
        for text in texts:
            daemon.ask("/check/nginx/default", headers={"X-Original-URI": text.encode("latin-1")})
        lines = self.await_decisions(len(texts))
        self.assertEqual([line["result"] for line in lines], ["denied"] * len(texts))
        self.assertEqual(lines[0]["uri"], texts[0])
        self.assertTrue(all(len(line) < 4096 for line in self.read("decisions.log").splitlines()))

    def test_allowed_requests_are_sampled_and_denied_ones_are_not(self):
        daemon = self.start_with_log(sample="0.1")
        for _ in range(50):
            daemon.ask(token=forge())
        for _ in range(5):
            daemon.ask(token=forge(exp=1))
        lines = self.await_decisions(10)
        self.assertEqual([line["result"] for line in lines], ["allowed"] * 5 + ["denied"] * 5)

    def test_a_rotated_log_is_opened_again(self):
        daemon = self.start_with_log()
        daemon.ask()
        self.await_decisions(1)
        os.rename(self.path("decisions.log"), self.path("decisions.log.1"))
        daemon.ask()
        self.await_decisions(2, "decisions.log.1")
        daemon.send(signal.SIGUSR1)
        daemon.await_text("decision log reopened")
        daemon.ask()
        self.await_decisions(1)
        self.await_decisions(2, "decisions.log.1")

    def test_a_reload_moves_the_log(self):
        daemon = self.start_with_log()
        daemon.ask()
        self.await_decisions(1)
        self.configure(policy(), '[log]\ndecisions = "other.log"')
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration reloaded")
        daemon.ask()
        self.await_decisions(1, "other.log")

    def test_a_full_disk_costs_no_answer(self):
        daemon = self.start_with_log(target="/dev/full")
        load = Load(daemon.port, [("/verify/default", forge(), 200),
                                  ("/verify/default", forge(exp=1), 401)], clients=2)
        load.await_answers(500)
        daemon.await_text("the decision log does not take lines: /dev/full: No space left")
        failures = "simdjwt_decision_log_write_failures_total"
        self.assertGreater(daemon.metrics()[failures], 0)
        load.await_answers(500)
        self.assertEqual(load.stop(), [])
        self.assertEqual(daemon.stop(), 0)

    def test_a_disk_that_becomes_full_holds_whole_lines(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
        daemon = self.start_with_log(preexec_fn=limit)
        load = Load(daemon.port, [("/verify/default", forge(exp=1), 401)], clients=2)
        daemon.await_text("the decision log does not take lines: .*: ")
        load.await_answers(200)
        self.assertEqual(load.stop(), [])
        self.assertTrue(self.decisions())  # all of it is JSON
        self.assertTrue(self.read("decisions.log").endswith("}\n"))
        # Room again, elsewhere, for however much came: what was kept is written.
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        os.rename(self.path("decisions.log"), self.path("decisions.log.1"))
        daemon.send(signal.SIGUSR1)
        daemon.await_text("the decision log takes lines again")
        self.assertEqual(daemon.stop(), 0)
        self.assertTrue(self.decisions())
        lines = self.decisions("decisions.log.1") + self.decisions()
        self.assertEqual(len(lines), load.answers, "all were kept until there was room")

    def test_standard_error_takes_decisions_too(self):
        daemon = self.start_with_log(target="stderr")
        daemon.ask(token=forge(exp=1))
        line = daemon.await_text(r'(\{"ts".*\})\n').group(1)
        self.assertEqual(json.loads(line)["reason"], "expired")

    def test_all_decisions_are_written_before_the_end(self):
        daemon = self.start_with_log()
        for _ in range(20):
            daemon.ask()
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(len(self.decisions()), 20)

    def test_a_line_that_was_torn_ends_before_the_next_begins(self):
        daemon = self.start_with_log()
        load = Load(daemon.port, [("/verify/default", forge(), 200)], survives_breaks=True)
        load.await_answers(200)
        daemon.process.kill()
        daemon.wait()
        load.stop()
        with open(self.path("decisions.log"), "a", encoding="utf-8") as file:
            file.write('{"torn":')
        daemon = self.start_with_log()
        daemon.ask()
        self.await_equal(lambda: self.read("decisions.log").endswith("}\n"), True)
        torn = [line for line in self.read("decisions.log").splitlines()
                if not line.endswith("}")]
        self.assertEqual(torn, ['{"torn":'])


if __name__ == "__main__":
    unittest.main()
