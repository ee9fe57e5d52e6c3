# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Our HTTP/1.1 framing against that of llhttp, the parser of Node.js, on thousands of mutants.

Two parsers that differ about where a request ends are what request smuggling lives on. So:
  - what we accept, llhttp understands in the same way, but for LAXER;
  - what only llhttp accepts, we refuse for one of the reasons in STRICTER.
"""

import collections
import json
import os
import random
import re
import shutil
import subprocess
import unittest

NODE = shutil.which("node")
NUM_MUTANTS = 3000

BASES = [
    b"GET /check/nginx/default HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x.y.z\r\n\r\n",
    b"GET /verify/a?x=1&y HTTP/1.1\r\nHost: a:8080\r\nConnection: keep-alive\r\n"
    b"X-Y_z: \t b\r\n\r\n",
    b"HEAD http://example.com/check?x HTTP/1.1\r\nhost: [::1]\r\nCookie: a=1; b=2\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    b"GET / HTTP/1.0\r\nConnection: close\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde",
    b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n0\r\n\r",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
    b"A;a=b\r\n0123456789\r\n002;c=\"d;\"\r\n\r\n\r\n0\r\nX: y\r\n\r\n",
    b"POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nab",
]

# What smugglers insert, beside parts of the bases.
SNIPPETS = [
    b"\r\n", b"\n", b"\r", b" ", b"\t", b"\0", b"\x0b", b"\x0c", b"\x7f", b"\x80", b"\xff", b":",
    b";", b",", b"0", b"1", b"f", b"+", b"-", b"0x", b"\"", b"\\", b"=", b"/", b"?", b"#", b"@",
    b"\r\n\r\n", b"\r\n ", b"\r\n\t", b"\n\n", b"\r\r\n", b"Content-Length: 5\r\n",
    b"Content-Length: 0\r\n", b"Content-Length: +5\r\n", b"Content-Length: 5,5\r\n",
    b"Content-Length: 5, 6\r\n", b"Content-Length: 5 \r\n", b"Content-Length:\r\n",
    b"Content-Length: 0x5\r\n", b"Content-Length : 5\r\n", b"Content_Length: 5\r\n",
    b"Content-Length\t: 5\r\n", b"Content-Length: 18446744073709551621\r\n",
    b"Content-Length: 00005\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding : chunked\r\n", b"Transfer-Encoding: xchunked\r\n",
    b"Transfer-Encoding: chunked, identity\r\n", b"Transfer-Encoding: gzip, chunked\r\n",
    b"Transfer-Encoding:\x0bchunked\r\n", b"Transfer-Encoding:\tchunked\r\n",
    b"Transfer-Encoding: chunked\t\r\n", b"Transfer-Encoding:\r\n chunked\r\n",
    b"Transfer-Encoding: \"chunked\"\r\n", b"Transfer-Encoding: identity\r\n",
    b"Transfer-encoding: CHUNKED\r\n", b"Transfer-Encoding:\r\n", b"X: y\r\n", b"X: y\r\n z\r\n",
    b"X\r\n", b": y\r\n", b" X: y\r\n", b"Host: b\r\n", b"Host: a/b\r\n", b"Connection: close\r\n",
    b"Connection: keep-alive, close\r\n", b"Expect: magic\r\n", b"0\r\n\r\n", b"0\n\n",
    b"1\r\nx\r\n", b"1 \r\nx\r\n", b"1;\r\nx\r\n", b"1;a=\"\r\nx\r\n", b"01\r\nx\r\n",
    b"10000000000000001\r\n", b"ffffffffffffffff\r\n", b"-1\r\n", b"0x1\r\nx\r\n", b"1\nx\n",
    b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", b" HTTP/2.0\r\n", b" HTTP/0.9\r\n", b"GET / ",
    b"CONNECT a:1 ", b"FOO / ", b"get / ", b"http://", b"ftp://b/", b"*",
]

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
HEAD = re.compile(
    rb"(?:\r\n)?(?P<method>%s) (?P<target>[\x21-\x7e]+) HTTP/(?P<version>\d\.\d)\r\n"
    rb"(?P<fields>(?:%s:[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n" % (TOKEN, TOKEN))


class Head:
    """The head that a request begins with, if it is well-formed."""

    def __init__(self, data):
        self.match = HEAD.match(data)
        self.size = self.match.end() if self.match else 0

    def __getattr__(self, part):
        return self.match[part] if self.match else b""

    def values(self, name):
        return [value for key, value in split_fields(self.fields.decode("latin1"))
                if key.lower() == name]


def split_fields(fields):
    pairs = (line.split(":", 1) for line in fields.split("\r\n")[:-1])
    return [(name, value.strip(" \t")) for name, value in pairs]


def is_host(value):
    return re.fullmatch(r"[0-9A-Za-z._~%!$&'()*+,;=:\[\]-]*", value) is not None


# Why we refuse a head that llhttp may accept: our status, and of which heads.
STRICTER = {
    "no well-formed lines": (400, lambda head: not head.match),
    "no Host, two of them, or one that names no host": (400, lambda head: (
        head.version == b"1.1" and not head.values("host")) or len(head.values("host")) > 1
        or not all(map(is_host, head.values("host")))),
    "an absolute target that is not of HTTP, or names no host": (400, lambda head: (
        not head.target.startswith(b"/")
        and not re.match(rb"(?i)https?://[0-9a-z._~%!$&'()*+,;=:\[\]-]+([/?]|$)", head.target)
        and (head.target, head.method) != (b"*", b"OPTIONS"))),
    "another version": (505, lambda head: head.version not in (b"1.0", b"1.1")),
    "a tunnel": (501, lambda head: head.method == b"CONNECT"),
    "a tab beside a length or coding": (400, lambda head: re.search(
        rb"(?im)^(content-length|transfer-encoding):.*\t", head.fields)),
    "a coding in HTTP/1.0": (400, lambda head: (
        head.version == b"1.0" and head.values("transfer-encoding"))),
    "a coding and a length": (400, lambda head: (
        head.values("transfer-encoding") and head.values("content-length"))),
    "two codings": (400, lambda head: len(head.values("transfer-encoding")) > 1),
    "another coding": (501, lambda head: any(
        value.lower() != "chunked" for value in head.values("transfer-encoding"))),
    "an expectation we do not know": (417, lambda head: any(
        value.lower() != "100-continue" for value in head.values("expect"))),
}

# What only we accept: their error, and of which messages.
LAXER = {
    # RFC 9110 section 9.1: methods are an open set, and proxies pass on those of their clients.
    "HPE_INVALID_METHOD": lambda message: True,
    # RFC 9110 section 6.5.1: no trailer field may say how to read the message. We ignore them all.
    "HPE_INVALID_CONTENT_LENGTH": lambda message: has_trailer(message, b"content-length"),
    "HPE_INVALID_TRANSFER_ENCODING": lambda message: has_trailer(message, b"transfer-encoding"),
    "HPE_CLOSED_CONNECTION": lambda message: has_trailer(message, b"connection"),
    None: lambda message: has_trailer(message, b"connection"),  # that of Node.js 18 says nothing
}

QUOTED = rb"\"([^\"\\\x00-\x08\x0a-\x1f\x7f]|\\[\t -~\x80-\xff])*\""
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})(;%s(=(%s|%s))?)*\r\n" % (TOKEN, TOKEN, QUOTED))
TRAILERS = re.compile(rb"(%s:[\t -~\x80-\xff]*\r\n)*\r\n" % TOKEN)


def is_chunked_well(data):
    """Whether data begins with a body in chunks, as in RFC 9112 but without blanks."""
    while match := CHUNK.match(data):
        size = int(match[1], 16)
        data = data[match.end():]
        if size == 0:
            return TRAILERS.match(data) is not None
        if data[size:size + 2] != b"\r\n":
            return False
        data = data[size + 2:]
    return False


def has_trailer(message, name):
    return re.search(rb"(?i)\r\n0+(;[^\n]*)?\r\n([^\n]+\n)*%s:" % name, message) is not None


def reason_of(refused, data):
    """Why we refuse what data begins with, when llhttp does not; None if there is no reason."""
    head = Head(data)
    if refused["in"] == "body":
        return None if is_chunked_well(data[head.size:]) else "no well-formed chunks"
    return next((reason for reason, (status, applies) in STRICTER.items()
                 if status == refused["refused"] and applies(head)), None)


def systematic():
    """Every base with every snippet before, in and behind each of its lines."""
    for base in BASES:
        ends = [match.end() for match in re.finditer(rb"^|\n|:|[^\n](?=\r)| (?=HTTP/)", base)]
        for end in ends:
            for snippet in SNIPPETS:
                yield base[:end] + snippet + base[end:] + BASES[0]


def mutate(rng):
    """One to three requests with up to three changes."""
    data = b"".join(rng.choice(BASES) for _ in range(rng.randint(1, 3)))
    for _ in range(rng.randint(0, 3)):
        at = rng.randrange(len(data) + 1)
        if rng.random() < 0.5:  # where a line begins
            at = data.rfind(b"\n", 0, at) + 1
        kind = rng.randrange(5)
        if kind == 0:
            data = data[:at] + data[at + rng.randint(1, 4):]
        elif kind == 1:
            other = rng.choice(BASES)
            begin = rng.randrange(len(other))
            data = data[:at] + other[begin:begin + rng.randint(1, 40)] + data[at:]
        else:
            data = data[:at] + rng.choice(SNIPPETS) + data[at + kind % 2:]
    return data


def ask(command, messages):
    data = b"".join(b"%d\n" % len(message) + message for message in messages)
    process = subprocess.run(command, input=data, capture_output=True, timeout=120, check=False)
    if process.returncode != 0:
        raise AssertionError(process.stderr.decode())
    return [json.loads(line) for line in process.stdout.splitlines()]


def is_same(ours, theirs):
    target = re.sub(r"(?i)^https?://[^/?]*", "", theirs["target"])
    path, _, query = target.partition("?")
    fields = [part for pair in split_fields(ours["fields"]) for part in pair]
    return (ours["method"], ours["path"], ours["query"], fields, ours["body"]) == (
        theirs["method"], path, query, theirs["fields"], theirs["body"])


class Llhttp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not NODE:
            raise unittest.SkipTest("Node.js not found")

    def compare(self, messages):
        """How many requests both accepted, and how many llhttp alone, by our reason."""
        ours = ask([os.environ["HTTP_FRAMING"]], messages)
        theirs = ask([NODE, os.path.join(os.path.dirname(__file__), "llhttp_peer.mjs")], messages)
        self.assertEqual((len(ours), len(theirs)), (len(messages), len(messages)))
        num_common = 0
        refused = collections.Counter()
        for message, our, their in zip(messages, ours, theirs):
            details = "\n%s\n  ours: %s\ntheirs: %s" % (message, our, their)
            for pair in zip(our["requests"], their["requests"]):
                self.assertTrue(is_same(*pair), "understood in two ways" + details)
                num_common += 1
            if len(our["requests"]) > len(their["requests"]):
                is_meant = LAXER.get(their.get("error"), lambda message: False)
                self.assertTrue(is_meant(message), "accepted by us only" + details)
            elif len(our["requests"]) < len(their["requests"]) and "closed" not in our:
                self.assertIn("refused", our, "not refused" + details)
                reason = reason_of(our, message[our["begin"]:])
                self.assertIsNotNone(reason, "refused without a reason" + details)
                refused[reason] += 1
        return num_common, refused

    def test_understands_requests_as_we_do(self):
        self.assertEqual(self.compare(BASES + [b"".join(BASES)]), (2 * len(BASES) - 5, {}))

    def test_understands_whatever_we_accept(self):
        num_common, refused = self.compare(list(systematic()))
        self.assertGreater(num_common, 2000)
        self.assertGreater(len(refused), 3)

    def test_understands_whatever_mutants_we_accept(self):
        rng = random.Random(9112)
        num_common, _ = self.compare([mutate(rng) for _ in range(NUM_MUTANTS)])
        self.assertGreater(num_common, NUM_MUTANTS / 2)


if __name__ == "__main__":
    unittest.main()
