// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Status lists are fetched anew, and missed, while threads judge by them. Meant for
// ThreadSanitizer, and of use without it.

#include "status/status_gate.h"

#include <gtest/gtest.h>
#include <simdjwt/snapshot.h>
#include <sys/eventfd.h>

#include <atomic>
#include <thread>

#include "support/judge.h"
#include "support/sanitizers.h"

namespace simdjwt::status {
namespace {

using testing::kNow;

constexpr char kBeneath[] = "https://id.example/lists/";
constexpr int kNumLists = testing::kSanitized ? 100 : 2000;

std::string uri_of(int list) { return kBeneath + std::to_string(list); }

std::string token_of(int list, int index) {
  return testing::forge_claims(R"({"status":{"status_list":{"idx":)" + std::to_string(index) +
                               R"(,"uri":")" + uri_of(list) + "\"}}}");
}

// The thread that fetches: what it publishes has every list that was ever missed, as it is now.
class Follower {
 public:
  void renew(int round) {
    if (const std::optional<std::string> uri = missed_->take()) table_[*uri] = {nullptr, is_used_};
    for (auto& [uri, followed] : table_) followed.fetched = list(round);
    published_.publish(verifier());
  }

  Snapshot<Verifier>& published() { return published_; }

 private:
  // Always valid, then always revoked, in more and fewer bits.
  static std::shared_ptr<const FetchedList> list(int round) {
    StatusList list =
        StatusList::create(uint64_t{1} << round % 4, 8 + static_cast<uint64_t>(round) % 64, 1000)
            .value();
    list.set(1, kInvalid);
    return std::make_shared<const FetchedList>(std::move(list), kNow + 1);
  }

  Verifier verifier() const {
    const auto gate = std::make_shared<const StatusGate>(std::vector<KnownLists>{
        {"", std::make_shared<const ListUris>(std::vector<std::string>{kBeneath}),
         std::make_shared<const ListTable>(table_), missed_}});
    return {KeySet::of(testing::make_key()),
            testing::lenient().build().value(),
            nullptr,
            {.gate = gate}};
  }

  const std::shared_ptr<std::atomic<bool>> is_used_ = std::make_shared<std::atomic<bool>>(false);
  const std::shared_ptr<MissedList> missed_ = std::make_shared<MissedList>(
      std::make_shared<const net::UniqueFd>(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)));
  ListTable table_;
  Snapshot<Verifier> published_{verifier(), 2};
};

// Were a list that is missed forgotten, this would never end.
TEST(StatusGate, IsRightWhileListsAreFetchedAndMissed) {
  Follower follower;
  std::atomic<int> num_running{2};
  std::atomic<int> num_wrong{0};
  std::vector<std::thread> threads;
  for (int first = 0; first < 2; ++first) {
    threads.emplace_back([&, first] {
      auto reader = follower.published().make_reader();
      Scratch scratch;
      for (int list = first; list < kNumLists; list += 2) {
        const std::string valid = token_of(list % 50, 0);
        const std::string revoked = token_of(list % 50, 1);
        Verdict verdict = Verdict::kStatusUnavailable;
        while (verdict == Verdict::kStatusUnavailable) {
          verdict = reader.read().verify(valid, scratch, kNow).verdict();
        }
        num_wrong += verdict == Verdict::kValid ? 0 : 1;
        verdict = reader.read().verify(revoked, scratch, kNow).verdict();
        num_wrong += verdict == Verdict::kRevoked ? 0 : 1;
      }
      --num_running;
    });
  }
  for (int round = 0; num_running > 0; ++round) follower.renew(round);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_wrong, 0);
}

}  // namespace
}  // namespace simdjwt::status
