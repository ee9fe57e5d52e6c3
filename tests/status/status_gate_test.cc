// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/status_gate.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/fixtures.h"
#include "support/heap_watch.h"
#include "support/judge.h"

namespace simdjwt::status {
namespace {

using testing::forge_claims;
using testing::Judge;
using testing::kNow;

constexpr char kListsUri[] = "https://id.example/lists/";

class StatusGateTest : public ::testing::Test {
 protected:
  static std::string uri(const std::string& name) { return kListsUri + name; }

  static std::shared_ptr<const FetchedList> list(uint64_t bits,
                                                 const std::vector<uint8_t>& statuses,
                                                 int64_t good_until = kNow + 1) {
    StatusList list = StatusList::create(bits, statuses.size(), 1000).value();
    for (size_t i = 0; i < statuses.size(); ++i) list.set(i, statuses[i]);
    return std::make_shared<const FetchedList>(std::move(list), good_until);
  }

  void follow(const std::string& name, std::shared_ptr<const FetchedList> fetched) {
    table_->insert_or_assign(uri(name), FollowedList{std::move(fetched), is_used_});
  }

  KnownLists known(std::string issuer = "") const {
    return {std::move(issuer),
            std::make_shared<const ListUris>(std::vector<std::string>{kListsUri}), table_, missed_};
  }

  static Verifier verifier_with(std::vector<KnownLists> lists) {
    return {KeySet::of(testing::make_key()),
            testing::lenient().build().value(),
            nullptr,
            {.gate = std::make_shared<const StatusGate>(std::move(lists))}};
  }

  Judge judge() const { return Judge(verifier_with({known()})); }

  static std::string token(uint64_t index, const std::string& uri, const std::string& more = "") {
    return forge_claims(R"({"status":{"status_list":{"idx":)" + std::to_string(index) +
                        R"(,"uri":")" + uri + "\"}}" + more + "}");
  }

