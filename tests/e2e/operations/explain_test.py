# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""What `simdjwt explain` says of a token is what the daemon does with it, and what it logs."""

import json
import subprocess
import unittest

from daemon import OperationsTestCase, encode, forge
from support import PROGRAM
from tokens import Registry


class ExplainTest(OperationsTestCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(self.path("tokens.db"))
        for server in ("api", "files", "open"):
            self.registry.run("server", "create", server)
        self.good = self.registry.token("--server", "api")
        self.registry.run("server", "auth", "open", "off", "--yes")

    def explain(self, server, field):
        process = subprocess.run([PROGRAM, "explain", "--registry", self.registry.path, "--json",
                                  "--server", server, "--header", field], capture_output=True,
                                 timeout=120, check=False)
        answer = json.loads(process.stdout)
        self.assertEqual(process.returncode, 0 if answer["accepted"] else 1)
        return answer

    def fields(self):
        """By what they are about; each is sent as Authorization."""
        secret = self.registry.secret().encode()
        revoked = self.registry.token("--server", "api")
        self.registry.revoke(revoked)
        header, claims, tag = self.good.split(".")
        tokens = {
            "good": self.good,
            "revoked": revoked,
            "expired": self.registry.expired_token("--server", "api"),
            "for others": self.registry.token("--server", "files"),
            "unregistered": forge(secret),
            "refresh": forge(secret, token_type="refresh"),
            "not yet valid": forge(secret, nbf=4102444800),
            "bad claim": forge(secret, exp="never"),
            "foreign": forge(),
            "other tag": f"{header}.{claims}.{tag[::-1]}",
            "no tag": f"{header}.{claims}.",
            "two parts": f"{header}.{claims}",
            "five parts": self.good + ".a.b",
            "padded": self.good + "=",
            "unsigned": encode(b'{"alg":"none"}') + f".{claims}.{tag}",
            "header is no JSON": encode(b"{") + f".{claims}.{tag}",
            "huge": header + "." + "A" * 9000 + "." + tag}
        fields = {name: "Bearer " + token for name, token in tokens.items()}
        fields.update({"lower case": "bearer  " + self.good, "no scheme": self.good,
                       "other scheme": "Basic YTpi", "scheme alone": "Bearer", "empty": "",
                       "twice": "Bearer Bearer " + self.good, "quoted": f'Bearer "{self.good}"'})
        return fields

    def test_agrees_with_the_daemon_and_its_log(self):
        fields = self.fields()
        log = self.path("decisions")
        daemon = self.start(f'[registry]\npath = "{self.registry.path}"\n'
                            f'[log]\ndecisions = "{log}"\nallow_sample = 1.0\n')
        reasons = set()
        for server in ("api", "open"):
            for name, field in fields.items():
                with self.subTest(name, server=server):
                    answer = self.explain(server, field)
                    status, headers, body = daemon.ask(f"/check/forward/{server}",
                                                       headers={"Authorization": field})
                    self.assertEqual(status == 200, answer["accepted"], answer)
                    self.assertEqual(headers["X-Auth-Reason"], answer["reason"])
                    if status != 200:
                        self.assertEqual(json.loads(body)["error_description"], answer["message"])
                    body = json.loads(daemon.ask(f"/verify/{server}",
                                                 headers={"Authorization": field})[2])
                    if "verdict" in body:
                        self.assertEqual(body["verdict"], answer["verdict"])
                    self.assertEqual(body["valid"], answer["verdict"] == "valid")
                    if server == "api":
                        reasons.add(answer["reason"])
        self.assertEqual(daemon.stop(), 0)
        text = self.read("decisions")
        logged = {json.loads(line).get("reason") for line in text.splitlines()
                  if json.loads(line)["policy"] == "api"}
        self.assertEqual(logged, reasons)
        self.assertGreater(len(reasons), 12)
        for field in fields.values():
            for part in field.split(" ")[-1].split("."):
                if len(part) >= 16:
                    self.assertNotIn(part[:16], text)


if __name__ == "__main__":
    unittest.main()
