# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""The admin API: every operation that its description has is called, and every answer is held to it."""

import base64
import http.client
import json
import os
import sqlite3
import subprocess
import sys
import time
import unittest
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from daemon import PATIENCE, OperationsTestCase

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(0)

CLI = os.environ["SIMDJWT"]
ALL = ("read", "write", "reveal", "audit")


def header_of(token):
    part = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers = status, headers
        self.json = json.loads(body) if body else None


class Description:
    """openapi.json, and which of its operations were called."""

    def __init__(self, document):
        self.document = document
        self.operations = {}
        self.called = set()
        for path, item in document["paths"].items():
            for method, operation in item.items():
                if method != "parameters":
                    self.operations[operation["operationId"]] = (method.upper(), path, operation)

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def validate(self, schema, instance):
        Draft202012Validator({**schema, "components": self.document["components"]}).validate(
            instance)

    def schema_of_body(self, operation_id):
        body = self.operations[operation_id][2].get("requestBody")
        return body and body["content"]["application/json"]["schema"]

    def check(self, operation_id, answer):
        """The answer is one of those that are described."""
        responses = self.operations[operation_id][2]["responses"]
        response = self.resolve(responses[str(answer.status)])
        (content_type, content), = response["content"].items()
        assert answer.headers["Content-Type"] == content_type, answer.headers["Content-Type"]
        self.validate(content["schema"], answer.json)
        for name in response.get("headers", {}):
            assert name in answer.headers, name


class ApiTestCase(OperationsTestCase):
    def setUp(self):
        super().setUp()
        self.cli("registry", "init", "--issuer", "https://tokens.example")
        self.token = self.admin_token("ops")
        self.daemon = self.start('[registry]\npath = "tokens.db"')
        _, _, text = self.daemon.ask("/api/v1/openapi.json", port=self.daemon.admin_port)
        self.description = Description(json.loads(text))

    def cli(self, *args):
        return subprocess.run([CLI, *args[:2], "--registry", self.path("tokens.db"), *args[2:]],
                              check=True, capture_output=True, text=True).stdout

    def admin_token(self, name, *args):
        return self.cli("admin-token", "create", name, *args).strip()

    def send(self, method, target, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.admin_port,
                                                timeout=PATIENCE)
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def call(self, operation_id, body=None, *, token=None, query=None, headers=None, raw=None,
             **parameters):
        """Its answer, which is as described."""
        method, path, _ = self.description.operations[operation_id]
        target = path.format(**parameters)
        if query:
            target += "?" + urllib.parse.urlencode(query)
        headers = {"Authorization": "Bearer " + (token or self.token), **(headers or {})}
        if body is not None:
            raw = json.dumps(body)
        if raw is not None:
            headers.setdefault("Content-Type", "application/json")
        answer = self.send(method, target, raw, {k: v for k, v in headers.items() if v})
        self.description.check(operation_id, answer)
        self.description.called.add(operation_id)
        return answer

    def done(self, operation_id, body=None, **options):
        """What it answers when it does what it was asked, which the description allows to ask."""
        schema = self.description.schema_of_body(operation_id)
        if body is not None:
            self.description.validate(schema, body)
        answer = self.call(operation_id, body, **options)
        self.assertIn(answer.status, (200, 201), answer.json)
        return answer.json

    def refused(self, status, code, operation_id, *args, **options):
        answer = self.call(operation_id, *args, **options)
        self.assertEqual((answer.status, answer.json["code"]), (status, code), answer.json)
        self.assertEqual(answer.json["status"], status)
        return answer.json

    def pages(self, operation_id, limit, query=None, **parameters):
        cursor, pages = None, []
        while True:
            page = self.done(operation_id, **parameters, query={
                "limit": limit, **(query or {}), **({"cursor": cursor} if cursor else {})})
            pages.append(page["items"])
            cursor = page["next"]
            if cursor is None:
                return pages

    def make_account(self, name="alice"):
        return self.done("createAccount", {"name": name})

    def make_server(self, name="api", account="alice"):
        return self.done("createServer", {"name": name}, account=account)

    def make_token(self, account="alice", **members):
        request = {"description": "a test's", "lifetime": "1h", **members}
        return self.done("createToken", request, account=account)

    def make_family(self, account="alice"):
        """The number of the newest family of refresh tokens."""
        self.cli("token", "create", "--account", account, "--description", "a job's",
                 "--expires-in", "1h", "--refresh-for", "30d")
        return self.done("listRefreshFamilies", account=account)["items"][0]["family"]

    def check_status(self, token, server="api"):
        return self.daemon.status(token, f"/check/forward/{server}")