  std::shared_ptr<ListTable> table_ = std::make_shared<ListTable>();
  std::shared_ptr<std::atomic<bool>> is_used_ = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<const net::UniqueFd> wake_ =
      std::make_shared<const net::UniqueFd>(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  std::shared_ptr<MissedList> missed_ = std::make_shared<MissedList>(wake_);
};

TEST_F(StatusGateTest, LetsTheValidPassAndRefusesAllOthers) {
  for (const uint64_t bits : {1u, 2u, 4u, 8u}) {
    std::vector<uint8_t> statuses;
    for (unsigned status = 0; status < 1u << bits; ++status) {
      statuses.push_back(static_cast<uint8_t>(status));
    }
    follow(std::to_string(bits), list(bits, statuses));
    Judge of_bits = judge();
    for (size_t i = 0; i < statuses.size(); ++i) {
      EXPECT_EQ(of_bits(token(i, uri(std::to_string(bits)))),
                statuses[i] == kValid ? Verdict::kValid : Verdict::kRevoked)
          << bits << " bits, " << i;
    }
  }
}

TEST_F(StatusGateTest, RefusesAnIndexBeyondTheList) {
  follow("0", list(8, {kValid, kInvalid}));
  EXPECT_EQ(judge()(token(2, uri("0"))), Verdict::kBadStatus);
  EXPECT_EQ(judge()(token(~uint64_t{0}, uri("0"))), Verdict::kBadStatus);
}

TEST_F(StatusGateTest, RefusesWhatDoesNotSayWhereItsStatusIs) {
  follow("0", list(8, {kValid}));
  EXPECT_EQ(judge()(forge_claims(R"({"status":"valid"})")), Verdict::kBadStatus);
  EXPECT_EQ(judge()(forge_claims(R"({"status":{"other":{"idx":0}}})")), Verdict::kBadStatus);
  EXPECT_EQ(judge()(token(0, "https://id.example/list/0")), Verdict::kBadStatus);
  EXPECT_EQ(judge()(token(0, uri("../0"))), Verdict::kBadStatus);
  EXPECT_EQ(judge()(token(0, kListsUri)), Verdict::kBadStatus);
  EXPECT_EQ(missed_->take(), std::nullopt) << "nothing of this is to be fetched";
}

TEST_F(StatusGateTest, LetsTokensWithoutStatusPass) {
  EXPECT_EQ(judge()(forge_claims("{}")), Verdict::kValid);
  EXPECT_EQ(judge()(forge_claims(R"({"x":{"status":1}})")), Verdict::kValid);
}

TEST_F(StatusGateTest, HasTheLastWordOnly) {
  follow("0", list(8, {kInvalid}));
  EXPECT_EQ(judge()(token(0, uri("0"), ",\"exp\":1")), Verdict::kExpired);
  EXPECT_EQ(judge()(token(0, uri("1"), ",\"exp\":1")), Verdict::kExpired);
  EXPECT_EQ(judge()(testing::forge(R"({"alg":"HS256"})", R"({"status":1})", "a wrong secret")),
            Verdict::kBadSignature);
  EXPECT_EQ(missed_->take(), std::nullopt);
}

TEST_F(StatusGateTest, JudgesNothingByAListThatIsOutOfDate) {
  const auto valid = std::make_shared<FetchedList>(StatusList::create(1, 8, 1).value(), kNow);
  follow("0", valid);
  EXPECT_EQ(judge()(token(0, uri("0")), kNow - 1), Verdict::kValid);
  EXPECT_EQ(judge()(token(0, uri("0")), kNow), Verdict::kStatusUnavailable);
  valid->good_until = kNow + 1;
  EXPECT_EQ(judge()(token(0, uri("0")), kNow), Verdict::kValid);
  EXPECT_EQ(missed_->take(), std::nullopt) << "it is followed already";
}

TEST_F(StatusGateTest, TellsWhichListItMisses) {
  EXPECT_EQ(judge()(token(0, uri("0"))), Verdict::kStatusUnavailable);
  EXPECT_EQ(judge()(token(0, uri("1"))), Verdict::kStatusUnavailable) << "dropped";
  EXPECT_EQ(missed_->take(), uri("0"));
  EXPECT_EQ(missed_->take(), std::nullopt);
  eventfd_t num_wakes = 0;
  ASSERT_EQ(eventfd_read(wake_->get(), &num_wakes), 0);
  EXPECT_EQ(num_wakes, 1u);
  follow("0", nullptr);
  EXPECT_EQ(judge()(token(0, uri("0"))), Verdict::kStatusUnavailable) << "not fetched yet";
  EXPECT_EQ(missed_->take(), std::nullopt);
  EXPECT_EQ(judge()(token(0, uri("1"))), Verdict::kStatusUnavailable);
  EXPECT_EQ(missed_->take(), uri("1"));
}

TEST_F(StatusGateTest, NotesWhichListsAreUsed) {
  follow("0", list(8, {kValid}));
  EXPECT_EQ(judge()(forge_claims("{}")), Verdict::kValid);
  EXPECT_FALSE(*is_used_);
  EXPECT_EQ(judge()(token(0, uri("0"))), Verdict::kValid);
  EXPECT_TRUE(*is_used_);
}

TEST_F(StatusGateTest, AsksTheListsOfTheTokensIssuerAlone) {
  follow("0", list(8, {kInvalid}));
  KnownLists others = known("two");
  others.table = std::make_shared<const ListTable>();
  Judge judge(verifier_with({known("one"), others}));
  EXPECT_EQ(judge(token(0, uri("0"), R"(,"iss":"one")")), Verdict::kRevoked);
  EXPECT_EQ(judge(token(0, uri("0"), R"(,"iss":"two")")), Verdict::kStatusUnavailable);
  for (const char* iss : {"a", "three", "zzz", ""}) {
    EXPECT_EQ(judge(token(0, uri("0"), ",\"iss\":\"" + std::string(iss) + '"')), Verdict::kValid);
  }
  EXPECT_EQ(judge(token(0, uri("0"))), Verdict::kValid);
}

TEST_F(StatusGateTest, AllocatesNothing) {
  follow("0", list(8, {kValid}));
  const Verifier verifier = verifier_with({known()});
  const std::string tokens[] = {token(0, uri("0")), token(0, uri("1")), token(9, uri("0")),
                                token(0, "https:\\/\\/id.example\\/lists\\/0"),
                                forge_claims(R"({"status":1})")};
  Scratch scratch;
  for (const std::string& text : tokens) (void)verifier.verify(text, scratch, kNow);
  const size_t before = testing::num_allocations();
  for (const std::string& text : tokens) (void)verifier.verify(text, scratch, kNow);
  EXPECT_EQ(testing::num_allocations(), before);
}

}  // namespace
}  // namespace simdjwt::status
