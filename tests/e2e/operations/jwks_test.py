# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The daemon verifies by keys that others publish."""

import http.client
import json
import os
import signal
import threading
import time
import unittest

from daemon import PATIENCE, SECRET, Load, OperationsTestCase, encode, forge, policy
from issuer import Issuer, Key, jwks

SUCCESS = 'simdjwt_jwks_reload_total{source="%s",result="success"}'
DEMANDS = 'aud = false\ntyp = false\nexp = "required"\n'


def by_url(url, name="default"):
    return f'[policy.{name}]\njwks_url = "{url}"\niss = false\n{DEMANDS}'


def by_discovery(issuer, name="default"):
    return f'[policy.{name}]\nissuer = "{issuer}"\ndiscovery = true\n{DEMANDS}'


class JwksTestCase(OperationsTestCase):
    def setUp(self):
        super().setUp()
        self.issuer = self.make_issuer()
        self.first = Key(self.folder, "first")
        self.issuer.publish(self.first)
        self.jwks_url = self.issuer.url + "/jwks"

    def make_issuer(self, **options):
        issuer = Issuer(self.folder, **options)
        self.addCleanup(self.stop, issuer)
        return issuer

    @staticmethod
    def stop(issuer):
        if issuer.thread.is_alive():
            issuer.stop()

    def fetching(self, *lines):
        return "\n".join(['[jwks]', 'allow_private_addresses = true',
                          f'ca_file = "{self.issuer.certificate}"', *lines])

    def start_fetching(self, *sections, lines=()):
        return self.start(*(sections or (by_url(self.jwks_url),)), self.fetching(*lines))

    def await_keys(self, daemon, times=1):
        daemon.await_text(r": \d+ keys\n", times)
        self.await_equal(lambda: daemon.admin("/readyz")[0], 200)


