// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The npm package oidc-provider as a server. Its first argument says how: {"port", "key",
// "certificate", "kid"}. It has a new key for each algorithm, and prints a line when it listens.
// Who asks for the resource urn:ALG gets an access token that is signed with ALG.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import Provider from 'oidc-provider';

const { port, key, certificate, kid } = JSON.parse(process.argv[1]);
const kinds = {
  RS256: ['rsa', { modulusLength: 2048 }],
  PS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519', {}],
};
const keys = Object.entries(kinds).map(([alg, kind]) => ({
  ...generateKeyPairSync(...kind).privateKey.export({ format: 'jwk' }),
  alg, use: 'sig', kid: kid + alg,
}));
const provider = new Provider(`https://127.0.0.1:${port}`, {
  jwks: { keys },
  clients: [{ client_id: 'client', client_secret: 'a client secret, and no other', redirect_uris: [],
              response_types: [], grant_types: ['client_credentials'] }],
  enabledJWA: { idTokenSigningAlgValues: Object.keys(kinds) },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        audience: 'api', scope: 'read', accessTokenFormat: 'jwt', accessTokenTTL: 600,
        jwt: { sign: { alg: resource.slice('urn:'.length) } },
      }),
    },
  },
});
createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, provider.callback())
  .listen(port, '127.0.0.1', () => console.log('listening'));
