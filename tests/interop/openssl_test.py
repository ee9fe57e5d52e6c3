# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Tokens whose tags the openssl command makes; JSON and base64url are Python's."""

import shutil
import subprocess
import unittest

from exchange import Exchange, skip_unless
from support import SECRET, CliTestCase, claims_of, encode, to_bytes

OPENSSL = shutil.which("openssl")


def tag_by_openssl(alg, signing_input):
    command = [OPENSSL, "dgst", "-sha" + alg[2:], "-mac", "HMAC", "-macopt",
               "hexkey:" + SECRET.hex(), "-binary"]
    return encode(subprocess.run(command, input=signing_input.encode(), capture_output=True,
                                 timeout=60, check=True).stdout)


class OpenSsl(Exchange, CliTestCase):
    forged = "another tag"

    @classmethod
    def setUpClass(cls):
        skip_unless(OPENSSL, "openssl not found")

    def their_token(self, alg, claims):
        header = {"alg": alg, "typ": "JWT"}
        signing_input = encode(to_bytes(header)) + "." + encode(to_bytes(claims))
        return signing_input + "." + tag_by_openssl(alg, signing_input)

    def their_verdict(self, alg, token):
        signing_input, tag = token.rsplit(".", 1)
        if tag_by_openssl(alg, signing_input) != tag:
            return {"error": self.forged}
        return {"claims": claims_of(token)}


if __name__ == "__main__":
    unittest.main()
