# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Starts the real daemon, asks it, and puts load on it; tokens are made with Python's own HMAC."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
import unittest

PROGRAM = os.environ["SIMDJWTD"]
IO_OPTION = ["--io=" + os.environ["SIMDJWT_TEST_IO"]] if "SIMDJWT_TEST_IO" in os.environ else []
PATIENCE = 30  # seconds; nothing should ever take that long
SECRET = b"the secret that every configuration of these tests has, 64 bytes"
OTHER_SECRET = b"a secret that comes and goes in these tests, and has 64 of them."
FOREIGN_SECRET = b"the secret of somebody else, whom no configuration ever trusted!"


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forge(secret=SECRET, kid="k", **claims):
    claims = {"sub": "alice", "exp": int(time.time()) + 3600, **claims}
    header = {"alg": "HS256", "kid": kid}
    text = ".".join(encode(json.dumps(part).encode()) for part in (header, claims))
    return text + "." + encode(hmac.new(secret, text.encode(), hashlib.sha256).digest())


def jwks(**secrets):
    """A JWK Set with these secrets by kid."""
    return json.dumps({"keys": [{"kty": "oct", "alg": "HS256", "kid": kid, "k": encode(secret)}
                                for kid, secret in secrets.items()]})


def policy(name="default", keys="keys.json"):
    return (f'[policy.{name}]\njwks_file = "{keys}"\niss = false\naud = false\ntyp = false\n'
            f'exp = "required"\n')


class Daemon:
    """The running program; its ports are read from its log."""

    def __init__(self, config, **options):
        self.process = subprocess.Popen([PROGRAM, "--config", config, *IO_OPTION],
                                        stderr=subprocess.PIPE, text=True, errors="replace",
                                        **options)
        self.text = ""
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        self.port = int(self.await_text(r" listening on 127\.0\.0\.1:(\d+);").group(1))
        admin = re.search(r"administered on 127\.0\.0\.1:(\d+)", self.text)
        self.admin_port = int(admin.group(1)) if admin else None

    def read(self):
        for line in self.process.stderr:
            with self.changed:
                self.text += line
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def await_text(self, pattern, times=1):
        """The last of so many matches in what the daemon has logged."""
        deadline = time.monotonic() + PATIENCE
        with self.changed:
            while True:
                matches = list(re.finditer(pattern, self.text))
                if len(matches) >= times:
                    return matches[times - 1]
                if time.monotonic() > deadline or not self.reader.is_alive():
                    raise AssertionError(f"{pattern!r} is not in\n{self.text}")
                self.changed.wait(0.1)

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM):
        """Its exit status."""
        self.send(number)
        return self.wait()

    def wait(self):
        status = self.process.wait(PATIENCE)
        self.reader.join()
        self.process.stderr.close()
        return status

    def ask(self, path="/verify/default", token=None, port=None, headers=None, body=None):
        """Status, headers and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=PATIENCE)
        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = "Bearer " + token
        try:
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def post(self, path, body, secret):
        """The answer, its body read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("POST", path, body, {
                "Authorization": "Bearer " + secret,
                "Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()

    def status(self, token, path="/verify/default"):
        return self.ask(path, token)[0]

    def admin(self, path):
        """Status and body."""
        status, _, body = self.ask(path, port=self.admin_port)
        return status, body

    def metrics(self):
        """Series to values."""
        text = self.admin("/metrics")[1]
        samples = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
        return {series: float(value) for series, value in samples}


class Load:
    """Clients that ask without a pause, and compare each answer with what it must be."""

    def __init__(self, port, expected, clients=4, survives_breaks=False):
        self.port = port
        self.expected = expected  # (path, token, status) to be asked in turn
        self.survives_breaks = survives_breaks
        self.answers = 0
        self.breaks = 0
        self.failures = []
        self.stopping = False
        self.threads = [threading.Thread(target=self.run) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self):
        while not self.stopping and not self.failures:
            try:
                self.ask_on_a_connection()
            except (OSError, http.client.HTTPException) as error:
                if not self.survives_breaks:
                    self.failures.append(repr(error))
                self.breaks += 1
                time.sleep(0.01)

    def ask_on_a_connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            for _ in range(50):
                for path, token, status in self.expected:
                    connection.request("GET", path, headers={"Authorization": "Bearer " + token})
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status != status:
                        self.failures.append(f"{answer.status} instead of {status}: {path}")
                    self.answers += 1
                if self.stopping:
                    return
        finally:
            connection.close()

    def await_answers(self, more):
        goal = self.answers + more
        deadline = time.monotonic() + PATIENCE
        while self.answers < goal and not self.failures:
            if time.monotonic() > deadline:
                self.failures.append("no answers any more")
            time.sleep(0.005)

    def stop(self):
        """What went wrong."""
        self.stopping = True
        for thread in self.threads:
            thread.join()
        return self.failures


class OperationsTestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.config = self.path("simdjwtd.toml")
        self.write("keys.json", jwks(k=SECRET))

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8", opener=self.private) as file:
            file.write(text)

    def replace(self, name, text):
        """As careful people do."""
        self.write(name + ".new", text)
        os.rename(self.path(name + ".new"), self.path(name))

    @staticmethod
    def private(path, flags):
        return os.open(path, flags, 0o600)

    def configure(self, *sections):
        """One thread, unless a section says otherwise."""
        sections = sections or (policy(),)
        if not any(section.startswith("[server]") for section in sections):
            sections += ("[server]\nthreads = 1",)
        self.write("simdjwtd.toml", "\n".join(
            ('[[listen]]\naddress = "127.0.0.1:0"', '[admin]\naddress = "127.0.0.1:0"',
             *sections)) + "\n")

    def start(self, *sections, **options):
        self.configure(*sections)
        daemon = Daemon(self.config, **options)
        self.addCleanup(self.end, daemon)
        return daemon

    @staticmethod
    def end(daemon):
        if daemon.process.poll() is None:
            daemon.process.kill()
            daemon.wait()

    def await_equal(self, read, value):
        deadline = time.monotonic() + PATIENCE
        while read() != value and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(read(), value)
