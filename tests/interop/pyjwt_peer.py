# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Signs or verifies with PyJWT what standard input asks for, in JSON; answers in JSON. Many
requests, in an array, get as many answers."""

import json
import sys

import jwt


def key_of(request):
    if "secret" in request:
        return request["secret"]
    if "jwks" in request:
        kid = jwt.get_unverified_header(request["token"])["kid"]
        keys = jwt.PyJWKSet.from_dict(request["jwks"]).keys
        return next(key.key for key in keys if key.key_id == kid)
    return jwt.PyJWK(request["jwk"], request["alg"]).key


def answer(request):
    if "claims" in request:
        headers = {"kid": request["jwk"]["kid"]} if "jwk" in request else None
        return jwt.encode(request["claims"], key_of(request), request["alg"], headers=headers)
    try:
        return {"claims": jwt.decode(request["token"], key_of(request),
                                     algorithms=[request["alg"]], issuer=request["issuer"],
                                     audience=request["audience"],
                                     options={"require": ["sub", "exp"]})}
    except jwt.InvalidTokenError as error:
        return {"error": type(error).__name__}


asked = json.load(sys.stdin)
json.dump([*map(answer, asked)] if isinstance(asked, list) else answer(asked), sys.stdout)
