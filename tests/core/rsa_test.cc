// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Every kernel of RSA against libcrypto's BN_mod_exp, lane by lane, with the signatures between
// unreadable pages.

#include "bytes/rsa.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>

#include <cfenv>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "support/guarded_buffer.h"
#include "support/hex.h"
#include "support/rsa_under_test.h"

namespace simdjwt::testing {
namespace {

using bytes::RsaJob;
using bytes::RsaKernel;
using bytes::RsaModulus;

// --- Big-endian numbers ---

using Bignum = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

const uint8_t* as_bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

Bignum to_bignum(const std::string& number) {
  return {BN_bin2bn(as_bytes(number), static_cast<int>(number.size()), nullptr), BN_free};
}

std::string libcrypto_power(const std::string& base, const std::string& modulus) {
  const Bignum result(BN_new(), BN_free);
  const Bignum exponent(BN_new(), BN_free);
  BN_set_word(exponent.get(), 65537);
  BN_CTX* context = BN_CTX_new();
  BN_mod_exp(result.get(), to_bignum(base).get(), exponent.get(), to_bignum(modulus).get(),
             context);
  BN_CTX_free(context);
  std::string power(modulus.size(), '\0');
  BN_bn2binpad(result.get(), reinterpret_cast<uint8_t*>(power.data()),
               static_cast<int>(power.size()));
  return power;
}

// The number that differs by `difference`.
std::string plus(const std::string& number, int difference) {
  const Bignum sum = to_bignum(number);
  if (difference < 0) {
    BN_sub_word(sum.get(), static_cast<BN_ULONG>(-difference));
  } else {
    BN_add_word(sum.get(), static_cast<BN_ULONG>(difference));
  }
  std::string result(number.size(), '\0');
  BN_bn2binpad(sum.get(), reinterpret_cast<uint8_t*>(result.data()),
               static_cast<int>(result.size()));
  return result;
}

std::string random_number(std::mt19937_64& random, size_t num_bytes) {
  std::string number(num_bytes, '\0');
  for (char& c : number) c = static_cast<char>(random());
  return number;
}

// Any odd number of that length will do: the kernels do not know that n is a product of primes.
std::string random_modulus(std::mt19937_64& random, size_t num_bytes) {
  std::string modulus = random_number(random, num_bytes);
  modulus.front() = static_cast<char>(modulus.front() | 0x80);
  modulus.back() = static_cast<char>(modulus.back() | 1);
  return modulus;
}

std::unique_ptr<const RsaModulus> make_modulus(const std::string& modulus,
                                               const std::string& exponent = {1, 0, 1}) {
  return RsaModulus::create({as_bytes(modulus), modulus.size()},
                            {as_bytes(exponent), exponent.size()});
}

// --- Kernels ---

constexpr size_t kSizes[] = {2048 / 8, 3072 / 8, 4096 / 8};

class Rsa : public ::testing::TestWithParam<const RsaKernel*> {
 protected:
  struct Task {
    std::string modulus;
    std::string signature;
  };

  // Lets the kernel do all tasks at once, and compares.
  void expect_powers(const std::vector<Task>& tasks) {
    std::vector<std::unique_ptr<const RsaModulus>> moduli;
    std::vector<std::string> powers;
    std::vector<RsaJob> jobs;
    for (const Task& task : tasks) {
      moduli.push_back(make_modulus(task.modulus));
      powers.emplace_back(task.modulus.size(), '\xaa');
    }
    for (size_t i = 0; i < tasks.size(); ++i) {
      jobs.push_back({moduli[i].get(), as_bytes(tasks[i].signature),
                      reinterpret_cast<uint8_t*>(powers[i].data())});
    }
    GetParam()->power(jobs);
    for (size_t i = 0; i < tasks.size(); ++i) {
      ASSERT_EQ(to_hex(powers[i]), to_hex(libcrypto_power(tasks[i].signature, tasks[i].modulus)))
          << "job " << i << " of " << tasks.size();
    }
  }

