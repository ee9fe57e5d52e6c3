// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a registry knows about a token beyond what checks ask: for whoever explains a verdict.

#ifndef SIMDJWT_IO_REGISTRY_EVIDENCE_H_
#define SIMDJWT_IO_REGISTRY_EVIDENCE_H_

#include <cstdint>

#include "registry/feed.h"
#include "registry/model.h"

namespace simdjwt::registry {

// Whose secret or key has signed a token, and which one.
struct TokenSigner {
  Account account;
  SecretInfo secret;
  bool is_decoded = false;  // by the bytes that the secret's text encodes, instead of the text
};

// Tokens that were issued before `time` are refused.
struct NotBefore {
  EpochScope scope;
  int64_t time;
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_EVIDENCE_H_
