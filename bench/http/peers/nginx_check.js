// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// An HS256 check as people write it for njs: algorithm, signature, exp.

import crypto from 'crypto';

const secret = process.env.SECRET;

function isGood(authorization) {
  if (!authorization || !authorization.startsWith('Bearer ')) return false;
  const parts = authorization.slice(7).split('.');
  if (parts.length !== 3) return false;
  const header = JSON.parse(Buffer.from(parts[0], 'base64url'));
  if (header.alg !== 'HS256') return false;
  const signature = crypto.createHmac('sha256', secret)
    .update(parts[0] + '.' + parts[1]).digest('base64url');
  if (signature !== parts[2]) return false;
  const claims = JSON.parse(Buffer.from(parts[1], 'base64url'));
  return typeof claims.exp === 'number' && Date.now() / 1000 < claims.exp;
}

function verify(request) {
  let good = false;
  try {
    good = isGood(request.headersIn.Authorization);
  } catch (error) {
    good = false;
  }
  request.return(good ? 200 : 401);
}

export default {verify};
