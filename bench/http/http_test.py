# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The load benchmark's own tools, briefly: what they accept, and above all what they refuse."""

import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BUILD = pathlib.Path(os.environ["SIMDJWT_BUILD"])
HTTP_LOAD = BUILD / "bench/http/http_load"
HTTP_FLOOR = BUILD / "bench/http/http_floor"
COMPARE = pathlib.Path(__file__).with_name("compare")

OK = b"HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:0%d GMT\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def load(address, *arguments, requests=300):
    return subprocess.run(
        [HTTP_LOAD, address, "--connections", "4", "--warmup", "0", "--requests", str(requests),
         *arguments], capture_output=True, text=True, timeout=60, check=False)


def chunked(body, size):
    chunks = [body[at:at + size] for at in range(0, len(body), size)]
    return CHUNKED + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks + [b""])


class Server:
    """Answers each request by what `answer(number, body)` returns; None ends the connection."""

    def __init__(self, answer, piece=65536, context=None):
        self.answer, self.piece, self.context = answer, piece, context
        self.num_answered = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.listener.close()

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.context:
                client = self.context.wrap_socket(client, server_side=True)
            with client.makefile("rb") as stream:
                self.answer_all(client, stream)
        except OSError:
            pass  # http_load has seen enough
        finally:
            client.close()

    def answer_all(self, client, stream):
        length = 0
        while line := stream.readline():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
            if line != b"\r\n":
                continue
            self.num_answered += 1
            reply = self.answer(self.num_answered, stream.read(length))
            if reply is None:
                return
            for at in range(0, len(reply), self.piece):
                client.sendall(reply[at:at + self.piece])


def setUpModule():
    with Server(lambda number, body: OK % 1) as server:
        process = load(server.address)
    if "io_uring:" in process.stderr:
        raise unittest.SkipTest(process.stderr.strip())


class HttpLoadTest(unittest.TestCase):
    def assert_right(self, process):
        self.assertEqual(process.stderr, "")
        self.assertEqual(process.returncode, 0)

    def assert_wrong(self, process, sentence):
        self.assertIn(sentence, process.stderr)
        self.assertEqual(process.returncode, 1)
        self.assertEqual(process.stdout, "")

    def test_takes_replies_that_differ_in_nothing_but_their_date(self):
        with Server(lambda number, body: OK % (number % 10)) as server:
            for arguments in ((), ("--depth", "16"), ("--rate", "20000"),
                              ("--rate", "20000", "--depth", "4")):
                self.assert_right(load(server.address, *arguments))

    def test_takes_replies_in_pieces_of_any_size(self):
        for piece in (1, 7, 20, 50):
            with Server(lambda number, body: OK % 1, piece) as server:
                self.assert_right(load(server.address, "--depth", "3", requests=60))

    def test_refuses_a_reply_with_one_wrong_byte_wherever_it_is(self):
        reply = OK % 1
        for at in (0, 9, reply.index(b"Date"), reply.index(b"Content"), len(reply) - 1):
            wrong = reply[:at] + b"#" + reply[at + 1:]
            with Server(lambda number, body: wrong if number == 100 else reply) as server:
                self.assert_wrong(load(server.address), "got \"#")

    def test_refuses_another_status_than_asked_for(self):
        with Server(lambda number, body: OK % 1) as server:
            self.assert_wrong(load(server.address, "--status", "401"),
                              "expected a reply with status 401, got \"HTTP/1.1 200 OK")

    def test_refuses_a_connection_that_ends_early(self):
        with Server(lambda number, body: OK % 1 if number < 100 else None) as server:
            self.assert_wrong(load(server.address), "closed by the server")

    def test_refuses_more_replies_than_requests(self):
        with Server(lambda number, body: OK % 1 * (2 if number == 100 else 1)) as server:
            self.assert_wrong(load(server.address), "more replies than requests")

    def test_says_where_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            address = f"127.0.0.1:{closed.getsockname()[1]}"
        self.assert_wrong(load(address), f"cannot connect to {address}")

    def test_counts_what_it_was_asked_to_in_json(self):
        with Server(lambda number, body: OK % 1) as server:
            process = load(server.address, "--json", "--server", str(os.getpid()))
        self.assert_right(process)
        report = json.loads(process.stdout)
        self.assertGreaterEqual(report["requests"], 300)
        latency = report["latency_us"]
        self.assertLessEqual(latency["p50"], latency["p99"])
        self.assertLessEqual(latency["p99"], latency["largest"])

    def test_late_requests_count_from_when_they_were_due(self):
        stall = threading.Event()

        def answer(number, body):
            if number == 30:
                stall.wait(0.5)
            return OK % 1

        with Server(answer) as server:
            report = json.loads(load(server.address, "--rate", "400", "--json").stdout)
        # A quarter of what was due in the stall had to wait; a closed loop would see one request.
        self.assertGreater(report["latency_us"]["p90"], 50_000)

    def test_speaks_tls(self):
        openssl = shutil.which("openssl")
        if openssl is None:
            self.skipTest("openssl is not installed")
        with tempfile.TemporaryDirectory() as directory:
            certificate = os.path.join(directory, "certificate.pem")
            subprocess.run([openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=test",
                            "-keyout", certificate, "-out", certificate + ".crt"],
                           check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate + ".crt", certificate)
        with Server(lambda number, body: OK % 1, context=context) as server:
            self.assert_right(load(server.address, "--tls", "--depth", "4"))
            self.assert_wrong(load(server.address), "the server sent no whole reply")


