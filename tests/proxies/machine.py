# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""What stands around a proxy: the daemon behind a listener-in, a backend, the proxy's process."""

import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from support import jwk, to_bytes  # of tests/e2e/cli

PROGRAM = os.environ["SIMDJWTD"]
INTEGRATIONS = os.environ["SIMDJWT_INTEGRATIONS"]
CHECK_SOCKET = "/run/simdjwtd/check.sock"
DAEMON_PORT = 8080
BACKEND_PORT = 3000
SITE_PORT = 8000
PATIENCE_SECONDS = 30


def wait_for(condition, what):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(0.01)


def answers(address, family):
    with socket.socket(family) as probe:
        return probe.connect_ex(address) == 0


class Process:
    """A program that runs until stopped, and whose output is kept."""

    def __init__(self, *command, **options):
        self.name = command[0]
        self.log = tempfile.TemporaryFile("a+b")  # it writes at the end, whatever was read
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=subprocess.STDOUT, **options)

    def output(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def wait_for(self, condition):
        def ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended\n{self.output()}")
            return condition()
        wait_for(ready, self.name)

    def stop(self):
        """Its exit status, and all it has printed."""
        self.process.terminate()
        status = self.process.wait(timeout=PATIENCE_SECONDS)
        output = self.output()
        self.log.close()
        return status, output


def accepted(listener):
    """Its connections, until it is shut down."""
    while True:
        try:
            yield listener.accept()[0]
        except OSError:
            return


class Relay:
    """Sits on the daemon's unix socket and passes everything on, noting what the proxy sent."""

    def __init__(self):
        self.connections = []  # of each, the bytes the proxy sent
        os.makedirs(os.path.dirname(CHECK_SOCKET), exist_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(CHECK_SOCKET + ".relay")
        os.chmod(CHECK_SOCKET + ".relay", 0o666)
        self.listener.listen(128)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        """The thread that accepts ends with its listener."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.unlink(CHECK_SOCKET + ".relay")

    @staticmethod
    def enter():
        os.rename(CHECK_SOCKET, CHECK_SOCKET + ".daemon")
        os.rename(CHECK_SOCKET + ".relay", CHECK_SOCKET)

    @staticmethod
    def leave():
        os.rename(CHECK_SOCKET, CHECK_SOCKET + ".relay")

    def forget(self):
        for connection in self.connections:
            connection.clear()

    def requests(self):
        """The heads that came since forget(), in lines."""
        heads = []
        for connection in self.connections:
            heads += [head.decode("latin-1").split("\r\n")
                      for head in bytes(connection).split(b"\r\n\r\n")[:-1]]
        return heads

    def num_used(self):
        """Of the connections, those that carried something since forget()."""
        return sum(1 for connection in self.connections if connection)

    def _accept(self):
        for client in accepted(self.listener):
            daemon = socket.socket(socket.AF_UNIX)
            if daemon.connect_ex(CHECK_SOCKET + ".daemon") != 0:
                client.close()
                continue
            note = bytearray()
            self.connections.append(note)
            threading.Thread(target=self._pass_on, args=(client, daemon, note), daemon=True).start()

    @staticmethod
    def _pass_on(client, daemon, note):
        with client, daemon:
            other = {client: daemon, daemon: client}
            while True:
                for source in select.select([client, daemon], [], [])[0]:
                    try:
                        data = source.recv(65536)
                        if source is client:
                            note += data
                        other[source].sendall(data)
                    except OSError:
                        return
                    if not data:
                        return


class Daemon:
    """The real one, with the example's configuration, and a registry if there is one."""

    def __init__(self, registry=None):
        self.folder = tempfile.TemporaryDirectory()
        self.relay = Relay()
        self.process = None
        self.config = shutil.copy(os.path.join(INTEGRATIONS, "simdjwtd.toml"), self.folder.name)
        with open(os.path.join(self.folder.name, "keys.json"), "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(to_bytes(jwk(alg="HS256")))
        if registry is not None:
            with open(self.config, "a", encoding="ascii") as file:
                file.write(f'[registry]\npath = "{registry.path}"\n'
                           'identity_headers = { "X-Jwt-Sub" = "sub" }\n')

    def start(self):
        io = ["--io=" + os.environ["SIMDJWT_TEST_IO"]] if "SIMDJWT_TEST_IO" in os.environ else []
        self.process = Process(PROGRAM, "--config", self.config, *io)
        self.process.wait_for(lambda: answers(CHECK_SOCKET, socket.AF_UNIX) and
                              answers(("127.0.0.1", DAEMON_PORT), socket.AF_INET))
        self.relay.enter()

    def stop(self):
        self.relay.leave()
        status, output = self.process.stop()
        if status != 0:
            raise RuntimeError(f"simdjwtd ended with {status}\n{output}")

    def close(self):
        self.stop()
        self.relay.close()
        self.folder.cleanup()

    def suspend(self):
        pid = self.process.process.pid
        os.kill(pid, signal.SIGSTOP)
        os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)

    def resume(self):
        os.kill(self.process.process.pid, signal.SIGCONT)


class Received:
    """A request as the backend saw it."""

    def __init__(self, line, fields, body):
        self.method, self.target, self.version = line.split(" ")
        self.fields = fields  # (lower-case name, value) in their order
        self.body = body

    def all(self, name):
        return [value for field, value in self.fields if field == name.lower()]


class Backend:
    """Believes its proxy: answers everything with 200, and remembers what it was sent."""

    def __init__(self):
        self.received = []
        self.listener = socket.create_server(("127.0.0.1", BACKEND_PORT), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def last(self):
        return self.received[-1]

    def _accept(self):
        for client in accepted(self.listener):
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, client.makefile("rb") as stream:
            try:
                while line := stream.readline().decode("latin-1").strip():
                    request = Received(line, *self._read_rest(stream))
                    self.received.append(request)
                    if request.all("upgrade"):
                        self._echo(client, stream)
                        return
                    body = b"" if request.method == "HEAD" else b"hello"
                    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body)
            except (OSError, ValueError):
                pass  # Caddy passes bodies on as they come, and so those that are cut off

    @staticmethod
    def _read_rest(stream):
        fields, body = [], b""
        while line := stream.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            fields.append((name.lower(), value.strip()))
        named = dict(fields)
        if named.get("transfer-encoding") == "chunked":
            while size := int(stream.readline(), 16):
                body += stream.read(size)
                stream.readline()
            stream.readline()
        else:
            body = stream.read(int(named.get("content-length", 0)))
        return fields, body

    @staticmethod
    def _echo(client, stream):
        """The answer to the key in RFC 6455 section 1.3, then what comes as it comes."""
        client.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                       b"Upgrade: websocket\r\n"
                       b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
        while data := stream.read1():
            client.sendall(data)
