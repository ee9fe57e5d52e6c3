// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Store: a registry on disk. A change is on the disk, with its entry in the audit log, before the
// call that makes it returns.

#ifndef SIMDJWT_IO_REGISTRY_STORE_H_
#define SIMDJWT_IO_REGISTRY_STORE_H_

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry/evidence.h"
#include "registry/feed.h"
#include "registry/issue.h"
#include "registry/model.h"
#include "registry/secret_text.h"
#include "registry/sqlite.h"
#include "registry/usage.h"
#include "registry/vault.h"

namespace simdjwt::registry {

class Writer;

struct TokenQuery {
  enum class Status : uint8_t { kAny, kActive, kInactive };

  std::string search = {};  // in description or jti, letters of ASCII in either case; empty: all
  Status status = Status::kAny;
  std::optional<TokenIndex> before = {};  // where the page before ended
  size_t limit = 50;
};

// The newest first.
struct TokenPage {
  std::vector<Token> tokens;
  std::optional<TokenIndex> next = {};  // TokenQuery::before of the next page; nullopt: none
};

struct AuditQuery {
  std::optional<AccountId> account = {};  // nullopt: of all, and of the registry itself
  std::optional<int64_t> before = {};     // the id where the page before ended
  size_t limit = 50;
};

// As a FeedEpoch says it, on its own.
struct Epoch {
  EpochScope scope = EpochScope::kAll;
  AccountId account = 0;
  std::string name = {};
  int64_t not_before = 0;
};

struct ForeignRevocation {
  std::string jti = {};
  int64_t created = 0;
  std::optional<int64_t> expires = {};
};

struct IssuedToken {
  Token token;
  std::string text;
};

// Used by one thread at a time; any number of stores, in any number of processes, may be open on
// one file. Every member reads or writes files and allocates.
//
// What belongs to an account is only found by who names the account: everything else is kNotFound,
// whether it exists or not. Other errors: kInvalidArgument for what was asked, kAlreadyExists and
// kFailedPrecondition for what the registry holds, kUnavailable where another process has written
// for too long and where a file cannot be used, kResourceExhausted for a full disk, kDataLoss for a
// damaged file. After an error nothing has changed.
class Store {
 public:
  // Makes a registry whose tokens will have this issuer (iss): a file for its owner alone, and
  // beside it, unless it is there already, the key that seals its secrets, PATH.key.
  [[nodiscard]] static absl::StatusOr<Store> create(const std::string& path,
                                                    std::string_view issuer, const Act& act);

  // Opens one, brings its schema up to date, and refuses one of a newer schema or another key.
  [[nodiscard]] static absl::StatusOr<Store> open(const std::string& path);

  // Reads the whole file; kDataLoss says what is wrong in it.
  [[nodiscard]] absl::Status check_integrity();

  [[nodiscard]] const std::string& path() const noexcept { return database_.path(); }
  [[nodiscard]] const std::string& issuer() const noexcept { return issuer_; }

  // Whether new tokens name the list that publishes their status, in a claim "status". Not unless
  // somebody has said so; tokens that were issued before stay as they are.
  [[nodiscard]] absl::StatusOr<bool> names_status_lists();
  [[nodiscard]] absl::Status name_status_lists(bool names, const Act& act);

  // Runs `body`, whose changes are put on the disk together, which takes as long as for one. Each
  // is made or fails for itself, but stays only if this returns OK; if not, none of them does.
  [[nodiscard]] absl::Status change_together(absl::FunctionRef<void()> body);

  // --- Accounts ---

  // With an algorithm other than HS256, the key that signs its tokens is made at once.
  [[nodiscard]] absl::StatusOr<Account> create_account(std::string_view name, Accepts accepts,
                                                       const LifePolicy& life, const Act& act,
                                                       Algorithm algorithm = Algorithm::kHs256);
  [[nodiscard]] absl::StatusOr<std::vector<Account>> accounts();
  [[nodiscard]] absl::StatusOr<Account> find_account(std::string_view name);
  // Tokens that were issued before keep the life they have, and verify by what signed them; that
  // stays until it is rotated.
  [[nodiscard]] absl::Status set_policy(AccountId account, Accepts accepts, const LifePolicy& life,
                                        const Act& act, Algorithm algorithm = Algorithm::kHs256);

