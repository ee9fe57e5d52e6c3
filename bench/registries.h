// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Registries for bench_registry: in memory alone, of any size, and one on the disk.

#ifndef SIMDJWT_BENCH_REGISTRIES_H_
#define SIMDJWT_BENCH_REGISTRIES_H_

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "corpus.h"
#include "registry/jti.h"
#include "registry/server_gate.h"
#include "registry/sqlite.h"
#include "registry/store.h"
#include "simdjwt/simdjwt.h"

namespace simdjwt::bench {

using registry::Store;
using registry::TokenIndex;

inline constexpr size_t kSignedMax = 1'000'000;
inline constexpr registry::AccountId kAccount = 1;
inline constexpr registry::ServerId kServer = 1;
inline constexpr registry::ServerId kOtherServer = 2;
inline const registry::Act kAct = {"bench", kNow};

template <class T>
T value_or_die(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
  std::abort();
}
inline void succeed(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

inline Key key() { return value_or_die(Key::hmac(Algorithm::kHs256, secret(Algorithm::kHs256))); }

// 194 bytes, as the claims of all headline figures have, so that times compare.
inline std::string claims_of(std::string_view jti) {
  std::string claims = R"({"iss":"id.example","sub":"user-0001","aud":"api-v1","jti":")";
  claims.append(jti).append(R"(","iat":1700000000,"exp":4000000000,"scope":")");
  claims.append(192 - claims.size(), 'r');
  return claims.append("\"}");
}

// As a Follower's verifiers have it.
inline Policy policy() {
  return value_or_die(
      PolicyBuilder().ignore_iss().ignore_aud().ignore_typ().allow_missing_exp().build());
}

// --- In memory ---

// N tokens of one account for one server, as a Follower has them.
class Registry {
 public:
  explicit Registry(size_t num_tokens) {
    tables_->revocations = Revocations::create({1});
    const size_t num_signed = std::min(num_tokens, kSignedMax);
    const size_t stride = num_tokens / num_signed;
    const Signer signer = value_or_die(Signer::create(key()));
    for (TokenIndex index = 0; index < num_tokens; ++index) {
      const std::string jti = value_or_die(registry::make_jti(index));
      succeed(tables_->tokens.insert(index, jti, kAccount));
      succeed(tables_->tokens.associate(index, kServer));
      if (index % 64 == 1) tables_->revocations->revoke_index(static_cast<uint32_t>(index));
      if (index % stride == 0 && index % 64 != 1) {
        tokens_.push_back(value_or_die(signer.sign_claims(claims_of(jti))));
      } else if (index % 64 == 1 && revoked_.size() < 1000) {
        revoked_.push_back(value_or_die(signer.sign_claims(claims_of(jti))));
      }
    }
    // In the order in which they are shown, one after the other.
    std::shuffle(tokens_.begin(), tokens_.end(), std::mt19937(9));
    for (std::string& token : tokens_) text_ += token;
    for (size_t at = 0; at < text_.size(); at += tokens_.front().size()) {
      views_.emplace_back(std::string_view(text_).substr(at, tokens_.front().size()));
    }
    tokens_ = {};
  }

  const std::vector<std::string_view>& tokens() const { return views_; }

  Verifier verifier(registry::ServerId server = kServer) const {
    return Verifier(KeySet::of(key()), policy(), nullptr,
                    {.revocations = tables_->revocations,
                     .account = "1",
                     .gate = std::make_shared<const registry::ServerGate>(
                         tables_, server, kAccount, registry::Accepts::kRegistered)});
  }

  // What is not as it should be, or nothing.
  std::string complaint() const {
    Scratch scratch;
    const Verifier here = verifier();
    const Verifier there = verifier(kOtherServer);
    for (size_t i = 0; i < views_.size(); i += 97) {
      if (!here.verify(views_[i], scratch, kNow)) return "a token is refused";
      if (there.verify(views_[i], scratch, kNow).verdict() != Verdict::kNotAssociated) {
        return "a token is accepted at a server that it is not for";
      }
    }
    for (const std::string& token : revoked_) {
      if (here.verify(token, scratch, kNow).verdict() != Verdict::kRevoked) {
        return "a revoked token is accepted";
      }
    }
    return {};
  }

