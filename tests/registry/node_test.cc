// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/node.h"

#include <array>
#include <atomic>
#include <fstream>
#include <optional>
#include <thread>

#include "registry/grants.h"
#include "registry/registry_fixture.h"
#include "support/judge.h"

namespace simdjwt::registry {
namespace {

// An account with the server "api" and a token for it.
class NodeTest : public RegistryTest {
 protected:
  NodeTest() {
    EXPECT_TRUE(store_.create_server(alice_.id, "api", "", at(kNow)).ok());
    issued_ = make_token(store_, alice_.id, {"api"});
    auto node = Node::open(path(), kNow, [this](std::vector<CheckedServer> servers) {
      ++num_published_;
      in_use_ = std::move(servers);
    });
    EXPECT_TRUE(node.ok()) << node.status();
    node_ = *std::move(node);
    in_use_ = node_->servers();
  }

  // Fails if the body does, or what it has changed is not in use.
  absl::Status change(absl::FunctionRef<absl::Status(Store&)> body) {
    absl::Status status;
    const auto [made, in_use] = node_->change(kNow, [&](Store& store) { status = body(store); });
    status.Update(made);
    status.Update(in_use);
    return status;
  }
  Verdict judge(const std::string& token) {
    return in_use_.at(0).verifier.verify(token, scratch_, kNow).verdict();
  }

  Store store_ = make_store();
  const Account alice_ = make_account(store_);
  IssuedToken issued_;
  std::vector<CheckedServer> in_use_;
  int num_published_ = 0;
  std::unique_ptr<Node> node_;
  Scratch scratch_;
};

TEST_F(NodeTest, HasRevokedATokenWhenTheChangeReturns) {
  EXPECT_EQ(judge(issued_.text), Verdict::kValid);
  EXPECT_TRUE(change([&](Store& store) {
                return store.revoke_token(alice_.id, issued_.token.jti, "", at(kNow));
              }).ok());
  EXPECT_EQ(judge(issued_.text), Verdict::kRevoked);
  EXPECT_EQ(num_published_, 0) << "the verifiers in use know";
}

TEST_F(NodeTest, HasPublishedWhatChangesServersWhenTheChangeReturns) {
  EXPECT_TRUE(change([&](Store& store) {
                return store.rotate_secret(alice_.id, 0, at(kNow)).status();
              }).ok());
  EXPECT_EQ(num_published_, 1);
  EXPECT_EQ(judge(issued_.text), Verdict::kBadSignature);
  EXPECT_TRUE(change([&](Store& store) {
                return store.create_server(alice_.id, "new", "", at(kNow)).status();
              }).ok());
  EXPECT_EQ(in_use_.size(), 2);
}

TEST_F(NodeTest, FollowsWhatOthersChange) {
  EXPECT_TRUE(node_->follow(kNow).ok());
  EXPECT_EQ(num_published_, 0);
  ASSERT_TRUE(store_.create_server(alice_.id, "new", "", at(kNow)).ok());
  EXPECT_TRUE(node_->follow(kNow).ok());
  EXPECT_EQ(num_published_, 1);
  EXPECT_EQ(node_->servers().size(), 2);
}

TEST_F(NodeTest, CountsRevocationsOfEachKind) {
  using Counts = std::array<uint64_t, 3>;
  const auto revoke = [&] {
    for (int i = 0; i < 2; ++i) {  // the second time, only the date is another
      EXPECT_TRUE(store_.revoke_token(alice_.id, issued_.token.jti, "", at(kNow)).ok());
      EXPECT_TRUE(store_.revoke_foreign(alice_.id, "theirs", kNow + 60, at(kNow)).ok());
      EXPECT_TRUE(store_
                      .set_epoch({.scope = EpochScope::kAccount,
                                  .account = alice_.id,
                                  .name = "",
                                  .not_before = kNow - 100 + i},
                                 at(kNow))
                      .ok());
      EXPECT_TRUE(node_->follow(kNow).ok());
    }
  };
  EXPECT_EQ(node_->revocations().entries, (Counts{0, 0, 0}));
  revoke();
  EXPECT_EQ(node_->revocations().entries, (Counts{1, 1, 1}));
  EXPECT_EQ(node_->revocations().taken_in, (Counts{1, 1, 2}));
  ASSERT_TRUE(node_->follow(kNow + 10'000).ok());
  EXPECT_EQ(node_->revocations().entries, (Counts{1, 0, 1})) << "the other has expired";
  node_ = Node::open(path(), kNow, [](const auto&) {}).value();
  EXPECT_EQ(node_->revocations().entries, (Counts{1, 1, 1}));
  EXPECT_EQ(node_->revocations().taken_in, (Counts{0, 0, 0}));
}

TEST_F(NodeTest, GivesTheErrorOfAChangeAsItIs) {
  const absl::Status status = change([&](Store& store) {
    EXPECT_TRUE(store.revoke_token(alice_.id, issued_.token.jti, "", at(kNow)).ok());
    return store.revoke_token(alice_.id, "missing", "", at(kNow));
  });
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_EQ(judge(issued_.text), Verdict::kRevoked) << "what was made before it is in use";
}

TEST_F(NodeTest, MakesChangesTogetherEachForItself) {
  std::optional<IssuedToken> other;
  const auto [made, in_use] = node_->change(kNow, [&](Store& store) {
    Grants grants(store);
    EXPECT_TRUE(store.revoke_token(alice_.id, issued_.token.jti, "", at(kNow)).ok());
    EXPECT_TRUE(grants.create_client(alice_.id, "robot", {.description = "x"}, 60, at(kNow)).ok());
    EXPECT_TRUE(absl::IsAlreadyExists(
        grants.create_client(alice_.id, "robot", {.description = "y"}, 60, at(kNow)).status()));
    EXPECT_TRUE(absl::IsNotFound(store.revoke_token(alice_.id, "missing", "", at(kNow))));
    other = make_token(store, alice_.id, {"api"});
  });
  EXPECT_TRUE(made.ok() && in_use.ok()) << made << in_use;
  EXPECT_EQ(judge(issued_.text), Verdict::kRevoked);
  EXPECT_EQ(judge(other->text), Verdict::kValid);
  Database database = Database::open(path()).value();
  Statement count = database.query("SELECT count(*) FROM grants");
  ASSERT_TRUE(count.next());
  EXPECT_EQ(count.integer(0), 1) << "of the client that failed nothing is left";
}

TEST_F(NodeTest, HasEachChangeInUseWhileOthersFollow) {
  std::atomic<bool> is_over = false;
  std::thread follower([&] {
    while (!is_over) EXPECT_TRUE(node_->follow(kNow).ok());
  });
  for (int i = 0; i < 20; ++i) {
    std::optional<IssuedToken> issued;
    EXPECT_TRUE(change([&](Store& store) {
                  issued = make_token(store, alice_.id, {"api"});
                  return absl::OkStatus();
                }).ok());
    EXPECT_EQ(judge(issued->text), Verdict::kValid);
  }
  is_over = true;
  follower.join();
}

TEST_F(NodeTest, DoesNotOpenADamagedRegistry) {
  node_.reset();
  { const Store closes = std::move(store_); }
  std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(2 * 4096);
  for (int i = 0; i < 4096; ++i) file.put('\x55');
  file.close();
  const auto node = Node::open(path(), kNow, [](const std::vector<CheckedServer>&) {});
  EXPECT_EQ(node.status().code(), absl::StatusCode::kDataLoss) << node.status();
}

}  // namespace
}  // namespace simdjwt::registry
