// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Signs or verifies with jose what standard input asks for, in JSON; answers in JSON. The key is a
// JWK, or one of a JWK Set. Many requests, in an array, get as many answers. Run with --eval in the folder that has
// jose's node_modules, where its import is looked up.
import { readFileSync } from "node:fs";
import { createLocalJWKSet, errors, importJWK, jwtVerify, SignJWT } from "jose";

async function sign(request, key) {
  const header = { alg: request.alg, typ: "JWT", kid: request.jwk.kid };
  return new SignJWT(request.claims).setProtectedHeader(header).sign(key);
}

async function verify(request, key) {
  const { issuer, audience } = request;
  const demands = { issuer, audience, algorithms: [request.alg], requiredClaims: ["sub", "exp"] };
  try {
    return { claims: (await jwtVerify(request.token, key, demands)).payload };
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return { error: error.claim ? `${error.code} ${error.claim}` : error.code };
  }
}

async function answer(request) {
  const key = request.jwks
    ? createLocalJWKSet(request.jwks)
    : await importJWK(request.jwk, request.alg);
  return request.claims ? sign(request, key) : verify(request, key);
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const answers = Array.isArray(asked) ? Promise.all(asked.map(answer)) : answer(asked);
process.stdout.write(JSON.stringify(await answers));
