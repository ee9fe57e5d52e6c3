// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/status_list_token.h"

#include <gtest/gtest.h>

#include <string>

#include "support/asymmetric_keys.h"
#include "support/fixtures.h"

namespace simdjwt::status {
namespace {

using testing::kNow;

constexpr char kUri[] = "https://id.example/status-lists/7";
constexpr size_t kBytesMax = 1000;
constexpr int64_t kLeeway = 60;

Signer make_signer(std::string_view typ = kTyp) {
  return Signer::create(testing::make_jwk_key(testing::kP256Jwk, Algorithm::kEs256, "k"), typ)
      .value();
}

KeySet keys() {
  return KeySet::of(
      testing::make_jwk_key(testing::public_jwk(testing::kP256Jwk), Algorithm::kEs256, "k"));
}

absl::StatusOr<StatusListToken> read(const std::string& text, size_t bytes_max = kBytesMax,
                                     int64_t now = kNow) {
  return read_status_list(text, kUri, keys(), bytes_max, kLeeway, now);
}

// Of the claims of a list that is right, but for `from`, in whose place `to` stands.
absl::StatusOr<StatusListToken> read_with(const std::string& from, const std::string& to) {
  std::string claims = R"({"sub":"https://id.example/status-lists/7","iat":1750000000,)"
                       R"("exp":1750000100,"ttl":50,"aggregation_uri":"x",)"
                       R"("status_list":{"bits":1,"lst":"eNrbuRgAAhcBXQ","x":1}})";
  const size_t at = claims.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  claims.replace(at, from.size(), to);
  return read(make_signer().sign_document(claims).value());
}

TEST(StatusListToken, IsReadAsItWasWritten) {
  StatusList list = StatusList::create(2, 100, kBytesMax).value();
  list.set(99, kSuspended);
  const StatusListToken written{kUri, kNow, kNow + 100, 50, list};
  const auto token = read(sign_status_list(make_signer(), written).value());
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->uri, kUri);
  EXPECT_EQ(token->issued, kNow);
  EXPECT_EQ(token->expires, kNow + 100);
  EXPECT_EQ(token->ttl_seconds, 50);
  EXPECT_TRUE(token->list == list);

  const auto endless = read(sign_status_list(make_signer(), {kUri, kNow, {}, {}, list}).value());
  ASSERT_TRUE(endless.ok()) << endless.status();
  EXPECT_EQ(endless->expires, std::nullopt);
  EXPECT_EQ(endless->ttl_seconds, std::nullopt);
}

TEST(StatusListToken, MayHaveMembersThatNobodyKnows) {
  const auto token = read_with("\"x\":1", "\"y\":[{}]");
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->list.get(0), kInvalid);
  EXPECT_EQ(token->list.get(1), kValid);
}

TEST(StatusListToken, IsAboutWhereItWasFound) {
  for (const char* sub : {"https://id.example/status-lists/70", "https://id.example/status-lists/",
                          "HTTPS://id.example/status-lists/7", ""}) {
    EXPECT_FALSE(read_with("https://id.example/status-lists/7", sub).ok()) << sub;
  }
  EXPECT_TRUE(read_with("https://", "https:\\/\\/").ok()) << "another spelling of the same";
}

TEST(StatusListToken, IsNotOutOfItsTime) {
  const std::string text =
      sign_status_list(make_signer(),
                       {kUri, kNow, kNow + 100, 50, StatusList::create(1, 8, kBytesMax).value()})
          .value();
  EXPECT_TRUE(read(text, kBytesMax, kNow - kLeeway).ok());
  EXPECT_FALSE(read(text, kBytesMax, kNow - kLeeway - 1).ok());
  EXPECT_TRUE(read(text, kBytesMax, kNow + 99).ok());
  EXPECT_FALSE(read(text, kBytesMax, kNow + 100).ok());
}

TEST(StatusListToken, HasWhatItMustHave) {
  for (const auto& [from, to] : std::initializer_list<std::pair<const char*, const char*>>{
           {"\"sub\"", "\"s\""},
           {"\"iat\"", "\"i\""},
           {"\"status_list\"", "\"list\""},
           {"\"bits\"", "\"b\""},
           {"\"lst\"", "\"l\""},
           {"1750000000", "\"1750000000\""},
           {"1750000000", "-1"},
           {"1750000100", "null"},
           {"1750000100", "1e300"},
           {"\"ttl\":50", "\"ttl\":0"},
           {"\"ttl\":50", "\"ttl\":-1"},
           {"\"ttl\":50", "\"ttl\":\"50\""},
           {"\"bits\":1", "\"bits\":3"},
           {"\"bits\":1", "\"bits\":\"1\""},
           {"\"bits\":1", "\"bits\":-1"},
           {"\"eNrbuRgAAhcBXQ\"", "7"},
           {"eNrbuRgAAhcBXQ", "eNrbuRgAAhcBXR"},
           {"{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\",\"x\":1}", "[]"}}) {
    const auto token = read_with(from, to);
    EXPECT_EQ(token.status().code(), absl::StatusCode::kInvalidArgument) << to;
  }
}

TEST(StatusListToken, HasNoMemberTwice) {
  EXPECT_FALSE(read_with("\"ttl\":50", "\"exp\":1750000200").ok());
  EXPECT_FALSE(read_with("\"x\":1", "\"lst\":\"eNrbuRgAAhcBXQ\"").ok());
  EXPECT_FALSE(read_with("\"ttl\":50", "\"\\u0065xp\":1750000200").ok());
}

TEST(StatusListToken, IsNoLargerThanIsAllowed) {
  const std::string text =
      sign_status_list(make_signer(),
                       {kUri, kNow, {}, {}, StatusList::create(8, 1000, kBytesMax).value()})
          .value();
  EXPECT_TRUE(read(text, 1000).ok());
  EXPECT_EQ(read(text, 999).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(StatusListToken, IsSignedAsAStatusListByOneOfTheKeys) {
  const StatusListToken token{kUri, kNow, {}, {}, StatusList::create(1, 8, kBytesMax).value()};
  EXPECT_FALSE(read(sign_status_list(make_signer("JWT"), token).value()).ok());
  std::string forged = sign_status_list(make_signer(), token).value();
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(read(forged).ok());
  EXPECT_FALSE(read("").ok());
}

TEST(StatusReference, IsWrittenAsTokensHaveIt) {
  EXPECT_EQ(to_json({.index = 5, .uri = "https://id.example/a\"b"}),
            R"({"status_list":{"idx":5,"uri":"https://id.example/a\"b"}})");
}

}  // namespace
}  // namespace simdjwt::status