  // --- Servers ---

  [[nodiscard]] absl::StatusOr<Server> create_server(AccountId account, std::string_view name,
                                                     std::string_view url, const Act& act);
  [[nodiscard]] absl::StatusOr<std::vector<Server>> servers(AccountId account);
  [[nodiscard]] absl::StatusOr<Server> find_server(AccountId account, std::string_view name);
  // Off lets every request pass, whatever token it has.
  [[nodiscard]] absl::Status set_authentication(AccountId account, std::string_view server,
                                                bool authenticates, const Act& act);

  // --- Tokens ---

  // The account's first token makes its secret.
  [[nodiscard]] absl::StatusOr<IssuedToken> create_token(AccountId account,
                                                         const TokenRequest& request,
                                                         const Act& act);
  [[nodiscard]] absl::StatusOr<TokenPage> tokens(AccountId account, const TokenQuery& query,
                                                 int64_t now);
  // By its jti, or by 6 or more first characters that no other of the account's tokens has.
  [[nodiscard]] absl::StatusOr<Token> find_token(AccountId account, std::string_view jti);
  // The token's text again, byte for byte. Fails once the secret that signed it has ended.
  [[nodiscard]] absl::StatusOr<std::string> copy_token(AccountId account, std::string_view jti,
                                                       const Act& act);
  // By which people tell tokens apart: "eyJhbGci…" and its last six characters. Is no copy, so
  // the audit log does not mention it.
  [[nodiscard]] absl::StatusOr<std::string> preview_token(const Token& token, int64_t now);
  // For good. Revoking it once more changes nothing.
  [[nodiscard]] absl::Status revoke_token(AccountId account, std::string_view jti,
                                          std::string_view reason, const Act& act);
  // All of them or, where one is not found, none; at once, as one change of the disk. Returns how
  // many were not revoked before.
  [[nodiscard]] absl::StatusOr<size_t> revoke_tokens(AccountId account,
                                                     std::span<const std::string> jtis,
                                                     std::string_view reason, const Act& act);
  // A server's first token turns its authentication on; removing the last never turns it off. Both
  // change nothing where it is already so.
  [[nodiscard]] absl::Status associate(AccountId account, std::string_view jti,
                                       std::string_view server, const Act& act);
  [[nodiscard]] absl::Status dissociate(AccountId account, std::string_view jti,
                                        std::string_view server, const Act& act);

  // --- Revocation of what the registry did not issue, and of all at once ---

  // `expires`: when the token has expired, and its revocation may be forgotten.
  [[nodiscard]] absl::Status revoke_foreign(AccountId account, std::string_view jti,
                                            std::optional<int64_t> expires, const Act& act);
  // Tokens issued before `epoch.not_before` are rejected. An epoch never moves back.
  [[nodiscard]] absl::Status set_epoch(const FeedEpoch& epoch, const Act& act);
  // Those of an account and its subjects, or, without one, of all and of issuers.
  [[nodiscard]] absl::StatusOr<std::vector<Epoch>> epochs(std::optional<AccountId> account);
  // By their jti, from the first behind `after` on.
  [[nodiscard]] absl::StatusOr<std::vector<ForeignRevocation>> foreign_revocations(
      AccountId account, std::string_view after, size_t limit);

  // --- Secrets ---

