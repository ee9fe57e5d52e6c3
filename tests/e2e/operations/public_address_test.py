# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""A server of the internet may not lead the daemon to its neighbours. This machine plays both: it is
alone on a network of its own, where it has a public address."""

import namespace

namespace.enter()

# pylint: disable=wrong-import-position
import fcntl
import json
import socket
import struct
import unittest

from daemon import OperationsTestCase
from issuer import PUBLIC_ADDRESS, Issuer, Key

SIOCSIFADDR = 0x8916


def add_address(address):
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFADDR, struct.pack(
            "16sH2x4s16x", b"lo:1", socket.AF_INET, socket.inet_aton(address)))


class PublicAddress(OperationsTestCase):
    def setUp(self):
        super().setUp()
        self.key = Key(self.folder, "k")
        self.outer = self.make_issuer(PUBLIC_ADDRESS)
        self.inner = self.make_issuer("127.0.0.1")

    def make_issuer(self, address):
        issuer = Issuer(self.folder, address=address)
        self.addCleanup(issuer.stop)
        issuer.publish(self.key)
        return issuer

    def start_with(self, keys):
        return self.start(f'[policy.default]\n{keys}\naud = false\ntyp = false\nexp = "required"',
                          f'[jwks]\nca_file = "{self.outer.certificate}"')

    def test_keys_are_fetched_from_a_public_address(self):
        daemon = self.start_with(f'jwks_url = "{self.outer.url}/jwks"\niss = false')
        daemon.await_text("/jwks: 1 keys")
        self.assertEqual(daemon.status(self.key.sign()), 200)

    def test_a_redirect_does_not_lead_to_a_private_address(self):
        self.outer.answers["/jwks"] = lambda handler: handler.answer(
            "", 302, Location=self.inner.url + "/jwks")
        daemon = self.start_with(f'jwks_url = "{self.outer.url}/jwks"\niss = false')
        daemon.await_text("127.0.0.1 is not a public address")
        self.assertEqual(self.inner.counts["/jwks"], 0)

    def test_metadata_do_not_lead_to_a_private_address(self):
        self.outer.answers["/.well-known/openid-configuration"] = json.dumps(
            {"issuer": self.outer.url, "jwks_uri": self.inner.url + "/jwks"})
        daemon = self.start_with(f'issuer = "{self.outer.url}"\ndiscovery = true')
        daemon.await_text("127.0.0.1 is not a public address")
        self.assertEqual(self.inner.counts["/jwks"], 0)


if __name__ == "__main__":
    add_address(PUBLIC_ADDRESS)
    unittest.main()