class FetchTest(JwksTestCase):
    def test_keys_are_fetched_from_a_url(self):
        daemon = self.start_fetching()
        self.await_keys(daemon)
        self.assertEqual(daemon.status(self.first.sign()), 200)
        self.assertEqual(daemon.status(Key(self.folder, "other").sign()), 401)
        metrics = daemon.metrics()
        source = f"jwks_url {self.jwks_url}"
        self.assertEqual(metrics[SUCCESS % source], 1)
        self.assertEqual(metrics[f'simdjwt_keys{{source="{source}",state="usable"}}'], 1)
        self.assertEqual(metrics[f'simdjwt_keyset_generation{{source="{source}"}}'], 1)
        self.assertEqual(metrics[f'simdjwt_jwks_stale{{source="{source}"}}'], 0)
        self.assertLess(metrics[f'simdjwt_jwks_age_seconds{{source="{source}"}}'], 30)

    def test_a_server_that_hangs_delays_no_other(self):
        ending = threading.Event()
        self.addCleanup(ending.set)
        self.issuer.answers["/hang"] = lambda _: ending.wait()
        hanging = self.issuer.url + "/hang"
        daemon = self.start(by_url(self.jwks_url), by_url(hanging, "hanging"),
                            self.fetching(f"fetch_seconds = {2 * PATIENCE}"))
        daemon.await_text(": 1 keys\n")
        self.assertEqual(daemon.status(self.first.sign()), 200)
        self.await_equal(lambda: self.issuer.counts["/hang"], 1)
        self.assertEqual(daemon.metrics()[self.failures("hang", "unreachable")], 0)
        self.assertEqual(daemon.stop(), 0)

    def test_what_servers_do_wrong_is_told(self):
        answers = self.issuer.answers
        ending = threading.Event()
        self.addCleanup(ending.set)

        def hang(_):
            ending.wait()

        def drip(handler):
            handler.send_response(200)
            handler.end_headers()
            while not ending.wait(0.1):
                handler.wfile.write(b" ")

        def grow(handler):
            handler.send_response(200)
            handler.end_headers()
            while not ending.is_set():
                handler.wfile.write(b" " * 65536)

        def redirect_to(url):
            return lambda handler: handler.answer("", 302, Location=url)

        plain = self.make_issuer(scheme="http")
        plain.publish(self.first)
        answers["/hang"] = hang
        answers["/drip"] = drip
        answers["/grow"] = grow
        answers["/large"] = " " * (1 << 20) + "{}"
        answers["/invalid"] = "<html>"
        answers["/empty"] = '{"keys":[]}'
        answers["/status"] = lambda handler: handler.answer(jwks(self.first), 503)
        answers["/redirect"] = redirect_to("/jwks")
        answers["/plain"] = redirect_to(plain.url + "/jwks")
        answers["/file"] = redirect_to("file:///etc/passwd")
        answers["/round"] = redirect_to("/round")
        wrong = {
            "hang": ("unreachable", "timed out after"),
            "drip": ("unreachable", "timed out after"),
            "grow": ("refused", "larger than 1048576 bytes"),
            "large": ("refused", "larger than 1048576 bytes"),
            "invalid": ("invalid", "not a valid JSON object"),
            "empty": ("invalid", "the set holds no usable key"),
            "status": ("status", "status 503"),
            "missing": ("status", "status 404"),
            "plain": ("refused", "a redirect to another scheme"),
            "file": ("refused", "a redirect to another scheme"),
            "round": ("refused", "too many redirects"),
        }
        policies = [by_url(f"{self.issuer.url}/{name}", name) for name in (*wrong, "redirect")]
        daemon = self.start_fetching(by_url(self.jwks_url), *policies, lines=("fetch_seconds = 2",))
        daemon.await_text("/redirect: 1 keys")
        daemon.await_text(f"{self.jwks_url}: 1 keys")
        token = self.first.sign()
        self.assertEqual(daemon.status(token), 200)
        self.assertEqual(daemon.status(token, "/verify/redirect"), 200)
        for name, (result, message) in wrong.items():
            with self.subTest(name):
                daemon.await_text(f"keys not fetched, and there are none: "
                                  f"{self.issuer.url}/{name}: .*{message}")
                self.assertGreaterEqual(daemon.metrics()[self.failures(name, result)], 1)
                self.assertEqual(daemon.status(token, "/verify/" + name), 503)
        status, body = daemon.admin("/readyz")
        self.assertEqual((status, body.startswith("no keys yet for the policies drip, empty,")),
                         (503, True), body)
        self.assertEqual(plain.counts["/jwks"], 0)

    def failures(self, name, result):
        return (f'simdjwt_jwks_reload_total{{source="jwks_url {self.issuer.url}/{name}",'
                f'result="{result}"}}')

    def test_private_addresses_are_refused_unless_they_are_allowed(self):
        for host in ("127.0.0.1", "localhost"):
            with self.subTest(host):
                url = f"https://{host}:{self.issuer.port}/jwks"
                daemon = self.start(by_url(url), f'[jwks]\nca_file = "{self.issuer.certificate}"')
                daemon.await_text(f"{url}: (127.0.0.1|::1) is not a public address: if it is "
                                  "meant, allow private addresses")
                self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.issuer.counts["/jwks"], 0)

    def test_a_certificate_that_nobody_trusts_is_not_trusted(self):
        daemon = self.start(by_url(self.jwks_url), "[jwks]\nallow_private_addresses = true")
        daemon.await_text(f"{self.jwks_url}: .*certificate")
        self.assertEqual(daemon.status(self.first.sign()), 503)

    def test_a_proxy_of_the_environment_is_not_asked(self):
        daemon = self.start(by_url(self.jwks_url), self.fetching(),
                            env={**os.environ, "https_proxy": "http://127.0.0.1:1"})
        self.await_keys(daemon)

    def test_a_proxy_of_the_environment_is_asked_if_that_is_said(self):
        daemon = self.start(by_url(self.jwks_url), self.fetching("proxy_from_environment = true"),
                            env={**os.environ, "https_proxy": "http://127.0.0.1:1"})
        daemon.await_text(f"{self.jwks_url}: .*port 1 ")

    def test_shared_secrets_that_are_published_are_left_out(self):
        secret = {"kty": "oct", "alg": "HS256", "kid": "k", "k": encode(SECRET)}
        self.issuer.answers["/jwks"] = json.dumps({"keys": [secret, self.first.jwk]})
        self.issuer.answers["/secret"] = json.dumps({"keys": [secret]})
        daemon = self.start_fetching(by_url(self.jwks_url),
                                     by_url(self.issuer.url + "/secret", "secret"))
        daemon.await_text(r"/jwks: keys\[0\]: it holds a secret, and is no secret where it was published")
        daemon.await_text("/secret: .*it holds a secret, and is no secret where it was published")
        self.assertEqual(daemon.status(self.first.sign()), 200)
        self.assertEqual(daemon.status(forge()), 401)
        self.assertEqual(daemon.status(forge(), "/verify/secret"), 503)
        metrics = daemon.metrics()
        self.assertEqual(
            metrics[f'simdjwt_keys{{source="jwks_url {self.jwks_url}",state="skipped"}}'], 1)


