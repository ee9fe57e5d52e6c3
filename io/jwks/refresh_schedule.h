// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RefreshSchedule: when a set of keys is to be fetched next.

#ifndef SIMDJWT_IO_JWKS_REFRESH_SCHEDULE_H_
#define SIMDJWT_IO_JWKS_REFRESH_SCHEDULE_H_

#include <chrono>
#include <optional>

namespace simdjwt::jwks {

struct RefreshLimits {
  // How long a set is fresh: what its server says, within these bounds.
  std::chrono::seconds lifetime_min{60};
  std::chrono::seconds lifetime_max{24 * 3600};
  std::chrono::seconds lifetime_unsaid{900};  // where it says nothing
  // From the begin of any fetch to one for the sake of an unknown kid.
  std::chrono::seconds cooldown{30};
  // After a failure; doubles with each further one.
  std::chrono::seconds retry_min{1};
  std::chrono::seconds retry_max{300};
};

// Pure: it reads no clock and draws no lots, but is told the time and a number of [0, 1).
//
//   due() --> begin() --> succeed()   due again before the set is stale: when 80 to 95 % of its
//               |                     lifetime have passed, so that many servers do not ask at once
//               +-------> fail()      due after 1, 2, 4 ... 300 s, or half of that
//
//   want()    somebody needs it now: due when the cooldown is over. Whatever is wanted during a
//             cooldown is one wish, so that who makes up kids gains nothing by making up more of
//             them. So it is during a fetch, but for the next one: this one's answer may be older
//             than the wish.
class RefreshSchedule {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Due at once.
  RefreshSchedule(const RefreshLimits& limits, Time now) : limits_(limits), due_(now) {}

  // When to begin; Time::max() while a fetch is under way.
  [[nodiscard]] Time due() const noexcept { return is_fetching_ ? Time::max() : due_; }
  // Whether it is due so early for a want().
  [[nodiscard]] bool is_wanted() const noexcept { return is_wanted_; }
  // When the set has outlived what its server said; Time::min() before a first success.
  [[nodiscard]] Time fresh_until() const noexcept { return fresh_until_; }

  void begin(Time now) noexcept;
  void want(Time now) noexcept;
  // Of what was begun. `lifetime` is what the server said, if anything.
  void succeed(Time now, std::optional<std::chrono::seconds> lifetime, double lot) noexcept;
  void fail(Time now, double lot) noexcept;

 private:
  void end(Time now, Time due) noexcept;

  RefreshLimits limits_;
  Time due_;
  std::optional<Time> cool_at_ = {};  // the cooldown is over
  Time fresh_until_ = Time::min();
  unsigned num_failures_ = 0;  // in a row
  bool is_fetching_ = false;
  bool is_wanted_ = false;        // due_ is for the sake of a wish
  bool is_wanted_again_ = false;  // by who came while it was fetching
};

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_REFRESH_SCHEDULE_H_
