// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/usage_book.h"

#include <algorithm>
#include <iterator>

#include "registry/store.h"

namespace simdjwt::registry {
namespace {

constexpr uint64_t kSaveAfterMs = 2'000;
constexpr uint64_t kRetryAfterMs = 1'000;
constexpr uint64_t kTidyAfterMs = 60'000;

// Rows of a transaction, of either kind.
constexpr size_t kRowsMax = 4'000;
// Sums that wait for the store: 64 MiB or so.
constexpr size_t kCountsMax = size_t{1} << 20;

// How many uses ahead the place of one is asked for, as it mostly lies behind the caches.
constexpr size_t kPrefetchAhead = 8;

uint32_t minute_of(int64_t time) { return static_cast<uint32_t>(time / kMinuteSeconds); }

}  // namespace

UsageBook::UsageBook(size_t num_threads, std::span<const std::string_view> outcomes)
    : outcomes_(outcomes) {
  for (size_t i = 0; i < num_threads; ++i) lanes_.push_back(std::make_unique<UsageLane>());
}

UsageMeter& UsageBook::meter(ServerId server) {
  const std::lock_guard lock(meters_mutex_);
  const auto number = static_cast<uint32_t>(meters_.size());
  const auto [found, is_new] = numbers_.try_emplace(server, number);
  if (is_new) meters_.push_back({std::make_unique<UsageMeter>(server, number, lanes_)});
  return *meters_[found->second].meter;
}

// --- Collecting ---

void UsageBook::collect(const net::Instant& now) {
  const std::lock_guard lock(meters_mutex_);
  for (const auto& lane : lanes_) {
    lane->ring.drain(
        [&](std::span<const TokenUse> uses) { collect_tokens(uses, now.unix_seconds); });
  }
  collect_servers(now.unix_seconds);
  if (!is_saved() && oldest_ms_.load(std::memory_order_relaxed) == 0) {
    oldest_ms_.store(now.steady_ms, std::memory_order_relaxed);
  }
}

UsageBook::Key UsageBook::key_of(TokenUse use, int64_t now) noexcept {
  return {use.meter(), use.token(), minute_of(now), use.outcome(), Key::kOfToken};
}

void UsageBook::collect_tokens(std::span<const TokenUse> uses, int64_t now) {
  for (size_t i = 0; i < uses.size(); ++i) {
    if (i + kPrefetchAhead < uses.size()) {
      counts_.prefetch(key_of(uses[i + kPrefetchAhead], now));
    }
    const Key key = key_of(uses[i], now);
    if (counts_.size() >= kCountsMax && !counts_.contains(key)) {
      lost_.add();
      continue;
    }
    Sum& sum = counts_[key];
    ++sum.count;
    sum.last = std::max(sum.last, now);
  }
}

void UsageBook::collect_servers(int64_t now) {
  for (Metered& metered : meters_) {
    for (size_t i = 0; i < outcomes_.size(); ++i) {
      const auto outcome = static_cast<uint8_t>(i);
      const uint64_t total = metered.meter->total(outcome);
      uint64_t& collected = metered.collected[outcome];
      if (total == collected) continue;
      counts_[{metered.meter->number(), 0, minute_of(now), outcome, Key::kOfServer}].count +=
          static_cast<int64_t>(total - collected);
      collected = total;
    }
  }
}

// --- Saving ---

bool UsageBook::is_due(const net::Instant& now) const noexcept {
  const uint64_t oldest = oldest_ms_.load(std::memory_order_relaxed);
  return now.steady_ms >= retry_at_ms_ &&
         (now.steady_ms >= tidy_at_ms_ || (oldest != 0 && now.steady_ms >= oldest + kSaveAfterMs));
}

UsageBatch UsageBook::next_batch() {
  UsageBatch batch;
  const std::lock_guard lock(meters_mutex_);
  for (const auto& [key, sum] : counts_) {
    if (batch.counts.size() == kRowsMax) break;
    const bool is_of_token = key.kind == Key::kOfToken;
    batch.counts.push_back(
        {.server = meters_[key.meter].meter->server(),
         .token = is_of_token ? std::optional<TokenIndex>(key.token) : std::nullopt,
         .start = key.minute * kMinuteSeconds,
         .outcome = outcomes_[key.outcome],
         .count = sum.count});
    if (is_of_token && key.outcome == kOutcomeAccepted) {
      batch.last_uses.emplace_back(key.token, sum.last);
    }
  }
  return batch;
}

absl::Status UsageBook::save(Store& store, const net::Instant& now) {
  const UsageBatch batch = next_batch();
  const absl::StatusOr<bool> has_more_to_tidy = store.add_usage(batch, now.unix_seconds);
  if (!has_more_to_tidy.ok()) {
    retry_at_ms_ = now.steady_ms + kRetryAfterMs;
    return has_more_to_tidy.status();
  }
  // The same ones as in next_batch(): nothing has changed since.
  counts_.erase(counts_.begin(),
                std::next(counts_.begin(), static_cast<ptrdiff_t>(batch.counts.size())));
  if (is_saved()) oldest_ms_.store(0, std::memory_order_relaxed);
  tidy_at_ms_ = *has_more_to_tidy ? now.steady_ms : now.steady_ms + kTidyAfterMs;
  return absl::OkStatus();
}

// --- For others ---

uint64_t UsageBook::lag_ms(const net::Instant& now) const noexcept {
  const uint64_t oldest = oldest_ms_.load(std::memory_order_relaxed);
  return oldest == 0 ? 0 : now.steady_ms - std::min(oldest, now.steady_ms);
}

uint64_t UsageBook::num_lost() const noexcept {
  uint64_t sum = lost_.value();
  for (const auto& lane : lanes_) sum += lane->lost.value();
  return sum;
}

}  // namespace simdjwt::registry
