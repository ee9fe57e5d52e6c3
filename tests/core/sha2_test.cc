// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "bytes/sha2.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "simdjwt/cpu.h"
#include "support/guarded_buffer.h"
#include "support/hex.h"
#include "support/sha2_under_test.h"

namespace simdjwt::testing {
namespace {

using bytes::Sha2Kernel;
using bytes::Sha2Lane;
using bytes::Sha2State;

// FIPS 180-4 section 5.1, written down independently of the code under test.
template <class Hash>
std::string padded(std::string message) {
  const uint64_t num_bits = message.size() * 8;
  message += '\x80';
  while (message.size() % Hash::kBlockBytes != Hash::kBlockBytes - Hash::kLengthBytes) {
    message += '\0';
  }
  message.append(Hash::kLengthBytes - 8, '\0');
  for (int shift = 56; shift >= 0; shift -= 8) message += static_cast<char>(num_bits >> shift);
  return message;
}

template <class Algorithm>
std::string digest(const Sha2State<typename Algorithm::Hash>& state) {
  std::string result;
  for (const auto word : state) {
    for (int shift = sizeof(word) * 8 - 8; shift >= 0; shift -= 8) {
      result += static_cast<char>(word >> shift);
    }
  }
  return result.substr(0, Algorithm::kDigestBytes);
}

// All blocks of `input`, alone, the first `data_blocks` of them as data and the others as tail.
template <class Hash>
void feed(const Sha2Kernel<Hash>& kernel, Sha2State<Hash>& state, std::string_view input,
          size_t data_blocks = 0) {
  const size_t num_blocks = input.size() / Hash::kBlockBytes;
  const Sha2Lane<Hash> lane = {&state, as_bytes(input), data_blocks,
                               as_bytes(input) + data_blocks * Hash::kBlockBytes};
  kernel.compress(&lane, num_blocks);
}

template <class Algorithm>
std::string hash_alone(const Sha2Kernel<typename Algorithm::Hash>& kernel,
                       const std::string& message, size_t data_blocks = 0) {
  const std::string blocks = padded<typename Algorithm::Hash>(message);
  Sha2State<typename Algorithm::Hash> state = Algorithm::kInitial;
  feed(kernel, state, blocks, data_blocks);
  return digest<Algorithm>(state);
}

// The message in the last lane, others beside it, split into data and tail at the block
// `data_blocks`.
template <class Algorithm>
std::string hash_in_lanes(const Sha2Kernel<typename Algorithm::Hash>& kernel,
                          const std::string& message, size_t data_blocks) {
  using Hash = typename Algorithm::Hash;
  const std::string blocks = padded<Hash>(message);
  const std::string others(blocks.size(), 'x');
  const size_t num_blocks = blocks.size() / Hash::kBlockBytes;
  data_blocks = std::min(data_blocks, num_blocks);
  Sha2State<Hash> states[bytes::kSha2LanesMax];
  Sha2Lane<Hash> lanes[bytes::kSha2LanesMax];
  for (size_t lane = 0; lane < kernel.num_lanes; ++lane) {
    const bool is_last = lane + 1 == kernel.num_lanes;
    const uint8_t* input = as_bytes(is_last ? blocks : others);
    states[lane] = Algorithm::kInitial;
    lanes[lane] = {&states[lane], input, data_blocks, input + data_blocks * Hash::kBlockBytes};
  }
  kernel.compress_lanes(lanes, num_blocks);
  return digest<Algorithm>(states[kernel.num_lanes - 1]);
}

template <class Algorithm>
std::string reference(std::string_view message) {
  uint8_t result[EVP_MAX_MD_SIZE];
  unsigned num_bytes = 0;
  EXPECT_EQ(
      EVP_Digest(message.data(), message.size(), result, &num_bytes, Algorithm::evp(), nullptr), 1);
  return std::string(as_text(result, num_bytes));
}

template <class Algorithm>
void expect_digest(const std::string& message, const std::string& expected) {
  for (const auto* kernel : kernels_under_test<typename Algorithm::Hash>()) {
    SCOPED_TRACE(kernel->name);
    EXPECT_EQ(to_hex(hash_alone<Algorithm>(*kernel, message, 0)), to_hex(expected));
    EXPECT_EQ(to_hex(hash_alone<Algorithm>(*kernel, message, 1)), to_hex(expected));
    if (kernel->num_lanes == 1) continue;
    EXPECT_EQ(to_hex(hash_in_lanes<Algorithm>(*kernel, message, 1)), to_hex(expected));
  }
}

template <class Algorithm>
class Sha2 : public ::testing::Test {};
TYPED_TEST_SUITE(Sha2, Sha2Algorithms);

// ---- Published values ----

TEST(Sha2Examples, OfFips180AreReproduced) {
  // The examples that NIST publishes beside FIPS 180-4: "abc", the two-block messages, and a
  // million 'a'.
  const std::string two_blocks_256 = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  const std::string two_blocks_512 =
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmno"
      "pqrs"
      "mnopqrstnopqrstu";
  const std::string million(1000000, 'a');
  expect_digest<Sha256Algorithm>(
      "abc", from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  expect_digest<Sha256Algorithm>(
      two_blocks_256, from_hex("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
  expect_digest<Sha256Algorithm>(
      million, from_hex("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
  expect_digest<Sha384Algorithm>(
      "abc", from_hex("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                      "8086072ba1e7cc2358baeca134c825a7"));
  expect_digest<Sha384Algorithm>(
      two_blocks_512, from_hex("09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712"
                               "fcc7c71a557e2db966c3e9fa91746039"));
  expect_digest<Sha384Algorithm>(
      million, from_hex("9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b"
                        "07b8b3dc38ecc4ebae97ddd87f3d8985"));
  expect_digest<Sha512Algorithm>(
      "abc", from_hex("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
  expect_digest<Sha512Algorithm>(
      two_blocks_512, from_hex("8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
                               "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"));
  expect_digest<Sha512Algorithm>(
      million, from_hex("e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
                        "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"));
}

// One "Name = value" group of a NIST response file; a group ends with its MD.
using NistGroup = std::map<std::string, std::string>;

std::vector<NistGroup> read_nist_groups(const std::filesystem::path& path) {
  std::vector<NistGroup> groups;
  NistGroup group;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const size_t equals = line.find(" = ");
    if (line.empty() || line[0] == '#' || line[0] == '[' || equals == std::string::npos) continue;
    const std::string name = line.substr(0, equals);
    group[name] = line.substr(equals + 3);
    if (name != "MD") continue;
    groups.push_back(group);
    group.clear();
  }
  return groups;
}

std::filesystem::path nist_file(std::string_view number, std::string_view kind) {
  std::string name = "hashes/SHA2/SHA";
  name.append(number).append(kind).append(".rsp");
  return std::filesystem::path(SIMDJWT_NIST_VECTORS_DIR) / name;
}

TYPED_TEST(Sha2, ReproducesNistMessages) {
  if (std::string_view(SIMDJWT_NIST_VECTORS_DIR).empty()) {
    GTEST_SKIP() << "SIMDJWT_NIST_VECTORS_DIR: no NIST vectors (python3-cryptography-vectors)";
  }
  for (const std::string_view kind : {"ShortMsg", "LongMsg"}) {
    const auto groups = read_nist_groups(nist_file(TypeParam::kNumber, kind));
    EXPECT_GE(groups.size(), 64u) << kind;
    for (const NistGroup& group : groups) {
      const size_t num_bits = std::stoul(group.at("Len"));
      const std::string message = from_hex(group.at("Msg")).substr(0, num_bits / 8);
      expect_digest<TypeParam>(message, from_hex(group.at("MD")));
    }
  }
}

// SHAVS section 6.4: each digest is the end of a chain of a thousand, each over the three before
// it.
TYPED_TEST(Sha2, ReproducesNistMonteCarloChain) {
  if (std::string_view(SIMDJWT_NIST_VECTORS_DIR).empty()) {
    GTEST_SKIP() << "SIMDJWT_NIST_VECTORS_DIR: no NIST vectors (python3-cryptography-vectors)";
  }
  const auto groups = read_nist_groups(nist_file(TypeParam::kNumber, "Monte"));
  ASSERT_EQ(groups.size(), 100u);
  for (const auto* kernel : kernels_under_test<typename TypeParam::Hash>()) {
    SCOPED_TRACE(kernel->name);
    std::string seed = from_hex(groups[0].at("Seed"));
    for (const NistGroup& group : groups) {
      std::string chain = seed + seed + seed;
      for (int i = 0; i < 1000; ++i) {
        const std::string next = hash_alone<TypeParam>(*kernel, chain);
        chain = chain.substr(TypeParam::kDigestBytes) + next;
      }
      seed = chain.substr(2 * TypeParam::kDigestBytes);
      ASSERT_EQ(to_hex(seed), group.at("MD"));
    }
  }
}

// ---- Kernels against libcrypto and each other ----

TYPED_TEST(Sha2, AgreesWithLibcryptoAtEveryLength) {
  std::mt19937_64 random(1);
  for (size_t num_bytes = 0; num_bytes <= 600; ++num_bytes) {
    const std::string message = random_string(random, num_bytes);
    SCOPED_TRACE(num_bytes);
    expect_digest<TypeParam>(message, reference<TypeParam>(message));
  }
}

TYPED_TEST(Sha2, LanesAreIndependentWhereverTheirTailsBegin) {
  using Hash = typename TypeParam::Hash;
  std::mt19937_64 random(2);
  for (const auto* kernel : kernels_under_test<Hash>()) {
    if (kernel->num_lanes == 1) continue;
    SCOPED_TRACE(kernel->name);
    for (int round = 0; round < 200; ++round) {
      const size_t num_blocks = random() % 7;
      std::vector<std::string> data;
      std::vector<std::string> tail;
      std::vector<Sha2State<Hash>> state(kernel->num_lanes);
      std::vector<Sha2State<Hash>> expected(kernel->num_lanes);
      std::vector<Sha2Lane<Hash>> lanes;
      for (size_t lane = 0; lane < kernel->num_lanes; ++lane) {
        // Lanes may hold more blocks than are asked for.
        const size_t data_blocks = random() % 9;
        const size_t tail_blocks = num_blocks - std::min(num_blocks, data_blocks);
        data.push_back(random_string(random, data_blocks * Hash::kBlockBytes));
        tail.push_back(random_string(random, tail_blocks * Hash::kBlockBytes));
        for (auto& word : state[lane]) word = static_cast<typename Hash::Word>(random());
        expected[lane] = state[lane];
        const std::string all = data.back() + tail.back();
        feed<Hash>(*kernels_under_test<Hash>().front(), expected[lane],
                   all.substr(0, num_blocks * Hash::kBlockBytes));
      }
      for (size_t lane = 0; lane < kernel->num_lanes; ++lane) {
        lanes.push_back({&state[lane], as_bytes(data[lane]), data[lane].size() / Hash::kBlockBytes,
                         as_bytes(tail[lane])});
      }
      kernel->compress_lanes(lanes.data(), num_blocks);
      ASSERT_EQ(state, expected) << num_blocks << " blocks";
    }
  }
}

TYPED_TEST(Sha2, LanesMayShareInput) {
  using Hash = typename TypeParam::Hash;
  const std::string input(3 * Hash::kBlockBytes, 'i');
  for (const auto* kernel : kernels_under_test<Hash>()) {
    if (kernel->num_lanes == 1) continue;
    SCOPED_TRACE(kernel->name);
    std::vector<Sha2State<Hash>> state(kernel->num_lanes, TypeParam::kInitial);
    std::vector<Sha2Lane<Hash>> lanes;
    for (auto& lane_state : state) lanes.push_back({&lane_state, as_bytes(input), 3, nullptr});
    kernel->compress_lanes(lanes.data(), 3);
    Sha2State<Hash> expected = TypeParam::kInitial;
    feed<Hash>(*kernel, expected, input);
    for (const auto& lane_state : state) EXPECT_EQ(lane_state, expected);
  }
}

TYPED_TEST(Sha2, ReadsNothingOutsideItsBlocks) {
  using Hash = typename TypeParam::Hash;
  std::mt19937_64 random(3);
  for (const size_t num_blocks : {1u, 2u, 5u}) {
    const std::string input = random_string(random, num_blocks * Hash::kBlockBytes);
    GuardedBuffer buffer(input.size());
    for (const auto* kernel : kernels_under_test<Hash>()) {
      SCOPED_TRACE(kernel->name);
      Sha2State<Hash> expected = TypeParam::kInitial;
      feed<Hash>(*kernel, expected, input);
      for (const std::string_view guarded : {buffer.at_end(input), buffer.at_begin(input)}) {
        Sha2State<Hash> state = TypeParam::kInitial;
        feed<Hash>(*kernel, state, guarded);
        EXPECT_EQ(state, expected);
        std::vector<Sha2State<Hash>> states(kernel->num_lanes, TypeParam::kInitial);
        std::vector<Sha2Lane<Hash>> lanes;
        for (auto& lane_state : states) {
          lanes.push_back({&lane_state, as_bytes(guarded), num_blocks - 1,
                           as_bytes(guarded) + (num_blocks - 1) * Hash::kBlockBytes});
        }
        if (kernel->num_lanes > 1) {
          kernel->compress_lanes(lanes.data(), num_blocks);
          EXPECT_EQ(states.back(), expected);
        }
      }
    }
  }
}

// ---- The lists ----

template <class Hash>
void expect_kernel_list(std::span<const Sha2Kernel<Hash>* const> kernels, std::string_view family) {
  ASSERT_FALSE(kernels.empty());
  EXPECT_EQ(kernels[0]->name, std::string(family) + "/openssl");
  std::set<std::string_view> names;
  for (const auto* kernel : kernels) {
    SCOPED_TRACE(kernel->name);
    EXPECT_TRUE(kernel->name.starts_with(std::string(family) + "/"));
    EXPECT_TRUE(names.insert(kernel->name).second);
    EXPECT_EQ(kernel->compress_lanes == nullptr, kernel->num_lanes == 1);
    EXPECT_LE(kernel->num_lanes, bytes::kSha2LanesMax);
    EXPECT_GE(kernel->busy_lanes_min, 2u);
  }
}

TEST(Sha2Kernels, ListBaselineFirstAndFastestLast) {
  expect_kernel_list<bytes::Sha256>(bytes::available_sha256_kernels(), "sha256");
  expect_kernel_list<bytes::Sha512>(bytes::available_sha512_kernels(), "sha512");
  if (cpu_features().sha_ni) {
    EXPECT_EQ(bytes::available_sha256_kernels().back()->name, "sha256/sha-ni-x3");
  }
  if (cpu_features().avx512) {
    EXPECT_EQ(bytes::available_sha512_kernels().back()->name, "sha512/avx512-x8");
  } else if (cpu_features().avx2) {
    EXPECT_EQ(bytes::available_sha512_kernels().back()->name, "sha512/avx2-x4");
  }
}

}  // namespace
}  // namespace simdjwt::testing
