// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What one turn of the service may take, counted in turns and not in time.

#include "serve/check_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "e2e/client.h"
#include "e2e/running_server.h"
#include "io/scripted_reactor.h"
#include "support/asymmetric_keys.h"

namespace simdjwt::testing {
namespace {

using serve::SignatureBudget;

size_t count(std::string_view text, std::string_view part) {
  size_t num = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) {
    ++num;
  }
  return num;
}

// Of the key, but for the last part, which is another token's.
std::string forged_token(std::string_view jwk, Algorithm algorithm, int number) {
  const std::string claims = R"({"exp":9999999999,"sub":")" + std::to_string(number) + "\"}";
  const std::string good = sign_with(jwk, algorithm, R"({"exp":9999999999})");
  const std::string other = sign_with(jwk, algorithm, claims);
  return other.substr(0, other.rfind('.')) + good.substr(good.rfind('.'));
}

KeySet key_of(std::string_view jwk, Algorithm algorithm) {
  return KeySet::of(make_jwk_key(public_jwk(jwk), algorithm));
}

// "default" is HS256; the others are asymmetric.
serve::PolicySet all_policies() {
  serve::PolicySet policies = policies_of({test_policy()});
  policies.add(test_policy("rs256"), key_of(kRsaJwk, Algorithm::kRs256));
  policies.add(test_policy("es512"), key_of(kP521Jwk, Algorithm::kEs512), "introspection-secret");
  return policies;
}

class CheckServiceTest : public ::testing::Test {
 protected:
  // Runs until nothing is left to do.
  ScriptedReactor& run(uint32_t num_connections, ScriptedReactor::Turn turn) {
    reactor_.reset();
    service_.reset();  // it reads the policies, as one may at a time
    service_ = std::make_unique<serve::CheckService>(context_, 0, num_connections);
    reactor_ = std::make_unique<ScriptedReactor>(*service_, num_connections, std::move(turn));
    EXPECT_TRUE(reactor_->run().ok());
    return *reactor_;
  }
  // What comes of requests that arrive in one turn.
  std::string answer_to(std::string_view requests) {
    ScriptedReactor& reactor = run(1, [&](ScriptedReactor& r) {
      r.connect(0);
      r.give(0, requests);
      return false;
    });
    return without_date(reactor.output(0));
  }
  [[nodiscard]] uint64_t num_verified() const { return metrics_.reactor(0).tokens_verified; }

  serve::Metrics metrics_{1};
  Snapshot<serve::PolicySet> policies_{[this] {
                                         serve::PolicySet policies = all_policies();
                                         policies.count_in(metrics_);
                                         return policies;
                                       }(),
                                       1};
  const serve::CheckContext context_{.policies = &policies_,
                                     .metrics = &metrics_,
                                     .decision_log = nullptr,
                                     .parser_limits = {},
                                     .body_bytes_max = 4096};
  std::unique_ptr<serve::CheckService> service_;
  std::unique_ptr<ScriptedReactor> reactor_;
};

std::string check_with(std::string_view policy, std::string_view token) {
  return request_of("Authorization: Bearer " + std::string(token) + "\r\n",
                    "/check/haproxy/" + std::string(policy));
}
constexpr std::string_view kIsOk = "HTTP/1.1 200 OK\r\n";
constexpr std::string_view kIsForged = "X-Auth-Reason: bad_signature\r\n";

