// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// An Express application that lets in who has a token of the account whose secret is in its
// environment. It prints its URL when it listens. Run with --eval in the folder that has the
// node_modules.
import express from "express";
import jwt from "jsonwebtoken";

const app = express();

function authenticate(request, response, next) {
  const token = request.headers.authorization?.split(" ")[1];
  if (!token) return response.status(401).json({ error: "no token" });
  jwt.verify(token, process.env.JWT_SECRET, (error, claims) => {
    if (error) return response.status(403).json({ error: error.message });
    request.claims = claims;
    next();
  });
}

app.get("/", authenticate, (request, response) => response.json({ claims: request.claims }));
const server = app.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
