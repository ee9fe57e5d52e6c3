// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What a registry keeps: accounts, and of each its servers, tokens and secrets. Times are seconds
// since 1970, texts UTF-8.

#ifndef SIMDJWT_IO_REGISTRY_MODEL_H_
#define SIMDJWT_IO_REGISTRY_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simdjwt/key.h"

namespace simdjwt::registry {

// Identifiers of rows, never used twice. A token's is its place in the arrays of whoever checks
// tokens: the first is 0, and there are no gaps.
using AccountId = int64_t;
using ServerId = int64_t;
using TokenIndex = uint64_t;

inline constexpr int64_t kNever = INT64_MAX;

// Bounds of texts, in bytes.
inline constexpr size_t kNameBytesMax = 64;
inline constexpr size_t kDescriptionBytesMax = 200;
inline constexpr size_t kUrlBytesMax = 2048;
inline constexpr size_t kReasonBytesMax = 200;

// An account's secret: 48 random bytes in base64url, whose characters are the HMAC key as they
// stand. No decoder is involved, so none can disagree.
inline constexpr size_t kSecretChars = 64;

// Which tokens with a good signature of the account are accepted at its servers.
enum class Accepts : uint8_t {
  kRegistered,  // those that the registry issued, and that are associated with the server
  kSigned,      // beside them those that the account's own services have signed
};

// What life the tokens of an account may have.
struct LifePolicy {
  int64_t seconds_min = 1;
  std::optional<int64_t> seconds_max = {};
  bool may_be_indefinite = true;
};

struct Account {
  AccountId id = 0;
  std::string name = {};
  int64_t created = 0;
  Accepts accepts = Accepts::kRegistered;
  LifePolicy life = {};
  Algorithm algorithm = Algorithm::kHs256;  // by which its tokens are signed from now on
};

struct Server {
  ServerId id = 0;
  AccountId account = 0;
  std::string name = {};  // unique in the registry, and fit to stand in a path
  std::string url = {};   // under which its clients know it; empty if nobody said
  int64_t created = 0;
  bool authenticates = false;
  int64_t num_tokens = 0;  // associated ones, revoked and expired ones too
};

// One secret or key of an account, without its text.
struct SecretInfo {
  int64_t generation = 0;  // 1, 2, ...
  int64_t created = 0;
  std::optional<int64_t> valid_until = {};  // nullopt: the current one of its algorithm
  Algorithm algorithm = Algorithm::kHs256;
  std::string kid = {};  // of a key
};

struct Revocation {
  int64_t time = 0;
  std::string reason = {};
};

struct Token {
  TokenIndex index = 0;
  AccountId account = 0;
  std::string jti = {};
  std::string description = {};
  std::string claims_json = {};   // the bytes that were signed
  int64_t secret_generation = 0;  // what they were signed with
  int64_t created = 0;
  std::optional<int64_t> expires = {};  // nullopt: indefinite
  std::optional<int64_t> last_used = {};
  std::optional<Revocation> revoked = {};
  std::vector<std::string> servers = {};  // the names of those it is associated with, sorted
  int64_t secret_valid_until = kNever;    // of its secret; 0 for one that was dropped
};

// Why a token is accepted nowhere, if so.
enum class TokenStatus : uint8_t { kActive, kRevoked, kExpired, kSecretReplaced };
[[nodiscard]] inline TokenStatus status_of(const Token& token, int64_t now) noexcept {
  if (token.revoked) return TokenStatus::kRevoked;
  if (token.expires && *token.expires <= now) return TokenStatus::kExpired;
  return token.secret_valid_until > now ? TokenStatus::kActive : TokenStatus::kSecretReplaced;
}

// A key by which a caller of the admin API can ask again for what it may have made already.
struct Once {
  int64_t admin = 0;         // the caller's token
  std::string key = {};      // the caller's choice
  std::string request = {};  // the hash of all that was asked
};
inline constexpr int64_t kOnceSeconds = 24 * 3600;  // for which keys are remembered

// Who changes something, and when: what the audit log says of a change.
struct Act {
  std::string actor;
  int64_t time;
  std::optional<Once> once = {};  // remembered with what is made, or with a secret's rotation
};

struct AuditEntry {
  int64_t id = 0;
  int64_t version = 0;  // of the registry, that the change led to
  int64_t time = 0;
  std::string actor = {};
  std::optional<AccountId> account = {};
  std::string action = {};   // "token.revoke"
  std::string subject = {};  // the account's or server's name, or the token's jti
  std::string detail = {};   // a sentence's part, or empty
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_MODEL_H_
