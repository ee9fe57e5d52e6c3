# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Packages of npm, which puts them into the build tree when the tests first run."""

import json
import os
import shutil
import subprocess
import unittest

NODE = shutil.which("node")
NPM = shutil.which("npm")


def installed_version(folder, package):
    try:
        with open(os.path.join(folder, "node_modules", package, "package.json"),
                  encoding="utf-8") as file:
            return json.load(file)["version"]
    except FileNotFoundError:
        return None


def require(package, version):
    """The folder that has the package in just this version. Skips the tests where it cannot be."""
    folder = os.path.join(os.environ["INTEROP_NODE_FOLDER"], package)
    if NODE is None:
        raise unittest.SkipTest("node not found")
    if installed_version(folder, package) == version:
        return folder
    if NPM is None:
        raise unittest.SkipTest("npm not found")
    os.makedirs(folder, exist_ok=True)
    command = [NPM, "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit",
               "--no-fund", "--fetch-retries=0", "--prefix", folder, f"{package}@{version}"]
    try:
        process = subprocess.run(command, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        raise unittest.SkipTest(f"npm took too long to install {package} {version}") from None
    if process.returncode != 0:
        raise unittest.SkipTest(
            f"npm cannot install {package} {version}: {process.stderr.decode().strip()}")
    return folder
