// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The scalar twin: what the kernels compute, in the most plain way.

#include "bytes/rsa.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <simdjwt/cpu.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "bytes/rsa_kernels.h"

namespace simdjwt::bytes {
namespace {

using Wide = unsigned __int128;
constexpr size_t kLimbBits = RsaModulus::kLimbBits;

uint64_t swap_to_big_endian(uint64_t word) noexcept {
  return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
}
uint64_t load_big_endian(const uint8_t* bytes) noexcept {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return swap_to_big_endian(word);
}
void store_big_endian(uint64_t word, uint8_t* bytes) noexcept {
  word = swap_to_big_endian(word);
  std::memcpy(bytes, &word, sizeof(word));
}

// out = a * b / R mod n, below 2 n if a and b are. `out` may be either of them.
void multiply(const RsaModulus& n, RsaLimbs& out, const RsaLimbs& a, const RsaLimbs& b) noexcept {
  RsaLimbs sum{};
  for (size_t i = 0; i < n.num_limbs; ++i) {
    // sum = (sum + a[i] * b + m * n) / 2^52, where m makes the lowest limb 0.
    const uint64_t lowest = static_cast<uint64_t>(sum[0] + Wide{a[i]} * b[0]);
    const uint64_t m = lowest * n.negative_inverse & kRsaLimbMask;
    Wide carry = 0;
    for (size_t j = 0; j < n.num_limbs; ++j) {
      carry += sum[j] + Wide{a[i]} * b[j] + Wide{m} * n.limbs[j];
      if (j > 0) sum[j - 1] = static_cast<uint64_t>(carry) & kRsaLimbMask;
      carry >>= kLimbBits;
    }
    sum[n.num_limbs - 1] = static_cast<uint64_t>(carry);
  }
  out = sum;
}

void power(std::span<const RsaJob> jobs) noexcept {
  for (const RsaJob& job : jobs) {
    const RsaModulus& n = *job.modulus;
    RsaLimbs base;
    rsa_limbs_of({job.signature, n.num_bytes}, n.num_limbs, base.data());
    RsaLimbs product = base;
    for (int i = 0; i < kRsaSquarings; ++i) multiply(n, product, product, product);
    multiply(n, product, product, base);
    RsaLimbs correction;
    std::ranges::copy(n.correction, correction.begin());
    multiply(n, product, product, correction);
    rsa_store(n, product, job.power);
  }
}

// -1 / n mod 2^64 for an odd n. n is its own inverse modulo 8; each step doubles the bits that are
// right.
uint64_t negative_inverse_of(uint64_t n) {
  uint64_t inverse = n;
  for (int bits = 3; bits < 64; bits *= 2) inverse *= 2 - n * inverse;
  return uint64_t{0} - inverse;
}

// 2^(exponent_of_two * 65537) mod n, as many bytes as `out` has. False if libcrypto has no memory.
bool power_of_two_to_65537(int exponent_of_two, std::span<const uint8_t> n,
                           std::span<uint8_t> out) {
  ERR_set_mark();
  BIGNUM* modulus = BN_bin2bn(n.data(), static_cast<int>(n.size()), nullptr);
  BIGNUM* base = BN_new();
  BIGNUM* exponent = BN_new();
  BN_CTX* context = BN_CTX_new();
  const bool done = modulus != nullptr && base != nullptr && exponent != nullptr &&
                    context != nullptr && BN_set_bit(base, exponent_of_two) == 1 &&
                    BN_set_word(exponent, 65537) == 1 &&
                    BN_mod_exp(base, base, exponent, modulus, context) == 1 &&
                    BN_bn2binpad(base, out.data(), static_cast<int>(out.size())) >= 0;
  BN_CTX_free(context);
  BN_free(exponent);
  BN_free(base);
  BN_free(modulus);
  ERR_pop_to_mark();
  return done;
}

}  // namespace

const RsaKernel kRsaScalar = {"rsa/scalar", kRsaLanesMax, 1, power};
const RsaKernel kRsaOpenssl = {"rsa/openssl", 0, 1, nullptr};

void rsa_limbs_of(std::span<const uint8_t> number, size_t num_limbs, uint64_t* limbs) noexcept {
  constexpr size_t kWordBytes = sizeof(uint64_t);
  std::array<uint8_t, RsaModulus::kLimbsMax * kLimbBits / 8 + kWordBytes> padded;
  const size_t num_zeros = num_limbs * kLimbBits / 8 + kWordBytes - number.size();
  std::memset(padded.data(), 0, num_zeros);
  std::memcpy(padded.data() + num_zeros, number.data(), number.size());
  const uint8_t* const end = padded.data() + num_zeros + number.size();
  for (size_t i = 0; i < num_limbs; ++i) {
    const size_t bit = i * kLimbBits;
    limbs[i] = load_big_endian(end - bit / 8 - kWordBytes) >> bit % 8 & kRsaLimbMask;
  }
}

void rsa_store(const RsaModulus& modulus, RsaLimbs& limbs, uint8_t* out) noexcept {
  const auto first = limbs.begin();
  const auto last = first + static_cast<std::ptrdiff_t>(modulus.num_limbs);
  const bool is_below = std::lexicographical_compare(std::make_reverse_iterator(last),
                                                     std::make_reverse_iterator(first),
                                                     modulus.limbs.rbegin(), modulus.limbs.rend());
  if (!is_below) {
    uint64_t borrow = 0;
    for (size_t i = 0; i < modulus.num_limbs; ++i) {
      const uint64_t difference = limbs[i] - modulus.limbs[i] - borrow;
      limbs[i] = difference & kRsaLimbMask;
      borrow = difference >> 63;
    }
  }
  for (size_t i = 0; i < modulus.num_bytes / sizeof(uint64_t); ++i) {
    const size_t next = i * 64 / kLimbBits;
    const size_t num_gone = i * 64 % kLimbBits;  // bits of that limb
    uint64_t word = limbs[next] >> num_gone | limbs[next + 1] << (kLimbBits - num_gone);
    if (num_gone > 2 * kLimbBits - 64) word |= limbs[next + 2] << (2 * kLimbBits - num_gone);
    store_big_endian(word, out + modulus.num_bytes - (i + 1) * sizeof(word));
  }
}

bool RsaModulus::exceeds(const uint8_t* number) const noexcept {
  return std::lexicographical_compare(number, number + num_bytes, big_endian.begin(),
                                      big_endian.end());
}

std::unique_ptr<const RsaModulus> RsaModulus::create(std::span<const uint8_t> modulus,
                                                     std::span<const uint8_t> exponent) {
  constexpr uint8_t kExponent[] = {1, 0, 1};
  constexpr size_t kBytesStep = 1024 / 8;
  constexpr size_t kLimbsStep = 20;  // 1040 bits
  const size_t size = modulus.size() / kBytesStep;
  if (modulus.size() % kBytesStep != 0 || size < 2 || size > 4 || modulus[0] < 0x80 ||
      !std::ranges::equal(exponent, kExponent)) {
    return nullptr;
  }
  auto prepared = std::make_unique<RsaModulus>();
  prepared->num_bytes = modulus.size();
  prepared->num_limbs = size * kLimbsStep;
  prepared->big_endian.assign(modulus.begin(), modulus.end());
  prepared->limbs.resize(prepared->num_limbs);
  rsa_limbs_of(modulus, prepared->num_limbs, prepared->limbs.data());
  prepared->negative_inverse = negative_inverse_of(prepared->limbs[0]) & kRsaLimbMask;

  std::array<uint8_t, kBytesMax> correction;
  const std::span<uint8_t> number = std::span(correction).first(modulus.size());
  const int bits_of_r = static_cast<int>(prepared->num_limbs * kLimbBits);
  if (!power_of_two_to_65537(bits_of_r, modulus, number)) return nullptr;
  prepared->correction.resize(prepared->num_limbs);
  rsa_limbs_of(number, prepared->num_limbs, prepared->correction.data());
  return prepared;
}

std::span<const RsaKernel* const> available_rsa_kernels() {
#if SIMDJWT_X86_64
  static constexpr const RsaKernel* kKernels[] = {&kRsaScalar, &kRsaOpenssl, &kRsaFma, &kRsaIfma};
  const CpuFeatures& cpu = cpu_features();
  return {kKernels, !cpu.fma ? 2U : !cpu.avx512_ifma ? 3U : 4U};
#else
  static constexpr const RsaKernel* kKernels[] = {&kRsaScalar, &kRsaOpenssl};
  return kKernels;
#endif
}

}  // namespace simdjwt::bytes
