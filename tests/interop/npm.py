# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Packages of npm, which puts them into the build tree when the tests first run."""

import json
import os
import shutil
import subprocess
import sys
import unittest

from exchange import alone_in

NODE = shutil.which("node")
NPM = shutil.which("npm")

# The versions that the tests ask for.
JOSE = "6.2.17"
EXPRESS = "5.3.0"
JSONWEBTOKEN = "9.0.3"
MCP_SDK = "1.32.2"
OPENID_CLIENT = "6.9.0"


def installed_version(folder, package):
    try:
        with open(os.path.join(folder, "node_modules", package, "package.json"),
                  encoding="utf-8") as file:
            return json.load(file)["version"]
    except FileNotFoundError:
        return None


def is_installed(folder, wanted):
    return all(installed_version(folder, name) == version
               for name, version in (each.rsplit("@", 1) for each in wanted))


def require(package, version, *others):
    """The folder that has the package in just this version, and the others, each name@version,
    beside it. Skips the tests where it cannot be."""
    folder = os.path.join(os.environ["INTEROP_NODE_FOLDER"], package)
    wanted = [f"{package}@{version}", *others]
    if NODE is None:
        raise unittest.SkipTest("node not found")
    if is_installed(folder, wanted):
        return folder
    if NPM is None:
        raise unittest.SkipTest("npm not found")
    with alone_in(folder):
        if not is_installed(folder, wanted):
            install(folder, wanted)
    return folder


def require_or_end(*packages):
    """The same for programs that are yet to start their tests: skips them all."""
    try:
        return require(*packages)
    except unittest.SkipTest as skip:
        print(f"skipped: {skip}")
        sys.exit(0)


def install(folder, wanted):
    command = [NPM, "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit",
               "--no-fund", "--fetch-retries=0", "--prefix", folder, *wanted]
    names = " ".join(wanted)
    try:
        process = subprocess.run(command, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        raise unittest.SkipTest(f"npm took too long to install {names}") from None
    if process.returncode != 0:
        raise unittest.SkipTest(f"npm cannot install {names}: {process.stderr.decode().strip()}")
