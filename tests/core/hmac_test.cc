// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "bytes/hmac.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bytes/hmac_lanes.h"
#include "bytes/secret.h"
#include "support/dead_stack.h"
#include "support/guarded_buffer.h"
#include "support/hex.h"
#include "support/sha2_under_test.h"

#if !defined(SIMDJWT_EMULATED_ISA)  // simdjson needs the real intrinsics
#include <simdjson.h>
#endif

namespace simdjwt::testing {
namespace {

using bytes::HmacJob;
using bytes::HmacLanes;
using bytes::HmacMidstates;
using bytes::Sha2Kernel;

template <class Algorithm>
HmacMidstates<typename Algorithm::Hash> midstates_of(std::string_view key) {
  HmacMidstates<typename Algorithm::Hash> midstates;
  bytes::derive_hmac_midstates(midstates, Algorithm::kInitial, Algorithm::kDigestBytes, key);
  return midstates;
}

template <class Algorithm>
std::string reference(std::string_view key, std::string_view message) {
  uint8_t tag[EVP_MAX_MD_SIZE];
  unsigned num_bytes = 0;
  // A null key would mean "the key of last time".
  const char* key_data = key.empty() ? "" : key.data();
  EXPECT_NE(HMAC(Algorithm::evp(), key_data, static_cast<int>(key.size()), as_bytes(message),
                 message.size(), tag, &num_bytes),
            nullptr);
  return std::string(as_text(tag, num_bytes));
}

template <class Algorithm>
std::string tag_alone(const Sha2Kernel<typename Algorithm::Hash>& kernel, std::string_view key,
                      std::string_view message) {
  const auto midstates = midstates_of<Algorithm>(key);
  uint8_t tag[Algorithm::kDigestBytes];
  bytes::hmac<typename Algorithm::Hash>(kernel, {&midstates, message, sizeof(tag), tag});
  return std::string(as_text(tag, sizeof(tag)));
}

// Interrupted after its first block, by work that goes well, or by work that does not.
template <class Algorithm>
std::string tag_beside(const Sha2Kernel<typename Algorithm::Hash>& kernel, std::string_view key,
                       std::string_view message, bool goes_well) {
  const auto midstates = midstates_of<Algorithm>(key);
  uint8_t tag[Algorithm::kDigestBytes] = {};
  int num_calls = 0;
  const bool is_done = bytes::hmac_beside<typename Algorithm::Hash>(
      kernel, {&midstates, message, sizeof(tag), tag}, [&] {
        ++num_calls;
        return goes_well;
      });
  EXPECT_EQ(num_calls, 1);
  EXPECT_EQ(is_done, goes_well);
  return std::string(as_text(tag, sizeof(tag)));
}

// All jobs through the lanes, each reported once.
template <class Hash>
void tag_in_lanes(const Sha2Kernel<Hash>& kernel, const std::vector<HmacJob<Hash>>& jobs) {
  const auto lanes = std::make_unique<HmacLanes<Hash>>(kernel);
  std::multiset<uint8_t> under_way;
  const auto run = [&] {
    const auto done = lanes->run();
    EXPECT_FALSE(done.empty());
    for (const uint8_t id : done) EXPECT_EQ(under_way.erase(id), 1u);
  };
  for (size_t i = 0; i < jobs.size(); ++i) {
    const auto id = static_cast<uint8_t>(i);
    lanes->add(jobs[i], id);
    under_way.insert(id);
    if (lanes->is_full()) run();
  }
  while (!lanes->is_empty()) run();
  EXPECT_TRUE(under_way.empty());
}

// The message as the one before last of a batch that fills the lanes and leaves some over.
template <class Algorithm>
std::string tag_in_batch(const Sha2Kernel<typename Algorithm::Hash>& kernel, std::string_view key,
                         std::string_view message) {
  using Hash = typename Algorithm::Hash;
  const auto midstates = midstates_of<Algorithm>(key);
  const auto other_midstates = midstates_of<Algorithm>("other key");
  const std::string other_message(150, 'o');
  const size_t num_jobs = kernel.num_lanes + 2;
  std::vector<uint8_t> tags(num_jobs * Algorithm::kDigestBytes);
  std::vector<HmacJob<Hash>> jobs;
  for (size_t i = 0; i < num_jobs; ++i) {
    jobs.push_back({&other_midstates, other_message, Algorithm::kDigestBytes,
                    tags.data() + i * Algorithm::kDigestBytes});
  }
  HmacJob<Hash>& job = jobs[num_jobs - 2];
  job.midstates = &midstates;
  job.message = message;
  tag_in_lanes<Hash>(kernel, jobs);
  return std::string(as_text(job.tag, job.tag_bytes));
}

// Through every kernel and all entry points.
template <class Algorithm>
void expect_tag(std::string_view key, std::string_view message, std::string_view expected) {
  const size_t num_bytes = expected.size();  // a truncated tag is the beginning of the whole
  for (const auto* kernel : kernels_under_test<typename Algorithm::Hash>()) {
    SCOPED_TRACE(kernel->name);
    EXPECT_EQ(to_hex(tag_alone<Algorithm>(*kernel, key, message).substr(0, num_bytes)),
              to_hex(expected));
    EXPECT_EQ(to_hex(tag_beside<Algorithm>(*kernel, key, message, true).substr(0, num_bytes)),
              to_hex(expected));
    EXPECT_EQ(tag_beside<Algorithm>(*kernel, key, message, false),
              std::string(Algorithm::kDigestBytes, '\0'));
    EXPECT_EQ(to_hex(tag_in_batch<Algorithm>(*kernel, key, message).substr(0, num_bytes)),
              to_hex(expected));
  }
}

template <class Algorithm>
class Hmac : public ::testing::Test {};
TYPED_TEST_SUITE(Hmac, Sha2Algorithms);

// ---- Published values ----

struct Rfc4231Case {
  std::string key;
  std::string message;
  std::string_view tag_sha256;
  std::string_view tag_sha384;
  std::string_view tag_sha512;
};

// RFC 4231 sections 4.2 to 4.8; the fifth case has its tags truncated to 128 bits.
std::vector<Rfc4231Case> rfc4231_cases() {
  std::string counting_key;
  for (char c = 1; c <= 25; ++c) counting_key += c;
  return {
      {std::string(20, 0x0b), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
       "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
       "faea9ea9076ede7f4af152e8b2fa9cb6",
       "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
       "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
       "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
       "8e2240ca5e69e2c78b3239ecfab21649",
       "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
       "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
       "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b"
       "2a5ab39dc13814b94e3ab6e101a34f27",
       "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
       "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"},
      {counting_key, std::string(50, '\xcd'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
       "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e"
       "6801dd23c4a7d679ccf8a386c674cffb",
       "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
       "a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"},
      {std::string(20, 0x0c), "Test With Truncation", "a3b6167473100ee06e0c796c2955552b",
       "3abf34c3503b2a23a46efc619baef897", "415fad6271580a531d4179bc891d87a6"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
       "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
       "0c2ef6ab4030fe8296248df163f44952",
       "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
       "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. "
       "The key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
       "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5"
       "a678cc31e799176d3860e6110c46523e",
       "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
       "b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58"},
  };
}

TEST(HmacExamples, OfRfc4231AreReproduced) {
  for (const Rfc4231Case& example : rfc4231_cases()) {
    expect_tag<Sha256Algorithm>(example.key, example.message, from_hex(example.tag_sha256));
    expect_tag<Sha384Algorithm>(example.key, example.message, from_hex(example.tag_sha384));
    expect_tag<Sha512Algorithm>(example.key, example.message, from_hex(example.tag_sha512));
  }
}

#if !defined(SIMDJWT_EMULATED_ISA)
TYPED_TEST(Hmac, AgreesWithEveryWycheproofVector) {
  const char* directory = std::getenv("SIMDJWT_WYCHEPROOF_DIR");
  if (directory == nullptr) GTEST_SKIP() << "SIMDJWT_WYCHEPROOF_DIR is not set";
  const std::string path =
      std::string(directory) + "/hmac_sha" + std::string(TypeParam::kNumber) + "_test.json";
  simdjson::dom::parser parser;
  simdjson::dom::element file;
  ASSERT_EQ(parser.load(path).get(file), simdjson::SUCCESS) << path;
  int num_valid = 0;
  int num_invalid = 0;
  for (const simdjson::dom::element group : file["testGroups"].get_array()) {
    for (const simdjson::dom::element test : group["tests"].get_array()) {
      SCOPED_TRACE(test["tcId"].get_uint64().value());
      const auto bytes_of = [&test](const char* name) {
        return from_hex(std::string_view(test[name]));
      };
      const std::string tag = bytes_of("tag");
      if (std::string_view(test["result"]) == "valid") {
        ++num_valid;
        expect_tag<TypeParam>(bytes_of("key"), bytes_of("msg"), tag);
        continue;
      }
      ++num_invalid;
      for (const auto* kernel : kernels_under_test<typename TypeParam::Hash>()) {
        EXPECT_NE(
            tag_alone<TypeParam>(*kernel, bytes_of("key"), bytes_of("msg")).substr(0, tag.size()),
            tag);
        EXPECT_NE(tag_in_batch<TypeParam>(*kernel, bytes_of("key"), bytes_of("msg"))
                      .substr(0, tag.size()),
                  tag);
      }
    }
  }
  EXPECT_GT(num_valid, 0);
  EXPECT_GT(num_invalid, 0);
}
#endif

// ---- Against libcrypto ----

TYPED_TEST(Hmac, AgreesWithLibcryptoAtEveryMessageAndKeyLength) {
  std::mt19937_64 random(4);
  for (size_t num_bytes = 0; num_bytes <= 600; ++num_bytes) {
    SCOPED_TRACE(num_bytes);
    const std::string message = random_string(random, num_bytes);
    const std::string key = random_string(random, num_bytes % 301);
    expect_tag<TypeParam>(key, message, reference<TypeParam>(key, message));
  }
}

TYPED_TEST(Hmac, AgreesWithLibcryptoOnTheLargestTokens) {
  std::mt19937_64 random(5);
  for (const size_t num_bytes : {8191u, 8192u, 8193u}) {
    const std::string message = random_string(random, num_bytes);
    expect_tag<TypeParam>("key", message, reference<TypeParam>("key", message));
  }
}

TYPED_TEST(Hmac, GoesOnFromBlocksThatWereHashedBefore) {
  using Hash = typename TypeParam::Hash;
  std::mt19937_64 random(8);
  const auto midstates = midstates_of<TypeParam>("key");
  for (const auto* kernel : kernels_under_test<Hash>()) {
    SCOPED_TRACE(kernel->name);
    for (size_t num_bytes = 0; num_bytes <= 400; ++num_bytes) {
      const std::string message = random_string(random, num_bytes);
      for (size_t begun = 0; begun <= num_bytes; begun += Hash::kBlockBytes) {
        const bytes::Sha2State<Hash> state =
            bytes::hmac_begin(*kernel, midstates, std::string_view(message).substr(0, begun));
        uint8_t tag[TypeParam::kDigestBytes];
        const HmacJob<Hash> job = {&midstates, message, sizeof(tag), tag, &state, begun};
        bytes::hmac<Hash>(*kernel, job);
        ASSERT_EQ(as_text(tag, sizeof(tag)), reference<TypeParam>("key", message)) << begun;
        tag_in_lanes<Hash>(*kernel, std::vector<HmacJob<Hash>>(kernel->num_lanes, job));
        ASSERT_EQ(as_text(tag, sizeof(tag)), reference<TypeParam>("key", message)) << begun;
      }
    }
  }
}

// ---- Batches ----

TYPED_TEST(Hmac, LanesGiveAnyMixOfMessagesTheirTags) {
  using Hash = typename TypeParam::Hash;
  std::mt19937_64 random(6);
  const std::vector<std::string> keys = {"k", random_string(random, 48),
                                         random_string(random, 200)};
  std::vector<HmacMidstates<Hash>> midstates;
  for (const std::string& key : keys) midstates.push_back(midstates_of<TypeParam>(key));
  for (const auto* kernel : kernels_under_test<Hash>()) {
    SCOPED_TRACE(kernel->name);
    for (size_t num_jobs = 0; num_jobs <= 100; ++num_jobs) {
      SCOPED_TRACE(num_jobs);
      // From all alike, as in a busy service, to lengths between nothing and many blocks.
      const size_t spread = std::vector<size_t>{1, 100, 1000, 8192}[num_jobs % 4];
      std::vector<std::string> messages;
      std::vector<std::string> tags(num_jobs, std::string(TypeParam::kDigestBytes, '\0'));
      std::vector<std::string> expected;
      std::vector<HmacJob<Hash>> jobs;
      for (size_t i = 0; i < num_jobs; ++i) {
        messages.push_back(random_string(random, random() % spread + (spread == 1 ? 311 : 0)));
      }
      for (size_t i = 0; i < num_jobs; ++i) {
        const size_t key = random() % keys.size();
        expected.push_back(reference<TypeParam>(keys[key], messages[i]));
        jobs.push_back({&midstates[key], messages[i], TypeParam::kDigestBytes,
                        reinterpret_cast<uint8_t*>(tags[i].data())});
      }
      tag_in_lanes<Hash>(*kernel, jobs);
      ASSERT_EQ(tags, expected);
    }
  }
}

TEST(Hmac384And512, MayShareTheLanes) {
  const auto midstates384 = midstates_of<Sha384Algorithm>("key");
  const auto midstates512 = midstates_of<Sha512Algorithm>("key");
  const std::string message(200, 'm');
  for (const auto* kernel : kernels_under_test<bytes::Sha512>()) {
    SCOPED_TRACE(kernel->name);
    uint8_t tag384[48];
    uint8_t tag512[64];
    tag_in_lanes<bytes::Sha512>(
        *kernel, {{&midstates384, message, 48, tag384}, {&midstates512, message, 64, tag512}});
    EXPECT_EQ(as_text(tag384, 48), reference<Sha384Algorithm>("key", message));
    EXPECT_EQ(as_text(tag512, 64), reference<Sha512Algorithm>("key", message));
  }
}

// ---- Memory ----

TYPED_TEST(Hmac, TouchesNothingOutsideMessageAndTag) {
  using Hash = typename TypeParam::Hash;
  const auto midstates = midstates_of<TypeParam>("key");
  std::mt19937_64 random(7);
  GuardedBuffer message_room(600);
  GuardedBuffer tag_room(TypeParam::kDigestBytes);
  uint8_t* tag = tag_room.room_at_end(TypeParam::kDigestBytes);
  for (size_t num_bytes = 0; num_bytes <= 600; ++num_bytes) {
    SCOPED_TRACE(num_bytes);
    const std::string message = random_string(random, num_bytes);
    const std::string expected = reference<TypeParam>("key", message);
    for (const auto* kernel : kernels_under_test<Hash>()) {
      SCOPED_TRACE(kernel->name);
      for (const bool at_end : {false, true}) {
        const std::string_view guarded =
            at_end ? message_room.at_end(message) : message_room.at_begin(message);
        const HmacJob<Hash> job = {&midstates, guarded, TypeParam::kDigestBytes, tag};
        tag[-1] = 0x5a;
        std::memset(tag, 0, TypeParam::kDigestBytes);
        bytes::hmac<Hash>(*kernel, job);
        EXPECT_EQ(as_text(tag, TypeParam::kDigestBytes), expected);
        std::memset(tag, 0, TypeParam::kDigestBytes);
        tag_in_lanes<Hash>(*kernel, std::vector<HmacJob<Hash>>(kernel->num_lanes + 1, job));
        EXPECT_EQ(as_text(tag, TypeParam::kDigestBytes), expected);
        EXPECT_EQ(tag[-1], 0x5a);
      }
    }
  }
}

#if !defined(SIMDJWT_EMULATED_ISA)

std::string masked(std::string text, char mask) {
  for (char& c : text) c = static_cast<char>(c ^ mask);
  return text;
}

template <class T>
std::string_view memory_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

TYPED_TEST(Hmac, KeySetupLeavesNothingOnTheStack) {
  if (kSanitized) GTEST_SKIP() << kOtherStack;
  using Hash = typename TypeParam::Hash;
  std::mt19937_64 random(8);
  for (const size_t key_bytes : {40u, 64u, 128u, 300u}) {
    SCOPED_TRACE(key_bytes);
    const std::string key = random_string(random, key_bytes);
    HmacMidstates<Hash> midstates;
    const std::string stack = dead_stack_of([&] {
      bytes::derive_hmac_midstates(midstates, TypeParam::kInitial, TypeParam::kDigestBytes, key);
    });
    EXPECT_FALSE(holds_part_of(stack, key));
    EXPECT_FALSE(holds_part_of(stack, masked(key, 0x36)));
    EXPECT_FALSE(holds_part_of(stack, masked(key, 0x5c)));
    EXPECT_FALSE(holds_part_of(stack, memory_of(midstates)));
  }
}

// The method itself: libcrypto alone does leave the state of what it hashed.
TEST(HmacKeySetup, WouldBeFoundOnTheStackIfItWereNotWiped) {
  if (kSanitized) GTEST_SKIP() << kOtherStack;
  const std::string block(64, 'k');
  bytes::Sha2State<bytes::Sha256> state = bytes::kSha256InitialState;
  const std::string stack = dead_stack_of([&] {
    const bytes::Sha2Lane<bytes::Sha256> lane = {&state, as_bytes(block), 1, nullptr};
    bytes::compress_openssl(&lane, 1);
  });
  EXPECT_TRUE(holds_part_of(stack, memory_of(state)));
}

#endif

}  // namespace
}  // namespace simdjwt::testing
