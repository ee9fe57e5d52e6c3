// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/refresh_schedule.h"

#include <algorithm>

namespace simdjwt::jwks {

using std::chrono::duration;
using std::chrono::seconds;

namespace {

// That part of a time; a part of [0, 1].
std::chrono::steady_clock::duration part_of(seconds time, double part) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(duration<double>(time) *
                                                                         part);
}

}  // namespace

// The cooldown begins with the attempt: if it began with the answer, everything wanted meanwhile
// would be an attempt of its own (a mistake others have made).
void RefreshSchedule::begin(Time now) noexcept {
  is_fetching_ = true;
  is_wanted_ = is_wanted_again_ = false;
  cool_at_ = now + limits_.cooldown;
}

void RefreshSchedule::want(Time now) noexcept {
  is_wanted_again_ = is_fetching_;
  if (is_fetching_) return;
  const Time when = std::max(now, cool_at_.value_or(now));
  if (when >= due_) return;
  due_ = when;
  is_wanted_ = true;
}

void RefreshSchedule::succeed(Time now, std::optional<seconds> lifetime, double lot) noexcept {
  const seconds fresh = std::clamp(lifetime.value_or(limits_.lifetime_unsaid), limits_.lifetime_min,
                                   limits_.lifetime_max);
  num_failures_ = 0;
  fresh_until_ = now + fresh;
  end(now, now + part_of(fresh, 0.80 + 0.15 * lot));
}

void RefreshSchedule::fail(Time now, double lot) noexcept {
  constexpr unsigned kDoublingsMax = 20;
  const seconds delay = limits_.retry_min * (1 << std::min(num_failures_, kDoublingsMax));
  ++num_failures_;
  end(now, now + part_of(std::min(delay, limits_.retry_max), 0.5 + 0.5 * lot));
}

void RefreshSchedule::end(Time now, Time due) noexcept {
  is_fetching_ = false;
  due_ = due;
  if (is_wanted_again_) want(now);
}

}  // namespace simdjwt::jwks
