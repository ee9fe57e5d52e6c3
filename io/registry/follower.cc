// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/follower.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "registry/account_key.h"
#include "registry/random.h"
#include "registry/server_gate.h"

namespace simdjwt::registry {
namespace {

constexpr int64_t kPruneSeconds = 60;

// What there is in place of a secret that nobody has made yet: no token verifies.
absl::StatusOr<Key> nobodys_key() {
  std::array<uint8_t, kSecretChars> bytes;
  if (absl::Status s = fill_random(bytes); !s.ok()) return s;
  return Key::hmac(Algorithm::kHs256, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// Everything else about a token is the gate's to say.
absl::StatusOr<Policy> policy() {
  return PolicyBuilder().ignore_iss().ignore_aud().ignore_typ().allow_missing_exp().build();
}

std::optional<int64_t> unless_never(int64_t time) {
  return time == kNever ? std::nullopt : std::optional(time);
}

}  // namespace

class Follower::Image final : public FeedSink {
 public:
  static absl::StatusOr<std::unique_ptr<Image>> create(std::shared_ptr<SignatureCache> signatures) {
    Revocations::Seed seed;
    if (absl::Status s = fill_random(seed); !s.ok()) return s;
    auto image = std::make_unique<Image>();
    image->signatures_ = std::move(signatures);
    image->tables_->revocations = Revocations::create(seed);
    return image;
  }

  void on_account(const FeedAccount& row) override {
    accounts_[row.id].accepts = row.accepts;
    forget_verifiers(row.id);
  }
  void on_secret(const FeedSecret& row) override {
    accounts_[row.account].secrets.insert_or_assign(
        row.generation, Secret{row.algorithm, SecretText(row.text), row.valid_until});
    forget_verifiers(row.account);
  }
  void on_secret_dropped(AccountId account, int64_t generation) override {
    accounts_[account].secrets.erase(generation);
    forget_verifiers(account);
  }
  void on_server(const FeedServer& row) override {
    servers_.insert_or_assign(row.id,
                              ServerRow{row.account, std::string(row.name), std::string(row.url),
                                        row.authenticates, std::nullopt});
    has_new_servers_ = true;
  }
  void on_token(const FeedToken& row) override {
    status_.Update(tables_->tokens.insert(row.index, row.jti, row.account));
    num_tokens_ = std::max(num_tokens_, row.index + 1);
    if (row.is_revoked && status_.ok()) {
      tables_->revocations->revoke_index(static_cast<uint32_t>(row.index));
    }
  }
  void on_associated(TokenIndex token, ServerId server) override {
    status_.Update(tables_->tokens.associate(token, server));
  }
  void on_dissociated(TokenIndex token, ServerId server) override {
    tables_->tokens.dissociate(token, server);
  }
  void on_epoch(const FeedEpoch& row) override;
  void on_foreign_revocation(const FeedForeignRevocation& row) override {
    tables_->revocations->revoke_jti(TokenOwner::account(name_of(row.account)), row.jti,
                                     unless_never(row.expires));
  }

  uint64_t num_tokens() const noexcept { return num_tokens_; }
  bool is_revoked(TokenIndex index) const noexcept {
    return tables_->revocations->is_index_revoked(static_cast<uint32_t>(index));
  }

  // All of `taken_in` that ever was.
  RevocationCounts revocations() const {
    const uint64_t num_indexes = tables_->revocations->num_indexes();
    const uint64_t num_jtis = tables_->revocations->num_jtis();
    return {.entries = {num_indexes, num_jtis, dates_.size()},
            .taken_in = {num_indexes, num_jtis, num_dates_taken_in_}};
  }

  // Makes the verifiers that have to be made anew. True if there were any, or servers changed.
  absl::StatusOr<bool> complete(int64_t now);

  std::vector<CheckedServer> servers() const {
    std::vector<CheckedServer> servers;
    for (const auto& [id, row] : servers_) {
      servers.push_back({id, row.name, row.url, row.authenticates, *row.verifier});
    }
    return servers;
  }

 private:
  struct Secret {
    Algorithm algorithm;
    SecretText text;  // or a public JWK
    int64_t valid_until;
  };
  struct AccountRow {
    Accepts accepts = Accepts::kRegistered;
    std::map<int64_t, Secret> secrets = {};  // by generation
  };
  struct ServerRow {
    AccountId account;
    std::string name;
    std::string url;
    bool authenticates;
    std::optional<Verifier> verifier;
  };

  // Of an account, for Revocations.
  static std::string name_of(AccountId account) { return std::to_string(account); }

  void forget_verifiers(AccountId account) {
    for (auto& [id, row] : servers_) {
      if (row.account == account) row.verifier.reset();
    }
    has_new_servers_ = true;
  }
  static absl::StatusOr<KeySet> keys_of(AccountRow& account, int64_t now);

  std::map<AccountId, AccountRow> accounts_;
  std::map<ServerId, ServerRow> servers_;
  std::shared_ptr<SignatureCache> signatures_;  // or null
  std::shared_ptr<CheckTables> tables_ = std::make_shared<CheckTables>();
  uint64_t num_tokens_ = 0;
  std::set<std::tuple<EpochScope, AccountId, std::string>> dates_;  // of whom there are some
  uint64_t num_dates_taken_in_ = 0;
  absl::Status status_;  // what went wrong with a row
  bool has_new_servers_ = true;
  int64_t pruned_ = 0;
};

void Follower::Image::on_epoch(const FeedEpoch& row) {
  dates_.emplace(row.scope, row.account, row.name);
  ++num_dates_taken_in_;
  Revocations& revocations = *tables_->revocations;
  const std::string account = name_of(row.account);
  switch (row.scope) {
    case EpochScope::kAll:
      return revocations.refuse_before(row.not_before);
    case EpochScope::kIssuer:
      return revocations.refuse_before(TokenOwner::issuer(row.name), row.not_before);
    case EpochScope::kAccount:
      return revocations.refuse_before(TokenOwner::account(account), row.not_before);
    case EpochScope::kSubject:
      return revocations.refuse_before(TokenOwner::account(account), row.name, row.not_before);
  }
}

// The current secret, then the one before while it still counts: a token names neither. A key it
// names.
absl::StatusOr<KeySet> Follower::Image::keys_of(AccountRow& account, int64_t now) {
  std::erase_if(account.secrets, [now](const auto& of) { return of.second.valid_until <= now; });
  KeySetBuilder builder;
  for (auto secret = account.secrets.rbegin(); secret != account.secrets.rend(); ++secret) {
    KeyPeriod period;
    if (const auto end = unless_never(secret->second.valid_until)) period.not_after = *end;
    absl::StatusOr<Key> key = key_of(secret->second.algorithm, secret->second.text.view(), period);
    if (!key.ok()) return key.status();
    builder.add(*std::move(key));
  }
  if (!account.secrets.empty()) return builder.build();
  absl::StatusOr<Key> key = nobodys_key();
  if (!key.ok()) return key.status();
  return KeySet::of(*std::move(key));
}

absl::StatusOr<bool> Follower::Image::complete(int64_t now) {
  if (!status_.ok()) return status_;
  if (now >= pruned_ + kPruneSeconds) {
    tables_->revocations->prune(now);
    pruned_ = now;
  }
  if (!has_new_servers_) return false;
  std::map<AccountId, KeySet> keys;  // of those accounts whose verifiers are to be made
  for (auto& [id, row] : servers_) {
    if (row.verifier) continue;
    AccountRow& account = accounts_[row.account];
    if (!keys.contains(row.account)) {
      absl::StatusOr<KeySet> made = keys_of(account, now);
      if (!made.ok()) return made.status();
      keys.emplace(row.account, *std::move(made));
    }
    absl::StatusOr<Policy> demands = policy();
    if (!demands.ok()) return demands.status();
    row.verifier.emplace(keys.at(row.account), *std::move(demands), signatures_,
                         RevocationCheck{.revocations = tables_->revocations,
                                         .account = name_of(row.account),
                                         .gate = std::make_shared<const ServerGate>(
                                             tables_, id, row.account, account.accepts)});
  }
  has_new_servers_ = false;
  return true;
}

Follower::Follower(Store store, std::shared_ptr<SignatureCache> signatures)
    : store_(std::move(store)), signatures_(std::move(signatures)) {}
Follower::~Follower() = default;

absl::StatusOr<std::unique_ptr<Follower>> Follower::open(
    const std::string& path, int64_t now, std::shared_ptr<SignatureCache> signatures) {
  absl::StatusOr<Store> store = Store::open(path);
  if (!store.ok()) return store.status();
  std::unique_ptr<Follower> follower(new Follower(*std::move(store), std::move(signatures)));
  if (absl::Status status = follower->read_all(now); !status.ok()) return status;
  return follower;
}

absl::Status Follower::read_all(int64_t now) {
  absl::StatusOr<std::unique_ptr<Image>> image = Image::create(signatures_);
  if (!image.ok()) return image.status();
  const absl::StatusOr<int64_t> version = store_.read_all(**image, now);
  if (!version.ok()) return version.status();
  if (const auto completed = (*image)->complete(now); !completed.ok()) return completed.status();
  image_ = *std::move(image);
  version_ = *version;
  return absl::OkStatus();
}

// Counts what came. What an entry was changed by, a date moved on, is a revocation as well.
absl::Status Follower::read_changes(int64_t now) {
  const RevocationCounts before = image_->revocations();
  const absl::StatusOr<int64_t> version = store_.read_changes(*image_, version_, now);
  if (!version.ok()) return version.status();
  version_ = *version;
  const RevocationCounts after = image_->revocations();
  for (size_t i = 0; i < counts_.taken_in.size(); ++i) {
    counts_.taken_in.at(i) += after.taken_in.at(i) - before.taken_in.at(i);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Follower::follow(int64_t now) {
  const absl::StatusOr<int64_t> current = store_.version();
  if (!current.ok()) return current.status();
  if (*current != version_) {
    const absl::Status status = read_changes(now);
    if (absl::IsOutOfRange(status)) {
      if (absl::Status read = read_all(now); !read.ok()) return read;
      return true;
    }
    if (!status.ok()) return status;
  }
  return image_->complete(now);
}

std::vector<CheckedServer> Follower::servers() const { return image_->servers(); }

RevocationCounts Follower::revocations() const {
  return {.entries = image_->revocations().entries, .taken_in = counts_.taken_in};
}

uint64_t Follower::num_tokens() const noexcept { return image_->num_tokens(); }

bool Follower::is_revoked(TokenIndex index) const noexcept { return image_->is_revoked(index); }

}  // namespace simdjwt::registry