class BulkTest(unittest.TestCase):
    def setUp(self):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".tokens")
        self.file.write("".join(f"token{number}\n" for number in range(100)))
        self.file.flush()
        self.arguments = ("--tokens", self.file.name, "--bulk", "10")

    def tearDown(self):
        self.file.close()

    @staticmethod
    def verdicts(body):
        return b"".join(b'{"token":"%s"}\n' % line for line in body.splitlines())

    def test_takes_verdicts_however_they_are_cut_into_chunks(self):
        with Server(lambda number, body: chunked(self.verdicts(body), 1 + number % 40),
                    piece=11) as server:
            process = load(server.address, *self.arguments, requests=100)
        self.assertEqual((process.returncode, process.stderr), (0, ""))

    def test_refuses_verdicts_of_other_tokens_missing_and_surplus_ones(self):
        for change in (lambda right: right.replace(b"token3", b"token4"),
                       lambda right: right[:-1],
                       lambda right: right + b"\n"):
            def answer(number, body, change=change):
                right = self.verdicts(body)
                return chunked(change(right) if number > 50 else right, 64)
            with Server(answer) as server:
                process = load(server.address, *self.arguments, requests=100)
            self.assertIn("expected", process.stderr)
            self.assertEqual(process.returncode, 1)

    def test_refuses_chunks_whose_size_is_not_exactly_a_line(self):
        for wrong in (b"\n", b"\r\r\n", b"\r", b" \r\n", b";a\r\n"):
            def answer(number, body, wrong=wrong):
                right = chunked(self.verdicts(body), 64)
                return right.replace(b"40\r\n", b"40" + wrong, 1) if number > 50 else right
            with self.subTest(wrong), Server(answer) as server:
                process = load(server.address, *self.arguments, requests=100)
                self.assertIn("expected", process.stderr)
                self.assertEqual(process.returncode, 1)
        no_size = CHUNKED + b"\r\n0\r\n\r\n"
        with Server(lambda number, body: no_size if number > 50 else
                    chunked(self.verdicts(body), 64)) as server:
            process = load(server.address, *self.arguments, requests=100)
        self.assertEqual(process.returncode, 1)


class HttpFloorTest(unittest.TestCase):
    def test_answers_each_request_once_however_it_arrives(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "floor.sock")
            floor = subprocess.Popen([HTTP_FLOOR, "unix:" + path])
            self.addCleanup(floor.wait)
            self.addCleanup(floor.terminate)
            self.assert_answers(path)
            process = load("unix:" + path, "--depth", "16")
            self.assertEqual((process.returncode, process.stderr), (0, ""))

    def assert_answers(self, path):
        requests = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 3
        replies = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" * 3
        for piece in (1, 2, 3, 5, len(requests)):
            with self.connect(path) as client:
                for at in range(0, len(requests), piece):
                    client.sendall(requests[at:at + piece])
                client.shutdown(socket.SHUT_WR)
                self.assertEqual(client.makefile("rb").read(), replies)

    @staticmethod
    def connect(path):
        for _ in range(500):
            client = socket.socket(socket.AF_UNIX)
            try:
                client.connect(path)
                return client
            except OSError:
                client.close()
                time.sleep(0.02)
        raise AssertionError("http_floor does not listen")


class CompareTest(unittest.TestCase):
    def setUp(self):
        if len(os.sched_getaffinity(0)) < 2:
            self.skipTest("server and client need a core each")

    def test_prints_a_row_for_each_server(self):
        process = subprocess.run(
            [sys.executable, COMPARE, BUILD, "--only", "rate", "--rounds", "1", "--seconds", "0.1",
             "--tokens", "100"], capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(process.stderr, "")
        for row in ("| http_floor", "| simdjwtd"):
            self.assertIn(row, process.stdout)


if __name__ == "__main__":
    unittest.main()
