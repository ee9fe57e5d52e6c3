// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/explain.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "http/grammar.h"
#include "registry/follower.h"
#include "registry_fixture.h"
#include "serve/credentials.h"
#include "support/token_forge.h"

namespace simdjwt::registry {
namespace {

using State = Step::State;

// A server of alice's, and one of bob's; each question is asked of the registry as it is then.
class ExplainTest : public RegistryTest {
 protected:
  ExplainTest() {
    EXPECT_TRUE(store_.create_server(alice_.id, "api", "", at(kNow)).ok());
    EXPECT_TRUE(store_.create_server(alice_.id, "files", "", at(kNow)).ok());
    EXPECT_TRUE(store_.set_authentication(alice_.id, "api", true, at(kNow)).ok());
  }

  std::string issue(std::optional<int64_t> expires = {}, std::string server = "api") {
    const TokenRequest request{
        .description = "a test's", .expires = expires, .servers = {std::move(server)}};
    return store_.create_token(alice_.id, request, at(kNow)).value().text;
  }

  // Any claims with alice's secret.
  std::string sign(std::string_view claims) {
    return testing::forge(testing::kHeader, claims,
                          store_.show_secret(alice_.id, at(kNow)).value().view());
  }

  void accept_signed() {
    ASSERT_TRUE(store_.set_policy(alice_.id, Accepts::kSigned, {}, at(kNow)).ok());
  }

  Explanation ask(std::string_view text, bool is_field = false, int64_t now = kNow,
                  bool tells_of_others = true) {
    const Server server = store_.find_server(alice_.id, "api").value();
    const std::vector<CheckedServer> servers = Follower::open(path(), now).value()->servers();
    const auto checked = std::ranges::find(servers, "api", &CheckedServer::name);
    const Question question{.account = alice_,
                            .server = server,
                            .verifier = checked->verifier,
                            .text = text,
                            .is_field = is_field,
                            .tells_of_others = tells_of_others};
    Explanation explanation = explain(store_, question, now).value();
    json_ = explanation_json(explanation, question, now);
    return explanation;
  }

  // The heading, after a look at the rest: one step has failed, those before it have passed, those
  // behind it were not reached.
  std::string heading(const Explanation& explanation) {
    EXPECT_FALSE(explanation.is_accepted());
    EXPECT_FALSE(explanation.advice.empty());
    const auto failed = std::ranges::find(explanation.steps, State::kFailed, &Step::state);
    EXPECT_NE(failed, explanation.steps.end());
    if (failed == explanation.steps.end()) return "";
    EXPECT_TRUE(std::all_of(explanation.steps.begin(), failed, [](const Step& step) {
      return step.state == State::kPassed && !step.found.empty();
    }));
    EXPECT_TRUE(std::all_of(failed + 1, explanation.steps.end(), [](const Step& step) {
      return step.state == State::kNotReached && step.found.empty();
    }));
    failed_ = *failed;
    return std::string(explanation.heading);
  }

  static const Step& step(const Explanation& explanation, Check check) {
    return *std::ranges::find(explanation.steps, check, &Step::check);
  }

