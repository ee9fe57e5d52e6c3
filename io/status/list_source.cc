// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/list_source.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace simdjwt::status {

using jwks::RefreshLimits;
using std::chrono::seconds;

namespace {

// How far the clock of who publishes a list may be ahead of ours.
constexpr int64_t kLeewaySeconds = 60;

// What lifetime_of() has taken into account; a list that expires in a second must be fetched in
// less.
RefreshLimits of_schedule(RefreshLimits limits) {
  limits.lifetime_min = seconds(1);
  return limits;
}

}  // namespace

ListSource::ListSource(std::string uri, const RefreshLimits& limits, jwks::Fetcher& fetcher,
                       const jwks::SavedDocuments& saved, Time now)
    : uri_(std::move(uri)),
      limits_(limits),
      fetcher_(fetcher),
      saved_(saved),
      schedule_(of_schedule(limits), now),
      last_used_(now) {}

size_t ListSource::num_bytes() const noexcept {
  return fetched_ == nullptr ? 0 : fetched_->list.num_bytes();
}

ListSource::Time ListSource::last_used(Time now) noexcept {
  if (is_used_->exchange(false, std::memory_order_relaxed)) last_used_ = now;
  return last_used_;
}

std::string ListSource::saved_name() const { return "status list " + uri_; }

bool ListSource::recall(const Demands& demands) {
  if (fetched_ != nullptr) return false;
  const std::optional<jwks::SavedDocument> saved = saved_.load(saved_name());
  if (!saved || saved->unix_seconds + limits_.lifetime_max.count() <= demands.now) return false;
  absl::StatusOr<StatusListToken> token = read_status_list(
      saved->text, uri_, demands.keys, demands.bytes_max, kLeewaySeconds, demands.now);
  return token.ok() && take(*std::move(token), std::min(saved->unix_seconds, demands.now));
}

void ListSource::forget() const { saved_.remove(saved_name()); }

void ListSource::begin(Time now) {
  schedule_.begin(now);
  transfer_ = fetcher_.get(uri_, kMediaType);
}

std::optional<ListSource::Report> ListSource::advance(const Demands& demands, Time now,
                                                      double lot) {
  if (transfer_ == nullptr || !transfer_->is_done()) return std::nullopt;
  const std::unique_ptr<jwks::Transfer> transfer = std::move(transfer_);
  const absl::StatusOr<jwks::Document> document = transfer->take();
  Report report{.status = document.status()};
  if (document.ok()) {
    absl::StatusOr<StatusListToken> token = read_status_list(
        document->text, uri_, demands.keys, demands.bytes_max, kLeewaySeconds, demands.now);
    if (token.ok()) {
      schedule_.succeed(now, lifetime_of(*token, document->lifetime, demands.now), lot);
      report.is_changed = take(*std::move(token), demands.now);
      report.saved = saved_.save(saved_name(), document->text);
      return report;
    }
    report.status =
        absl::Status(token.status().code(), uri_ + ": " + std::string(token.status().message()));
  }
  schedule_.fail(now, lot);
  return report;
}

bool ListSource::take(StatusListToken token, int64_t fetched_at) {
  const int64_t latest = fetched_at + limits_.lifetime_max.count();
  const int64_t good_until = std::min(token.expires.value_or(latest), latest);
  fetched_at_ = fetched_at;
  if (fetched_ != nullptr && fetched_->list == token.list) {
    fetched_->good_until.store(good_until, std::memory_order_relaxed);
    return false;
  }
  fetched_ = std::make_shared<FetchedList>(std::move(token.list), good_until);
  return true;
}

seconds ListSource::lifetime_of(const StatusListToken& token, std::optional<seconds> by_http,
                                int64_t now) const noexcept {
  seconds lifetime = by_http.value_or(limits_.lifetime_unsaid);
  if (token.ttl_seconds) lifetime = seconds(*token.ttl_seconds);
  lifetime = std::clamp(lifetime, limits_.lifetime_min, limits_.lifetime_max);
  return token.expires ? std::min(lifetime, seconds(*token.expires - now)) : lifetime;
}

}  // namespace simdjwt::status