class EveryOperation(ApiTestCase):
    def test_answers_as_described(self):
        alice = {"account": "alice"}
        self.assertEqual(self.done("getRegistry")["issuer"], "https://tokens.example")
        made = self.done("createAccount",
                         {"name": "alice", "accepts": "signed", "life": {"seconds_max": 10**6}})
        self.assertEqual(made["alg"], "HS256")
        self.assertEqual(self.done("getAccount", **alice), made)
        self.assertEqual(self.done("listAccounts"), {"items": [made], "next": None})
        changed = self.done("changeAccount",
                            {"accepts": "registered", "life": {"seconds_max": None}}, **alice)
        self.assertEqual(changed, {**made, "accepts": "registered",
                                   "life": {**made["life"], "seconds_max": None}})

        server = self.done("createServer", {"name": "api", "url": "https://api.example"}, **alice)
        self.assertEqual(self.done("getServer", server="api", **alice), server)
        self.assertEqual(self.done("listServers", **alice)["items"], [server])
        self.make_server("files")

        issued = self.done("createToken", {"description": "Production", "indefinite": True,
                                           "servers": ["api"], "scope": "a b"}, **alice)
        text = issued.pop("token")
        jti = {"jti": issued["jti"], **alice}
        self.assertEqual(issued["claims"]["aud"], "https://api.example")
        self.assertEqual(self.done("getToken", **jti), issued)
        self.assertEqual(self.done("listTokens", **alice)["items"], [issued])
        self.assertEqual(self.done("copyToken", **jti), {"token": text})
        self.assertTrue(self.done("getServer", server="api", **alice)["authenticates"])
        self.assertEqual(self.done("associateToken", server="files", **jti)["servers"],
                         ["api", "files"])
        self.assertEqual(self.done("dissociateToken", server="files", **jti)["servers"], ["api"])
        self.assertFalse(self.done("changeServer", {"authenticates": False}, server="files",
                                   **alice)["authenticates"])

        explained = self.done("explain", {"server": "api", "token": text})
        self.assertTrue(explained["accepted"])
        self.assertEqual((explained["token"]["jti"], explained["claims"]),
                         (issued["jti"], issued["claims"]))

        self.use_clients_and_families(alice)
        self.assertEqual(self.done("listUsage", **alice), {"items": [], "next": None})

        secret = self.done("revealSecret", **alice)["secret"]
        self.assertEqual(self.done("rotateSecret", {"grace_seconds": 60}, **alice)["generation"], 2)
        self.assertNotEqual(self.done("revealSecret", {}, **alice)["secret"], secret)
        self.assertEqual([s["generation"] for s in self.done("listSecrets", **alice)["items"]],
                         [2, 1])

        self.assertEqual(self.done("getPublicKeys", **alice), {"keys": []})
        changed = self.done("changeAccount", {"alg": "EdDSA"}, **alice)
        self.assertEqual(changed["alg"], "EdDSA")
        newest = self.done("listSecrets", **alice)["items"][0]
        self.assertEqual((newest["generation"], newest["alg"]), (3, "EdDSA"))
        self.assertEqual([key["kid"] for key in self.done("getPublicKeys", **alice)["keys"]],
                         [newest["kid"]])

        revoked = self.done("revokeToken", {"reason": "lost"}, **jti)
        self.assertEqual((revoked["status"], revoked["revoked"]["reason"]), ("revoked", "lost"))

        self.done("setEpoch", {"not_before": 5})
        epoch = self.done("setEpoch", {"issuer": "https://old.example", "not_before": 6})
        self.assertIn(epoch, self.done("listEpochs")["items"])
        self.done("setAccountEpoch", {"not_before": 7}, **alice)
        epoch = self.done("setAccountEpoch", {"subject": "bob", "not_before": 8}, **alice)
        self.assertIn(epoch, self.done("listAccountEpochs", **alice)["items"])
        self.done("revokeForeignToken", {"jti": "theirs", "expires": None}, **alice)
        foreign = self.done("listForeignRevocations", **alice)["items"]
        self.assertEqual([revocation["jti"] for revocation in foreign], ["theirs"])

        entries = self.done("listAudit", query={"limit": 500})["items"]
        self.assertEqual(entries[0]["actor"], "admin token ops")
        mine = self.done("listAccountAudit", query={"limit": 500}, **alice)["items"]
        self.assertEqual(mine, [entry for entry in entries if entry["account"] == "alice"])
        actions = {entry["action"] for entry in entries}
        self.assertLessEqual({"account.create", "token.copy", "secret.show", "token.revoke"},
                             actions)

        self.assertEqual(set(self.description.operations) - self.description.called,
                         {"getDescription"})

    def use_clients_and_families(self, alice):
        made = self.done("createClient", {"name": "robot", "description": "Jobs", "scope": "a b",
                                          "access_seconds": 60, "servers": ["api"]}, **alice)
        self.assertRegex(made.pop("secret"), r"\Asjc_[A-Za-z0-9_-]{44}\Z")
        self.assertEqual((made["servers"], made["access_seconds"], made["revoked"]),
                         (["api"], 60, None))
        self.assertEqual(self.done("getClient", client="robot", **alice), made)
        self.assertEqual(self.done("listClients", **alice), {"items": [made], "next": None})
        revoked = self.done("revokeClient", {"reason": "retired"}, client="robot", **alice)
        self.assertEqual(revoked["revoked"]["reason"], "retired")

        number = {"family": self.make_family(), **alice}
        family = self.done("getRefreshFamily", **number)
        self.assertEqual((family["status"], family["client"]), ("active", None))
        self.assertEqual(self.done("listRefreshFamilies", **alice)["items"], [family])
        revoked = self.done("revokeRefreshFamily", {"reason": "lost"}, **number)
        self.assertEqual((revoked["status"], revoked["revoked"]["reason"]), ("revoked", "lost"))
        came_of_it, = self.done("listTokens", query={"search": "a job's"}, **alice)["items"]
        self.assertEqual(came_of_it["status"], "revoked")

    def test_refuses_as_described(self):
        self.make_account()
        self.make_server()
        jti = self.make_token()["jti"]
        self.done("createClient", {"name": "robot", "description": "Jobs"}, account="alice")
        there = {"account": "alice", "server": "api", "jti": jti, "client": "robot",
                 "family": self.make_family()}
        weak = {scope: self.admin_token("only-" + scope, "--scope", scope) for scope in ALL}
        for operation_id, (_, path, operation) in self.description.operations.items():
            if operation_id == "getDescription":
                continue
            with self.subTest(operation_id):
                self.refused(401, "unauthenticated", operation_id,
                             headers={"Authorization": None}, **there)
                (needed,), = (part.values() for part in operation["security"])
                for scope, token in weak.items():
                    if scope not in needed:
                        self.refused(403, "insufficient_scope", operation_id, token=token, **there)
                unknown = self.refused(400, "invalid_parameter", operation_id, query={"x": "1"},
                                       **there)
                self.assertEqual(unknown["parameter"], "x")
                if "{account}" in path:
                    self.refused(404, "not_found", operation_id, **{**there, "account": "nobody"})
                if "{jti}" in path:
                    self.refused(404, "not_found", operation_id, **{**there, "jti": "A" * 32})
                    self.refused(404, "not_found", operation_id, **{**there, "jti": jti[:8]})
                for name, others in (("client", ("nobody",)), ("family", (10**6, "x", "-1"))):
                    for other in others if "{" + name + "}" in path else ():
                        self.refused(404, "not_found", operation_id, **{**there, name: other})
                if self.description.schema_of_body(operation_id):
                    self.refuse_bodies(operation_id, there)
        self.assertEqual(self.done("getToken", account="alice", jti=jti)["status"], "active")

    def refuse_bodies(self, operation_id, there):
        for raw in ("{", "[]", "null", '{"a":1,"a":2}', '{"life":{"a":[{"b":1,"b":1}]}}', "\xff"):
            self.refused(400, "malformed_body", operation_id, raw=raw.encode("latin-1"), **there)
        self.refused(415, "unsupported_media_type", operation_id, {},
                     headers={"Content-Type": "text/plain"}, **there)
        # Of those that are missing and those that are unknown, either may be told.
        answer = self.call(operation_id, {"unknown": 1}, **there)
        self.assertEqual(answer.status, 422, answer.json)
        self.assertIn(answer.json["code"], ("unknown_member", "invalid_value"))

    def test_tells_that_the_registry_is_damaged(self):
        self.make_account()
        with sqlite3.connect(self.path("tokens.db")) as database:
            database.execute("DROP TABLE audit")
        self.refused(500, "internal", "listAudit")
        self.refused(500, "internal", "createServer", {"name": "api"}, account="alice")
        self.assertEqual(self.done("listServers", account="alice")["items"], [])

    def test_has_no_path_or_method_that_is_not_described(self):
        headers = {"Authorization": "Bearer " + self.token}
        answer = self.send("DELETE", "/api/v1/accounts", headers=headers)
        self.assertEqual((answer.status, answer.headers["Allow"]), (405, "GET, HEAD, POST"))
        for path in ("/api/v1", "/api/v1/", "/api/v1/accounts/", "/api/v1/accounts//servers",
                     "/api/v2/accounts", "/api/v1/account"):
            answer = self.send("GET", path, headers=headers)
            self.assertEqual((answer.status, answer.json["code"]), (404, "not_found"), path)

    def test_answers_head_as_it_would_get(self):
        headers = {"Authorization": "Bearer " + self.token}
        answer = self.send("HEAD", "/api/v1/registry", headers=headers)
        self.assertEqual((answer.status, answer.json), (200, None))
        self.assertGreater(int(answer.headers["Content-Length"]), 0)

    def test_lets_the_rest_of_the_listener_be(self):
        self.assertEqual(self.daemon.admin("/livez"), (200, "ok\n"))