  Store store_ = make_store();
  Account alice_ = make_account(store_);
  Account bob_ = make_account(store_, "bob");
  Step failed_{.check = Check::kFormat};  // of the last refusal
  std::string json_;                      // of the last answer
};

TEST_F(ExplainTest, TellsWhatSpeaksForAToken) {
  const std::string token = issue(kNow + 3600);
  const Explanation explanation = ask("Authorization: bearer  " + token + " ", true);
  EXPECT_TRUE(explanation.is_accepted());
  EXPECT_EQ(explanation.outcome, serve::Outcome::kAllowed);
  EXPECT_EQ(explanation.verdict, Verdict::kValid);
  EXPECT_EQ(explanation.steps.size(), 10);
  for (const Step& step : explanation.steps) EXPECT_EQ(step.state, State::kPassed);
  EXPECT_EQ(step(explanation, Check::kSignature).found, "by the current secret, generation 1");
  EXPECT_EQ(step(explanation, Check::kHeader).found, R"({"alg":"HS256","typ":"JWT"})");
  EXPECT_EQ(step(explanation, Check::kDates).found,
            "expires 2026-11-23 11:00:00 UTC, in 1 h 0 min");
  EXPECT_EQ(step(explanation, Check::kAssociation).found, "with api");
  EXPECT_EQ(ask(token).steps.size(), 9);
  EXPECT_EQ(step(ask(issue()), Check::kDates).found, "never expires");
}

TEST_F(ExplainTest, NamesTheSecretAndWhatBecameOfIt) {
  const std::string token = issue();
  ASSERT_TRUE(store_.rotate_secret(alice_.id, 60, at(kNow)).ok());
  EXPECT_EQ(step(ask(token), Check::kSignature).found,
            "by the secret before, generation 1, which counts until 2026-11-23 10:01:00 UTC, "
            "in 1 min 0 s");
  EXPECT_EQ(heading(ask(token, false, kNow + 60)), "Invalid signature");
  EXPECT_EQ(failed_.found,
            "by the secret before, generation 1, which ended 2026-11-23 10:01:00 UTC, now");
  EXPECT_EQ(failed_.expected, "by the current secret, generation 2");
  ASSERT_TRUE(store_.rotate_secret(alice_.id, 0, at(kNow)).ok());
  EXPECT_EQ(heading(ask(token)), "Invalid signature");
  EXPECT_NE(failed_.found.find("whose secret, generation 1, was replaced"), std::string::npos)
      << failed_.found;
}

TEST_F(ExplainTest, NamesTheKeyThatWasTried) {
  const std::string by_secret = issue();
  ASSERT_TRUE(store_.set_policy(alice_.id, {}, {}, at(kNow), Algorithm::kEdDsa).ok());
  const std::string token = issue();
  const std::string kid = store_.secrets(alice_.id).value().at(0).kid;
  EXPECT_EQ(step(ask(token), Check::kSignature).found,
            "by the current EdDSA key, generation 2, kid \"" + kid + '"');
  EXPECT_NE(json_.find(R"("alg":"EdDSA","kid":")" + kid + '"'), std::string::npos) << json_;
  EXPECT_EQ(step(ask(by_secret), Check::kSignature).found, "by the current secret, generation 1");

  const std::string forged = token.substr(0, token.size() - 10) +
                             (token[token.size() - 10] == 'A' ? 'B' : 'A') +
                             token.substr(token.size() - 9);
  EXPECT_EQ(heading(ask(forged)), "Invalid signature");
  EXPECT_EQ(failed_.expected, "by the current EdDSA key, generation 2, kid \"" + kid + '"');

  ASSERT_TRUE(store_.rotate_secret(alice_.id, 60, at(kNow)).ok());
  const std::string newer = store_.secrets(alice_.id).value().at(0).kid;
  EXPECT_EQ(heading(ask(forged)), "Invalid signature");
  EXPECT_EQ(failed_.expected, "by the EdDSA key before, generation 2, kid \"" + kid +
                                  "\", which counts until 2026-11-23 10:01:00 UTC, in 1 min 0 s");
  EXPECT_EQ(heading(ask(token, false, kNow + 60)), "Invalid signature");
  EXPECT_EQ(failed_.subject, "kid");
  EXPECT_EQ(failed_.expected, '"' + newer + '"');
  EXPECT_EQ(failed_.found, '"' + kid + "\", of the EdDSA key before, generation 2, kid \"" + kid +
                               "\", which ended 2026-11-23 10:01:00 UTC, now");
}

TEST_F(ExplainTest, KnowsTheKeyOfAnotherAccount) {
  for (const Account* account : {&alice_, &bob_}) {
    ASSERT_TRUE(store_.set_policy(account->id, {}, {}, at(kNow), Algorithm::kEdDsa).ok());
  }
  const std::string token = make_token(store_, bob_.id).text;
  EXPECT_EQ(heading(ask(token)), "Wrong account");
  EXPECT_TRUE(failed_.found.ends_with(", of the account bob")) << failed_.found;
  EXPECT_EQ(heading(ask(token, false, kNow, false)), "Invalid signature");
  EXPECT_EQ(json_.find("bob"), std::string::npos) << json_;
}

TEST_F(ExplainTest, FindsTheFieldMissingOrMalformed) {
  const std::string token = issue();
  const std::vector<std::pair<std::string, std::string>> missing = {
      {"", "nothing"},
      {"Authorization:", "nothing"},
      {"X-Token: " + token, "the field \"X-Token\""},
      {"Basic YTpi", "the scheme \"Basic\""},
      {token, "one word: a token without \"Bearer\"?"}};
  for (const auto& [field, found] : missing) {
    const Explanation explanation = ask(field, true);
    EXPECT_EQ(heading(explanation), "Missing Authorization header") << field;
    EXPECT_EQ(explanation.outcome, serve::Outcome::kMissing);
    EXPECT_EQ(explanation.verdict, std::nullopt);
    EXPECT_EQ(failed_.found, found);
  }
  const std::vector<std::pair<std::string, std::string>> malformed = {
      {"Bearer", "no token behind \"Bearer\""},
      {"Bearer Bearer " + token, "\"Bearer\" twice"},
      {"Bearer \"" + token + "\"", "quotes around the token"},
      {"Bearer " + token.substr(0, 5) + " " + token.substr(5),
       "\" \" as character 6 of the token"}};
  for (const auto& [field, found] : malformed) {
    const Explanation explanation = ask(field, true);
    EXPECT_EQ(heading(explanation), "Malformed Authorization header") << field;
    EXPECT_EQ(explanation.outcome, serve::Outcome::kMalformedRequest);
    EXPECT_EQ(failed_.found, found);
  }
}

TEST_F(ExplainTest, FindsWhatNoTokenLooksLike) {
  const std::string token = issue();
  EXPECT_EQ(heading(ask(token.substr(0, token.rfind('.')))), "Wrong token format");
  EXPECT_EQ(failed_.found, "2 parts");
  EXPECT_EQ(heading(ask(token + "=")), "Wrong token format");
  EXPECT_EQ(heading(ask("Bearer " + token)), "Wrong token format");
  EXPECT_EQ(heading(ask("Bearer " + token.substr(0, 30), true)), "Wrong token format");
  EXPECT_EQ(heading(ask("eyJhbGciOiJub25lIn0.e30.AAAA")), "Wrong token header");
  EXPECT_EQ(failed_.found, "\"none\"");
}

TEST_F(ExplainTest, TellsASignatureThatIsWrongByWhatIsKnownOfTheToken) {
  const std::string token = issue();
  std::string other = token;
  char& first = other[token.rfind('.') + 1];
  first = first == 'A' ? 'B' : 'A';
  EXPECT_EQ(heading(ask(other)), "Invalid signature");
  EXPECT_NE(failed_.found.find("though the claims are those of the token"), std::string::npos);

  const std::string forged = testing::forge_claims(R"({"sub":"alice"})");
  EXPECT_EQ(heading(ask(forged)), "Invalid signature");
  EXPECT_EQ(failed_.found, "by none of these: another secret, or a token that was changed");
}

TEST_F(ExplainTest, FindsTheTokenOfAnotherAccountUnlessThatIsNobodysBusiness) {
  const std::string token = make_token(store_, bob_.id).text;
  issue();
  EXPECT_EQ(heading(ask(token)), "Wrong account");
  EXPECT_EQ(failed_.found, "by the current secret, generation 1, of the account bob");
  const Explanation discreet = ask(token, false, kNow, false);
  EXPECT_EQ(heading(discreet), "Invalid signature");
  EXPECT_EQ(json_.find("bob"), std::string::npos) << json_;

  const std::string jti = make_token(store_, bob_.id).token.jti;
  const std::string claimed = sign(R"({"jti":")" + jti + R"("})");
  EXPECT_EQ(heading(ask(claimed)), "Wrong account");
  EXPECT_EQ(heading(ask(claimed, false, kNow, false)), "Not a token of the registry");
  EXPECT_EQ(json_.find("bob"), std::string::npos) << json_;
}

TEST_F(ExplainTest, FindsWhatIsWrongWithClaimsAndDates) {
  EXPECT_EQ(heading(ask(issue(kNow + 60), false, kNow + 60)), "Token expired");
  EXPECT_EQ(failed_.subject, "exp");
  EXPECT_EQ(failed_.found, "2026-11-23 10:01:00 UTC, now");
  EXPECT_EQ(failed_.expected, "later than 2026-11-23 10:01:00 UTC (now)");
  EXPECT_EQ(heading(ask(sign(R"({"nbf":1795428001})"))), "Token not valid yet");
  EXPECT_EQ(heading(ask(sign(R"({"exp":"tomorrow"})"))), "Wrong claims");
  EXPECT_EQ(failed_.found, "\"tomorrow\"");
  EXPECT_EQ(heading(ask(sign("[]"))), "Wrong claims");
}

TEST_F(ExplainTest, TellsWhenAndWhyATokenWasRevoked) {
  const IssuedToken one = make_token(store_, alice_.id, {"api"});
  ASSERT_TRUE(store_.revoke_token(alice_.id, one.token.jti, "leaked", at(kNow - 60)).ok());
  EXPECT_EQ(heading(ask(one.text)), "Token revoked");
  EXPECT_EQ(failed_.found, "revoked 2026-11-23 09:59:00 UTC, 1 min 0 s ago: \"leaked\"");

  accept_signed();
  const std::string foreign = sign(R"({"jti":"theirs"})");
  EXPECT_TRUE(ask(foreign).is_accepted());
  ASSERT_TRUE(store_.revoke_foreign(alice_.id, "theirs", {}, at(kNow)).ok());
  EXPECT_EQ(heading(ask(foreign)), "Token revoked");
  EXPECT_EQ(failed_.found, "revoked 2026-11-23 10:00:00 UTC, now");

  const std::string old = issue();
  ASSERT_TRUE(store_.set_epoch({EpochScope::kAccount, alice_.id, "", kNow + 1}, at(kNow)).ok());
  EXPECT_EQ(heading(ask(old)), "Token revoked");
  EXPECT_EQ(failed_.subject, "iat");
  EXPECT_EQ(failed_.expected,
            "not before 2026-11-23 10:00:01 UTC, as the account's tokens from before are revoked");
}

TEST_F(ExplainTest, TellsWhichTokensAreNotForAServer) {
  EXPECT_EQ(heading(ask(issue({}, "files"))), "Not associated with this server");
  EXPECT_EQ(failed_.found, "with files");
  EXPECT_EQ(heading(ask(sign(R"({"sub":"alice"})"))), "Not a token of the registry");
  EXPECT_EQ(failed_.found, "none");
  EXPECT_EQ(heading(ask(sign(R"({"jti":"theirs"})"))), "Not a token of the registry");
  EXPECT_EQ(failed_.found, "\"theirs\"");
  accept_signed();
  const Explanation accepted = ask(sign(R"({"sub":"alice"})"));
  EXPECT_TRUE(accepted.is_accepted());
  EXPECT_EQ(step(accepted, Check::kAssociation).found, "none is needed");
  EXPECT_EQ(heading(ask(sign(R"({"token_type":"refresh"})"))), "Refresh token");
}

TEST_F(ExplainTest, SaysThatAServerAsksForNoToken) {
  ASSERT_TRUE(store_.set_authentication(alice_.id, "api", false, at(kNow)).ok());
  const Explanation explanation = ask("", true);
  EXPECT_TRUE(explanation.is_accepted());
  EXPECT_EQ(explanation.heading, "Accepted, as the server asks for no token");
  EXPECT_EQ(ask("a.b.c").verdict, Verdict::kBadBase64url);
}

TEST_F(ExplainTest, IsJsonThatHoldsNoSignatureAndNoSecret) {
  const std::string token = issue(kNow + 60);
  const std::string secret(store_.show_secret(alice_.id, at(kNow))->view());
  for (const int64_t now : {kNow, kNow + 60}) {
    ask("Bearer " + token, true, now);
    simdjson::dom::parser parser;
    simdjson::dom::element json;
    ASSERT_EQ(parser.parse(json_).get(json), simdjson::SUCCESS) << json_;
    EXPECT_EQ(bool{json["accepted"]}, now == kNow);
    EXPECT_EQ(std::string_view(json["verdict"]), now == kNow ? "valid" : "expired");
    EXPECT_EQ(json["reason"].is_null(), now == kNow);
    EXPECT_EQ(std::string_view(json["claims"]["sub"]), "alice");
    EXPECT_EQ(int64_t{json["secret"]["generation"]}, 1);
    EXPECT_EQ(std::string_view(json["steps"].at(5)["check"]), "dates");
    EXPECT_EQ(json_.find(token.substr(token.rfind('.'))), std::string::npos);
    EXPECT_EQ(json_.find(secret), std::string::npos);
  }
}

// Tokens of all kinds, whole and damaged, at servers of both kinds of accounts: what is explained
// is what a check says.
TEST_F(ExplainTest, NeverDisagreesWithTheCheck) {
  std::vector<std::string> tokens = {issue(),
                                     sign(R"({"exp":1})"),
                                     issue({}, "files"),
                                     sign(R"({"token_type":"refresh","jti":"a"})"),
                                     sign(R"({"sub":"x","exp":1795428001,"aud":["a"]})"),
                                     make_token(store_, bob_.id).text};
  std::mt19937_64 random(7);
  const auto below = [&random](size_t bound) { return random() % bound; };
  for (const Accepts accepts : {Accepts::kRegistered, Accepts::kSigned}) {
    ASSERT_TRUE(store_.set_policy(alice_.id, accepts, {}, at(kNow)).ok());
    const Server server = store_.find_server(alice_.id, "api").value();
    const std::vector<CheckedServer> servers = Follower::open(path(), kNow).value()->servers();
    const Verifier& verifier = std::ranges::find(servers, "api", &CheckedServer::name)->verifier;
    Scratch scratch;
    for (int i = 0; i < 1500; ++i) {
      std::string token = tokens[below(tokens.size())];
      for (size_t damages = below(3); damages > 0; --damages) {
        const size_t at = below(token.size());
        constexpr std::string_view kOdd = ".=+ AZ\"\n";
        switch (below(4)) {
          case 0:
            token[at] = kOdd[below(kOdd.size())];
            break;
          case 1:
            token.erase(at, 1 + below(3));
            break;
          case 2:
            token.insert(at, 1, kOdd[below(kOdd.size())]);
            break;
          default:
            token[at] = static_cast<char>(random());
        }
        if (token.empty()) token = "x";
      }
      const VerifyResult result = verifier.verify(token, scratch, kNow);
      const serve::Outcome outcome = serve::outcome_of(token, result, verifier.policy());
      const Question question{
          .account = alice_, .server = server, .verifier = verifier, .text = token};
      const Explanation explanation = explain(store_, question, kNow).value();
      ASSERT_EQ(explanation.verdict, result.verdict()) << token;
      ASSERT_EQ(explanation.outcome, outcome) << token;
      ASSERT_EQ(explanation.is_accepted(), bool{result});
      if (!result) heading(explanation);
      // As a check finds it in a request.
      const std::string field = "Bearer " + token;
      const Question of_field{.account = alice_,
                              .server = server,
                              .verifier = verifier,
                              .text = field,
                              .is_field = true};
      const Explanation of_request = explain(store_, of_field, kNow).value();
      const std::string_view sent = *serve::credentials_of(http::trim(field), "bearer");
      const VerifyResult judged = verifier.verify(sent, scratch, kNow);
      ASSERT_EQ(of_request.verdict, judged.verdict()) << token;
      ASSERT_EQ(of_request.outcome, serve::outcome_of(sent, judged, verifier.policy())) << token;
    }
  }
}

}  // namespace
}  // namespace simdjwt::registry
