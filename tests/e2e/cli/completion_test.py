# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Shells complete the command line by the scripts that it prints, run by the shells themselves."""

import os
import re
import shutil
import subprocess
import unittest

from support import PROGRAM, CliTestCase

# What zsh has for its own completion, replaced by what prints what it is given.
ZSH = """
compdef() { :; }
_files() { print FILES; }
_describe() { print -l -- "${(@P)2%%%%:*}"; }
source %s
words=(%s)
CURRENT=${#words}
_simdjwt
"""


class Completion(CliTestCase):
    """A shell's test case derives from this, and defines
      candidates(script, line)   what the shell offers for the last word of the line
    """

    shell = None

    def setUp(self):
        super().setUp()
        if shutil.which(self.shell) is None:
            self.skipTest(self.shell + " not found")
        outcome = self.run_program("completion", self.shell)
        self.assertEqual((outcome.status, outcome.err), (0, ""))
        self.script = self.write("script", outcome.out.encode())
        subprocess.run([self.shell, "-n", self.script], check=True, timeout=60)

    def run_shell(self, *args, stdin=""):
        process = subprocess.run([self.shell, *args], input=stdin.encode(), capture_output=True,
                                 timeout=60, check=False, cwd=self.folder,
                                 env={**os.environ, "HOME": self.folder})
        self.assertEqual(process.stderr.decode(), "")
        return process.stdout.decode().split("\n")[:-1]

    def offered(self, line):
        """Those of the candidates that begin as the last word does: zsh and fish look further."""
        last = line.split(" ")[-1]
        return sorted(word for word in self.candidates(self.script, line)
                      if word.startswith(last))

    def names_in_help(self, *command):
        """Options and commands."""
        text = self.run_program(*command, "--help").out
        return set(re.findall(r"^  (-h,)?(--[a-z-]+)", text, re.M))

    def test_of_commands(self):
        self.assertEqual(self.offered("simdjwt veri"), ["verify"])
        self.assertEqual(self.offered("simdjwt token re"), ["revoke"])
        self.assertIn("create", self.offered("simdjwt account "))
        self.assertEqual(self.offered("simdjwt nonsense"), [])

    def test_of_options(self):
        self.assertEqual(self.offered("simdjwt token create --desc"), ["--description"])
        self.assertEqual(self.offered("simdjwt token create --server api --exp"),
                         ["--expires-at", "--expires-in"])
        self.assertEqual(self.offered("simdjwt token list --desc"), [])
        for command in (("verify",), ("token", "create"), ("explain",), ("jwks", "convert")):
            wanted = sorted(name for _, name in self.names_in_help(*command))
            self.assertEqual(self.offered(" ".join(("simdjwt", *command, "--"))), wanted)

    def test_of_values(self):
        self.assertEqual(self.offered("simdjwt token create --description cr"), [])
        self.check_files("simdjwt verify --token-file ")

    def check_files(self, line):
        self.assertIn("key.jwk", self.offered(line))


class Bash(Completion):
    shell = "bash"

    def candidates(self, script, line):
        return self.run_shell("--norc", stdin=f"""
            source {script}
            COMP_WORDS=({line}{" ''" if line.endswith(" ") else ""})
            COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
            _simdjwt
            printf '%s\\n' "${{COMPREPLY[@]}}"
            """)


class Zsh(Completion):
    shell = "zsh"

    def candidates(self, script, line):
        words = line + (" ''" if line.endswith(" ") else "")
        return self.run_shell("-f", stdin=ZSH % (script, words))

    def check_files(self, line):
        self.assertEqual(self.offered(line), ["FILES"])


class Fish(Completion):
    shell = "fish"

    def candidates(self, script, line):
        lines = self.run_shell("--no-config", "-c", f"source {script}; complete -C '{line}'")
        return [each.split("\t")[0] for each in lines]


class Shells(CliTestCase):
    def test_without_a_script_are_refused(self):
        for arguments in ((), ("csh",)):
            self.assert_fails(self.run_program("completion", *arguments),
                              "A subcommand is required")

    def test_find_the_scripts_of_an_installation(self):
        folder = os.path.join(os.path.dirname(PROGRAM), "completions")
        for shell in ("bash", "zsh", "fish"):
            with open(os.path.join(folder, shell), encoding="ascii") as file:
                self.assertEqual(file.read(), self.run_program("completion", shell).out)


del Completion  # it is no test itself
if __name__ == "__main__":
    unittest.main()