class Values(ApiTestCase):
    def setUp(self):
        super().setUp()
        self.make_account()

    def refused_member(self, member, code, operation_id, body, **options):
        problem = self.refused(422, code, operation_id, body, **options)
        self.assertEqual(problem["member"], member, problem)

    def test_of_the_wrong_type_are_named(self):
        for member, body in {"name": {"name": 1}, "accepts": {"name": "b", "accepts": None},
                             "life": {"name": "b", "life": []},
                             "life.seconds_min": {"name": "b", "life": {"seconds_min": 1.5}},
                             "life.may_be_indefinite":
                                 {"name": "b", "life": {"may_be_indefinite": "yes"}}}.items():
            self.refused_member(member, "wrong_type", "createAccount", body)
        self.refused_member("servers", "wrong_type", "createToken",
                            {"description": "a", "indefinite": True, "servers": ["a", 1]},
                            account="alice")

    def test_that_cannot_be_are_named(self):
        create = {"description": "a"}
        for member, code, more in (
                ("description", "invalid_value", {"description": None}),
                ("expires", "invalid_value", {}),
                ("expires", "invalid_value", {"lifetime": "1h", "indefinite": True}),
                ("lifetime", "invalid_value", {"lifetime": "2h"}),
                ("lifetime_seconds", "invalid_value", {"lifetime_seconds": 0}),
                ("indefinite", "invalid_value", {"indefinite": False}),
                ("template", "invalid_value", {"lifetime": "1h", "template": "x"}),
                ("user_id", "invalid_value", {"lifetime": "1h", "template": "django"}),
                ("user_id", "invalid_value", {"lifetime": "1h", "user_id": 1}),
                ("claims", "invalid_value", {"lifetime": "1h", "template": "custom"}),
                ("servers", "invalid_value", {"lifetime": "1h", "servers": ["missing"]}),
                ("iss", "unknown_member", {"lifetime": "1h", "iss": "me"})):
            body = {k: v for k, v in {**create, **more}.items() if v is not None}
            self.refused_member(member, code, "createToken", body, account="alice")
        self.refused_member("life.x", "unknown_member", "createAccount",
                            {"name": "b", "life": {"x": 1}})
        self.refused(422, "invalid_value", "createAccount", {"name": "a b"})
        self.refused(409, "already_exists", "createAccount", {"name": "alice"})

    def test_of_every_template_become_claims(self):
        django = self.make_token(template="django", user_id=7)["claims"]
        self.assertEqual((django["user_id"], django["token_type"]), (7, "access"))
        custom = self.make_token(template="custom", claims={"a": [1, {"b": "ü"}]})["claims"]
        self.assertEqual(custom["a"], [1, {"b": "ü"}])
        standard = self.make_token(sub="bob", audiences=["x"])["claims"]
        self.assertEqual((standard["sub"], standard["aud"]), ("bob", "x"))

    def test_of_every_way_to_end_become_exp(self):
        for more, seconds in (({"lifetime": "15m"}, 900), ({"lifetime": "1y"}, 365 * 86400),
                              ({"lifetime_seconds": 5}, 5)):
            token = self.done("createToken", {"description": "a", **more}, account="alice")
            self.assertEqual(token["expires"] - token["created"], seconds)
        expires = int(time.time()) + 1000
        token = self.done("createToken", {"description": "a", "expires": expires}, account="alice")
        self.assertEqual(token["claims"]["exp"], expires)

    def test_obey_the_account_s_policy(self):
        self.done("changeAccount", {"life": {"seconds_max": 60, "may_be_indefinite": False}},
                  account="alice")
        for more in ({"indefinite": True}, {"lifetime": "1h"}):
            self.refused(422, "invalid_value", "createToken", {"description": "a", **more},
                         account="alice")

    def test_too_large_a_body_is_refused(self):
        answer = self.send("POST", "/api/v1/accounts", "{" + " " * 70_000 + "}",
                           {"Authorization": "Bearer " + self.token})
        self.assertEqual(answer.status, 413)


