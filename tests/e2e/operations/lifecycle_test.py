# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""How the daemon starts, tells of itself, and ends."""

import os
import shutil
import signal
import socket
import subprocess
import time
import unittest

import namespace
from daemon import (FOREIGN_SECRET, IO_OPTION, OTHER_SECRET, PATIENCE, PROGRAM, Daemon, Load,
                    OperationsTestCase, forge, jwks, policy)


class StartTest(OperationsTestCase):
    def test_it_has_a_thread_for_each_cpu_that_it_may_use(self):
        cpus = os.sched_getaffinity(0)
        self.start(policy(), "[server]\nthreads = 0").await_text(f"; threads: {len(cpus)}, ")
        daemon = self.start(policy(), "[server]\nthreads = 0",
                            preexec_fn=lambda: os.sched_setaffinity(0, {min(cpus)}))
        daemon.await_text("; threads: 1, ")
        self.assertEqual(daemon.status(forge()), 200)

    def test_it_says_what_it_serves_by(self):
        pattern = ", io: " + os.environ.get("SIMDJWT_TEST_IO", "(io_uring/[a-z-]+|epoll)") + ", "
        self.start().await_text(pattern)

    @unittest.skipUnless(os.geteuid() == 0 and namespace.is_permitted(), "needs root")
    def test_it_warns_of_a_backlog_that_the_kernel_shortens(self):
        self.configure()
        self.write("simdjwtd.toml", self.read("simdjwtd.toml").replace(
            "127.0.0.1:0", "unix:" + self.path("check.sock"), 1).replace(
            "127.0.0.1:0", "unix:" + self.path("admin.sock"), 1))
        script = 'echo 100 > /proc/sys/net/core/somaxconn && exec "$@"'
        process = subprocess.Popen(
            [*namespace.unshare_command(), "sh", "-c", script, "sh", PROGRAM, "--config",
             self.config, *IO_OPTION], stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "listening on" in line:
                process.terminate()
        self.assertEqual(process.wait(PATIENCE), 0, lines)
        self.assertIn("100 clients may wait to be accepted instead of 4096: net.core.somaxconn",
                      "".join(lines))


class AdminTest(OperationsTestCase):
    def test_it_lives_and_is_ready(self):
        daemon = self.start()
        self.assertEqual(daemon.admin("/livez"), (200, "ok\n"))
        self.assertEqual(daemon.admin("/readyz"), (200, "ok\n"))

    def test_there_is_no_metric_where_everybody_can_ask(self):
        daemon = self.start()
        for path in ("/metrics", "/readyz"):
            self.assertEqual(daemon.ask(path)[0], 404)

    def test_without_admin_section_there_is_no_admin_listener(self):
        self.configure()
        self.write("simdjwtd.toml", '[[listen]]\naddress = "127.0.0.1:0"\n' + policy())
        daemon = Daemon(self.config)
        self.addCleanup(self.end, daemon)
        self.assertIsNone(daemon.admin_port)
        self.assertEqual(daemon.status(forge()), 200)

    def test_metrics_tell_what_was_decided(self):
        daemon = self.start(policy(), policy("other"))
        for _ in range(3):
            daemon.ask("/verify/default", forge())
        daemon.ask("/check/nginx/default", forge(exp=1))
        daemon.ask("/check/forward/other", forge(FOREIGN_SECRET))
        daemon.ask("/check/envoy/other/a/b")
        daemon.ask("/no/such/path")
        listener = 'listener="127.0.0.1:0"'
        busy = f'simdjwt_connections{{reactor="0",{listener},state="busy"}}'
        # Until the last answer is written, or the client's end seen.
        self.await_equal(lambda: daemon.metrics()[busy], 0)
        metrics = daemon.metrics()
        for series, value in {
                'simdjwt_verify_total{policy="default",result="ok"}': 3,
                'simdjwt_verify_rejected_total{policy="default",reason="expired"}': 1,
                'simdjwt_verify_rejected_total{policy="other",reason="bad_signature"}': 1,
                'simdjwt_verify_rejected_total{policy="other",reason="missing"}': 1,
                f'simdjwt_http_requests_total{{{listener},contract="verify",code="200"}}': 3,
                f'simdjwt_http_requests_total{{{listener},contract="nginx",code="401"}}': 1,
                f'simdjwt_http_requests_total{{{listener},contract="none",code="404"}}': 1,
                "simdjwt_http_request_duration_seconds_count": 7,
                'simdjwt_verify_duration_seconds_count{alg="HS256"}': 5,
                f'simdjwt_keys{{source="jwks_file {self.path("keys.json")}",state="usable"}}': 1,
                f'simdjwt_accepts_total{{reactor="0",{listener}}}': 7}.items():
            self.assertEqual(metrics[series], value, series)
        self.assertLess(metrics["simdjwt_http_request_duration_seconds_sum"], PATIENCE)

    def test_clients_cannot_make_time_series(self):
        daemon = self.start()
        before = daemon.metrics().keys()
        for i in range(30):
            daemon.ask(f"/verify/p{i}", forge(), headers={"X-Forwarded-Host": f"h{i}"})
            daemon.ask(f"/check/c{i}/default")
        new = daemon.metrics().keys() - before
        self.assertEqual(new, {'simdjwt_http_requests_total{listener="127.0.0.1:0",'
                               'contract="none",code="404"}'})

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_promtool_has_nothing_to_say(self):
        daemon = self.start()
        daemon.ask(token=forge(exp=1))
        subprocess.run(["promtool", "check", "metrics"], check=True,
                       input=daemon.admin("/metrics")[1].encode())


class EndTest(OperationsTestCase):
    def test_it_is_unready_before_it_stops_to_accept(self):
        daemon = self.start(policy(), "[limits]\ndrain_delay_seconds = 1")
        load = Load(daemon.port, [("/verify/default", forge(), 200)], survives_breaks=True)
        load.await_answers(50)
        daemon.send(signal.SIGTERM)
        daemon.await_text("stopping")
        self.assertEqual(daemon.admin("/readyz"),
                         (503, "draining: the server is shutting down\n"))
        self.assertEqual(daemon.admin("/livez")[0], 200)
        self.assertEqual(daemon.status(forge()), 200, "it still accepts")
        self.assertEqual(daemon.wait(), 0)
        self.assertEqual(load.stop(), [], "no answer was wrong")

    def test_a_second_signal_ends_it_at_once(self):
        daemon = self.start(policy(), "[limits]\ndrain_delay_seconds = 600")
        daemon.send(signal.SIGTERM)
        daemon.await_text("stopping")
        self.await_equal(lambda: daemon.admin("/readyz")[0], 503)
        self.assertEqual(daemon.stop(), -signal.SIGTERM)

    def test_signals_to_read_files_again_do_not_end_it_while_it_drains(self):
        daemon = self.start(policy(), "[limits]\ndrain_delay_seconds = 1")
        daemon.send(signal.SIGTERM)
        daemon.await_text("stopping")
        for number in (signal.SIGHUP, signal.SIGUSR1):
            daemon.send(number)
        self.assertEqual(daemon.status(forge()), 200)
        self.assertEqual(daemon.wait(), 0)
        daemon.await_text("stopped after")

    def test_killed_and_restarted_under_load_it_gives_no_wrong_verdict(self):
        daemon = self.start()
        self.write("simdjwtd.toml", self.read("simdjwtd.toml").replace(
            "127.0.0.1:0", f"127.0.0.1:{daemon.port}", 1))
        load = Load(daemon.port, [("/verify/default", forge(), 200),
                                  ("/verify/default", forge(FOREIGN_SECRET), 401)],
                    survives_breaks=True)
        for _ in range(3):
            load.await_answers(100)
            daemon.process.kill()
            daemon.wait()
            daemon = Daemon(self.config)
            self.addCleanup(self.end, daemon)
        load.await_answers(100)
        self.assertEqual(load.stop(), [])
        self.assertGreater(load.breaks, 0)
        self.assertEqual(daemon.stop(), 0)


class SystemdTest(OperationsTestCase):
    def setUp(self):
        super().setUp()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.settimeout(PATIENCE)
        self.socket.bind(self.path("notify"))

    def start_notifying(self, **environment):
        return self.start(env={**os.environ, "NOTIFY_SOCKET": self.path("notify"), **environment})

    def receive(self):
        """Assignments of the next datagram."""
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().split("\n"))

    def test_it_says_when_it_is_ready_reloading_and_stopping(self):
        daemon = self.start_notifying()
        self.assertEqual(self.receive(), {"READY": "1", "STATUS": "policies: 1, keys: 1"})
        before = time.monotonic_ns() // 1000
        daemon.send(signal.SIGHUP)
        reloading = self.receive()
        self.assertEqual(reloading.keys(), {"RELOADING", "MONOTONIC_USEC"})
        self.assertGreaterEqual(int(reloading["MONOTONIC_USEC"]), before)
        self.assertEqual(self.receive()["READY"], "1")
        self.replace("keys.json", jwks(k=OTHER_SECRET, l=FOREIGN_SECRET))
        self.assertEqual(self.receive()["RELOADING"], "1")
        self.assertEqual(self.receive(), {"READY": "1", "STATUS": "policies: 1, keys: 2"})
        self.replace("keys.json", "broken")
        self.assertEqual(self.receive()["RELOADING"], "1")
        self.assertEqual(self.receive(), {
            "READY": "1", "STATUS": "policies: 1, keys: 2; the last reload failed"})
        daemon.send(signal.SIGTERM)
        self.assertEqual(self.receive()["STOPPING"], "1")
        self.assertEqual(daemon.wait(), 0)

    def test_it_says_that_it_lives(self):
        self.start_notifying(WATCHDOG_USEC="100000")
        self.assertEqual(self.receive()["READY"], "1")
        for _ in range(5):
            self.assertEqual(self.receive(), {"WATCHDOG": "1"})


if __name__ == "__main__":
    unittest.main()
