// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What is asked of a new token, and the claims that come of it.

#ifndef SIMDJWT_IO_REGISTRY_ISSUE_H_
#define SIMDJWT_IO_REGISTRY_ISSUE_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/model.h"
#include "registry/secret_text.h"

namespace simdjwt::registry {

// Which claims a token has. All have jti and iat, and exp unless they are indefinite.
enum class Template : uint8_t {
  kStandard,  // iss, sub, aud, scope
  kDjango,    // also token_type "access" and user_id, without which Django's simplejwt rejects it;
              // never indefinite
  kCustom,    // those of custom_claims
};

struct TokenRequest {
  std::string description;
  Template claims = Template::kStandard;
  std::optional<int64_t> expires = {};  // seconds since 1970; nullopt: indefinite
  std::string sub = {};                 // empty: the account's name
  std::vector<std::string> audiences = {};
  std::string scope = {};                 // empty: none
  std::string user_id = {};               // of kDjango, JSON: a number or a string
  std::string custom_claims = {};         // of kCustom: a JSON object without jti, iat and exp
  std::vector<std::string> servers = {};  // that the token is associated with at once
  bool aud_of_servers = true;             // aud has their URLs too, but not of kCustom
};

// Whether the account's policy and the template allow such a token. kInvalidArgument says why not.
[[nodiscard]] absl::Status check_request(const TokenRequest& request, const LifePolicy& life,
                                         int64_t now);

// The claims of a request that was checked, its aud being complete, on one line. `status` is the
// claim of that name, JSON, or empty for none; custom claims that have one keep their own.
[[nodiscard]] std::string make_claims(const TokenRequest& request, std::string_view issuer,
                                      const Account& account, std::string_view jti, int64_t now,
                                      std::string_view status = "");

// The token: by a secret with the header {"alg":"HS256","typ":"JWT"} and no other, by a key with
// its kid, too. The same arguments give the same bytes. Allocates.
[[nodiscard]] absl::StatusOr<std::string> sign_token(Algorithm algorithm, const SecretText& secret,
                                                     std::string_view claims_json);

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_ISSUE_H_
