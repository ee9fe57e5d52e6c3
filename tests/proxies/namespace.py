# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""A machine of one's own: the calling program goes on in a network of its own with an empty /run.

So the proxies can be given their files as they stand, ports and paths included.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys

INSIDE = "SIMDJWT_TEST_NAMESPACE"
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def unshare_command():
    """Root needs no user namespace, in which it could not become the proxies' users."""
    as_user = [] if os.geteuid() == 0 else ["--map-current-user", "--keep-caps"]
    return ["unshare", *as_user, "--net", "--mount"]


def is_permitted():
    return shutil.which("unshare") is not None and subprocess.run(
        [*unshare_command(), "true"], capture_output=True, check=False).returncode == 0


def raise_loopback():
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def enter():
    """Restarts the program within, or says why that is not to be and ends it."""
    if INSIDE in os.environ:
        raise_loopback()
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
        return
    if not is_permitted():
        print("skipped: this machine permits no namespaces (unshare --net --mount)")
        sys.exit(0)
    os.environ[INSIDE] = "1"
    command = [*unshare_command(), sys.executable, *sys.argv]
    os.execvp(command[0], command)
