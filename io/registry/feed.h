// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The read side of the registry: what whoever checks tokens keeps of it in memory, row by row.

#ifndef SIMDJWT_IO_REGISTRY_FEED_H_
#define SIMDJWT_IO_REGISTRY_FEED_H_

#include <cstdint>
#include <string_view>

#include "registry/model.h"

namespace simdjwt::registry {

struct FeedAccount {
  AccountId id;
  std::string_view name;
  Accepts accepts;
};

// A secret or key that is in use. One that replaced it does not end it: its time does.
struct FeedSecret {
  AccountId account;
  int64_t generation;     // the highest of an algorithm is its current one
  Algorithm algorithm;    // kHs256: a secret; others: a key
  std::string_view text;  // kSecretChars characters, wiped after the call; of a key the public JWK
  int64_t valid_until;    // kNever for a current one
};

struct FeedServer {
  ServerId id;
  AccountId account;
  std::string_view name;
  std::string_view url;
  bool authenticates;
};

struct FeedToken {
  TokenIndex index;
  AccountId account;
  std::string_view jti;  // see jti.h: it says the index
  int64_t expires;       // kNever for an indefinite one
  bool is_revoked;
};

// Tokens that were issued before `not_before` are rejected, those without iat too.
enum class EpochScope : uint8_t { kAll, kIssuer, kAccount, kSubject };
struct FeedEpoch {
  EpochScope scope;
  AccountId account;      // of kAccount and kSubject, otherwise 0
  std::string_view name;  // the iss of kIssuer, the sub of kSubject, otherwise empty
  int64_t not_before;
};

// A revoked token that the registry did not issue.
struct FeedForeignRevocation {
  AccountId account;
  std::string_view jti;
  int64_t expires;  // when it may be forgotten; kNever for never
};

// Receives rows. A row replaces the one with the same identifiers that came before. Texts live
// until the call returns. Of a full reading, accounts come first, then secrets, servers, tokens by
// their index, associations by token, epochs and foreign revocations; of changes, each row that
// changed, as it is now, once, in the order of the changes.
class FeedSink {
 public:
  virtual ~FeedSink() = default;

  virtual void on_account(const FeedAccount& account) = 0;
  virtual void on_secret(const FeedSecret& secret) = 0;
  virtual void on_secret_dropped(AccountId account, int64_t generation) = 0;
  virtual void on_server(const FeedServer& server) = 0;
  virtual void on_token(const FeedToken& token) = 0;
  virtual void on_associated(TokenIndex token, ServerId server) = 0;
  virtual void on_dissociated(TokenIndex token, ServerId server) = 0;
  virtual void on_epoch(const FeedEpoch& epoch) = 0;
  virtual void on_foreign_revocation(const FeedForeignRevocation& revocation) = 0;
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_FEED_H_
