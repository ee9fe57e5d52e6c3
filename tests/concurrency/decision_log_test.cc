// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Counters are read and decisions written while reactors make them. Meant for ThreadSanitizer.

#include "serve/decision_log.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "serve/metrics.h"
#include "support/sanitizers.h"

namespace simdjwt::serve {
namespace {

constexpr size_t kNumReactors = 2;
constexpr size_t kNumDecisions = testing::kSanitized ? 5'000 : 50'000;

TEST(DecisionLogThreads, LosesNothingThatIsNotCountedAsDropped) {
  const std::string path = ::testing::TempDir() + "decision_log_threads";
  unlink(path.c_str());
  uint64_t num_dropped = 0;
  {
    auto log = DecisionLog::create({path, 1.0}, kNumReactors, [](const std::string&) {});
    ASSERT_TRUE(log.ok()) << log.status();
    std::atomic<size_t> num_running = kNumReactors;
    std::vector<std::thread> reactors;
    for (size_t i = 0; i < kNumReactors; ++i) {
      reactors.emplace_back([&, i] {
        DecisionLog::Channel& channel = (*log)->channel(i);
        for (size_t n = 0; n < kNumDecisions; ++n) {
          const std::string id = std::to_string(i) + '.' + std::to_string(n);
          if (channel.wants(DecisionResult::kAllowed)) channel.record({.request_id = id});
        }
        --num_running;
      });
    }
    uint64_t seen = 0;
    while (num_running > 0) {
      EXPECT_TRUE((*log)->reopen().ok());
      EXPECT_GE((*log)->num_dropped() + (*log)->num_written(), seen);
      seen = (*log)->num_dropped() + (*log)->num_written();
    }
    for (std::thread& reactor : reactors) reactor.join();
    num_dropped = (*log)->num_dropped();
  }

  // Of each reactor in its order, none twice.
  std::ifstream in(path);
  std::string line;
  size_t num_lines = 0;
  std::vector<size_t> next(kNumReactors);
  for (; std::getline(in, line); ++num_lines) {
    const size_t id = line.find("\"request_id\":\"") + 14;
    const auto reactor = static_cast<size_t>(line[id] - '0');
    ASSERT_LT(reactor, kNumReactors);
    const size_t n = std::stoul(line.substr(id + 2));
    ASSERT_GE(n, next[reactor]) << line;
    next[reactor] = n + 1;
  }
  EXPECT_EQ(num_lines + num_dropped, kNumReactors * kNumDecisions);
}

TEST(MetricsThreads, CountWhileTheyAreRead) {
  Metrics metrics(kNumReactors);
  std::atomic<size_t> num_running = kNumReactors;
  std::vector<std::thread> reactors;
  for (size_t i = 0; i < kNumReactors; ++i) {
    reactors.emplace_back([&, i] {
      PolicyMetrics& policy = metrics.policy("default");
      for (size_t n = 0; n < kNumDecisions; ++n) {
        policy.of(i).accepted.add();
        metrics.reactor(i).count_request(0, Contract::kNginx, http::Status::kOk);
        metrics.reactor(i).request_duration.observe(n);
        if (n % 1000 == 0) (void)metrics.policy("p" + std::to_string(n));
      }
      --num_running;
    });
  }
  uint64_t seen = 0;
  while (num_running > 0) {
    metrics.count_reload(true, 1);
    uint64_t sum = 0;
    metrics.for_each_policy([&sum](const std::string&, const PolicyMetrics& policy) {
      for (const PolicyCounters& counters : policy.reactors()) sum += counters.accepted.value();
    });
    EXPECT_GE(sum, seen);
    seen = sum;
  }
  for (std::thread& reactor : reactors) reactor.join();
  for (size_t i = 0; i < kNumReactors; ++i) {
    EXPECT_EQ(metrics.policy("default").of(i).accepted.value(), kNumDecisions);
    EXPECT_EQ(metrics.reactor(i).requests(0, Contract::kNginx, http::Status::kOk), kNumDecisions);
  }
}

}  // namespace
}  // namespace simdjwt::serve
