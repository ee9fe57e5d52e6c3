// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/key_checks.h"

#include <simdjwt/limits.h>
#include <sodium.h>

#include <algorithm>
#include <bit>
#include <string>

#include "jose/invalid.h"

namespace simdjwt::jose {
namespace {

using bytes::SecretBytes;

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

// --- RSA (RFC 7518 section 6.3) ---

size_t num_bits(const SecretBytes& number) {
  return number.empty() ? 0 : number.size() * 8 - static_cast<size_t>(std::countl_zero(number[0]));
}

bool is_odd(const SecretBytes& number) { return !number.empty() && (number.back() & 1) != 0; }

// Whether the modulus is of the form that a widespread library of smart cards made, whose factors
// can be found (ROCA, CVE-2017-15361): modulo each of these primes it is then a power of 65537. Of
// other moduli one in 2^27 looks like that by chance.
bool has_findable_factors(const SecretBytes& modulus) {
  static constexpr uint32_t kPrimes[] = {
      3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
      73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
  for (const uint32_t prime : kPrimes) {
    uint32_t remainder = 0;
    for (const uint8_t byte : modulus) remainder = (remainder << 8 | byte) % prime;
    uint32_t power = 1;
    do {
      if (power == remainder) break;
      power = power * (65537 % prime) % prime;
    } while (power != 1);
    if (power != remainder) return false;
  }
  return true;
}

absl::Status check_rsa(const KeyParts& parts) {
  const SecretBytes& modulus = parts.value("n");
  const SecretBytes& exponent = parts.value("e");
  if (modulus.empty() || exponent.empty()) return invalid("it lacks \"n\" or \"e\"");
  for (const SecretBytes& number : parts.values) {
    if (!number.empty() && number[0] == 0) return invalid("a number begins with zeros");
  }
  const size_t bits = num_bits(modulus);
  if (bits < kRsaBitsMin || bits > kRsaBitsMax) {
    return invalid("the modulus has " + std::to_string(bits) + " bits, not " +
                   std::to_string(kRsaBitsMin) + " to " + std::to_string(kRsaBitsMax));
  }
  if (!is_odd(modulus)) return invalid("the modulus is even");
  if (has_findable_factors(modulus)) return invalid("its factors can be found (CVE-2017-15361)");
  uint64_t value = 0;
  for (const uint8_t byte : exponent) value = value << 8 | byte;
  if (exponent.size() > sizeof(value) || value < 3 || value > kRsaExponentMax || value % 2 == 0) {
    return invalid("the exponent is not an odd number from 3 to " +
                   std::to_string(kRsaExponentMax));
  }
  // All or none of what the Chinese remainder theorem needs (RFC 7518 section 6.3.2).
  const size_t num_crt = static_cast<size_t>(
      std::ranges::count_if(std::array{"p", "q", "dp", "dq", "qi"},
                            [&](const char* name) { return !parts.value(name).empty(); }));
  if (num_crt != 0 && (num_crt != 5 || !parts.has_private())) {
    return invalid("of \"d\", \"p\", \"q\", \"dp\", \"dq\" and \"qi\" some are missing");
  }
  return absl::OkStatus();
}

// --- Points on curves (RFC 7518 section 6.2, RFC 8037 section 2) ---

absl::Status check_width(const KeyParts& parts, std::string_view name) {
  const size_t num_bytes = parts.value(name).size();
  if (num_bytes == parts.curve->coordinate_bytes) return absl::OkStatus();
  return invalid(quoted(name) + " has " + std::to_string(num_bytes) + " bytes, not the " +
                 std::to_string(parts.curve->coordinate_bytes) + " of " +
                 std::string(parts.curve->name));
}

absl::Status check_ec(const KeyParts& parts) {
  absl::Status status = check_width(parts, "x");
  if (status.ok()) status = check_width(parts, "y");
  if (status.ok() && parts.has_private()) status = check_width(parts, "d");
  return status;
}

// Whether the encoded point has a canonical y, lies on edwards448 (RFC 8032 section 5.2.1) and is
// none of the four of small order, under which anyone can sign. libcrypto checks none of that.
bool is_good_ed448_point(const SecretBytes& point) {
  constexpr size_t kCoordinateBytes = 56;
  if ((point[kCoordinateBytes] & 0x7f) != 0) return false;  // all but the sign of x
  const BigNumber p(BN_new());
  const BigNumber y(BN_lebin2bn(point.data(), kCoordinateBytes, nullptr));
  const BigNumber u(BN_new());
  const BigNumber v(BN_new());
  const OpensslPtr<BN_CTX, BN_CTX_free> context(BN_CTX_new());
  if (p == nullptr || y == nullptr || u == nullptr || v == nullptr || context == nullptr) {
    return false;
  }
  // p = 2^448 - 2^224 - 1.
  if (BN_set_bit(p.get(), 448) != 1 || BN_set_word(u.get(), 0) != 1 ||
      BN_set_bit(u.get(), 224) != 1 || BN_sub(p.get(), p.get(), u.get()) != 1 ||
      BN_sub_word(p.get(), 1) != 1) {
    return false;
  }
  if (BN_cmp(y.get(), p.get()) >= 0) return false;
  // x^2 = u / v with u = y^2 - 1 and v = d y^2 - 1, d = -39081: a square if u v is one.
  if (BN_mod_sqr(u.get(), y.get(), p.get(), context.get()) != 1 ||
      BN_copy(v.get(), u.get()) == nullptr || BN_mul_word(v.get(), 39081) != 1 ||
      BN_add_word(v.get(), 1) != 1 || BN_sub_word(u.get(), 1) != 1) {
    return false;
  }
  BN_set_negative(v.get(), 1);
  // u is 0 where y is 1 or -1, and -1 where y is 0: (0, 1), (0, -1) and (1, 0), (-1, 0).
  if (BN_is_zero(y.get()) || BN_is_zero(u.get())) return false;
  if (BN_mod_mul(u.get(), u.get(), v.get(), p.get(), context.get()) != 1) return false;
  return BN_kronecker(u.get(), p.get(), context.get()) == 1;
}

absl::Status check_okp(const KeyParts& parts) {
  absl::Status status = check_width(parts, "x");
  if (status.ok() && parts.has_private()) status = check_width(parts, "d");
  if (!status.ok()) return status;
  const SecretBytes& point = parts.value("x");
  // libsodium's check: canonical, on the curve, of the order of the base point.
  const bool is_good = parts.curve == &kCurve25519
                           ? crypto_core_ed25519_is_valid_point(point.data()) == 1
                           : is_good_ed448_point(point);
  return is_good ? absl::OkStatus() : invalid("\"x\" is not a point that a key can have");
}

bool is_edwards(const Curve* curve) { return curve == &kCurve25519 || curve == &kCurve448; }

}  // namespace

absl::Status check_key_parts(Algorithm algorithm, const KeyParts& parts) {
  const AlgorithmFacts& facts = facts_of(algorithm);
  if (parts.kty != key_type_of(algorithm)) {
    return invalid("a key of type " + quoted(parts.kty) + " is not for " + std::string(facts.name));
  }
  const ErrorQueueGuard guard;
  if (parts.kty == "RSA") return check_rsa(parts);
  const bool fits = facts.curve != nullptr ? parts.curve == facts.curve : is_edwards(parts.curve);
  if (!fits) {
    return invalid("a key on " + std::string(parts.curve->name) + " is not for " +
                   std::string(facts.name));
  }
  return parts.kty == "EC" ? check_ec(parts) : check_okp(parts);
}

}  // namespace simdjwt::jose
