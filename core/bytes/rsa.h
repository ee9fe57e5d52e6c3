// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The arithmetic of RSA verification (RFC 8017 section 5.2.2), s^65537 mod n, for several
// signatures at a time, each under a modulus of its own. All of it is public: nothing here takes
// care of how long it takes for which numbers.

#ifndef SIMDJWT_CORE_BYTES_RSA_H_
#define SIMDJWT_CORE_BYTES_RSA_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace simdjwt::bytes {

// A modulus of 2048, 3072 or 4096 bits, prepared for Montgomery multiplication with R = 2^(52 *
// num_limbs): the product of a and b is a * b / R mod n. R exceeds 4 n, so that results below 2 n
// need no correction before they are multiplied again.
struct RsaModulus {
  static constexpr size_t kBytesMax = 4096 / 8;
  static constexpr size_t kLimbsMax = 80;
  static constexpr size_t kLimbBits = 52;

  // Of big-endian numbers without leading zeros, the modulus odd. Null if the kernels cannot take
  // them: a modulus of another size, an exponent other than 65537. Null, too, without memory.
  static std::unique_ptr<const RsaModulus> create(std::span<const uint8_t> modulus,
                                                  std::span<const uint8_t> exponent);

  // Whether the num_bytes of a big-endian number are one below n, as a signature has to be (RFC
  // 8017 section 5.2.2).
  [[nodiscard]] bool exceeds(const uint8_t* number) const noexcept;

  // 0, 1, 2: of the lengths there are, which one it has.
  static constexpr size_t kLengths = 3;
  [[nodiscard]] size_t length_index() const noexcept { return num_bytes / (1024 / 8) - 2; }

  size_t num_bytes;                 // of the modulus and of its signatures
  size_t num_limbs;                 // a multiple of four
  std::vector<uint8_t> big_endian;  // n
  // n, in limbs of kLimbBits, lowest first.
  std::vector<uint64_t> limbs;
  // R^65537 mod n. Sixteen squarings of s itself and a multiplication by s leave s^65537 divided by
  // R^65536; multiplied by this, it is s^65537. So nothing has to be brought into Montgomery's
  // form.
  std::vector<uint64_t> correction;
  uint64_t negative_inverse;  // -1 / n mod 2^kLimbBits
};

// A signature and where its power goes, num_bytes of its modulus each, big-endian.
struct RsaJob {
  const RsaModulus* modulus;
  const uint8_t* signature;  // need not be below n; the power is what its remainder has
  uint8_t* power;
};

// One instruction-set variant.
struct RsaKernel {
  std::string_view name;  // for instance "rsa/fma-x4"
  size_t num_lanes;       // jobs that `power` takes at most
  // Fewer jobs are better left to libcrypto, one by one (bench_rsa): the same for all lengths.
  size_t busy_lanes_min;

  // Computes the power of each of 1 to num_lanes jobs, whose moduli have the same length. Neither
  // allocates nor reads outside the signatures. Null in "rsa/openssl", whose num_lanes is 0: the
  // choice of CPUs on which none is faster than libcrypto.
  void (*power)(std::span<const RsaJob> jobs) noexcept;
};

inline constexpr size_t kRsaLanesMax = 8;

// The kernels this CPU can run, slowest first. The first, `scalar`, is the specification, and
// slower than the second, libcrypto.
std::span<const RsaKernel* const> available_rsa_kernels();

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_RSA_H_
