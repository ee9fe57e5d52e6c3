# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""An issuer of tokens: its keys, made and used by OpenSSL's command, and the server that publishes
them over HTTPS."""

import base64
import collections
import http.server
import json
import os
import ssl
import subprocess
import threading
import time

ADDRESS = "127.0.0.1"
PUBLIC_ADDRESS = "1.1.1.1"  # of the internet, or of a machine that has no network beside itself


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def integer_at(der, position):
    """The INTEGER there, as the 32 bytes that JWS has (RFC 7518, section 3.4), and its end."""
    end = position + 2 + der[position + 1]
    return der[position + 2:end].lstrip(b"\0").rjust(32, b"\0"), end


class Key:
    """A P-256 key, or one of RSA."""

    def __init__(self, folder, kid, alg="ES256"):
        self.kid = kid
        self.alg = alg
        self.path = os.path.join(folder, kid + ".pem")
        self.jwk = {"alg": alg, "use": "sig", "kid": kid}
        if alg == "RS256":
            openssl("genpkey", "-algorithm", "RSA", "-out", self.path)
            modulus = openssl("rsa", "-in", self.path, "-noout", "-modulus").decode().strip()
            self.jwk |= {"kty": "RSA", "n": encode(bytes.fromhex(modulus.split("=")[1])), "e": "AQAB"}
            return
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.path)
        point = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")[-64:]
        self.jwk |= {"kty": "EC", "crv": "P-256", "x": encode(point[:32]), "y": encode(point[32:])}

    def sign(self, **claims):
        return self.sign_as(None, {"sub": "alice", "exp": int(time.time()) + 3600, **claims})

    def sign_as(self, typ, claims):
        header = {"alg": self.alg, "kid": self.kid}
        if typ is not None:
            header["typ"] = typ
        text = ".".join(encode(json.dumps(part).encode()) for part in (header, claims))
        signature = openssl("dgst", "-sha256", "-sign", self.path, data=text.encode())
        if self.alg == "ES256":
            r, end = integer_at(signature, 2)
            s, _ = integer_at(signature, end)
            signature = r + s
        return text + "." + encode(signature)


def jwks(*keys):
    return json.dumps({"keys": [key.jwk for key in keys]})


def make_certificate(folder):
    """For a server on this machine that trusts nobody but itself: its paths, and its key's."""
    certificate, key = os.path.join(folder, "issuer.crt"), os.path.join(folder, "issuer.key")
    if not os.path.exists(certificate):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "1", "-subj", "/CN=localhost", "-addext",
                f"subjectAltName=IP:{ADDRESS},IP:{PUBLIC_ADDRESS},DNS:localhost", "-keyout", key, "-out", certificate)
    return certificate, key


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.issuer.counts[self.path] += 1
        answer = self.server.issuer.answers.get(self.path)
        if callable(answer):
            answer(self)
        elif answer is None:
            self.send_error(404)
        else:
            self.answer(answer)

    def answer(self, text, status=200, **fields):
        body = text.encode()
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **fields}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients that went away are what these tests are about."""

    def get_request(self):
        connection, address = super().get_request()
        if self.context is not None:
            connection.settimeout(10)
            connection = self.context.wrap_socket(connection, server_side=True,
                                                  do_handshake_on_connect=False)
        return connection, address


class Issuer:
    """Answers by path: a text, or a function of the handler. Counts what it is asked."""

    def __init__(self, folder, port=0, scheme="https", address=ADDRESS):
        self.answers = {}
        self.counts = collections.Counter()
        self.certificate, private = make_certificate(folder)
        self.server = Server((address, port), Handler)
        self.server.issuer = self
        self.server.context = None
        if scheme == "https":
            self.server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.server.context.load_cert_chain(self.certificate, private)
        self.port = self.server.server_address[1]
        self.url = f"{scheme}://{address}:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def publish(self, *keys):
        self.answers["/jwks"] = jwks(*keys)

    def be_provider(self, issuer=None):
        self.answers["/.well-known/openid-configuration"] = json.dumps(
            {"issuer": issuer or self.url, "jwks_uri": self.url + "/jwks"})

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