class Lists(ApiTestCase):
    def test_come_page_by_page(self):
        for name in ("carol", "alice", "bob"):
            self.make_account(name)
        for name in ("s3", "s1", "s2"):
            self.make_server(name)
        made = [self.make_token(description=f"number {i}")["jti"] for i in range(5)]
        for i in range(3):
            self.done("revokeForeignToken", {"jti": f"theirs {i}"}, account="alice")
            self.done("createClient", {"name": f"c{i}", "description": "x"}, account="alice")
        families = [self.make_family() for _ in range(3)]
        made += [token["jti"] for token in
                 reversed(self.done("listTokens", query={"limit": 3}, account="alice")["items"])]
        for operation_id, key, expected in (
                ("listAccounts", "name", ["alice", "bob", "carol"]),
                ("listClients", "name", ["c0", "c1", "c2"]),
                ("listRefreshFamilies", "family", families[::-1]),
                ("listServers", "name", ["s1", "s2", "s3"]),
                ("listTokens", "jti", made[::-1]),
                ("listForeignRevocations", "jti", ["theirs 0", "theirs 1", "theirs 2"])):
            pages = self.pages(operation_id, 2, account="alice")
            self.assertEqual([item[key] for page in pages for item in page], expected)
            self.assertEqual([len(page) for page in pages[:-1]], [2] * (len(pages) - 1))
        entries = [entry for page in self.pages("listAudit", 4) for entry in page]
        self.assertEqual(entries, self.done("listAudit", query={"limit": 500})["items"])

    def test_are_searched(self):
        self.make_account()
        kept = self.make_token(description="100% Café")["jti"]
        gone = self.make_token(description="other")["jti"]
        self.done("revokeToken", account="alice", jti=gone)
        for query, expected in (({"search": "0% caf"}, [kept]), ({"search": "no such words"}, []),
                                ({"status": "active"}, [kept]), ({"status": "inactive"}, [gone]),
                                ({"status": "any", "search": gone[4:20]}, [gone])):
            found = self.done("listTokens", query=query, account="alice")["items"]
            self.assertEqual([token["jti"] for token in found], expected, query)

    def test_refuse_what_is_no_page(self):
        self.make_account()
        other = self.done("listAccounts", query={"limit": 1})["next"]
        self.assertIsNone(other)
        self.make_account("bob")
        other = self.done("listAccounts", query={"limit": 1})["next"]
        for query in ({"limit": 0}, {"limit": 501}, {"limit": "x"}, {"cursor": "x"},
                      {"cursor": other}, {"status": "good"}):
            problem = self.refused(400, "invalid_parameter", "listTokens", query=query,
                                   account="alice")
            self.assertEqual([problem["parameter"]], list(query))


