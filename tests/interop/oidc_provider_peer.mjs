// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The npm package oidc-provider as a server. Its first argument says how: {"port", "key",
// "certificate", "generations", "saved"}. Of each generation it has a key for each algorithm, whose
// kid begins with the generation's name; it signs with those of the first, and keeps all in the
// file `saved`. It prints a line when it listens. Who asks for the resource urn:ALG gets an access
// token that is signed with ALG.
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import Provider from 'oidc-provider';

const { port, key, certificate, generations, saved } = JSON.parse(process.argv[1]);
const kinds = {
  RS256: ['rsa', { modulusLength: 2048 }],
  PS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519', {}],
};
const makeKeys = (generation) => Object.entries(kinds).map(([alg, kind]) => ({
  ...generateKeyPairSync(...kind).privateKey.export({ format: 'jwk' }),
  alg, use: 'sig', kid: generation + alg,
}));
const keysOf = existsSync(saved) ? JSON.parse(readFileSync(saved, 'utf8')) : {};
for (const generation of generations) keysOf[generation] ??= makeKeys(generation);
writeFileSync(saved, JSON.stringify(keysOf), { mode: 0o600 });
const keys = generations.flatMap((generation) => keysOf[generation]);
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