// Forged tokens on all connections but the first, pipelined; on the first, one good token a turn,
// whose answer leaves in the turn in which it came.
TEST_F(CheckServiceTest, ServesOthersInTheirTurnBesideAFloodOfForgedSignatures) {
  constexpr uint32_t kFlooding = 8;
  constexpr size_t kForgedEach = 6;
  const std::string good = request_with(good_token());
  for (const auto& [policy, jwk, algorithm] : {std::tuple("rs256", kRsaJwk, Algorithm::kRs256),
                                               std::tuple("es512", kP521Jwk, Algorithm::kEs512)}) {
    const size_t repeat = algorithm == Algorithm::kRs256 ? 20 : 1;
    const size_t work = algorithm == Algorithm::kRs256 ? 1 : 32;
    std::string flood;
    for (size_t i = 0; i < kForgedEach * repeat; ++i) {
      flood += check_with(policy, forged_token(jwk, algorithm, static_cast<int>(i)));
    }
    const size_t num_flood = kFlooding * kForgedEach * repeat;
    size_t num_asked = 0;
    size_t num_forged_seen = 0;
    ScriptedReactor& reactor = run(kFlooding + 1, [&](ScriptedReactor& r) {
      if (num_asked == 0) {
        for (uint32_t i = 0; i <= kFlooding; ++i) r.connect(i);
        for (uint32_t i = 1; i <= kFlooding; ++i) r.give(i, flood);
      }
      EXPECT_EQ(count(r.output(0), kIsOk), num_asked);
      // What one turn may do, and how far the others got beside each other.
      size_t num_forged = 0;
      size_t least = kForgedEach * repeat;
      size_t most = 0;
      for (uint32_t i = 1; i <= kFlooding; ++i) {
        const size_t done = count(r.output(i), kIsForged);
        num_forged += done;
        least = std::min(least, done);
        most = std::max(most, done);
      }
      EXPECT_LE(num_forged - num_forged_seen, SignatureBudget::kTurnWork / work);
      EXPECT_LE(most - least, 2 * SignatureBudget::kShareWork / work);
      num_forged_seen = num_forged;
      r.give(0, good);
      ++num_asked;
      return num_forged < num_flood;
    });
    EXPECT_GE(num_asked, num_flood * work / SignatureBudget::kTurnWork);
    for (uint32_t i = 1; i <= kFlooding; ++i) {
      EXPECT_EQ(count(reactor.output(i), kIsForged), kForgedEach * repeat) << policy;
    }
    EXPECT_EQ(count(reactor.output(0), kIsOk), num_asked);
  }
}

// Else whoever sends his next request while the last answer is on its way waits a turn for each.
TEST_F(CheckServiceTest, AnswersInTheTurnThatTellsOfTheLastAnswerOnlyAfterTheNextRequest) {
  size_t num_asked = 0;
  run(1, [&](ScriptedReactor& r) {
    if (num_asked == 0) {
      r.hear_of_sends_last();
      r.connect(0);
    }
    EXPECT_EQ(count(r.output(0), kIsOk), num_asked);
    r.give(0, request_with(good_token()));
    return ++num_asked < 8;
  });
}

TEST_F(CheckServiceTest, KeepsTheOrderOfAConnectionWhoseRequestsWait) {
  std::string requests;
  std::string expected;
  const std::vector<std::string> kinds = {
      check_with("es512", forged_token(kP521Jwk, Algorithm::kEs512, 1)),
      check_with("default", good_token()),
      check_with("es512", sign_with(kP521Jwk, Algorithm::kEs512, R"({"exp":9999999999})")),
      request_of("", "/livez"), check_with("rs256", "a.b")};
  std::vector<std::string> answers;
  for (const std::string& kind : kinds) answers.push_back(answer_to(kind));
  for (size_t i = 0; i < 20; ++i) {
    requests += kinds[i % kinds.size()];
    expected += answers[i % kinds.size()];
  }
  for (const size_t piece_bytes : {size_t{100}, requests.size()}) {
    std::string_view rest = requests;
    ScriptedReactor& reactor = run(1, [&](ScriptedReactor& r) {
      if (rest.size() == requests.size()) r.connect(0);
      r.give(0, rest.substr(0, piece_bytes));
      rest.remove_prefix(std::min(piece_bytes, rest.size()));
      return !rest.empty();
    });
    EXPECT_EQ(without_date(reactor.output(0)), expected) << piece_bytes;
  }
}

