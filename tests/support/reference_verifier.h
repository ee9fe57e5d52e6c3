// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The whole verifier once more, without a line of core: its own base64url and JSON, OpenSSL's
// HMAC(), strings and vectors. Slow, and short enough to be read against the RFCs.

#ifndef SIMDJWT_TESTS_SUPPORT_REFERENCE_VERIFIER_H_
#define SIMDJWT_TESTS_SUPPORT_REFERENCE_VERIFIER_H_

#include <simdjwt/key.h>
#include <simdjwt/verdict.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/reference_revocations.h"

namespace simdjwt::testing {

struct ReferenceKey {
  std::string kid;
  Algorithm algorithm = Algorithm::kHs256;
  std::string secret;
  std::string issuer = {};
  KeyPeriod period = {};
};

// What a verifier is told, in the terms of PolicyBuilder.
struct ReferenceVerifier {
  std::vector<ReferenceKey> keys;
  bool by_issuer = false;  // keys verify the tokens of their issuer alone; else, those of all
  std::optional<std::string> iss;
  std::optional<std::string> aud;
  std::optional<std::string> typ = {};  // in lower case, without "application/"
  bool exp_required = false;
  int64_t leeway_seconds = 0;
  std::optional<int64_t> max_age_seconds = {};
  std::string expected_claim = {};  // a name, or none; and the string it must have
  std::string expected_value = {};
  std::string forbidden_claim = {};
  const ReferenceRevocations* revocations = nullptr;
  std::string account = {};

  Verdict verify(std::string_view token, int64_t now) const;
};

// The bytes that `text` spells, or nullopt unless it is canonical.
std::optional<std::string> reference_base64url_decode(std::string_view text);

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_REFERENCE_VERIFIER_H_