class Keys(ApiTestCase):
    def once(self, key, operation_id, body, **parameters):
        answer = self.call(operation_id, body, headers={"Idempotency-Key": key}, **parameters)
        self.assertEqual(answer.status, 201, answer.json)
        return answer.json, answer.headers["Idempotency-Replayed"] is not None

    def test_make_what_they_ask_for_once(self):
        alice = {"account": "alice"}
        for operation_id, body, parameters in (
                ("createAccount", {"name": "alice"}, {}),
                ("createServer", {"name": "api"}, alice),
                ("createToken", {"description": "a", "lifetime": "1h", "servers": ["api"]}, alice),
                ("rotateSecret", {"grace_seconds": 60}, alice)):
            made, is_replay = self.once(operation_id, operation_id, body, **parameters)
            self.assertFalse(is_replay)
            again, is_replay = self.once(operation_id, operation_id, body, **parameters)
            self.assertTrue(is_replay)
            changing = {"num_tokens"}
            self.assertEqual({k: v for k, v in again.items() if k not in changing},
                             {k: v for k, v in made.items() if k not in changing}, operation_id)
        self.assertEqual(len(self.done("listTokens", **alice)["items"]), 1)
        self.assertEqual(len(self.done("listSecrets", **alice)["items"]), 2)

    def test_show_the_secret_of_a_client_once(self):
        self.make_account()
        request = {"name": "robot", "description": "Jobs"}
        made, _ = self.once("k", "createClient", request, account="alice")
        again, is_replay = self.once("k", "createClient", request, account="alice")
        self.assertTrue(is_replay)
        self.assertEqual(again, {**made, "secret": None})
        self.refused(409, "already_exists", "createClient", request, account="alice")

    def test_are_of_one_request_and_one_caller(self):
        self.once("k", "createAccount", {"name": "alice"})
        self.refused(422, "key_reused", "createAccount", {"name": "bob"},
                     headers={"Idempotency-Key": "k"})
        other = self.admin_token("other")
        _, is_replay = self.once("k", "createAccount", {"name": "bob"}, token=other)
        self.assertFalse(is_replay)

    def test_of_requests_that_failed_may_be_used_again(self):
        self.refused(422, "invalid_value", "createAccount", {"name": "a b"},
                     headers={"Idempotency-Key": "k"})
        self.once("k", "createAccount", {"name": "ab"})

    def test_are_visible_characters(self):
        for key in ("a b", "x" * 256):
            problem = self.refused(400, "invalid_parameter", "createAccount", {"name": "a"},
                                   headers={"Idempotency-Key": key})
            self.assertEqual(problem["parameter"], "Idempotency-Key")

    def test_keep_no_token_in_the_file(self):
        self.make_account()
        text, _ = self.once("k", "createToken", {"description": "a", "lifetime": "1h"},
                            account="alice")
        signature = text["token"].rsplit(".", 1)[1].encode()
        for name in ("tokens.db", "tokens.db-wal"):
            with open(self.path(name), "rb") as file:
                self.assertNotIn(signature, file.read())