TEST_F(CheckServiceTest, JudgesRequestsBesideOthersThatAreLikeThemAsIfEachWereAlone) {
  const std::string token = good_token();
  std::vector<std::string> kinds = {
      check_with("default", token), check_with("default", "a.b"), check_with("rs256", token),
      request_of("Authorization: Bearer " + token + "\r\n", "/none"),
      request_of("Authorization: Bearer " + token + "\r\n", "/verify/default")};
  for (const std::string& value :
       {std::string(), std::string("Bearer"), token, "Basic " + token, "bearer  " + token,
        "Bearer " + token + "\r\nAuthorization: b"}) {
    kinds.push_back(request_of("Authorization: " + value + "\r\n", "/check/haproxy/default"));
  }
  std::vector<std::string> answers;
  for (const std::string& kind : kinds) answers.push_back(answer_to(kind));
  for (size_t i = 0; i < kinds.size(); ++i) {
    for (size_t j = 0; j < kinds.size(); ++j) {
      EXPECT_EQ(answer_to(kinds[i] + kinds[j] + kinds[i]), answers[i] + answers[j] + answers[i])
          << kinds[i] << kinds[j];
    }
  }
}

TEST_F(CheckServiceTest, EndsAConnectionThatAsksWhileItDrainsThoughOthersLikeItWereKept) {
  ScriptedReactor& reactor = run(2, [&](ScriptedReactor& r) {
    for (const uint32_t index : {0U, 1U}) {
      r.connect(index);
      r.give(index, check_with("default", good_token()));
      service_->drain();
    }
    return false;
  });
  EXPECT_EQ(reactor.output(0).find("Connection: close"), std::string::npos);
  EXPECT_NE(reactor.output(1).find("Connection: close"), std::string::npos);
}

TEST_F(CheckServiceTest, BoundsTheSignaturesOfABulkInATurn) {
  constexpr size_t kTokens = 20;
  std::string body;
  for (size_t i = 0; i < kTokens; ++i) {
    body += forged_token(kP521Jwk, Algorithm::kEs512, static_cast<int>(i)) + "\n";
  }
  const std::string request = "POST /v1/verify/es512 HTTP/1.1\r\nHost: test\r\nContent-Length: " +
                              std::to_string(body.size()) + "\r\n\r\n" + body;
  uint64_t num_before = 0;
  size_t num_asked = 0;
  ScriptedReactor& reactor = run(2, [&](ScriptedReactor& r) {
    if (num_asked == 0) {
      r.connect(0);
      r.connect(1);
      r.give(1, request + request_of("", "/livez"));
    }
    EXPECT_EQ(count(r.output(0), kIsOk), num_asked);
    EXPECT_LE(num_verified() - num_before, 1 + SignatureBudget::kTurnWork / 32);
    num_before = num_verified();
    r.give(0, request_with(good_token()));
    return ++num_asked < kTokens;
  });
  EXPECT_EQ(count(reactor.output(1), "\"verdict\":\"bad-signature\""), kTokens);
  EXPECT_TRUE(without_date(reactor.output(1)).ends_with("0\r\n\r\n" + std::string(kAlive)));
}

TEST_F(CheckServiceTest, BoundsTheSignaturesThatAreIntrospectedInATurn) {
  const std::string form = "token=" + forged_token(kP521Jwk, Algorithm::kEs512, 1);
  const std::string request =
      "POST /introspect/es512 HTTP/1.1\r\nHost: test\r\n"
      "Authorization: Bearer introspection-secret\r\nContent-Length: " +
      std::to_string(form.size()) + "\r\n\r\n" + form;
  std::string requests;
  for (int i = 0; i < 12; ++i) requests += request;
  size_t num_seen = 0;
  bool is_first = true;
  ScriptedReactor& reactor = run(1, [&](ScriptedReactor& r) {
    if (std::exchange(is_first, false)) {
      r.connect(0);
      r.give(0, requests);
    }
    const size_t num = count(r.output(0), "{\"active\":false}");
    EXPECT_LE(num - num_seen, 1 + SignatureBudget::kShareWork / 32);
    num_seen = num;
    return num < 12;
  });
  EXPECT_EQ(count(reactor.output(0), kIsOk), 12u);
}

