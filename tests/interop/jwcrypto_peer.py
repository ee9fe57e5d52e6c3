# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""Signs or verifies with jwcrypto what an array on standard input asks for, in JSON; answers in
JSON."""

import json
import sys

from jwcrypto import jwk, jws, jwt


def answer(request):
    key = jwk.JWK(**request["jwk"])
    if "claims" in request:
        token = jwt.JWT(header={"alg": request["alg"], "kid": key["kid"]},
                        claims=request["claims"], algs=[request["alg"]])
        token.make_signed_token(key)
        return token.serialize()
    demands = {"iss": request["issuer"], "aud": request["audience"], "sub": None, "exp": None}
    try:
        token = jwt.JWT(jwt=request["token"], key=key, algs=[request["alg"]], check_claims=demands)
    except (jws.InvalidJWSSignature, jwt.JWTExpired, jwt.JWTInvalidClaimValue) as error:
        return {"error": type(error).__name__}
    return {"claims": json.loads(token.claims)}


json.dump([*map(answer, json.load(sys.stdin))], sys.stdout)
