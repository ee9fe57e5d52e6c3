# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The daemon has few file descriptors, or none any more."""

import http.client
import os
import resource
import signal
import unittest

from daemon import PATIENCE, OperationsTestCase, forge

FEW = 200


class Client:
    """A connection that stays."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.connection.connect()
        # Else it would connect again by itself.
        self.connection.auto_open = False

    def send(self):
        self.connection.request("GET", "/verify/default",
                                headers={"Authorization": "Bearer " + forge()})

    def status(self):
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

    def close(self):
        self.connection.close()


class DescriptorsTest(OperationsTestCase):
    def connect(self, daemon):
        client = Client(daemon.port)
        self.addCleanup(client.close)
        return client

    def test_with_few_it_serves_more_clients_than_it_can_hold(self):
        daemon = self.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE,
                                                                  (FEW, FEW)))
        daemon.await_text(r"\d+ connections a thread instead of 16384: RLIMIT_NOFILE")
        clients = []
        for _ in range(FEW + 20):
            clients.append(self.connect(daemon))
            clients[-1].send()
        self.assertEqual([client.status() for client in clients], [200] * len(clients))
        metrics = daemon.metrics()
        self.assertGreater(
            metrics['simdjwt_connections_refused_total{reactor="0",reason="evicted"}'], 0)
        self.assertLessEqual(sum(value for series, value in metrics.items()
                                 if series.startswith("simdjwt_connections{")), FEW)
        self.assertLess(metrics["process_open_fds"], FEW)
        self.assertEqual(daemon.stop(), 0)

    def test_when_there_are_none_it_goes_on_and_recovers(self):
        daemon = self.start()
        inside = self.connect(daemon)
        inside.send()
        self.assertEqual(inside.status(), 200)
        process = daemon.process.pid
        before = resource.prlimit(process, resource.RLIMIT_NOFILE)
        highest = max(int(fd) for fd in os.listdir(f"/proc/{process}/fd"))
        resource.prlimit(process, resource.RLIMIT_NOFILE, (highest + 1, before[1]))
        waiting = [self.connect(daemon) for _ in range(highest + 20)]  # more than there are gaps
        for client in waiting:
            client.send()
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration (not )?reloaded")
        for _ in range(20):
            inside.send()
            self.assertEqual(inside.status(), 200)
        resource.prlimit(process, resource.RLIMIT_NOFILE, before)
        self.assertEqual([client.status() for client in waiting], [200] * len(waiting))
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration reloaded")
        self.assertEqual(daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main()