class Checks(ApiTestCase):
    def test_know_each_change_with_the_next_request(self):
        self.make_account()
        for i in range(10):
            server = f"api{i}"
            self.make_server(server)
            self.assertEqual(self.check_status("x.y.z", server), 200, "is known, and open")
            token = self.make_token(servers=[server])
            at = {"account": "alice", "jti": token["jti"]}
            self.assertEqual(self.check_status("x.y.z", server), 401)
            self.assertEqual(self.check_status(token["token"], server), 200)
            self.done("dissociateToken", server=server, **at)
            self.assertEqual(self.check_status(token["token"], server), 401)
            self.done("associateToken", server=server, **at)
            self.assertEqual(self.check_status(token["token"], server), 200)
            self.done("revokeToken", **at)
            self.assertEqual(self.check_status(token["token"], server), 401)
            self.done("changeServer", {"authenticates": False}, account="alice", server=server)
            self.assertEqual(self.check_status(token["token"], server), 200)

    def test_know_each_of_the_changes_that_clients_make_at_once(self):
        self.make_account()
        self.make_server()
        tokens = [self.make_token(servers=["api"]) for _ in range(24)]

        def revoke(part):
            outcomes = []
            for token in part:
                self.refused(404, "not_found", "revokeToken", account="alice", jti="A" * 32)
                self.done("revokeToken", account="alice", jti=token["jti"])
                outcomes.append(self.check_status(token["token"]))
            return outcomes

        with ThreadPoolExecutor(8) as clients:
            outcomes = list(clients.map(revoke, [tokens[i::8] for i in range(8)]))
        self.assertEqual(outcomes, [[401] * 3] * 8)

    def test_know_a_rotated_secret_with_the_next_request(self):
        self.make_account()
        self.make_server()
        old = self.make_token(servers=["api"])["token"]
        self.done("rotateSecret", {"grace_seconds": 0}, account="alice")
        self.assertEqual(self.check_status(old), 401)
        new = self.make_token(servers=["api"])["token"]
        self.assertEqual(self.check_status(new), 200)
        self.done("setAccountEpoch", {"not_before": int(time.time()) + 60}, account="alice")
        self.assertEqual(self.check_status(new), 401)


class Clients(ApiTestCase):
    def test_are_made_of_what_tokens_are_made_of(self):
        self.make_account()
        for member, code, body in (
                ("servers", "invalid_value", {"servers": ["missing"]}),
                ("access_seconds", "invalid_value", {"access_seconds": 0}),
                ("access_seconds", "wrong_type", {"access_seconds": "1h"}),
                ("user_id", "invalid_value", {"template": "django"}),
                ("lifetime", "unknown_member", {"lifetime": "1h"})):
            problem = self.refused(422, code, "createClient",
                                   {"name": "robot", "description": "x", **body}, account="alice")
            self.assertEqual(problem["member"], member, problem)
        self.refused(422, "invalid_value", "createClient",
                     {"name": "robot", "description": "x", "access_seconds": 10**9},
                     account="alice")


class Usage(ApiTestCase):
    def setUp(self):
        super().setUp()
        self.alice = {"account": "alice"}
        self.make_account()
        self.make_account("bob")
        self.make_server("api")
        self.make_server("files")
        self.make_server("of-bob", "bob")
        self.made = [self.make_token(servers=["api", "files"]) for _ in range(2)]
        for _ in range(3):
            self.assertEqual(self.check_status(self.made[0]["token"], "api"), 200)
        self.assertEqual(self.check_status(self.made[1]["token"], "files"), 200)
        self.assertEqual(self.check_status("x.y.z", "api"), 401)
        # What was counted may be saved in two parts.
        self.await_equal(lambda: [(line["server"], line["accepted"], line["rejected"])
                                  for line in self.usage()],
                         [("api", 3, {"base64": 1}), ("files", 1, {})])

    def usage(self, **query):
        return self.done("listUsage", query=query, **self.alice)["items"]

    def test_is_told_by_server_token_and_time(self):
        api, files = self.usage(by="server")
        self.assertEqual((api["rejected"], files["rejected"]), ({"base64": 1}, {}))
        self.assertAlmostEqual(api["last_accepted"], time.time(), delta=120)
        counts = {line["token"]: line["accepted"] for line in self.usage(by="token")}
        self.assertEqual(counts, {self.made[0]["jti"]: 3, self.made[1]["jti"]: 1})
        for by, seconds in (("minute", 60), ("hour", 3600), ("day", 86400)):
            lines = self.usage(by=by)
            self.assertEqual(sum(line["accepted"] for line in lines), 4)
            self.assertEqual({line["start"] % seconds for line in lines}, {0})
        last_used = self.done("getToken", jti=self.made[0]["jti"], **self.alice)["last_used"]
        self.assertAlmostEqual(last_used, time.time(), delta=60)

    def test_is_told_of_parts(self):
        line, = self.usage(server="files", by="token")
        self.assertEqual(line["token"], self.made[1]["jti"])
        line, = self.usage(token=self.made[0]["jti"])
        self.assertEqual((line["server"], line["accepted"]), ("api", 3))
        self.assertEqual(self.usage(until=int(time.time()) - 3600), [])
        self.assertEqual(self.usage(since=int(time.time()) + 3600), [])
        self.assertEqual(self.done("listUsage", account="bob")["items"], [])

    def assert_paged(self, by):
        pages = self.pages("listUsage", 1, {"by": by}, **self.alice)
        self.assertGreater(len(pages), 1)
        self.assertEqual([line for page in pages for line in page], self.usage(by=by))

    def test_comes_in_pages(self):
        for by in ("server", "token"):
            self.assert_paged(by)
        long_ago = int(time.time()) // 3600 * 3600 - 7200
        with sqlite3.connect(self.path("tokens.db")) as database:
            database.execute("INSERT INTO usage_hours SELECT server, token, ?, outcome, count "
                             "FROM usage_minutes", (long_ago,))
        self.assert_paged("hour")
        self.assertEqual(self.usage(by="hour")[0]["start"], long_ago)

    def test_is_of_what_there_is(self):
        for query in ({"server": "of-bob"}, {"server": "x"}, {"token": "A" * 32},
                      {"token": self.made[0]["jti"][:8]}, {"by": "week"}, {"since": "x"},
                      {"until": "-1"}, {"cursor": "x"}):
            problem = self.refused(400, "invalid_parameter", "listUsage", query=query,
                                   **self.alice)
            self.assertEqual([problem["parameter"]], list(query))


