// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What checks make of a registry, asked of the verifiers themselves.

#include "registry/follower.h"

#include <map>
#include <optional>

#include "registry/registry_fixture.h"
#include "support/judge.h"
#include "support/token_forge.h"

namespace simdjwt::registry {
namespace {

// An account with the servers "api" and "files", and a token for each.
class FollowerTest : public RegistryTest {
 protected:
  FollowerTest() {
    for (const char* name : {"api", "files"}) {
      EXPECT_TRUE(store_.create_server(alice_.id, name, "", at(kNow)).ok());
    }
    of_api_ = make_token(store_, alice_.id, {"api"});
    of_files_ = make_token(store_, alice_.id, {"files"});
    open();
  }

  void open() {
    absl::StatusOr<std::unique_ptr<Follower>> follower = Follower::open(path(), kNow);
    ASSERT_TRUE(follower.ok()) << follower.status();
    follower_ = *std::move(follower);
    use_servers();
  }

  // As the daemon does. Whether servers changed.
  bool follow(int64_t now = kNow) {
    const absl::StatusOr<bool> changed = follower_->follow(now);
    EXPECT_TRUE(changed.ok()) << changed.status();
    if (changed.value_or(false)) use_servers();
    return changed.value_or(false);
  }

  Verdict judge(const std::string& server, const std::string& token, int64_t now = kNow) {
    return servers_.at(server).verifier.verify(token, scratch_, now).verdict();
  }

  // What a service of the account signs itself.
  std::string foreign(const std::string& claims) {
    const SecretText secret = *store_.show_secret(alice_.id, at(kNow));
    return testing::forge(testing::kHeader, claims, secret.view());
  }

  void ok(const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; }

  Store store_ = make_store();
  const Account alice_ = make_account(store_);
  IssuedToken of_api_;
  IssuedToken of_files_;
  std::unique_ptr<Follower> follower_;
  std::map<std::string, CheckedServer> servers_;
  Scratch scratch_;

