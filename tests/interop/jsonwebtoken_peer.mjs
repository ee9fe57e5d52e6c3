// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Verifies with jsonwebtoken the tokens that standard input asks about, in JSON, as an Express
// application does that has the account's secret in its environment; answers in JSON.
import { readFileSync } from "node:fs";
import jwt from "jsonwebtoken";

const verdict = ({ secret, token }) => {
  try {
    return { claims: jwt.verify(token, secret) };
  } catch (error) {
    return { error: error.message };
  }
};

console.log(JSON.stringify(verdict(JSON.parse(readFileSync(0)))));
