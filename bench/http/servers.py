# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The servers that compare measures: how each is started, and what it must answer."""

import dataclasses
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import time

PEERS = pathlib.Path(__file__).resolve().parent / "peers"
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
FAST_JWT = "6.3.6"


class NotInstalled(Exception):
    """Names what to install."""


class Unable(Exception):
    """Says why a server cannot be measured."""


def find_tool(name, package):
    path = shutil.which(name, path=PATH)
    if path is None:
        raise NotInstalled(package)
    return path


def demand_file(pattern, package):
    """Demands that a file of this package exists."""
    if not list(pathlib.Path("/").glob(pattern.lstrip("/"))):
        raise NotInstalled(package)


@dataclasses.dataclass
class Listen:
    """Where a server is to listen: kind is "tcp", "tls" or "unix"."""

    kind: str
    port: int = 0
    path: str = ""

    @classmethod
    def free(cls, kind, directory, name):
        if kind == "unix":
            return cls(kind, path=str(directory / f"{name}.sock"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return cls(kind, port=probe.getsockname()[1])

    @property
    def address(self):
        """As http_load, http_floor and simdjwtd name it."""
        return f"unix:{self.path}" if self.kind == "unix" else f"127.0.0.1:{self.port}"

    def connect(self):
        if self.kind == "unix":
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(10)
            connection.connect(self.path)
            return connection
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)


class Server:
    """One way to answer a check. `command` may raise NotInstalled or Unable."""

    kinds = ("tcp",)
    path = "/check"
    checks_tokens = True

    def __init__(self, name):
        self.name = name

    def command(self, listen, bench):
        raise NotImplementedError

    def fill(self, template, listen, bench):
        """Writes one of the peers' configurations with its @WORDS@ filled in."""
        words = {"DIRECTORY": str(bench.directory), "PEERS": str(PEERS), "SECRET": bench.secret,
                 "LISTEN": self.listen_words(listen), "TLS": ""}
        if listen.kind == "tls":
            words["TLS"] = (f"ssl_certificate {bench.certificate}; "
                            f"ssl_certificate_key {bench.certificate_key};")
        text = (PEERS / template).read_text()
        for word, value in words.items():
            text = text.replace(f"@{word}@", value)
        return bench.write(f"{listen.port}-{template}", text)

    @staticmethod
    def listen_words(listen):
        return listen.address


class Floor(Server):
    kinds = ("tcp", "unix")
    checks_tokens = False

    def command(self, listen, bench):
        return [bench.program("bench/http/http_floor"), listen.address]


class Simdjwtd(Server):
    kinds = ("tcp", "unix", "tls")
    path = "/check/nginx/default"

    def __init__(self, name, io="auto"):
        super().__init__(name)
        self.io = io

    def command(self, listen, bench):
        tls = ""
        if listen.kind == "tls":
            tls = (f"tls_certificate = {json.dumps(str(bench.certificate))}\n"
                   f"tls_key = {json.dumps(str(bench.certificate_key))}\n")
        config = bench.write(f"simdjwtd-{listen.kind}-{listen.port}-{self.io}.toml", f"""
[[listen]]
address = {json.dumps(listen.address)}
{tls}
[policy.default]
jwks_file = {json.dumps(str(bench.jwk))}
algorithms = ["HS256"]
iss = false
aud = false
typ = false
exp = "required"
[limits]
connections = 16384
""")
        command = [bench.program("tools/simdjwtd"), "--config", config]
        return command if self.io == "auto" else command + [f"--io={self.io}"]


class Nginx(Server):
    """nginx with one of the configurations in peers/."""

    def __init__(self, name, template, module=None, package="nginx", checks_tokens=True):
        super().__init__(name)
        self.template, self.module, self.package = template, module, package
        self.checks_tokens = checks_tokens
        self.kinds = ("tcp",) if checks_tokens else ("tcp", "unix", "tls")

    def command(self, listen, bench):
        program = find_tool("nginx", "nginx")
        if self.module:
            demand_file(f"usr/lib/nginx/modules/{self.module}", self.package)
        if self.template == "nginx_lua.conf":
            demand_file("usr/lib/*/lua/5.1/cjson.so", "lua-cjson")
        return [program, "-p", str(bench.directory), "-e", "stderr",
                "-c", self.fill(self.template, listen, bench)]

    @staticmethod
    def listen_words(listen):
        return listen.address + (" ssl" if listen.kind == "tls" else "")


class Haproxy(Server):
    def command(self, listen, bench):
        program = find_tool("haproxy", "haproxy")
        return [program, "-db", "-f", self.fill("haproxy.cfg", listen, bench)]


class Go(Server):
    """Built once into the build directory, from Debian's packages alone."""

    def command(self, listen, bench):
        program = bench.build / "bench" / "http" / "check_go"
        source = PEERS / "check.go"
        if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
            go = find_tool("go", "golang-go")
            demand_file("usr/share/gocode/src/github.com/golang-jwt/jwt/parser.go",
                        "golang-github-golang-jwt-jwt-dev")
            built = subprocess.run(
                [go, "build", "-o", str(program), str(source)], capture_output=True, text=True,
                env=dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode",
                         GOFLAGS="", GOPROXY="off", GOCACHE=str(program.parent / "go")),
                check=False)
            if built.returncode != 0:
                raise Unable(built.stderr.strip())
        return [str(program), listen.address]


