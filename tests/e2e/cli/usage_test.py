# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The command line itself: help, version, contradictions, and output that nobody gets."""

import subprocess
import unittest

from support import PROGRAM, CliTestCase, forge

COMMANDS = ("verify", "decode", "sign", "keygen", "jwks", "status-list", "completion", "registry",
            "account", "server", "token", "secret", "client", "refresh", "admin-token", "audit",
            "usage", "explain")


class Help(CliTestCase):
    def test_of_the_program_lists_the_commands(self):
        outcome = self.run_program("--help")
        self.assertEqual((outcome.status, outcome.err), (0, ""))
        for command in COMMANDS:
            self.assertIn("\n  " + command, outcome.out)

    def test_of_each_command_has_examples_and_fits_the_screen(self):
        for command in COMMANDS:
            outcome = self.run_program(command, "--help")
            self.assertEqual((outcome.status, outcome.err), (0, ""))
            self.assertIn("Usage: simdjwt " + command, outcome.out)
            self.assertRegex(outcome.out, r"\nExamples?\b.*:\n(  .*\n)*  .*\bsimdjwt " + command)
            self.assertLessEqual(max(map(len, outcome.out.splitlines())), 80)

    def test_never_offers_a_secret_on_the_command_line(self):
        for command in COMMANDS:
            self.assertNotRegex(self.run_program(command, "--help").out, r"--(secret|key|jwk) ")

    def test_version_shows_one_kernel_family_a_line(self):
        outcome = self.run_program("--version")
        self.assertEqual(outcome.status, 0)
        lines = outcome.out.splitlines()
        self.assertRegex(lines[0], r"\Asimdjwt \d+\.\d+\.\d+\Z")
        self.assertEqual([line.split()[0] for line in lines[1:]],
                         ["base64url", "sha256", "sha512", "json", "polyval", "rsa"])
        for line in lines[1:]:
            self.assertRegex(line, r"\A  \w+ +(\S+) \(of (.*, )?\1(, .*)?\)\Z")


class Contradictions(CliTestCase):
    def test_signature_only_excludes_every_claim_check(self):
        for option, value in (("--iss", "a"), ("--aud", "a"), ("--typ", "a"), ("--require", "a"),
                              ("--max-age", "1"), ("--leeway", "1")):
            self.assert_fails(self.verify("--signature-only", option, value, forge({})),
                              "--signature-only and " + option + " exclude each other")

    def test_one_source_of_tokens(self):
        self.assert_fails(self.verify("--token-file", "x", forge({})),
                          "TOKEN and --token-file exclude each other")

    def test_unusable_values(self):
        for args, message in (
                (["--leeway", "601"], "the leeway is 601 s, not 0 to 600 s"),
                (["--leeway", "-1"], "the leeway is -1 s, not 0 to 600 s"),
                (["--leeway", "x"], '--leeway: "x" is no duration'),
                (["--max-age", "0"], "the maximum age is 0 s"),
                (["--iss", ""], "an expected iss is empty"),
                (["--aud", ""], "an expected aud is empty"),
                (["--typ", ""], "an expected typ is empty"),
                (["--require", ""], "a rule names no claim"),
                (["--iss", "a", "--iss", ""], "an expected iss is empty"),
                (["--token-file", ""], "--token-file: names no file"),
                (["--iss"], "--iss"),
                (["--unknown"], "--unknown")):
            self.assert_fails(self.verify(*args, stdin=forge({})), message)
        for option in ("--secret-file", "--jwk-file", "--key-file", "--ca-file"):
            self.assert_fails(self.run_program("verify", option, "", "--alg", "HS256", "a"),
                              option + ": names no file")
        for option, message in (("--jwks-url", "--jwks-url"), ("--issuer", "an expected iss is empty")):
            self.assert_fails(self.run_program("verify", option, "", "--alg", "HS256", "a"), message)
        self.assert_fails(self.run_program("verify", "--jwk-file", self.key, "--alg", "", "a"),
                          "--alg")
        for now in ("-1", "soon", "", "253402300800", "0x10", "1.5"):
            self.assert_fails(self.run_program("verify", "--jwk-file", self.key, "--now", now, "a"),
                              '--now: "%s" is no time' % now)

    def test_usage_errors_point_to_help(self):
        self.assert_fails(self.run_program(),
                          "a command is needed: verify, decode, sign, keygen, jwks or token\n"
                          "simdjwt --help tells how to use it.\n")
        self.assert_fails(self.run_program("verify", "a", "b"),
                          "simdjwt verify --help tells how to use it.\n")
        self.assert_fails(self.run_program("frobnicate"), "frobnicate")


class Output(CliTestCase):
    def invocations(self):
        token = forge({"sub": "a"})
        key = ["--secret-file", self.secret, "--alg", "HS256"]
        return (["--version"], ["--help"], ["verify", *key, token], ["verify", *key, "--json", token],
                ["verify", *key], ["decode", token], ["sign", *key, "--count", "10000"], ["keygen"])

    def test_a_full_disk_is_reported(self):
        for args in self.invocations():
            with open("/dev/full", "wb") as full:
                process = subprocess.run([PROGRAM, *args], stdout=full, stderr=subprocess.PIPE,
                                         input=(forge({}) + "\n").encode() * 2, check=False)
            self.assertEqual(process.returncode, 2, args)
            self.assertIn(b"standard output: No space left on device\n", process.stderr)

    def test_a_reader_who_left_is_reported(self):
        args = [PROGRAM, "sign", "--secret-file", self.secret, "--alg", "HS256", "--count", "10000"]
        with subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.readline()
            process.stdout.close()
            error = process.stderr.read()
        self.assertEqual(process.returncode, 2)
        self.assertEqual(error, b"simdjwt sign: standard output: Broken pipe\n")

    def test_a_closed_standard_output_is_reported(self):
        process = subprocess.run(["sh", "-c", '"$0" keygen >&-', PROGRAM], stderr=subprocess.PIPE,
                                 check=False)
        self.assertEqual(process.returncode, 2)
        self.assertIn(b"standard output: Bad file descriptor", process.stderr)


if __name__ == "__main__":
    unittest.main()