class DiscoveryTest(JwksTestCase):
    def test_a_providers_metadata_lead_to_its_keys(self):
        self.issuer.be_provider()
        daemon = self.start_fetching(by_discovery(self.issuer.url))
        self.await_keys(daemon)
        self.assertEqual(daemon.status(self.first.sign(iss=self.issuer.url)), 200)
        self.assertEqual(daemon.status(self.first.sign(iss=self.issuer.url + "/")), 401)
        self.assertEqual(daemon.status(self.first.sign()), 401, "it has no iss")

    def test_metadata_of_another_issuer_are_refused(self):
        self.issuer.be_provider(self.issuer.url + "/")
        daemon = self.start_fetching(by_discovery(self.issuer.url))
        daemon.await_text(f"{self.issuer.url}/.well-known/openid-configuration: it is of the "
                          f'issuer "{self.issuer.url}/"')
        self.assertEqual(self.issuer.counts["/jwks"], 0)

    def test_metadata_may_not_lead_to_plain_http(self):
        self.issuer.answers["/.well-known/openid-configuration"] = json.dumps(
            {"issuer": self.issuer.url, "jwks_uri": f"http://127.0.0.1:{self.issuer.port}/jwks"})
        daemon = self.start_fetching(by_discovery(self.issuer.url))
        daemon.await_text('its "jwks_uri" is "http://127.0.0.1:.*": not an https URL')

    def test_one_key_never_verifies_the_tokens_of_another_issuer(self):
        self.issuer.be_provider()
        other = self.make_issuer()
        other.be_provider()
        key = Key(self.folder, "second")
        key.jwk["kid"] = key.kid = "first"  # of the same name
        other.publish(key)
        daemon = self.start_fetching(by_discovery(self.issuer.url, "one"),
                                     by_discovery(other.url, "two"))
        self.await_keys(daemon, 2)
        tokens = {"one": self.first.sign(iss=self.issuer.url), "two": key.sign(iss=other.url)}
        for name in tokens:
            for of, token in tokens.items():
                self.assertEqual(daemon.status(token, "/verify/" + name), 200 if of == name else 401)
        self.assertEqual(daemon.status(key.sign(iss=self.issuer.url), "/verify/one"), 401)


