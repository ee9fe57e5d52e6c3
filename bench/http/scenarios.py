# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""What compare measures: rows of servers under the same load, and two that are no such table."""

import dataclasses
import os
import resource
import socket
import threading
import time
from typing import Callable, Optional

from servers import (ALL, EPOLL, FLOOR, NGINX, NotInstalled, Running, SIMDJWTD, Server, URING,
                     Unable)
from targets import cost_ratio, median


@dataclasses.dataclass
class Row:
    server: Optional[Server]  # None: bench_verify, which needs none
    kind: str = "tcp"
    arguments: tuple = ()  # of http_load
    wrk: bool = False
    label: str = ""
    tokens: int = 1  # in each request
    path: str = ""  # the server's, if empty

    def __post_init__(self):
        self.label = self.label or self.server.name


@dataclasses.dataclass
class Scenario:
    title: str
    rows: list = dataclasses.field(default_factory=list)
    run: Optional[Callable] = None  # instead of rows


DEEP = ("--depth", "16")


def io_rows():
    for words, kind, arguments in (("", "tcp", ()), (", by 16", "tcp", DEEP),
                                   (", unix socket", "unix", ())):
        for server in (URING, EPOLL):
            yield Row(server, kind, arguments, label=server.name + words)


def bulk_rows():
    """As verify_batch and bulk requests are told apart by nothing but the network."""
    yield Row(None, label="verify_batch/hs256")
    for words, accept in (("bytes", "application/octet-stream"), ("JSON", "application/x-ndjson")):
        yield Row(SIMDJWTD, label=f"simdjwtd, {words}", tokens=250, path="/v1/verify/default",
                  arguments=("--bulk", "250", "--accept", accept, "--connections", "8"))


NUM_IDLE = 10000


def idle(bench):
    """The memory that 10,000 connections cost, each answered once and kept since."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    sizes = {}
    print(f"\n{NUM_IDLE} idle connections, each answered once: resident MiB before, with them")
    for server in (SIMDJWTD, NGINX):
        try:
            running = Running(server, "tcp", bench)
        except (NotInstalled, Unable) as reason:
            print(f"  {server.name}: {reason}")
            continue
        connections = []
        try:
            before = running.resident_kib()
            for _ in range(NUM_IDLE):
                connections.append(running.listen.connect())
                connections[-1].sendall(b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
                if not connections[-1].recv(4096):
                    raise OSError("closed by the server")
            sizes[server.name] = running.resident_kib() / 1024
            print(f"  {server.name}: {before / 1024:.1f}, {sizes[server.name]:.1f}", flush=True)
        except OSError as error:
            print(f"  {server.name}: only {len(connections)} connections: {error}")
        finally:
            for connection in connections:
                connection.close()
            running.stop()
    return sizes


class Flood:
    """Clients that send a request one byte at a time, each a byte every tenth of a second, and
    begin anew when the server gives up on them. They work on the core of the other clients: it is
    the server's time that is to be measured, not theirs."""

    NUM_CLIENTS = 1000
    REQUEST = b"GET /check/nginx/default HTTP/1.1\r\nHost: bench\r\nX: " + b"x" * 4000

    def __init__(self, listen, core):
        self.listen = listen
        self.core = core
        self.is_over = False
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        time.sleep(1)
        return self

    def __exit__(self, *error):
        self.is_over = True
        self.thread.join()

    def run(self):
        os.sched_setaffinity(0, {self.core})  # of this thread
        clients = [[self.listen.connect(), 0] for _ in range(self.NUM_CLIENTS)]
        while not self.is_over:
            begin = time.monotonic()
            for number, client in enumerate(clients):
                try:
                    client[0].send(self.REQUEST[client[1]:client[1] + 1])
                    client[1] += 1
                except OSError:
                    client[0].close()
                    client[:] = [self.listen.connect(), 0]
                if number % 100 == 0:  # spread over the tenth of a second
                    time.sleep(max(0, begin + 0.1 * number / self.NUM_CLIENTS - time.monotonic()))
            time.sleep(max(0, begin + 0.1 - time.monotonic()))
        for client, _ in clients:
            client.close()


def slow(bench):
    """The share of its core that slow clients take from all others, by server."""
    lost = {}
    print(f"\n{Flood.NUM_CLIENTS} slow clients, a byte every 0.1 s each: CPU us a request and "
          "requests/s of the others, without and with them")
    for server in (FLOOR, SIMDJWTD, NGINX):
        try:
            running = Running(server, "tcp", bench)
        except (NotInstalled, Unable) as reason:
            print(f"  {server.name}: {reason}")
            continue
        rounds = {"without": [], "with": []}
        try:
            for _ in range(bench.options.rounds):
                rounds["without"].append(bench.measure(running, Row(server)))
                with Flood(running.listen, bench.client_core):
                    rounds["with"].append(bench.measure(running, Row(server)))
        finally:
            running.stop()
        lost[server.name] = 1 - cost_ratio(rounds, "without", "with")
        cpu_us = [median(rounds, side, "cpu_us") for side in rounds]
        rates = [median(rounds, side, "rate") for side in rounds]
        print("  {}: {:.2f}, {:.2f} us; {:,.0f}, {:,.0f}; lost {:.1%} of the core (median of "
              "rounds)".format(server.name, *cpu_us, *rates, lost[server.name]), flush=True)
    return lost


SCENARIOS = {
    "single": Scenario("single requests", [Row(server) for server in ALL]),
    "depth16": Scenario("pipelined by 16", [Row(server, arguments=DEEP) for server in ALL]),
    "unix": Scenario("unix socket", [
        Row(SIMDJWTD, "tcp", label="simdjwtd, TCP"), Row(FLOOR, "unix"), Row(SIMDJWTD, "unix"),
        Row(NGINX, "unix")]),
    "rate": Scenario("20,000 requests/s", [
        Row(server, arguments=("--rate", "20000")) for server in (FLOOR, SIMDJWTD, NGINX)]),
    "io": Scenario("io_uring and epoll", list(io_rows())),
    "tls": Scenario("TLS", [Row(SIMDJWTD, "tls"), Row(NGINX, "tls")]),
    "bulk": Scenario("bulk, by token", list(bulk_rows())),
    "wrk": Scenario("single, by wrk", [
        Row(server, wrk=True) for server in (FLOOR, SIMDJWTD, NGINX)]),
    "idle": Scenario("idle connections", run=idle),
    "slow": Scenario("slow clients", run=slow),
}
