// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/refetch_signal.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <thread>
#include <vector>

namespace simdjwt::jwks {
namespace {

class RefetchSignalTest : public ::testing::Test {
 protected:
  // How often it was written to since the last call.
  uint64_t num_wakes() const {
    eventfd_t count = 0;
    (void)eventfd_read(wake_->get(), &count);
    return count;
  }

  std::shared_ptr<const net::UniqueFd> wake_ =
      std::make_shared<const net::UniqueFd>(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  RefetchSignal signal_{wake_};
};

TEST_F(RefetchSignalTest, WakesOnceHoweverOftenItIsRaised) {
  EXPECT_FALSE(signal_.is_raised());
  for (int i = 0; i < 1000; ++i) signal_.raise();
  EXPECT_TRUE(signal_.is_raised());
  EXPECT_EQ(num_wakes(), 1u);
  signal_.raise();
  EXPECT_EQ(num_wakes(), 0u) << "nobody has answered it";
  signal_.clear();
  EXPECT_FALSE(signal_.is_raised());
  signal_.raise();
  EXPECT_EQ(num_wakes(), 1u);
}

// Were a wake lost, this would never end.
TEST_F(RefetchSignalTest, IsAnsweredHoweverManyThreadsRaiseIt) {
  constexpr int kNumWishes = 500;
  std::atomic<int> num_running{2};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      for (int wish = 0; wish < kNumWishes; ++wish) {
        signal_.raise();
        while (signal_.is_raised()) std::this_thread::yield();
      }
      --num_running;
    });
  }
  while (num_running > 0) {
    pollfd ready{.fd = wake_->get(), .events = POLLIN, .revents = 0};
    (void)poll(&ready, 1, 1);
    if (num_wakes() > 0) signal_.clear();
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace simdjwt::jwks