 private:
  const std::shared_ptr<registry::CheckTables> tables_ = std::make_shared<registry::CheckTables>();
  std::vector<std::string> tokens_;
  std::vector<std::string> revoked_;
  std::string text_;
  std::vector<std::string_view> views_;
};

// Made when it is first asked for, and kept: repetitions are interleaved.
inline const Registry& registry_of(size_t num_tokens) {
  static std::map<size_t, std::unique_ptr<Registry>> all;
  std::unique_ptr<Registry>& one = all[num_tokens];
  if (one == nullptr) {
    one = std::make_unique<Registry>(num_tokens);
    const std::string complaint = one->complaint();
    if (!complaint.empty()) {
      std::fprintf(stderr, "%s\n", complaint.c_str());
      std::exit(1);
    }
  }
  return *one;
}

// --- On the disk ---

// One account, the server "api", and N tokens for it, in a directory that goes with it.
class Disk {
 public:
  explicit Disk(TokenIndex num_tokens) {
    directory_ = std::filesystem::temp_directory_path().string() + "/bench_registry_XXXXXX";
    if (mkdtemp(directory_.data()) == nullptr) std::abort();
    store_ =
        std::make_unique<Store>(value_or_die(Store::create(path(), "https://id.example", kAct)));
    account_ = value_or_die(store_->create_account("alice", {}, {}, kAct)).id;
    succeed(store_->create_server(account_, "api", "", kAct).status());
    // The first makes the secret; the others become as this one is, without an act for each.
    const auto first = value_or_die(
        store_->create_token(account_, {.description = "a token", .servers = {"api"}}, kAct));
    jtis_.push_back(first.token.jti);
    fill(num_tokens);
  }
  ~Disk() {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::string path() const { return directory_ + "/registry.db"; }
  Store& store() { return *store_; }
  registry::AccountId account() const { return account_; }
  const std::vector<std::string>& jtis() const { return jtis_; }

  // The next that nobody took: those with odd indexes, in their order.
  const std::string& take_jti() {
    taken_ += 2;
    return jtis_.at(taken_);
  }

  // Those with even indexes, signed.
  std::vector<std::string> sign() {
    const registry::SecretText secret = value_or_die(store_->show_secret(account_, kAct));
    const Signer signer =
        value_or_die(Signer::create(value_or_die(Key::hmac(Algorithm::kHs256, secret.view()))));
    std::vector<std::string> tokens;
    for (size_t i = 2; i < jtis_.size(); i += 2) {
      tokens.push_back(value_or_die(signer.sign_claims(claims_of(jtis_[i]))));
    }
    std::shuffle(tokens.begin(), tokens.end(), std::mt19937(9));
    return tokens;
  }

 private:
  void fill(TokenIndex num_tokens) {
    registry::Database database = value_or_die(registry::Database::open(path()));
    auto transaction =
        value_or_die(registry::Transaction::begin(database, registry::Transaction::Kind::kWrite));
    registry::Statement insert = database.query(
        "INSERT INTO tokens (idx, account, jti, header, generation, created, description, claims) "
        "SELECT ?, account, ?, header, generation, created, description, ? FROM tokens "
        "WHERE idx = 0");
    registry::Statement associate =
        database.query("INSERT INTO token_servers (token, server) VALUES (?, 1)");
    for (TokenIndex index = 1; index < num_tokens; ++index) {
      jtis_.push_back(value_or_die(registry::make_jti(index)));
      const auto number = static_cast<int64_t>(index);
      const std::string claims = claims_of(jtis_.back());
      succeed(insert.run(number, std::string_view(jtis_.back()), std::string_view(claims)));
      succeed(associate.run(number));
    }
    succeed(database.run("UPDATE registry SET next_token = ?", static_cast<int64_t>(num_tokens)));
    succeed(transaction.commit());
  }

  std::string directory_;
  std::unique_ptr<Store> store_;
  registry::AccountId account_ = 0;
  std::vector<std::string> jtis_;
  size_t taken_ = SIZE_MAX;  // and two are the first
};

inline Disk& disk() {
  static Disk disk(1'000'000);
  return disk;
}

}  // namespace simdjwt::bench

#endif  // SIMDJWT_BENCH_REGISTRIES_H_