class SigningKeys(ApiTestCase):
    def test_sign_tokens_that_checks_know_with_the_next_request(self):
        alice = {"account": "alice"}
        self.make_account()
        self.make_server()
        by_secret = self.make_token(servers=["api"])["token"]
        for alg in ("EdDSA", "RS256"):
            self.done("changeAccount", {"alg": alg}, **alice)
            token = self.make_token(servers=["api"])["token"]
            header = header_of(token)
            self.assertEqual((header["alg"], header["typ"]), (alg, "JWT"))
            self.assertIn(header["kid"],
                          [key["kid"] for key in self.done("getPublicKeys", **alice)["keys"]])
            for good in (token, by_secret):
                self.assertEqual(self.check_status(good), 200)
            made = self.done("rotateSecret", {"grace_seconds": 0}, **alice)
            self.assertEqual((made["alg"], made["valid_until"]), (alg, None))
            self.assertEqual(self.check_status(token), 401)
            self.assertEqual(self.check_status(by_secret), 200)
        self.done("rotateSecret", {"grace_seconds": 0, "alg": "HS256"}, **alice)
        self.assertEqual(self.check_status(by_secret), 401)

    def test_are_chosen_when_an_account_is_made(self):
        made = self.done("createAccount", {"name": "bob", "alg": "EdDSA"})
        self.assertEqual(made["alg"], "EdDSA")
        self.assertEqual(len(self.done("getPublicKeys", account="bob")["keys"]), 1)
        self.refused(409, "conflict", "revealSecret", account="bob")
        self.refused(409, "conflict", "rotateSecret", {"grace_seconds": 0, "alg": "RS256"},
                     account="bob")
        for body in ({"name": "eve", "alg": "ES256"}, {"name": "eve", "alg": "none"}):
            self.refused(422, "invalid_value", "createAccount", body)
        self.refused(422, "invalid_value", "changeAccount", {"alg": "HS512"}, account="bob")


