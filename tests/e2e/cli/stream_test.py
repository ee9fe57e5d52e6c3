# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""simdjwt verify, of files and of streams of tokens."""

import json
import os
import pty
import re
import subprocess
import time
import unittest

from support import NOW, PROGRAM, CliTestCase, forge


class TokenFiles(CliTestCase):
    def verify_file(self, data):
        return self.verify("--token-file", self.write("token", data))

    def test_may_end_in_one_line_end(self):
        token = forge({"sub": "a"}).encode()
        for end in (b"", b"\n", b"\r\n"):
            self.assert_valid(self.verify_file(token + end))

    def test_are_taken_exactly_otherwise(self):
        token = forge({"sub": "a"}).encode()
        for data in (token + b"\n\n", token + b"\r", token + b" \n", b" " + token, b"\n" + token,
                     b"\xef\xbb\xbf" + token, token + b"\n" + token):
            outcome = self.verify_file(data)
            self.assertEqual(outcome.status, 1, data)
            self.assertTrue(outcome.out.startswith("rejected: "), outcome.out)

    def test_can_be_too_long(self):
        for data in (b"a" * 8193, b"a" * 8193 + b"\r\n", b"a" * 1_000_000):
            self.assertIn("rejected: token-too-large", self.verify_file(data).out)
        self.assertIn("rejected: not-compact-jws", self.verify_file(b"a" * 8192 + b"\r\n").out)

    def test_errors_name_the_file(self):
        missing = self.path("missing")
        self.assert_fails(self.verify("--token-file", missing),
                          missing + ": No such file or directory")
        self.assert_fails(self.verify("--token-file", self.folder), ": Is a directory")

    def test_without_a_token_are_empty(self):
        for data in (b"", b"\n", b"\r\n"):
            self.assert_fails(self.verify_file(data), "token: is empty")
            self.assert_fails(self.verify("--token-file", "-", stdin=data),
                              "standard input: is empty")
        self.assertIn("rejected: not-compact-jws", self.verify_file(b"\n\n").out)

    def test_may_be_standard_input(self):
        token = forge({"sub": "a"})
        self.assert_valid(self.verify("--token-file", "-", stdin=token + "\n"))
        # One token, not one a line.
        self.assertEqual(self.verify("--token-file", "-", stdin=token + "\n" + token).status, 1)


class SingleLines(CliTestCase):
    def test_print_like_a_single_token(self):
        token = forge({"sub": "a"})
        alone = self.verify(token)
        for stdin in (token, token + "\n", token + "\r\n", "\n\r\n" + token + "\n\n"):
            outcome = self.verify(stdin=stdin)
            self.assert_valid(outcome)
            self.assertEqual(outcome.out, alone.out)
        self.assert_valid(self.verify("-", stdin=token))

    def test_have_a_line_number_as_json(self):
        [result] = self.verify_json(stdin="\n" + forge({}))
        self.assertEqual((result["line"], result["valid"]), (2, True))

    def test_no_line_is_an_error(self):
        for stdin in ("", "\n", "\n\r\n\n"):
            self.assert_fails(self.verify(stdin=stdin), "standard input: holds no token")
            self.assert_fails(self.verify("--json", stdin=stdin), "standard input: holds no token")