  std::mt19937_64 random_{7};
};

INSTANTIATE_TEST_SUITE_P(Kernels, Rsa, ::testing::ValuesIn(rsa_kernels_under_test()),
                         ::testing::PrintToStringParamName());

TEST_P(Rsa, AgreesWithLibcryptoForEveryNumberOfJobs) {
  for (const size_t num_bytes : kSizes) {
    for (size_t num_jobs = 1; num_jobs <= GetParam()->num_lanes; ++num_jobs) {
      std::vector<Task> tasks;
      for (size_t i = 0; i < num_jobs; ++i) {
        tasks.push_back({random_modulus(random_, num_bytes), random_number(random_, num_bytes)});
      }
      ASSERT_NO_FATAL_FAILURE(expect_powers(tasks));
    }
  }
}

TEST_P(Rsa, AgreesWithLibcryptoWhereCarriesAreLongest) {
  for (const size_t num_bytes : kSizes) {
    const std::string ones(num_bytes, '\xff');
    std::string lone_bits(num_bytes, '\0');
    lone_bits.front() = '\x80';
    lone_bits.back() = 1;
    std::string half(num_bytes, '\0');
    half.replace(0, num_bytes / 2, num_bytes / 2, '\xff');
    half.back() = 1;
    std::vector<Task> tasks;
    for (const std::string& modulus : {ones, lone_bits, half}) {
      for (const std::string& signature : {ones, lone_bits, half}) {
        tasks.push_back({modulus, signature});
        if (tasks.size() < GetParam()->num_lanes) continue;
        ASSERT_NO_FATAL_FAILURE(expect_powers(tasks));
        tasks.clear();
      }
    }
    ASSERT_NO_FATAL_FAILURE(expect_powers(tasks.empty() ? std::vector<Task>{{ones, half}} : tasks));
  }
}

TEST_P(Rsa, AgreesWithLibcryptoAtTheEdgesOfTheModulus) {
  for (const size_t num_bytes : kSizes) {
    const std::string modulus = random_modulus(random_, num_bytes);
    const std::string zero(num_bytes, '\0');
    std::vector<Task> tasks;
    for (const std::string& signature :
         {zero, plus(zero, 1), plus(zero, 2), plus(modulus, -1), modulus, plus(modulus, 1),
          std::string(num_bytes, '\xff'), std::string(8, '\0') + modulus.substr(8)}) {
      tasks.push_back({modulus, signature});
      if (tasks.size() < GetParam()->num_lanes) continue;
      ASSERT_NO_FATAL_FAILURE(expect_powers(tasks));
      tasks.clear();
    }
  }
}

TEST_P(Rsa, ReadsAndWritesNothingBesideSignatureAndPower) {
  for (const size_t num_bytes : kSizes) {
    const std::string modulus = random_modulus(random_, num_bytes);
    const std::string signature = random_number(random_, num_bytes);
    const std::unique_ptr<const RsaModulus> prepared = make_modulus(modulus);
    GuardedBuffer in(num_bytes);
    GuardedBuffer out(num_bytes);
    uint8_t* const power = out.room_at_end(num_bytes);
    const std::string expected = to_hex(libcrypto_power(signature, modulus));
    for (const std::string_view placed : {in.at_end(signature), in.at_begin(signature)}) {
      const RsaJob job = {prepared.get(), reinterpret_cast<const uint8_t*>(placed.data()), power};
      GetParam()->power({&job, 1});
      ASSERT_EQ(to_hex({reinterpret_cast<const char*>(power), num_bytes}), expected);
    }
  }
}

// Some kernels compute in floating point, and the program may, too.
TEST_P(Rsa, NeitherMindsNorChangesHowTheProgramRounds) {
  for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO, FE_TONEAREST}) {
    ASSERT_EQ(std::fesetround(mode), 0);
    std::feclearexcept(FE_ALL_EXCEPT);
    const std::vector<Task> tasks(GetParam()->num_lanes,
                                  {random_modulus(random_, 256), random_number(random_, 256)});
    ASSERT_NO_FATAL_FAILURE(expect_powers(tasks));
    EXPECT_EQ(std::fegetround(), mode);
    EXPECT_EQ(std::fetestexcept(FE_ALL_EXCEPT), 0);
  }
}

TEST(RsaModulusOf, OtherSizesIsLeftToLibcrypto) {
  std::mt19937_64 random(8);
  for (const size_t num_bytes : {1u, 128u, 255u, 257u, 320u, 448u, 640u, 1024u}) {
    EXPECT_EQ(make_modulus(random_modulus(random, num_bytes)), nullptr) << num_bytes;
  }
  std::string of_2047_bits = random_modulus(random, 256);
  of_2047_bits[0] = static_cast<char>(of_2047_bits[0] & 0x7f);
  EXPECT_EQ(make_modulus(of_2047_bits), nullptr);
}

TEST(RsaModulusOf, OtherExponentsIsLeftToLibcrypto) {
  std::mt19937_64 random(9);
  const std::string modulus = random_modulus(random, 256);
  EXPECT_NE(make_modulus(modulus), nullptr);
  for (const std::string& exponent :
       {std::string{3}, std::string{1, 0, 3}, std::string{1, 0, 0, 1}, std::string{1, 0, 1, 0}}) {
    EXPECT_EQ(make_modulus(modulus, exponent), nullptr) << to_hex(exponent);
  }
}

}  // namespace
}  // namespace simdjwt::testing
