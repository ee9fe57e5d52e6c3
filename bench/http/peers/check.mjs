// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Answers whether a bearer token is good, with Node's http and fast-jwt: algorithm, signature, exp.
// Without fast-jwt's cache, which tokens that are all distinct would only fill.

import {createServer} from 'node:http';
import {createRequire} from 'node:module';

const [address, folder] = process.argv.slice(2);
const {createVerifier} = createRequire(folder + '/')('fast-jwt');
const verify = createVerifier({
  key: process.env.SECRET, algorithms: ['HS256'], requiredClaims: ['exp'],
});

const server = createServer((request, reply) => {
  let status = 401;
  const authorization = request.headers.authorization;
  if (request.url === '/check' && authorization?.startsWith('Bearer ')) {
    try {
      verify(authorization.slice(7));
      status = 200;
    } catch {
      status = 401;
    }
  }
  reply.writeHead(status, {'Content-Length': 0});
  reply.end();
});
server.keepAliveTimeout = 0;
server.maxRequestsPerSocket = 0;
const [host, port] = address.split(':');
server.listen(Number(port), host);
