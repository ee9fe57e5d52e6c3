// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// RsaLanes: RSA signatures waiting for others under moduli of the same length.

#ifndef SIMDJWT_CORE_BYTES_RSA_LANES_H_
#define SIMDJWT_CORE_BYTES_RSA_LANES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes/rsa.h"

namespace simdjwt::bytes {

// Give it signatures until it is full, take their powers, and so on. What is left at the end is
// either worth a call of the kernel or better given to libcrypto. Neither allocates nor reads
// outside the signatures. Not thread-safe.
class RsaLanes {
 public:
  explicit RsaLanes(const RsaKernel& kernel) noexcept : kernel_(kernel) {}
  RsaLanes(const RsaLanes&) = delete;
  RsaLanes& operator=(const RsaLanes&) = delete;

  // Whether there is a kernel at all.
  [[nodiscard]] bool is_usable() const noexcept { return kernel_.num_lanes > 0; }
  [[nodiscard]] bool is_full() const noexcept { return num_busy_ == kernel_.num_lanes; }
  [[nodiscard]] bool is_worthwhile() const noexcept { return num_busy_ >= kernel_.busy_lanes_min; }

  // Takes a signature on; must be usable and not full. It has to stay where it is.
  void add(const RsaModulus& modulus, const uint8_t* signature, uint8_t id) noexcept {
    jobs_[num_busy_] = {&modulus, signature, powers_[num_busy_].data()};
    ids_[num_busy_++] = id;
  }

  // Computes the powers; must not be empty.
  void run() noexcept { kernel_.power({jobs_.data(), num_busy_}); }

  // Takes the jobs off, and returns their ids, valid until the next add().
  std::span<const uint8_t> take() noexcept {
    const size_t num_taken = num_busy_;
    num_busy_ = 0;
    return {ids_.data(), num_taken};
  }
  // Of the job that was ids[index], after run(): as many bytes as its modulus has.
  [[nodiscard]] const uint8_t* power(size_t index) const noexcept { return powers_[index].data(); }

 private:
  const RsaKernel& kernel_;
  size_t num_busy_ = 0;
  std::array<RsaJob, kRsaLanesMax> jobs_;
  std::array<uint8_t, kRsaLanesMax> ids_;
  std::array<std::array<uint8_t, RsaModulus::kBytesMax>, kRsaLanesMax> powers_;
};

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_RSA_LANES_H_