// A line of a byte has a verdict of more than a hundred; the client reads all of them in the end.
TEST_F(CheckServiceTest, BoundsTheVerdictsThatWaitForAClient) {
  constexpr size_t kLines = 20'000;
  std::string body;
  for (size_t i = 0; i < kLines; ++i) body += "a\n";
  std::string request =
      "POST /v1/verify HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\n\r\n" + body;
  std::string_view rest = request;
  ScriptedReactor& reactor = run(1, [&](ScriptedReactor& r) {
    if (rest.size() == request.size()) r.connect(0);
    r.give(0, rest.substr(0, 8192));
    rest.remove_prefix(std::min<size_t>(8192, rest.size()));
    return !rest.empty();
  });
  EXPECT_EQ(count(reactor.output(0), "{\"valid\":false,"), kLines);
  EXPECT_TRUE(reactor.output(0).ends_with("0\r\n\r\n"));
  EXPECT_LE(reactor.largest_send(0), net::Connection::kOutputBytesMax + 40 * 1024);
}

TEST(SignatureWork, IsThatOfTheKeysThatATokenMayBeTriedAgainst) {
  const auto set_of = [](std::vector<Key> keys) {
    KeySetBuilder builder;
    for (Key& key : keys) builder.add(std::move(key));
    return *builder.build();
  };
  const auto rsa = [](std::string kid) {
    return make_jwk_key(public_jwk(kid == "b" ? kOtherRsaJwk : kRsaJwk), Algorithm::kRs256, kid);
  };
  const auto es512 = [](std::string kid) {
    return make_jwk_key(public_jwk(kP521Jwk), Algorithm::kEs512, std::move(kid));
  };
  const auto work = [&](auto... keys) {
    std::vector<Key> list;
    (list.push_back(std::move(keys)), ...);
    return serve::signature_work(set_of(std::move(list)));
  };
  EXPECT_EQ(serve::signature_work(KeySet::of(*Key::hmac(Algorithm::kHs256, kSecret))), 0u);
  EXPECT_EQ(serve::signature_work(KeySet::unavailable()), 0u);
  const uint32_t one_rsa = work(rsa(""));
  const uint32_t one_es512 = work(es512("e"));
  EXPECT_EQ(one_rsa, 1u);
  EXPECT_GT(one_es512, 10 * one_rsa);
  EXPECT_EQ(work(rsa("a"), rsa("b")), 2 * one_rsa);            // a token without kid
  EXPECT_EQ(work(rsa(""), rsa("b")), one_rsa);                 // one by one
  EXPECT_EQ(work(rsa("a"), rsa("b"), es512("e")), one_es512);  // of one algorithm
}

TEST(SignatureBudget, AllowsOneTokenThatExceedsIt) {
  SignatureBudget budget;
  EXPECT_TRUE(budget.has_room_for(1000));
  EXPECT_EQ(budget.num_tokens(1000, 256), 1u);
  budget.promise(1000);
  EXPECT_FALSE(budget.has_room_for(1));
  EXPECT_TRUE(budget.has_room_for(0));
  EXPECT_EQ(budget.num_tokens(0, 256), 256u);
  budget.settle(0);  // it was remembered
  EXPECT_EQ(budget.num_tokens(1, 256), SignatureBudget::kShareWork);
  budget.spend(1000);
  EXPECT_FALSE(budget.has_room_for(1));
  budget.begin_share();
  EXPECT_FALSE(budget.has_room_for(1));
  budget.begin_turn();
  EXPECT_TRUE(budget.has_room_for(1));
}

TEST(SignatureBudget, IsSharedByConnections) {
  SignatureBudget budget;
  for (uint32_t i = 0; i < SignatureBudget::kTurnWork / SignatureBudget::kShareWork; ++i) {
    budget.begin_share();
    EXPECT_EQ(budget.num_tokens(4, 256), SignatureBudget::kShareWork / 4);
    budget.promise(SignatureBudget::kShareWork);
    EXPECT_FALSE(budget.has_room_for(1));
    budget.settle(SignatureBudget::kShareWork);
  }
  budget.begin_share();
  EXPECT_EQ(budget.num_tokens(1, 256), 0u);
}

}  // namespace
}  // namespace simdjwt::testing