class Node(Server):
    """fast-jwt comes from npm, into the build directory."""

    def command(self, listen, bench):
        node = find_tool("node", "nodejs")
        folder = bench.build / "bench" / "http" / "node"
        if not (folder / "node_modules" / "fast-jwt").exists():
            npm = find_tool("npm", "npm")
            folder.mkdir(parents=True, exist_ok=True)
            fetched = subprocess.run(
                [npm, "install", "--no-save", "--no-package-lock", "--ignore-scripts",
                 "--no-audit", "--no-fund", "--prefix", str(folder), f"fast-jwt@{FAST_JWT}"],
                capture_output=True, text=True, timeout=120, check=False)
            if fetched.returncode != 0:
                raise NotInstalled(f"fast-jwt {FAST_JWT} (npm)")
        return [node, str(PEERS / "check.mjs"), listen.address, str(folder)]


FLOOR = Floor("http_floor")
SIMDJWTD = Simdjwtd("simdjwtd")
EPOLL = Simdjwtd("simdjwtd --io=epoll", io="epoll")
URING = Simdjwtd("simdjwtd --io=uring", io="uring")
NGINX = Nginx("nginx return 200", "nginx.conf", checks_tokens=False)
LUA = Nginx("nginx + Lua FFI", "nginx_lua.conf", "ngx_http_lua_module.so", "libnginx-mod-http-lua")
NJS = Nginx("nginx + njs", "nginx_njs.conf", "ngx_http_js_module.so", "libnginx-mod-http-js")
HAPROXY = Haproxy("HAProxy jwt_verify")
GO = Go("Go + golang-jwt")
NODE = Node("Node + fast-jwt")
ALL = [FLOOR, SIMDJWTD, NGINX, LUA, HAPROXY, NJS, GO, NODE]


def status_of(listen, path, token=None):
    """The status that a server answers to a request with this token."""
    connection = http.client.HTTPConnection("localhost")
    connection.sock = listen.connect()
    if listen.kind == "tls":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection.sock = context.wrap_socket(connection.sock)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
    status = connection.getresponse().status
    connection.close()
    return status


class Running:
    """A started server, pinned to a core."""

    def __init__(self, server, kind, bench):
        self.server = server
        self.listen = Listen.free(kind, bench.directory, server.name.replace(" ", "-"))
        self.log = bench.directory / "server.log"
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = bench.start(server.command(self.listen, bench), bench.server_core,
                                       stdout=log, stderr=log,
                                       env=dict(os.environ, SECRET=bench.secret))
        try:
            self.wait()
            self.check_answers(bench)
        except (Unable, OSError, http.client.HTTPException) as error:
            self.stop()
            raise Unable(str(error)) from error
        self.pids = self.tree()  # now that whatever process answers has answered

    def wait(self):
        for _ in range(500):
            try:
                return self.listen.connect().close()
            except OSError:
                time.sleep(0.02)
            if self.process.poll() is not None:
                break
        raise Unable(f"does not start: {self.log.read_text().strip()[-500:]}")

    def tree(self):
        """The process and its descendants."""
        pids = [self.process.pid]
        for pid in pids:
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
            pids += [int(child) for child in children.split()]
        return pids

    def check_answers(self, bench):
        """First that it answers right, then how fast."""
        refusal = 401 if self.server.checks_tokens else 200
        for token, deserved in ((bench.tokens[0], 200), (bench.tampered, refusal),
                                (bench.expired, refusal), (None, refusal)):
            status = status_of(self.listen, self.server.path, token)
            if status != deserved:
                raise Unable(f"answers {status} to what deserves {deserved}")

    def cpu_seconds(self):
        ticks = 0
        for pid in self.pids:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def resident_kib(self):
        """Of the memory in use, what is shared counts once for each process."""
        total = 0
        for pid in self.pids:
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            total += int(status.split("VmRSS:")[1].split()[0])
        return total

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