class Streams(CliTestCase):
    def test_all_valid(self):
        outcome = self.verify(stdin=(forge({"sub": "a"}) + "\n") * 3)
        self.assertEqual((outcome.status, outcome.err), (0, ""))
        self.assertRegex(outcome.out, r"\A3 tokens: 3 valid, 0 rejected\n"
                                      r"verified in [0-9.e+-]+ ms on one core: [0-9,]+ tokens/s\n\Z")

    def test_say_of_each_rejection_where_and_why(self):
        good, bad = forge({"sub": "a"}), forge({"exp": 5})
        lines = [good, "", bad, "x.y", good + "\r", "a" * 300_000, bad, good[:-2]]
        expired = ("line %d: rejected: expired, claim-missing: claim exp; "
                   "expected later than 2026-11-23 10:00:00 UTC (now); "
                   "found 1970-01-01 00:00:05 UTC, about 56.9 years ago")
        outcome = self.verify("--require", "sub", stdin="\n".join(lines))
        self.assertEqual(outcome.status, 1)
        self.assertEqual(outcome.out.splitlines()[:-1], [
            expired % 3,
            "line 4: rejected: not-compact-jws: expected three parts, none empty, separated by two "
            "dots; found 2 parts",
            "line 6: rejected: token-too-large: expected at most 8,192 characters; found more",
            expired % 7,
            "line 8: rejected: bad-base64url: expected base64url: A to Z, a to z, 0 to 9, - and _, "
            "without padding; found a part of impossible length, or with unused bits that are not "
            "zero",
            "7 tokens: 2 valid, 5 rejected",
            "  token-too-large          1",
            "  not-compact-jws          1",
            "  bad-base64url            1",
            "  expired                  2"])

    def test_json_has_one_object_a_line(self):
        lines = [forge({"sub": "a"}), "", forge({"exp": 5}), "a" * 9000]
        outcome = self.verify("--json", stdin="\r\n".join(lines))
        self.assertEqual(outcome.status, 1)
        results = [json.loads(line) for line in outcome.out.splitlines()]
        self.assertEqual([(result["line"], result["verdict"]) for result in results],
                         [(1, "valid"), (3, "expired"), (4, "token-too-large")])
        self.assertEqual(results[1]["found"], 5)

    def test_ten_thousand_tokens(self):
        count, period = 10_000, 1000
        lines = [forge({
  "sub" : str(i), "exp" : NOW - 1 if i % period == 0 else NOW + 1})
                 for i in range(count)]
        outcome = self.verify(stdin="\n".join(lines) + "\n")
        self.assertEqual(outcome.status, 1)
        self.assertEqual([line.split(": claim ")[0] for line in outcome.out.splitlines()
                          if line.startswith("line ")],
                         ["line %d: rejected: expired" % (i + 1) for i in range(0, count, period)])
        self.assertIn("10,000 tokens: 9,990 valid, 10 rejected\n", outcome.out)
        results = [json.loads(line)
                   for line in self.verify("--json", stdin="\n".join(lines)).out.splitlines()]
        self.assertEqual([(result["line"], result["valid"]) for result in results],
                         [(i + 1, i % period != 0) for i in range(count)])

    def test_lengths_around_the_limit_and_the_buffer(self):
        lengths = [8191, 8192, 8193, 8194, 8195, 8196, 262_143, 262_144, 262_145]
        for end in ("\n", "\r\n"):
            stdin = "".join("a" * length + end for length in lengths)
            outcome = self.verify("--json", stdin=stdin)
            verdicts = [json.loads(line)["verdict"] for line in outcome.out.splitlines()]
            self.assertEqual(verdicts, ["not-compact-jws" if length <= 8192 else "token-too-large"
                                        for length in lengths])

    def test_memory_is_bounded(self):
        # 200 MB: one endless line, a valid one behind it, and a flood of empty ones.
        args = [PROGRAM, "verify", "--secret-file", self.secret, "--alg", "HS256", "--json"]
        with subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            for _ in range(100):
                process.stdin.write(b"a" * 1_000_000)
            process.stdin.write(b"\n" + forge({}).encode() + b"\n")
            for _ in range(100):
                process.stdin.write(b"\n" * 1_000_000)
            process.stdin.flush()
            with open("/proc/%d/status" % process.pid, encoding="ascii") as status:
                peak_kilobytes = int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1))
            process.stdin.close()
            lines = [json.loads(line) for line in process.stdout]
        self.assertEqual([(line["line"], line["verdict"]) for line in lines],
                         [(1, "token-too-large"), (2, "valid")])
        if not os.environ.get("SIMDJWT_SANITIZE"):
            self.assertLess(peak_kilobytes, 64 * 1024)

    def test_answer_while_the_stream_goes_on(self):
        args = [PROGRAM, "verify", "--secret-file", self.secret, "--alg", "HS256", "--json"]
        with subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            for number in range(1, 4):
                process.stdin.write(forge({}).encode() + b"\n")
                process.stdin.flush()
                self.assertEqual(json.loads(process.stdout.readline())["line"], number)
            process.stdin.close()
        self.assertEqual(process.returncode, 0)


class Progress(CliTestCase):
    def stderr_of_slow_stream(self, seconds):
        """What a terminal at standard error gets to see."""
        terminal, stderr = pty.openpty()
        args = [PROGRAM, "verify", "--secret-file", self.secret, "--alg", "HS256"]
        with subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=stderr) as process:
            process.stdin.write((forge({}) + "\n").encode() * 2)
            process.stdin.flush()
            time.sleep(seconds)
            process.stdin.write((forge({}) + "\n").encode())
            process.stdin.close()
            summary = process.stdout.read()
        os.close(stderr)
        self.addCleanup(os.close, terminal)
        self.assertTrue(summary.startswith(b"3 tokens: 3 valid"), summary)
        try:
            return os.read(terminal, 4096)
        except OSError:  # EIO: nothing was written and the other side is closed
            return b""

    def test_shows_after_a_second(self):
        seen = self.stderr_of_slow_stream(1.3)
        self.assertIn(b"3 tokens", seen)
        self.assertTrue(seen.endswith(b"\r\x1b[K"), seen)  # and goes away

    def test_does_not_show_before(self):
        self.assertEqual(self.stderr_of_slow_stream(0.1), b"")


if __name__ == "__main__":
    unittest.main()
