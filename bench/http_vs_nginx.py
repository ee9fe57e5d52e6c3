#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""simdjwtd, which checks a token on every request, beside nginx, which checks nothing.

Both serve the same wrk (one thread, 64 connections) with the same requests, each with a token of
its own, on one core; wrk has another. They take turns, so that the noise of the machine hits both.
nginx answers `return 200`. Prints requests per second and the CPU time that a request costs the
server (user and system, from /proc), which is the steadier of the two.

  bench/http_vs_nginx.py build/release/tools/simdjwtd [--rounds 7] [--seconds 3]
"""
import argparse
import base64
import hashlib
import hmac
import http.client
import json
import os
import platform
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

ISSUER, AUDIENCE = "https://issuer.example.com", "https://api.example.com"

WRK_SCRIPT = """
local requests, num_requests, next = {}, 0, 0
for token in io.lines("%s") do
  num_requests = num_requests + 1
  requests[num_requests] = "GET /verify/default HTTP/1.1\\r\\nHost: bench\\r\\nAuthorization: Bearer " ..
                           token .. "\\r\\n\\r\\n"
end
request = function()
  next = next %% num_requests + 1
  return requests[next]
end
"""

NGINX_CONFIG = """
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  server {{
    listen 127.0.0.1:{port} reuseport;
    location = /verify/default {{ return 200; }}
  }}
}}
"""

SIMDJWTD_CONFIG = """
[[listen]]
address = "127.0.0.1:{port}"
[policy.default]
jwks_file = "keys.json"
iss = "{issuer}"
aud = "{audience}"
typ = "JWT"
exp = "required"
"""


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make_token(secret, index, now):
    header = {"alg": "HS256", "typ": "JWT", "kid": "bench"}
    claims = {"iss": ISSUER, "sub": f"user-{index}", "aud": AUDIENCE, "jti": str(uuid.uuid4()),
              "iat": now, "nbf": now, "exp": now + 86400}
    text = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode())
                    for part in (header, claims))
    return text + "." + base64url(hmac.new(secret, text.encode(), hashlib.sha256).digest())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def status_of(port, token=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/verify/default",
                       headers={"Authorization": f"Bearer {token}"} if token else {})
    return connection.getresponse().status


def wait_for(port):
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
    sys.exit(f"nothing listens on port {port}")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Server:
    """A server pinned to a core. `pid` is the process that does the work."""

    def __init__(self, name, port, command, cpu):
        self.name, self.port = name, port
        self.process = subprocess.Popen(["taskset", "-c", str(cpu)] + command,
                                        stderr=subprocess.DEVNULL)
        wait_for(port)
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(children) as listed:  # nginx works in a child
            self.pid = int((listed.read().split() or [self.process.pid])[0])
        self.rates, self.costs = [], []

    def measure(self, script, seconds, connections, cpu):
        before = cpu_seconds(self.pid)
        output = subprocess.run(
            ["taskset", "-c", str(cpu), "wrk", "-t1", f"-c{connections}", f"-d{seconds}",
             "-s", script, f"http://127.0.0.1:{self.port}/verify/default"],
            capture_output=True, text=True, check=True).stdout
        spent = cpu_seconds(self.pid) - before
        if "Non-2xx" in output or "Socket errors" in output:
            sys.exit(f"{self.name} did not answer 200 to everything:\n{output}")
        num_requests = int(re.search(r"(\d+) requests in", output).group(1))
        self.rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1)))
        self.costs.append(spent / num_requests * 1e6)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def cpu_model():
    with open("/proc/cpuinfo") as info:
        return re.search(r"model name\s*: (.*)", info.read()).group(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("simdjwtd", help="the program to measure, of a release build")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--tokens", type=int, default=10000)
    parser.add_argument("--server-cpu", type=int, default=0)
    parser.add_argument("--client-cpu", type=int, default=1)
    options = parser.parse_args()

    for tool in ("wrk", "nginx", "taskset"):
        path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
        if not shutil.which(tool, path=path):
            print(f"SKIPPED: {tool} is not installed")
            return
    if os.cpu_count() < 2:
        print("SKIPPED: server and client need a core each")
        return

    with tempfile.TemporaryDirectory() as directory:
        secret, now = secrets.token_bytes(32), int(time.time())
        tokens = [make_token(secret, index, now) for index in range(options.tokens)]

        def write(name, text):
            path = os.path.join(directory, name)
            with open(path, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
                file.write(text)
            return path

        script = write("requests.lua", WRK_SCRIPT % write("tokens", "\n".join(tokens) + "\n"))
        write("keys.json", json.dumps({"kty": "oct", "kid": "bench", "alg": "HS256",
                                       "k": base64url(secret)}))
        ports = free_port(), free_port()
        config = write("simdjwtd.toml", SIMDJWTD_CONFIG.format(port=ports[0], issuer=ISSUER,
                                                               audience=AUDIENCE))
        nginx_config = write("nginx.conf", NGINX_CONFIG.format(port=ports[1],
                                                               directory=directory))
        nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        ours = Server("simdjwtd", ports[0], [options.simdjwtd, "--config", config],
                      options.server_cpu)
        theirs = Server("nginx return 200", ports[1],
                        [nginx, "-c", nginx_config, "-p", directory], options.server_cpu)
        try:
            # First that it answers right, then how fast.
            tampered = tokens[0][:-10] + ("A" if tokens[0][-10] != "A" else "B") + tokens[0][-9:]
            for token, expected in ((tokens[0], 200), (tampered, 401), (None, 401)):
                if status_of(ours.port, token) != expected:
                    sys.exit(f"simdjwtd does not answer {expected}")
            for _ in range(options.rounds):
                for server in (ours, theirs):
                    server.measure(script, options.seconds, options.connections,
                                   options.client_cpu)
        finally:
            ours.stop()
            theirs.stop()

    print(f"{cpu_model()}, Linux {platform.release()}, load {os.getloadavg()[0]:.1f}; "
          f"wrk -t1 -c{options.connections}, {options.tokens} distinct tokens of "
          f"{len(tokens[0])} characters, {options.rounds} rounds of {options.seconds} s")
    print(f"{'':18} {'requests/s':>12} {'(min to max)':>20} {'CPU us/request':>15}")
    for server in (ours, theirs):
        spread = f"{min(server.rates):,.0f} to {max(server.rates):,.0f}"
        print(f"{server.name:18} {statistics.median(server.rates):12,.0f} {spread:>20} "
              f"{statistics.median(server.costs):15.2f}")
    rate = statistics.median(a / b for a, b in zip(ours.rates, theirs.rates))
    cost = statistics.median(a / b for a, b in zip(ours.costs, theirs.costs))
    print(f"{'ratio':18} {rate:12.2f} {'(median of rounds)':>20} {cost:15.2f}")


if __name__ == "__main__":
    main()
