#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Runs clang-tidy over core, io and tools, some files of a folder at a time.

    tests/tidy/clang_tidy.py build/tidy

Most of clang-tidy's time goes into the headers that the files of a folder share, so up to eight files
are checked as one text: a third of the time in all. Those that do not compile as one, because a name
stands for two things, are checked alone. Findings are told of the files themselves.
"""

import bisect
import concurrent.futures
import itertools
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES_MAX = 8
# The analyzer gives a function up after so many steps; four times as many have found nothing more.
STEPS_MAX = ["-Xclang", "-analyzer-config", "-Xclang", "max-nodes=50000"]


def compile_flags(build):
    """Of each source of ours, as it is compiled into its own library or program."""
    flags = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["file"])
        words = shlex.split(entry["command"])
        output = pathlib.Path(words[words.index("-o") + 1])
        folder = source.relative_to(ROOT).parts[0] if ROOT in source.parents else ""
        if folder in ("core", "io", "tools") and folder == output.parts[0]:
            flags[source.relative_to(ROOT)] = words[1:words.index("-o")]
    return flags


class Text:
    """Some files as one, which knows where each of its lines comes from."""

    def __init__(self, files, path):
        self.files, self.path, self.starts, lines = files, path, [], []
        for file in files:
            self.starts.append(len(lines))
            lines += (ROOT / file).read_text().splitlines()
        path.write_text("\n".join(lines) + "\n")

    def told_of_files(self, output):
        def place(match):
            line = int(match[1]) - 1
            at = bisect.bisect_right(self.starts, line) - 1
            return f"{self.files[at]}:{line - self.starts[at] + 1}:"
        return re.sub(re.escape(str(self.path)) + r":(\d+):", place, output)


def check(files, flags, directory):
    """What clang-tidy finds in the files, or nothing."""
    text = Text(files, directory / "_".join(files[0].with_suffix("").parts + (f"{len(files)}.cc",)))
    run = subprocess.run(["clang-tidy", "--quiet", text.path, "--", *flags[files[0]], *STEPS_MAX],
                         capture_output=True, text=True, check=False)
    if run.returncode == 0:
        return ""
    if len(files) > 1 and "[clang-diagnostic-error]" in run.stdout:
        return "".join(check([file], flags, directory) for file in files)
    return text.told_of_files(run.stdout + run.stderr)


def main():
    build = pathlib.Path(sys.argv[1])
    flags = compile_flags(build)
    directory = (build / "tidy").resolve()
    directory.mkdir(exist_ok=True)
    groups = []
    for _, folder in itertools.groupby(sorted(flags), key=lambda file: file.parent):
        folder = list(folder)
        groups += [folder[i:i + FILES_MAX] for i in range(0, len(folder), FILES_MAX)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = "".join(pool.map(lambda files: check(files, flags, directory), groups))
    print(found or f"{len(flags)} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
