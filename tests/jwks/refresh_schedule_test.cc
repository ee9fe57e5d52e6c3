// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/refresh_schedule.h"

#include <gtest/gtest.h>

namespace simdjwt::jwks {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = RefreshSchedule::Time;

constexpr Time kStart = Time(seconds(1'000'000));
constexpr RefreshLimits kLimits = {};

Time at(int64_t seconds_later) { return kStart + seconds(seconds_later); }

bool is_stale(const RefreshSchedule& schedule, Time now) { return now >= schedule.fresh_until(); }

RefreshSchedule loaded(std::optional<seconds> lifetime, double lot = 0) {
  RefreshSchedule schedule(kLimits, kStart);
  schedule.begin(kStart);
  schedule.succeed(kStart, lifetime, lot);
  return schedule;
}

// --- Refreshing ---

TEST(RefreshSchedule, IsDueAtOnceAndNotWhileItFetches) {
  RefreshSchedule schedule(kLimits, kStart);
  EXPECT_EQ(schedule.due(), kStart);
  schedule.begin(kStart);
  EXPECT_EQ(schedule.due(), Time::max());
}

TEST(RefreshSchedule, IsDueAgainBeforeTheSetIsStale) {
  EXPECT_EQ(loaded(seconds(1000), 0).due(), at(800));
  EXPECT_EQ(loaded(seconds(1000), 0.5).due(), at(875));
  EXPECT_LT(loaded(seconds(1000), 0.999999).due(), at(950));
}

TEST(RefreshSchedule, TakesAQuarterOfAnHourWhereTheServerSaysNothing) {
  EXPECT_EQ(loaded(std::nullopt).due(), at(720));
  EXPECT_FALSE(is_stale(loaded(std::nullopt), at(899)));
  EXPECT_TRUE(is_stale(loaded(std::nullopt), at(900)));
}

TEST(RefreshSchedule, KeepsLifetimesWithinItsBounds) {
  EXPECT_EQ(loaded(seconds(0)).due(), at(48));
  EXPECT_EQ(loaded(seconds(59)).due(), at(48));
  EXPECT_EQ(loaded(seconds(100)).due(), at(80));
  EXPECT_EQ(loaded(seconds(86400)).due(), at(69120));
  EXPECT_EQ(loaded(seconds(86401)).due(), at(69120));
  EXPECT_EQ(loaded(seconds::max()).due(), at(69120));
}

TEST(RefreshSchedule, IsStaleUntilItFirstSucceeds) {
  RefreshSchedule schedule(kLimits, kStart);
  EXPECT_TRUE(is_stale(schedule, kStart));
  schedule.begin(kStart);
  schedule.fail(kStart, 0);
  EXPECT_TRUE(is_stale(schedule, kStart));
  schedule.begin(at(1));
  schedule.succeed(at(1), seconds(60), 0);
  EXPECT_FALSE(is_stale(schedule, at(60)));
  EXPECT_TRUE(is_stale(schedule, at(61)));
}

// --- Failing ---

TEST(RefreshSchedule, BacksOffTwiceAsLongWithEachFailureUpToFiveMinutes) {
  RefreshSchedule schedule(kLimits, kStart);
  for (const int delay : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
    schedule.begin(kStart);
    schedule.fail(kStart, 1);
    EXPECT_EQ(schedule.due(), at(delay));
  }
  for (int i = 0; i < 100; ++i) {
    schedule.begin(kStart);
    schedule.fail(kStart, 0);
    EXPECT_EQ(schedule.due(), at(150)) << "half of it, by lot";
  }
}

TEST(RefreshSchedule, ForgetsFailuresWithASuccess) {
  RefreshSchedule schedule(kLimits, kStart);
  for (int i = 0; i < 5; ++i) {
    schedule.begin(kStart);
    schedule.fail(kStart, 1);
  }
  schedule.begin(kStart);
  schedule.succeed(kStart, seconds(1000), 0);
  EXPECT_EQ(schedule.due(), at(800));
  schedule.begin(at(800));
  schedule.fail(at(800), 1);
  EXPECT_EQ(schedule.due(), at(801));
}

TEST(RefreshSchedule, AFailureLeavesTheLifetimeOfTheLastGoodSet) {
  RefreshSchedule schedule = loaded(seconds(1000));
  schedule.begin(at(800));
  schedule.fail(at(800), 0);
  EXPECT_FALSE(is_stale(schedule, at(999)));
  EXPECT_TRUE(is_stale(schedule, at(1000)));
}

// --- Unknown kids ---

TEST(RefreshSchedule, AnUnknownKidMakesItDueOnceTheCooldownIsOver) {
  RefreshSchedule schedule = loaded(seconds(1000));
  schedule.want(at(5));
  EXPECT_EQ(schedule.due(), at(30));
  EXPECT_TRUE(schedule.is_wanted());
  RefreshSchedule rested = loaded(seconds(1000));
  rested.want(at(400));
  EXPECT_EQ(rested.due(), at(400));
}

TEST(RefreshSchedule, ManyUnknownKidsAreOneWish) {
  RefreshSchedule schedule = loaded(seconds(1000));
  for (int i = 0; i < 1000; ++i) schedule.want(at(100 + i % 10));
  EXPECT_EQ(schedule.due(), at(100));
  schedule.begin(at(100));
  EXPECT_FALSE(schedule.is_wanted());
  schedule.succeed(at(101), seconds(1000), 0);
  EXPECT_EQ(schedule.due(), at(901)) << "which answered them all";
}

// What is under way may have been answered before the key that is missed was published.
TEST(RefreshSchedule, AnUnknownKidDuringAFetchMakesItDueOnceMore) {
  for (const bool succeeds : {true, false}) {
    RefreshSchedule schedule = loaded(seconds(1000));
    schedule.begin(at(100));
    for (int i = 0; i < 1000; ++i) schedule.want(at(101));
    EXPECT_EQ(schedule.due(), Time::max()) << "one is on its way";
    const auto end = [&](Time now) {
      succeeds ? schedule.succeed(now, seconds(1000), 0) : schedule.fail(now, 1);
    };
    end(at(102));
    EXPECT_EQ(schedule.due(), succeeds ? at(130) : at(103)) << "a retry comes even sooner";
    EXPECT_EQ(schedule.is_wanted(), succeeds);
    schedule.begin(schedule.due());
    end(at(140));
    EXPECT_EQ(schedule.due(), succeeds ? at(940) : at(142)) << "once";
  }
}

// The cooldown counts from the begin of the attempt, whatever becomes of it.
TEST(RefreshSchedule, TheCooldownCountsFromTheBeginOfAnyFetch) {
  RefreshSchedule schedule = loaded(seconds(1000));
  schedule.begin(at(100));
  schedule.succeed(at(110), seconds(1000), 0);
  schedule.want(at(111));
  EXPECT_EQ(schedule.due(), at(130));
  schedule.begin(at(130));
  schedule.succeed(at(165), seconds(1000), 0);
  schedule.want(at(166));
  EXPECT_EQ(schedule.due(), at(166)) << "over, while that was under way";
}

TEST(RefreshSchedule, AnUnknownKidNeverPutsAFetchOff) {
  RefreshSchedule schedule = loaded(seconds(60));
  EXPECT_EQ(schedule.due(), at(48));
  schedule.want(at(47));
  EXPECT_EQ(schedule.due(), at(47));
  schedule.want(at(50));
  EXPECT_EQ(schedule.due(), at(47));
}

TEST(RefreshSchedule, AFailingServerIsAskedForUnknownKidsOnceACooldownAtMost) {
  RefreshSchedule schedule(kLimits, kStart);
  Time now = kStart;
  for (int i = 0; i < 10; ++i) {
    schedule.begin(now);
    schedule.fail(now, 1);
  }
  EXPECT_EQ(schedule.due(), now + seconds(300));
  schedule.want(now);
  EXPECT_EQ(schedule.due(), now + seconds(30));
}

// --- All of it ---

// A storm of wishes, through successes and failures: never two fetches within a cooldown but for
// the retries after failures, and never a set that is left alone past its lifetime.
TEST(RefreshSchedule, HoldsItsPromisesThroughAnySequenceOfEvents) {
  uint32_t state = 1;
  const auto random = [&state](uint32_t bound) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % bound;
  };
  RefreshSchedule schedule(kLimits, kStart);
  Time now = kStart;
  std::optional<Time> last_begin;
  bool has_failed = false;
  for (int i = 0; i < 20000; ++i) {
    now += milliseconds(random(3000));
    if (random(2) == 0) schedule.want(now);
    if (now < schedule.due()) {
      EXPECT_TRUE(has_failed || !is_stale(schedule, now)) << "nobody asks, and the set is stale";
      continue;
    }
    const bool was_wanted = schedule.is_wanted();
    schedule.begin(now);
    if (was_wanted && last_begin) {
      EXPECT_GE(now - *last_begin, kLimits.cooldown);
    }
    last_begin = now;
    now += milliseconds(random(40000));
    schedule.want(now);
    has_failed = random(3) == 0;
    if (has_failed) {
      schedule.fail(now, 0.5);
    } else {
      schedule.succeed(now, seconds(random(4000)), 0.5);
    }
  }
}

}  // namespace
}  // namespace simdjwt::jwks