class RotationTest(JwksTestCase):
    def test_no_verdict_is_wrong_while_keys_rotate(self):
        daemon = self.start_fetching(
            by_url(self.jwks_url), policy("file"), "[server]\nthreads = 2",
            lines=("refresh_seconds = 1", "refresh_min_seconds = 1", "refresh_max_seconds = 1"))
        self.await_keys(daemon)
        never = Key(self.folder, "never")
        load = Load(daemon.port, [("/verify/default", self.first.sign(), 200),
                                  ("/check/nginx/file", forge(), 200),
                                  ("/verify/default", never.sign(), 401)])
        for i in range(3):
            more = Key(self.folder, f"more{i}")
            self.issuer.publish(self.first, more)
            self.await_equal(lambda key=more: daemon.status(key.sign()), 200)
            load.await_answers(100)
        self.issuer.publish(more)
        self.assertEqual(load.stop(), [])
        self.await_equal(lambda: daemon.status(self.first.sign()), 401)
        self.assertEqual(daemon.status(more.sign()), 200)

    def test_an_unknown_kid_is_fetched_at_once(self):
        daemon = self.start_fetching(lines=("cooldown_seconds = 1",))
        self.await_keys(daemon)
        second = Key(self.folder, "second")
        self.issuer.publish(self.first, second)
        time.sleep(1)  # the cooldown of the first fetch
        self.assertEqual(self.issuer.counts["/jwks"], 1)
        token = second.sign()
        self.assertEqual(daemon.status(token), 401)
        self.await_equal(lambda: daemon.status(token), 200)
        metrics = daemon.metrics()
        source = f"jwks_url {self.jwks_url}"
        # Another follows if the token was there again before the answer to the first one.
        self.assertIn(metrics[f'simdjwt_jwks_refetch_total{{source="{source}"}}'], (1, 2))
        self.assertEqual(metrics[f'simdjwt_keyset_generation{{source="{source}"}}'], 2)

    def test_a_flood_of_unknown_kids_is_one_fetch(self):
        daemon = self.start_fetching(by_url(self.jwks_url), "[server]\nthreads = 2",
                                     lines=("cooldown_seconds = 2",))
        began = time.monotonic()
        self.await_keys(daemon)
        tokens = [Key(self.folder, f"unknown{i}").sign() for i in range(4)]
        load = Load(daemon.port, [("/verify/default", token, 401) for token in tokens])
        self.await_equal(lambda: self.issuer.counts["/jwks"], 2)
        load.await_answers(500)
        self.assertEqual(load.stop(), [])
        num_cooldowns = int((time.monotonic() - began) / 2)
        self.assertLessEqual(self.issuer.counts["/jwks"], 2 + num_cooldowns)

    def test_an_unknown_kid_among_many_tokens_is_fetched_too(self):
        daemon = self.start_fetching(lines=("cooldown_seconds = 1",))
        self.await_keys(daemon)
        second = Key(self.folder, "second")
        self.issuer.publish(second)
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=PATIENCE)
        self.addCleanup(connection.close)
        connection.request("POST", "/v1/verify/default", second.sign())
        self.assertIn(b"unknown_kid", connection.getresponse().read())
        self.await_equal(lambda: self.issuer.counts["/jwks"], 2)