class Explain(ApiTestCase):
    def setUp(self):
        super().setUp()
        for name in ("alice", "bob"):
            self.make_account(name)
            self.make_server("of-" + name, name)
        self.good = self.make_token("alice", servers=["of-alice"])["token"]
        self.of_bob = self.make_token("bob", servers=["of-bob"])["token"]

    def explain(self, text, **options):
        return self.done("explain", {"server": "of-alice", "token": text}, **options)

    def test_says_what_checks_do_with_the_next_request(self):
        tokens = {"good": self.good, "of bob": self.of_bob, "two parts": "a.b",
                  "not associated": self.make_token("alice")["token"], "tampered": self.good[:-4]}
        for revoke in (False, True):
            if revoke:
                jti = self.explain(self.good)["token"]["jti"]
                self.done("revokeToken", {"reason": "leaked"}, account="alice", jti=jti)
            for name, token in tokens.items():
                with self.subTest(name, revoked=revoke):
                    explained = self.explain(token)
                    _, headers, body = self.daemon.ask("/verify/of-alice", token)
                    self.assertEqual(explained["accepted"], json.loads(body)["valid"])
                    self.assertEqual(explained["reason"], json.loads(body).get("reason"))
        revoked = self.explain(self.good)
        failed, = [step for step in revoked["steps"] if step["state"] == "failed"]
        self.assertEqual((revoked["heading"], failed["check"]), ("Token revoked", "revocation"))
        self.assertIn('"leaked"', failed["found"])

    def test_takes_a_field(self):
        for field, reason in (("Authorization: Bearer " + self.good, None), ("", "missing"),
                              ("Bearer Bearer " + self.good, "malformed")):
            explained = self.done("explain", {"server": "of-alice", "authorization": field})
            self.assertEqual(explained["reason"], reason)

    def test_tells_those_who_are_confined_of_their_account_alone(self):
        confined = self.admin_token("confined", "--account", "alice")
        self.assertTrue(self.explain(self.good, token=confined)["accepted"])
        self.assertEqual(self.explain(self.of_bob)["heading"], "Wrong account")
        discreet = self.explain(self.of_bob, token=confined)
        self.assertEqual((discreet["heading"], discreet["secret"]), ("Invalid signature", None))
        self.assertNotIn("bob", json.dumps(discreet))
        details = [self.refused(422, "invalid_value", "explain", {"server": name, "token": "a"},
                                token=confined)["detail"].replace(name, "")
                   for name in ("of-bob", "nobodys")]
        self.assertEqual(details[0], details[1])

    def test_refuses_what_is_no_question(self):
        for body in ({"server": "of-alice"}, {"token": "a"},
                     {"server": "of-alice", "token": "a", "authorization": "b"}):
            self.refused(422, "invalid_value", "explain", body)


class Callers(ApiTestCase):
    def setUp(self):
        super().setUp()
        for name in ("alice", "bob"):
            self.make_account(name)
            self.make_server("of-" + name, name)
        self.token_of_bob = self.make_token("bob")

    def test_that_are_confined_reach_one_account(self):
        confined = self.admin_token("confined", "--account", "alice")
        self.done("createClient", {"name": "robot", "description": "x"}, account="bob")
        there = {"account": "bob", "server": "of-bob", "jti": self.token_of_bob["jti"],
                 "client": "robot", "family": self.make_family("bob")}
        nobody = {**there, "account": "nobody"}
        for operation_id, (_, path, _) in self.description.operations.items():
            with self.subTest(operation_id):
                if operation_id == "changeAccount":
                    self.refused(403, "confined", operation_id, {}, token=confined, **there)
                elif "{account}" in path:
                    problem = self.refused(404, "not_found", operation_id, token=confined, **there)
                    same = self.refused(404, "not_found", operation_id, token=confined, **nobody)
                    self.assertEqual(problem["detail"].replace("bob", "nobody"), same["detail"])
                elif operation_id not in ("getRegistry", "listAccounts", "explain",
                                          "getDescription"):
                    self.refused(403, "confined", operation_id, token=confined)
        names = [a["name"] for a in self.done("listAccounts", token=confined)["items"]]
        self.assertEqual(names, ["alice"])
        mine = {"account": "alice", "token": confined}
        self.refused(404, "not_found", "getServer", server="of-bob", **mine)
        self.refused(404, "not_found", "getToken", jti=there["jti"], **mine)
        self.refused(404, "not_found", "revokeToken", jti=there["jti"], **mine)
        for operation_id in ("getClient", "revokeClient"):
            self.refused(404, "not_found", operation_id, client="robot", **mine)
        for operation_id in ("getRefreshFamily", "revokeRefreshFamily"):
            self.refused(404, "not_found", operation_id, family=there["family"], **mine)
        self.refused(400, "invalid_parameter", "listUsage", query={"server": "of-bob"}, **mine)
        self.refused(422, "invalid_value", "createToken",
                     {"description": "a", "lifetime": "1h", "servers": ["of-bob"]}, **mine)
        self.assertTrue(self.done("listAccountAudit", **mine)["items"])
        self.assertEqual(self.done("getToken", account="bob", jti=there["jti"])["status"], "active")

    def test_may_not_show_a_token_of_the_registry(self):
        self.refused(401, "unauthenticated", "getRegistry", token=self.token_of_bob["token"])

    def test_are_refused_once_their_token_is_revoked(self):
        token = self.admin_token("brief")
        self.done("getRegistry", token=token)
        self.cli("admin-token", "revoke", "brief", "--yes")
        self.refused(401, "unauthenticated", "getRegistry", token=token)

    def test_that_guess_have_to_wait(self):
        for _ in range(10):
            self.refused(401, "unauthenticated", "getRegistry", token="sja_" + "A" * 44)
        answer = self.call("getRegistry")
        self.assertEqual(answer.status, 429)
        self.assertTrue(1 <= int(answer.headers["Retry-After"]) <= 60)
        self.assertEqual(self.daemon.admin("/livez")[0], 200, "is nobody's secret")


if __name__ == "__main__":
    unittest.main()
