# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Signs or verifies with PyJWT what standard input asks for, in JSON; answers in JSON."""

import json
import sys

import jwt

request = json.load(sys.stdin)
if "claims" in request:
    answer = jwt.encode(request["claims"], request["secret"], algorithm=request["alg"])
else:
    try:
        answer = {"claims": jwt.decode(request["token"], request["secret"],
                                       algorithms=[request["alg"]], issuer=request["issuer"],
                                       audience=request["audience"],
                                       options={"require": ["sub", "exp"]})}
    except jwt.InvalidTokenError as error:
        answer = {"error": type(error).__name__}
json.dump(answer, sys.stdout)
