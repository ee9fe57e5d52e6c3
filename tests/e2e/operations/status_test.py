# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The daemon refuses tokens that the status list of their issuer says are not valid."""

import base64
import json
import signal
import socket
import subprocess
import time
import unittest
import zlib

from daemon import PATIENCE, Load, policy
from daemon import jwks as secrets
from issuer import Key
from jwks_test import DEMANDS, JwksTestCase, by_url
from support import PROGRAM
from tokens import Registry

VALID, INVALID, SUSPENDED = 0, 1, 2
QUICK = ("refresh_seconds = 1", "refresh_min_seconds = 1", "cooldown_seconds = 1")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def packed(statuses, bits):
    """As section 4 of the draft has it."""
    array = bytearray(-(-len(statuses) * bits // 8))
    for i, status in enumerate(statuses):
        array[i * bits // 8] |= status << i * bits % 8
    lst = base64.urlsafe_b64encode(zlib.compress(bytes(array), 9)).rstrip(b"=").decode()
    return {"bits": bits, "lst": lst}


class StatusTestCase(JwksTestCase):
    def setUp(self):
        super().setUp()
        self.beneath = self.issuer.url + "/status-lists/"
        self.uri = self.beneath + "0"
        self.publish(VALID, INVALID, SUSPENDED, VALID)

    def publish(self, *statuses, uri=None, key=None, typ="statuslist+jwt", bits=2, **claims):
        uri = uri or self.uri
        claims = {"sub": uri, "iat": int(time.time()), "exp": int(time.time()) + 3600, "ttl": 1,
                  "status_list": packed(statuses, bits), **claims}
        self.issuer.answers[uri.removeprefix(self.issuer.url)] = (key or self.first).sign_as(
            typ, claims)

    def token(self, index, uri=None, key=None, **claims):
        status = {"status_list": {"idx": index, "uri": uri or self.uri}}
        return (key or self.first).sign(status=status, **claims)

    def by_lists(self, uris, *lines, name="default"):
        return "\n".join([by_url(self.jwks_url, name) + f"status_lists = {json.dumps(uris)}",
                          *lines])

    def start_following(self, uris=None, *lines, jwks=QUICK):
        daemon = self.start_fetching(self.by_lists(uris or self.beneath, *lines), lines=jwks)
        daemon.await_text(f"{self.jwks_url}: 1 keys")
        return daemon

    def answer(self, daemon, token, path="/verify/default"):
        """Status and verdict."""
        status, _, body = daemon.ask(path, token)
        return status, json.loads(body).get("verdict", "valid")

    def await_answer(self, daemon, token, status, verdict):
        self.await_equal(lambda: self.answer(daemon, token), (status, verdict))


class VerdictTest(StatusTestCase):
    def test_a_token_is_what_its_list_says(self):
        daemon = self.start_following()
        self.await_answer(daemon, self.token(0), 200, "valid")
        self.assertEqual(self.answer(daemon, self.token(3)), (200, "valid"))
        self.assertEqual(self.answer(daemon, self.token(1)), (401, "revoked"))
        self.assertEqual(self.answer(daemon, self.token(2)), (401, "revoked"), "suspended")
        self.assertEqual(self.answer(daemon, self.token(4)), (401, "bad-status"), "beyond it")
        self.assertEqual(self.answer(daemon, self.first.sign()), (200, "valid"), "it has none")
        escaped = self.first.sign_as(None, {"exp": int(time.time()) + 60, "status": {
            "other": [{"status_list": 1}], "status_list": {"uri": self.uri, "idx": 1}}})
        self.assertEqual(self.answer(daemon, escaped), (401, "revoked"))

    def test_a_token_whose_status_cannot_be_read_is_refused(self):
        daemon = self.start_following()
        self.await_answer(daemon, self.token(0), 200, "valid")
        fine = {"idx": 0, "uri": self.uri}
        for status in ("active", None, 0, [], {}, {"status_list": [fine]}, {"status_list": {}},
                       {"status_list": {"idx": 0}}, {"status_list": {"uri": self.uri}},
                       *({"status_list": {**fine, "idx": idx}} for idx in (-1, 0.0, 1e20, "0", None)),
                       *({"status_list": {**fine, "uri": uri}}
                         for uri in (None, "", 0, self.beneath, self.beneath + "../keys",
                                     self.beneath + "a/./b", self.beneath + "%2e%2e/jwks",
                                     self.issuer.url + "/status-lists0",
                                     "https://localhost/status-lists/0"))):
            with self.subTest(status=status):
                token = self.first.sign(status=status)
                self.assertEqual(self.answer(daemon, token), (401, "bad-status"))
        self.assertEqual(self.issuer.counts["/status-lists/"], 0)

    def test_a_policy_may_demand_a_status(self):
        daemon = self.start_following(None, 'required_claims = ["status"]')
        self.await_answer(daemon, self.token(0), 200, "valid")
        self.assertEqual(self.answer(daemon, self.first.sign()), (401, "claim-missing"))

    def test_each_width_of_a_status_is_read(self):
        daemon = self.start_following()
        for bits in (1, 2, 4, 8):
            uri = self.beneath + str(bits)
            statuses = [i % (1 << bits) for i in range(20)]
            self.publish(*statuses, uri=uri, bits=bits)
            self.await_answer(daemon, self.token(0, uri), 200, "valid")
            for i in (1, 7, 8, 16, 19):
                self.assertEqual(self.answer(daemon, self.token(i, uri))[0],
                                 401 if statuses[i] else 200, (bits, i))


class OutageTest(StatusTestCase):
    CACHE = 'cache_directory = "cache"'

    def test_a_restart_without_network_judges_by_the_last_good_lists(self):
        other = self.beneath + "other"
        self.publish(INVALID, VALID, uri=other)
        sections = (self.by_lists([self.beneath, self.uri]), self.fetching(*QUICK, self.CACHE))
        daemon = self.start(*sections)
        self.await_answer(daemon, self.token(0), 200, "valid")
        self.await_answer(daemon, self.token(0, other), 401, "revoked")
        self.assertEqual(daemon.stop(), 0)
        self.issuer.stop()
        daemon = self.start(*sections)
        daemon.await_text(f"status list {self.uri}: of 4 tokens, as it was saved")
        self.assertEqual(daemon.admin("/readyz")[0], 200)
        self.assertEqual(self.answer(daemon, self.token(0)), (200, "valid"))
        self.assertEqual(self.answer(daemon, self.token(1)), (401, "revoked"))
        self.await_answer(daemon, self.token(0, other), 401, "revoked")
        self.assertEqual(self.answer(daemon, self.token(1, other)), (200, "valid"))


class FollowingTest(StatusTestCase):
    def test_a_list_that_is_named_is_there_before_the_first_token(self):
        daemon = self.start_following([self.uri])
        daemon.await_text(f"status list {self.uri}: of 4 tokens")
        self.await_equal(lambda: self.answer(daemon, self.token(1)), (401, "revoked"))
        self.assertEqual(self.answer(daemon, self.token(0)), (200, "valid"))
        self.assertEqual(self.answer(daemon, self.token(0, self.uri + "0")), (401, "bad-status"))

    def test_a_daemon_is_not_ready_without_the_lists_that_are_named(self):
        self.issuer.answers["/status-lists/0"] = None
        daemon = self.start_fetching(self.by_lists(self.uri), lines=QUICK)
        daemon.await_text("status list not fetched, and there is none: ")
        self.assertEqual(daemon.admin("/readyz"),
                         (503, "no status lists yet for the policies default\n"))
        self.publish(VALID)
        self.await_equal(lambda: daemon.admin("/readyz")[0], 200)
        self.assertEqual(self.answer(daemon, self.token(0)), (200, "valid"))

    def test_a_list_that_is_not_known_is_fetched_once(self):
        self.publish(VALID, ttl=3600)
        daemon = self.start_following()
        self.assertEqual(self.issuer.counts["/status-lists/0"], 0)
        self.assertEqual(self.answer(daemon, self.token(0)), (503, "status-unavailable"))
        self.await_answer(daemon, self.token(0), 200, "valid")
        self.assertEqual(self.issuer.counts["/status-lists/0"], 1)

    def test_what_is_revoked_later_is_refused_later(self):
        daemon = self.start_following()
        token = self.token(3)
        self.await_answer(daemon, token, 200, "valid")
        load = Load(daemon.port, [("/verify/default", self.token(0), 200),
                                  ("/verify/default", self.token(1), 401)])
        self.publish(VALID, INVALID, SUSPENDED, INVALID)
        self.await_answer(daemon, token, 401, "revoked")
        self.publish(VALID, INVALID, SUSPENDED, VALID)
        self.await_answer(daemon, token, 200, "valid")
        self.assertEqual(load.stop(), [])

    def test_a_reload_keeps_the_lists(self):
        self.publish(VALID, ttl=3600)
        daemon = self.start_following()
        self.await_answer(daemon, self.token(0), 200, "valid")
        self.issuer.answers["/status-lists/0"] = None
        self.write("simdjwtd.toml", self.read("simdjwtd.toml") + policy("more"))
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration reloaded")
        self.assertEqual(self.answer(daemon, self.token(0)), (200, "valid"))

    def test_a_list_is_good_until_it_expires(self):
        daemon = self.start_following()

        def answer_by_a_fresh_list():
            self.publish(VALID, exp=int(time.time()) + 4)
            return self.answer(daemon, self.token(0))
        self.await_equal(answer_by_a_fresh_list, (200, "valid"))
        self.issuer.answers["/status-lists/0"] = None
        daemon.await_text("status list not fetched, the one from before stays until it expires: "
                          f"{self.uri}: status 404")
        self.await_answer(daemon, self.token(0), 503, "status-unavailable")
        self.publish(VALID)
        self.await_answer(daemon, self.token(0), 200, "valid")

    def test_only_the_issuers_own_lists_are_believed(self):
        other = Key(self.folder, "other")
        wrong = {
            "key": ({"key": other}, "not to be trusted: no-matching-key"),
            "typ": ({"typ": "JWT"}, "not to be trusted: typ-mismatch"),
            "sub": ({"sub": self.uri}, "its sub is not where it was found"),
            "exp": ({"exp": 1}, "has expired"),
            "bits": ({"status_list": {**packed([0], 8), "bits": 3}}, "has 1, 2, 4 or 8 bits"),
            "bomb": ({"status_list": packed([0] * ((16 << 20) + 1), 8)}, "is too large"),
        }
        for name, (options, _) in wrong.items():
            self.publish(VALID, uri=self.beneath + name, **options)
        daemon = self.start_following([self.beneath + name for name in wrong])
        for name, (_, message) in wrong.items():
            with self.subTest(name):
                daemon.await_text("status list not fetched, and there is none: "
                                  f"{self.beneath}{name}: .*{message}")
                self.assertEqual(self.answer(daemon, self.token(0, self.beneath + name)),
                                 (503, "status-unavailable"))

    def test_a_list_by_a_new_key_has_the_keys_fetched(self):
        daemon = self.start_following([self.uri])
        self.await_answer(daemon, self.token(0), 200, "valid")
        second = Key(self.folder, "second")
        self.issuer.publish(self.first, second)
        self.publish(INVALID, key=second)
        self.await_answer(daemon, self.token(0), 401, "revoked")

    def test_metrics_tell_of_lists(self):
        self.publish(VALID, ttl=3600)
        self.issuer.answers["/status-lists/1"] = None
        daemon = self.start_following()
        self.await_answer(daemon, self.token(0), 200, "valid")
        self.assertEqual(self.answer(daemon, self.token(0, self.beneath + "1")),
                         (503, "status-unavailable"))
        daemon.await_text(f"{self.beneath}1: status 404")
        lists = f'{{list="{self.beneath} by {self.jwks_url}"'
        loads = f"simdjwt_status_list_load_total{lists}"
        self.await_equal(lambda: daemon.metrics()[f'{loads},result="status"}}'] > 0, True)
        metrics = daemon.metrics()
        self.assertEqual(metrics[f'{loads},result="success"}}'], 1)
        self.assertEqual(metrics[f'simdjwt_status_lists{lists},state="usable"}}'], 1)
        self.assertEqual(metrics[f'simdjwt_status_lists{lists},state="missing"}}'], 1)
        self.assertLess(metrics[f'simdjwt_status_list_age_seconds{lists}}}'], PATIENCE)


class IssuersTest(StatusTestCase):
    def test_each_issuer_speaks_for_its_own_tokens_alone(self):
        other = self.make_issuer()
        second = Key(self.folder, "second")
        other.publish(second)
        tables = [f'issuer = "{name}"\njwks_url = "{url}/jwks"\nstatus_lists = "{self.beneath}"'
                  for name, url in (("one", self.issuer.url), ("two", other.url))]
        section = "\n[[policy.default.issuers]]\n".join([
            f"[policy.default]\n{DEMANDS}", *tables,
            f'issuer = "three"\njwks_url = "{self.issuer.url}/jwks"'])
        daemon = self.start(section, self.fetching(*QUICK))
        self.await_keys(daemon, 2)
        self.await_answer(daemon, self.token(0, iss="one"), 200, "valid")
        self.assertEqual(self.answer(daemon, self.token(1, iss="one")), (401, "revoked"))
        self.assertEqual(self.answer(daemon, self.token(0, iss="two", key=second)),
                         (503, "status-unavailable"))
        daemon.await_text(f"{self.uri}: .*no-matching-key")
        self.assertEqual(self.answer(daemon, self.token(1, iss="three")), (200, "valid"))


class RegistryTest(StatusTestCase):
    """A daemon follows what another one publishes of its registry."""

    def test_what_a_registry_revokes_is_refused_elsewhere(self):
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        registry = Registry(self.path("tokens.db"), issuer=url)
        registry.run("registry", "status-lists", "on")
        subprocess.run([PROGRAM, "keygen", "--alg", "ES256", "--out", self.path("issuer.jwk")],
                       check=True, capture_output=True)
        self.start('[registry]\npath = "tokens.db"',
                   f'[issuer]\naddress = "127.0.0.1:{port}"\nsigning_key_file = "issuer.jwk"\n'
                   'status_list_seconds = 1')
        tokens = [registry.token() for _ in range(2)]
        self.write("secret.json", secrets(k=registry.secret().encode()))
        follower = self.start(
            f'[policy.default]\njwks_file = "secret.json"\niss = "{url}"\naud = false\n'
            f'typ = "JWT"\nexp = "required"\nrequired_claims = ["status"]\n'
            f'status_lists = "{url}/status-lists/"\nstatus_jwks_url = "{url}/jwks"',
            "\n".join(["[jwks]", "allow_http = true", "allow_private_addresses = true", *QUICK]))
        for token in tokens:
            self.await_answer(follower, token, 200, "valid")
        registry.revoke(tokens[1])
        self.await_answer(follower, tokens[1], 401, "revoked")
        self.await_answer(follower, tokens[0], 200, "valid")


if __name__ == "__main__":
    unittest.main()