  // Makes the secret if there is none; but fails if keys sign the account's tokens, whose private
  // halves are shown to nobody.
  [[nodiscard]] absl::StatusOr<SecretText> show_secret(AccountId account, const Act& act);
  // Secrets and keys, the newest first.
  [[nodiscard]] absl::StatusOr<std::vector<SecretInfo>> secrets(AccountId account);
  // Makes a new secret or key; the one before of the same algorithm verifies for `grace_seconds`
  // more, and those before that no longer. The algorithm is that by which tokens are signed now
  // unless said. Fails if there is none yet.
  [[nodiscard]] absl::StatusOr<SecretInfo> rotate_secret(
      AccountId account, int64_t grace_seconds, const Act& act,
      std::optional<Algorithm> algorithm = std::nullopt);
  // The public halves of the keys that verify the account's tokens at `now`, the newest first, as a
  // JWK Set on one line.
  [[nodiscard]] absl::StatusOr<std::string> public_keys(AccountId account, int64_t now);

  // --- Usage ---

  // Adds to the counts and dates, and tidies up some of what is older than it is kept; true if
  // there is more of that. No change that followers or the audit log hear of.
  [[nodiscard]] absl::StatusOr<bool> add_usage(const UsageBatch& batch, int64_t now);
  // In the order of names or times, those of which nothing is counted left out.
  [[nodiscard]] absl::StatusOr<std::vector<UsageLine>> usage(AccountId account,
                                                             const UsageQuery& query);

  // --- Explaining ---

  // A server by its name alone, and whose it is.
  [[nodiscard]] absl::StatusOr<std::pair<Account, Server>> find_server_of_any(
      std::string_view name);
  // Whose token has this jti.
  [[nodiscard]] absl::StatusOr<std::optional<Account>> find_owner(std::string_view jti);
  // Which secret has signed a token: of the account, or else of whose token it says that it is.
  // Also one that has ended, while it is kept.
  [[nodiscard]] absl::StatusOr<std::optional<TokenSigner>> find_signer(AccountId account,
                                                                       std::string_view token);
  // The latest epoch for tokens of the account with these claims.
  [[nodiscard]] absl::StatusOr<std::optional<NotBefore>> find_not_before(AccountId account,
                                                                         std::string_view iss,
                                                                         std::string_view sub);
  // When revoke_foreign() was called for it.
  [[nodiscard]] absl::StatusOr<std::optional<int64_t>> find_foreign_revocation(
      AccountId account, std::string_view jti);

  // --- Following ---

  // The newest first.
  [[nodiscard]] absl::StatusOr<std::vector<AuditEntry>> audit(const AuditQuery& query);

  // Grows by one with each change, whoever makes it.
  [[nodiscard]] absl::StatusOr<int64_t> version();

  // Everything as of one version, which is returned. Streams: memory does not grow with the
  // registry. Secrets that have ended by `now` are left out.
  [[nodiscard]] absl::StatusOr<int64_t> read_all(FeedSink& sink, int64_t now);
  // What has changed after the version `since`, up to the version that is returned. kOutOfRange
  // when that is longer ago than the log of changes reaches: then read_all.
  [[nodiscard]] absl::StatusOr<int64_t> read_changes(FeedSink& sink, int64_t since, int64_t now);

 private:
  friend class AdminTokens;
  friend class Grants;
  Store(Database database, Vault vault, std::string issuer)
      : database_(std::move(database)), vault_(std::move(vault)), issuer_(std::move(issuer)) {}

  // Runs `body` in one transaction that writes, and keeps what it did only if it returns OK.
  [[nodiscard]] absl::Status write(const Act& act, absl::FunctionRef<absl::Status(Writer&)> body);
  // The same for one that reads, all of it as of one version.
  [[nodiscard]] absl::Status read(absl::FunctionRef<absl::Status()> body);

  // A token, and the grant that it came of.
  [[nodiscard]] absl::StatusOr<IssuedToken> issue(Writer& writer, AccountId account,
                                                  const TokenRequest& request,
                                                  std::optional<int64_t> grant);
  [[nodiscard]] absl::StatusOr<std::string> sign_again(const Token& token, int64_t now);

  Database database_;
  Vault vault_;
  std::string issuer_;
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_STORE_H_
