// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Revocations once more, without a line of core: sets and maps of strings behind a mutex.

#ifndef SIMDJWT_TESTS_SUPPORT_REFERENCE_REVOCATIONS_H_
#define SIMDJWT_TESTS_SUPPORT_REFERENCE_REVOCATIONS_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace simdjwt::testing {

// "iss:" or "account:" and the name.
struct ReferenceOwner {
  static std::string issuer(const std::string& iss) { return "iss:" + iss; }
  static std::string account(const std::string& name) { return "account:" + name; }
};

// What of a token decides.
struct ReferenceClaims {
  std::optional<std::string> iss;
  std::optional<std::string> sub;
  std::optional<std::string> jti;
  std::optional<int64_t> iat;
};

class ReferenceRevocations {
 public:
  void revoke_index(uint32_t index) {
    const std::lock_guard lock(mutex_);
    indexes_.insert(index);
  }
  void revoke_jti(const std::string& owner, const std::string& jti, std::optional<int64_t> exp) {
    const std::lock_guard lock(mutex_);
    raise(jtis_, {owner, jti}, exp ? *exp : INT64_MAX);
  }
  void refuse_before(int64_t seconds) { refuse_before("", seconds); }
  void refuse_before(const std::string& owner, int64_t seconds) {
    const std::lock_guard lock(mutex_);
    raise(owners_, owner, seconds);
  }
  void refuse_before(const std::string& owner, const std::string& sub, int64_t seconds) {
    const std::lock_guard lock(mutex_);
    raise(subjects_, {owner, sub}, seconds);
  }
  size_t prune(int64_t now, int64_t leeway_seconds_max) {
    const std::lock_guard lock(mutex_);
    return std::erase_if(jtis_, [&](const auto& entry) {
      return entry.second != INT64_MAX && entry.second + leeway_seconds_max < now;
    });
  }

  bool is_index_revoked(uint32_t index) const {
    const std::lock_guard lock(mutex_);
    return indexes_.contains(index);
  }
  bool refuses(const ReferenceClaims& claims, const std::string& account) const {
    const std::lock_guard lock(mutex_);
    std::set<std::string> owners = {ReferenceOwner::issuer(claims.iss.value_or(""))};
    if (!account.empty()) owners.insert(ReferenceOwner::account(account));
    std::set<int64_t> dates;
    if (owners_.contains("")) dates.insert(owners_.at(""));
    for (const std::string& owner : owners) {
      if (claims.jti && jtis_.contains({owner, *claims.jti})) return true;
      if (owners_.contains(owner)) dates.insert(owners_.at(owner));
      if (claims.sub && subjects_.contains({owner, *claims.sub})) {
        dates.insert(subjects_.at({owner, *claims.sub}));
      }
    }
    return !dates.empty() && (!claims.iat || *claims.iat < *dates.rbegin());
  }

 private:
  using Within = std::pair<std::string, std::string>;  // something of an owner

  template <class Key>
  static void raise(std::map<Key, int64_t>& map, const Key& key, int64_t value) {
    const auto [found, is_new] = map.emplace(key, value);
    if (!is_new && found->second < value) found->second = value;
  }

  mutable std::mutex mutex_;
  std::set<uint32_t> indexes_;
  std::map<Within, int64_t> jtis_;
  std::map<std::string, int64_t> owners_;  // and everybody, whose name is empty
  std::map<Within, int64_t> subjects_;
};

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_REFERENCE_REVOCATIONS_H_