class OutageTest(JwksTestCase):
    CACHE = 'cache_directory = "cache"'

    def test_a_failed_or_invalid_fetch_keeps_the_last_good_keys(self):
        daemon = self.start_fetching(lines=("refresh_seconds = 1", "refresh_min_seconds = 1"))
        self.await_keys(daemon)
        for answer in ("<html>", '{"keys":[]}', None):
            self.issuer.answers["/jwks"] = answer
            count = self.issuer.counts["/jwks"]
            self.await_equal(lambda: self.issuer.counts["/jwks"] > count, True)
            daemon.await_text("keys not fetched, those from before stay: ")
            self.assertEqual(daemon.status(self.first.sign()), 200)
        self.assertEqual(daemon.admin("/readyz")[0], 200)
        source = f"jwks_url {self.jwks_url}"
        self.await_equal(lambda: daemon.metrics()[f'simdjwt_jwks_stale{{source="{source}"}}'], 1)

    def test_a_restart_without_network_verifies_by_the_last_good_keys(self):
        self.issuer.be_provider()
        sections = (by_discovery(self.issuer.url), self.fetching(self.CACHE))
        daemon = self.start(*sections)
        self.await_keys(daemon)
        self.assertEqual(daemon.stop(), 0)
        self.issuer.stop()
        daemon = self.start(*sections)
        token = self.first.sign(iss=self.issuer.url)
        self.assertEqual(daemon.status(token), 200)
        self.assertEqual(daemon.admin("/readyz")[0], 200)
        daemon.await_text("keys not fetched, those from before stay")
        source = f"issuer {self.issuer.url}"
        self.assertEqual(daemon.metrics()[f'simdjwt_jwks_stale{{source="{source}"}}'], 1)
        back = self.make_issuer(port=self.issuer.port)
        back.be_provider()
        second = Key(self.folder, "second")
        back.publish(second)
        self.await_equal(lambda: daemon.status(second.sign(iss=self.issuer.url)), 200)
        self.assertEqual(daemon.status(token), 401)

    def test_a_start_without_network_waits_for_it(self):
        self.issuer.stop()
        daemon = self.start_fetching(by_url(self.jwks_url), policy("file"), lines=(self.CACHE,))
        daemon.await_text("keys not fetched, and there are none: ")
        status, _, body = daemon.ask("/verify/default", self.first.sign())
        self.assertEqual((status, json.loads(body)["verdict"]), (503, "keys-unavailable"))
        self.assertEqual(daemon.status(forge(), "/verify/file"), 200)
        self.assertEqual(daemon.admin("/readyz"), (503, "no keys yet for the policies default\n"))
        back = self.make_issuer(port=self.issuer.port)
        back.publish(self.first)
        self.await_keys(daemon)
        self.assertEqual(daemon.status(self.first.sign()), 200)

    def test_saved_keys_that_are_broken_are_not_used(self):
        daemon = self.start_fetching(lines=(self.CACHE,))
        self.await_keys(daemon)
        self.assertEqual(daemon.stop(), 0)
        self.issuer.stop()
        for name in os.listdir(self.path("cache")):
            self.write(os.path.join("cache", name), '{"keys":')
        daemon = self.start_fetching(lines=(self.CACHE,))
        self.assertEqual(daemon.status(self.first.sign()), 503)


class ReloadTest(JwksTestCase):
    def test_a_reload_keeps_the_keys_of_sources_that_stay(self):
        other = self.make_issuer()
        other.publish(self.first)
        daemon = self.start_fetching()
        self.await_keys(daemon)
        self.configure(by_url(self.jwks_url), by_url(other.url + "/jwks", "other"), self.fetching())
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration reloaded; policies: 2, keys: 1")
        token = self.first.sign()
        self.assertEqual(daemon.status(token), 200)
        self.await_equal(lambda: daemon.status(token, "/verify/other"), 200)
        self.configure(by_url(other.url + "/jwks", "other"), self.fetching())
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration reloaded", times=2)
        self.assertEqual(daemon.status(token, "/verify/other"), 200)
        self.assertEqual((self.issuer.counts["/jwks"], other.counts["/jwks"]), (1, 1))
        self.assertNotIn(self.jwks_url, daemon.admin("/metrics")[1])

    def test_a_reload_that_fails_fetches_nothing_new(self):
        daemon = self.start_fetching()
        self.await_keys(daemon)
        self.configure(by_url(self.issuer.url + "/new", "new"), policy("broken", "missing.json"),
                       self.fetching())
        daemon.send(signal.SIGHUP)
        daemon.await_text("configuration not reloaded")
        self.assertEqual(daemon.status(self.first.sign()), 200)
        self.assertEqual(self.issuer.counts["/new"], 0)

    def test_how_keys_are_fetched_waits_for_a_restart(self):
        daemon = self.start_fetching()
        self.await_keys(daemon)
        self.configure(by_url(self.jwks_url), self.fetching("cooldown_seconds = 5"))
        daemon.send(signal.SIGHUP)
        daemon.await_text("stay as they are until a restart")


if __name__ == "__main__":
    unittest.main()