 private:
  void use_servers() {
    servers_.clear();
    for (CheckedServer& server : follower_->servers()) {
      const std::string name = server.name;
      servers_.emplace(name, std::move(server));
    }
  }
};

TEST_F(FollowerTest, AcceptsTokensWhereTheyAreAssociated) {
  EXPECT_EQ(judge("api", of_api_.text), Verdict::kValid);
  EXPECT_EQ(judge("files", of_files_.text), Verdict::kValid);
  EXPECT_EQ(judge("files", of_api_.text), Verdict::kNotAssociated);
  EXPECT_EQ(judge("api", of_files_.text), Verdict::kNotAssociated);
}

TEST_F(FollowerTest, FollowsAssociations) {
  ok(store_.associate(alice_.id, of_api_.token.jti, "files", at(kNow)));
  EXPECT_FALSE(follow()) << "the verifiers stay";
  EXPECT_EQ(judge("files", of_api_.text), Verdict::kValid);
  ok(store_.dissociate(alice_.id, of_api_.token.jti, "api", at(kNow)));
  follow();
  EXPECT_EQ(judge("api", of_api_.text), Verdict::kNotAssociated);
  EXPECT_EQ(judge("files", of_api_.text), Verdict::kValid);
}

TEST_F(FollowerTest, FollowsRevocations) {
  ok(store_.revoke_token(alice_.id, of_api_.token.jti, "lost", at(kNow)));
  EXPECT_EQ(judge("api", of_api_.text), Verdict::kValid) << "not yet told";
  EXPECT_FALSE(follow());
  EXPECT_EQ(judge("api", of_api_.text), Verdict::kRevoked);
  EXPECT_EQ(judge("files", of_api_.text), Verdict::kRevoked);
  EXPECT_EQ(judge("files", of_files_.text), Verdict::kValid);
  open();
  EXPECT_EQ(judge("api", of_api_.text), Verdict::kRevoked) << "read anew";
}

TEST_F(FollowerTest, FollowsNewTokens) {
  const IssuedToken issued = make_token(store_, alice_.id, {"api", "files"});
  EXPECT_EQ(judge("api", issued.text), Verdict::kNotRegistered);
  EXPECT_FALSE(follow());
  EXPECT_EQ(judge("api", issued.text), Verdict::kValid);
  EXPECT_EQ(judge("files", issued.text), Verdict::kValid);
}

TEST_F(FollowerTest, FollowsNewServersAndWhetherTheyAuthenticate) {
  ASSERT_TRUE(store_.create_server(alice_.id, "new", "", at(kNow)).ok());
  EXPECT_TRUE(follow());
  EXPECT_FALSE(servers_.at("new").authenticates);
  EXPECT_TRUE(servers_.at("api").authenticates);
  ok(store_.associate(alice_.id, of_api_.token.jti, "new", at(kNow)));
  EXPECT_TRUE(follow());
  EXPECT_TRUE(servers_.at("new").authenticates);
  EXPECT_EQ(judge("new", of_api_.text), Verdict::kValid);
}

TEST_F(FollowerTest, KnowsNoTokenOfAnotherAccount) {
  const Account bob = make_account(store_, "bob");
  ASSERT_TRUE(store_.create_server(bob.id, "bobs", "", at(kNow)).ok());
  const IssuedToken issued = make_token(store_, bob.id, {"bobs"});
  follow();
  EXPECT_EQ(judge("bobs", issued.text), Verdict::kValid);
  EXPECT_EQ(judge("bobs", of_api_.text), Verdict::kBadSignature);
  EXPECT_EQ(judge("api", issued.text), Verdict::kBadSignature);
  // Signed by alice, but of the registry's token of bob.
  const std::string stolen = foreign(R"({"jti":")" + issued.token.jti + "\"}");
  EXPECT_EQ(judge("api", stolen), Verdict::kNotRegistered);
}

TEST_F(FollowerTest, AcceptsTheSecretBeforeUntilItsTimeIsOver) {
  ASSERT_TRUE(store_.rotate_secret(alice_.id, 60, at(kNow)).ok());
  EXPECT_TRUE(follow());
  const IssuedToken issued = make_token(store_, alice_.id, {"api"});
  follow();
  EXPECT_EQ(judge("api", issued.text), Verdict::kValid);
  EXPECT_EQ(judge("api", of_api_.text, kNow + 59), Verdict::kValid);
  EXPECT_EQ(judge("api", of_api_.text, kNow + 60), Verdict::kBadSignature);
  ASSERT_TRUE(store_.rotate_secret(alice_.id, 0, at(kNow + 10)).ok());
  EXPECT_TRUE(follow(kNow + 10));
  EXPECT_EQ(judge("api", of_api_.text, kNow + 10), Verdict::kBadSignature);
  EXPECT_EQ(judge("api", issued.text, kNow + 10), Verdict::kBadSignature);
}

TEST_F(FollowerTest, AcceptsWhatItsServicesSignIfTheAccountSaysSo) {
  const std::string theirs = foreign(R"({"jti":"theirs","sub":"s","iat":1000})");
  EXPECT_EQ(judge("api", theirs), Verdict::kNotRegistered);
  EXPECT_EQ(judge("api", foreign("{}")), Verdict::kNotRegistered);
  ok(store_.set_policy(alice_.id, Accepts::kSigned, {}, at(kNow)));
  EXPECT_TRUE(follow());
  EXPECT_EQ(judge("api", theirs), Verdict::kValid);
  EXPECT_EQ(judge("api", foreign("{}")), Verdict::kValid);
  EXPECT_EQ(judge("api", of_files_.text), Verdict::kNotAssociated) << "the registry's own";
  ok(store_.revoke_foreign(alice_.id, "theirs", std::nullopt, at(kNow)));
  EXPECT_FALSE(follow());
  EXPECT_EQ(judge("api", theirs), Verdict::kRevoked);
}

TEST_F(FollowerTest, AcceptsNoRefreshTokenWhateverTheAccountSays) {
  ok(store_.set_policy(alice_.id, Accepts::kSigned, {}, at(kNow)));
  follow();
  EXPECT_EQ(judge("api", foreign(R"({"token_type":"access"})")), Verdict::kValid);
  EXPECT_EQ(judge("api", foreign(R"({"token_type":"refresh"})")), Verdict::kRefreshToken);
}

TEST_F(FollowerTest, RefusesWhatWasIssuedBeforeAnyOfTheDates) {
  const auto set = [&](EpochScope scope, std::string_view name, int64_t not_before) {
    const bool is_of_account = scope == EpochScope::kAccount || scope == EpochScope::kSubject;
    ok(store_.set_epoch({scope, is_of_account ? alice_.id : 0, name, not_before}, at(kNow)));
    follow();
  };
  set(EpochScope::kIssuer, "https://other.example", kNow + 100);
  set(EpochScope::kSubject, "bob", kNow + 100);
  set(EpochScope::kAll, "", kNow);
  EXPECT_EQ(judge("api", of_api_.text), Verdict::kValid);
  set(EpochScope::kSubject, "alice", kNow + 1);
  EXPECT_EQ(judge("api", of_api_.text), Verdict::kRevoked);
  const TokenRequest request{.description = "later", .sub = "carol", .servers = {"api"}};
  const IssuedToken carols = store_.create_token(alice_.id, request, at(kNow)).value();
  follow();
  EXPECT_EQ(judge("api", carols.text), Verdict::kValid);
  set(EpochScope::kAccount, "", kNow + 1);
  EXPECT_EQ(judge("api", carols.text), Verdict::kRevoked);
}

TEST_F(FollowerTest, AcceptsNothingOfAnAccountWithoutASecret) {
  const Account bob = make_account(store_, "bob");
  ASSERT_TRUE(store_.create_server(bob.id, "bobs", "", at(kNow)).ok());
  follow();
  EXPECT_EQ(judge("bobs", of_api_.text), Verdict::kBadSignature);
}

TEST_F(FollowerTest, IsNotOpenedWithoutARegistry) {
  EXPECT_FALSE(Follower::open(path("none.db"), kNow).ok());
}

}  // namespace
}  // namespace simdjwt::registry
