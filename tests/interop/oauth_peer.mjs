// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// A client of npm's openid-client: discovers the issuer, fetches a token, refreshes another, hands
// both back, and prints what it got on one line of JSON.
import { readFileSync } from 'node:fs';
import * as client from 'openid-client';

const { issuer, secret, refreshToken, method } = JSON.parse(readFileSync(0));
const authentication = { basic: client.ClientSecretBasic, post: client.ClientSecretPost }[method];

// The name of an error, and the server's word for it.
const failure = async (promise) => {
  try {
    await promise;
    return null;
  } catch (error) {
    return error.error ?? error.code;
  }
};

const discover = (password) =>
  client.discovery(new URL(issuer), 'robot', { client_secret: password }, authentication(password), {
    algorithm: 'oauth2',
    execute: [client.allowInsecureRequests],
  });

const config = await discover(secret);
const fetched = await client.clientCredentialsGrant(config, { scope: 'read' });
const refreshed = await client.refreshTokenGrant(config, refreshToken);
const again = await client.refreshTokenGrant(config, refreshed.refresh_token);
await client.tokenRevocation(config, fetched.access_token);
const report = {
  metadata: config.serverMetadata(),
  fetched,
  again,
  reuse: await failure(client.refreshTokenGrant(config, refreshToken)),
  wide: await failure(client.clientCredentialsGrant(config, { scope: 'admin' })),
  impostor: await failure(client.clientCredentialsGrant(await discover('x'), {})),
};
console.log(JSON.stringify(report));
