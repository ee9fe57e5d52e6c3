# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Requests that servers have understood differently, sent through proxies to the daemon.

Whatever a proxy makes of them, the daemon must see the borders of requests where the proxy does:
other clients, whose requests share its connections, get the answers to their own tokens.
"""

import namespace

namespace.enter()

import socket
import unittest

import programs
from stories import Client, ProxyTestCase, bearer, head


def hidden(target):
    """A request that nobody must answer."""
    return head("GET", target, bearer(sub="smuggled"))


def framings(target):
    """(fields, body) of POST requests."""
    prey = hidden(target)
    size = len(prey)
    chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (size, prey)
    length = ("Content-Length", size)
    chunked = ("Transfer-Encoding", "chunked")
    return {
        "length and chunked": ([length, chunked], b"0\r\n\r\n" + prey),
        "chunked and length": ([chunked, ("Content-Length", 4)], chunk),
        "two lengths": ([("Content-Length", 0), length], prey),
        "a list of lengths": ([("Content-Length", f"{size}, {size}")], prey),
        "a signed length": ([("Content-Length", f"+{size}")], prey),
        "a length of nothing": ([("Content-Length", "")], prey),
        "an overflowing length": ([("Content-Length", 2**64 + size)], prey),
        "a body as long as it says": ([length], prey),
        "a body that is longer": ([("Content-Length", 0)], prey),
        "a length that the connection owns": ([("Connection", "content-length"), length], prey),
        "chunks": ([chunked], chunk),
        "chunks, nominated by connection": ([("Connection", "transfer-encoding"), chunked], chunk),
        "two codings": ([chunked, ("Transfer-Encoding", "identity")], chunk),
        "chunked, not last": ([("Transfer-Encoding", "chunked, gzip")], chunk),
        "a misspelt coding": ([("Transfer-Encoding", "xchunked"), length], chunk),
        "a tab before the coding": ([("Transfer-Encoding", "\tchunked"), length], chunk),
        "a vertical tab before it": ([("Transfer-Encoding", "\x0bchunked"), length], chunk),
        "a blank before the colon": ([("Transfer-Encoding ", "chunked"), length], chunk),
        "a folded coding": ([("Transfer-Encoding", "\r\n chunked"), length], chunk),
        "a coding behind a line feed": ([("X-A", "b\nTransfer-Encoding: chunked"), length], chunk),
        "a coding behind a return": ([("X-A", "b\rTransfer-Encoding: chunked"), length], chunk),
        "a signed chunk size": ([chunked], b"+" + chunk),
        "a prefixed chunk size": ([chunked], b"0x" + chunk),
        "an overflowing chunk size": ([chunked], b"1" + b"0" * 16 + chunk),
        "chunks ended by line feeds": ([chunked], chunk.replace(b"\r\n", b"\n")),
        "a chunk extension": ([chunked], chunk.replace(b"\r\n", b";a=\"\r\n\"\r\n", 1)),
        "trailers": ([chunked], chunk[:-2] + b"Content-Length: 5\r\n\r\n"),
        "an unfinished chunk": ([chunked], chunk[:-8]),
        "an expectation": ([("Expect", "100-continue"), length], prey),
        "an upgrade": ([("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"),
                        ("HTTP2-Settings", "AAMAAABkAAQAAP__"), length], prey),
    }


class SmugglingTestCase(ProxyTestCase):
    ports = {}  # port: target

    def test_others_get_their_own_answers(self):
        for port, target in self.ports.items():
            for name, (fields, body) in framings(target).items():
                for method in ("POST", "GET", "HEAD"):
                    with self.subTest(f"{name}: {method} {target}"):
                        self.smuggle(port, head(method, target, bearer(sub="mule"), *fields) + body)
                        self.visit(port, target)
            self.visit(port, target, 20)

    def smuggle(self, port, request):
        """Waits for no answer: some are never finished."""
        attacker = socket.create_connection(("127.0.0.1", port))
        self.addCleanup(attacker.close)
        attacker.sendall(request)

    def visit(self, port, target, num_visits=2):
        with Client(port) as client:
            for i in range(num_visits):
                self.assertEqual(client.ask(target, bearer(-1)).status, 401, i)
                self.assertEqual(client.ask(target, bearer(sub=str(i))).status, 200, i)


# Beside the site, a server that passes all on to the daemon, and a site with a check as careless as
# keep-alive permits: the daemon is told of bodies that never come.
NGINX_SITES = """
include simdjwt/site.conf;
server {
  listen 8001;
  location / {
    proxy_pass http://simdjwtd;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
  }
}
server {
  listen 8002;
  location / {
    auth_request /check;
    proxy_pass http://backend;
  }
  location = /check {
    proxy_pass http://simdjwtd/check/nginx/default;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
  }
}
"""


class NginxSmugglingTest(SmugglingTestCase):
    ports = {8000: "/orders", 8001: "/verify/default", 8002: "/orders"}

    @staticmethod
    def program(folder):
        return programs.nginx(folder, NGINX_SITES)


class HaproxySmugglingTest(SmugglingTestCase):
    ports = {8000: "/orders", 8001: "/verify/default"}
    program = staticmethod(programs.haproxy)


class CaddySmugglingTest(SmugglingTestCase):
    ports = {8000: "/orders"}
    program = staticmethod(programs.caddy)


del SmugglingTestCase, ProxyTestCase  # they are no tests themselves
if __name__ == "__main__":
    unittest.main()
