// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "state/revocation_tables.h"

#include <simdjwt/limits.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace simdjwt {
namespace internal {

RevocationTables::RevocationTables(const Revocations::Seed& seed) noexcept {
  static_assert(sizeof(keys_) == sizeof(seed));
  std::memcpy(keys_.data(), seed.data(), seed.size());
}

void RevocationTables::raise_not_before(int64_t seconds) noexcept {
  // Relaxed, as in TagTable::raise: whoever learnt of this sees this date or a later one.
  const int64_t old = not_before_.load(std::memory_order_relaxed);
  not_before_.store(std::max(old, seconds), std::memory_order_relaxed);
}

bool RevocationTables::ask(const Tag& owner, const jose::Claims& claims,
                           int64_t& not_before) const noexcept {
  const auto raise = [&not_before](std::optional<int64_t> date) {
    if (date) not_before = std::max(not_before, *date);
  };
  raise(owners.find(owner));
  const auto sub = claims.sub();
  if (sub && !subjects.is_unused()) raise(subjects.find({owner, *sub}));
  const auto jti = claims.jti();
  return jti && !jtis.is_unused() && jtis.find({owner, *jti});
}

[[gnu::noinline]] bool RevocationTables::refuse(const jose::Claims& claims,
                                                const Tag* account) const noexcept {
  int64_t not_before = not_before_.load(std::memory_order_relaxed);
  if (!jtis.is_unused() || !owners.is_unused() || !subjects.is_unused()) {
    if (account != nullptr && ask(*account, claims, not_before)) return true;
    const std::string_view iss = claims.iss().value_or(std::string_view());
    if (ask(tag(TokenOwner::issuer(iss)), claims, not_before)) return true;
  }
  if (not_before == kNoDate) [[likely]]
    return false;
  return !claims.iat() || *claims.iat() < not_before;
}

RevocationGuard::RevocationGuard(const RevocationCheck& check)
    : revocations_(check.revocations),
      tables_(revocations_ == nullptr ? nullptr : &RevocationAccess::tables(*revocations_)),
      gate_(check.gate) {
  if (tables_ != nullptr && !check.account.empty()) {
    account_ = tables_->tag(TokenOwner::account(check.account));
  }
}

}  // namespace internal

namespace {

int64_t within_dates(int64_t seconds) noexcept {
  return std::clamp(seconds, int64_t{0}, kNumericDateMax);
}

}  // namespace

Revocations::Revocations(std::unique_ptr<internal::RevocationTables> tables) noexcept
    : tables_(std::move(tables)) {}
Revocations::~Revocations() = default;

std::shared_ptr<Revocations> Revocations::create(const Seed& seed) {
  return std::shared_ptr<Revocations>(
      new Revocations(std::make_unique<internal::RevocationTables>(seed)));
}

void Revocations::revoke_index(uint32_t index) {
  if (tables_->indexes.insert(index)) ++tables_->num_indexes;
}

void Revocations::revoke_jti(const TokenOwner& owner, std::string_view jti,
                             std::optional<int64_t> exp) {
  const int64_t until =
      exp ? within_dates(*exp) + kLeewaySecondsMax : std::numeric_limits<int64_t>::max();
  tables_->jtis.raise({tables_->tag(owner), jti}, until);
}

void Revocations::refuse_before(int64_t seconds) {
  tables_->raise_not_before(within_dates(seconds));
}

void Revocations::refuse_before(const TokenOwner& owner, int64_t seconds) {
  tables_->owners.raise(tables_->tag(owner), within_dates(seconds));
}

void Revocations::refuse_before(const TokenOwner& owner, std::string_view sub, int64_t seconds) {
  tables_->subjects.raise({tables_->tag(owner), sub}, within_dates(seconds));
}

size_t Revocations::prune(int64_t now) { return tables_->jtis.erase_below(now); }

size_t Revocations::num_indexes() const noexcept { return tables_->num_indexes; }
size_t Revocations::num_jtis() const noexcept { return tables_->jtis.size(); }

bool Revocations::is_index_revoked(uint32_t index) const noexcept {
  return tables_->indexes.contains(index);
}

void Revocations::prefetch_index(uint32_t index) const noexcept {
  tables_->indexes.prefetch(index);
}

bool Revocations::is_jti_revoked(const TokenOwner& owner, std::string_view jti) const noexcept {
  return tables_->jtis.find({tables_->tag(owner), jti}).has_value();
}

}  // namespace simdjwt
