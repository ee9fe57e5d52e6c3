// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// HmacLanes: many HMACs side by side, for kernels that hash several messages in little more time
// than one.

#ifndef SIMDJWT_CORE_BYTES_HMAC_LANES_H_
#define SIMDJWT_CORE_BYTES_HMAC_LANES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes/hmac.h"
#include "bytes/hmac_stream.h"
#include "bytes/sha2.h"

namespace simdjwt::bytes {

// Give it jobs until it is full, let it run until one is done, and so on:
//
//   lanes.add(job, id);
//   if (lanes.is_full()) use(lanes.run());
//   ...
//   while (!lanes.is_empty()) use(lanes.run());
//
// A caller's own work on a tag then falls between two calls of the kernel, where the CPU does part
// of it while the kernel's last instructions wait for each other. Messages of any lengths may be
// mixed. Neither allocates nor reads outside the messages. Not thread-safe.
template <class Hash>
class HmacLanes {
 public:
  explicit HmacLanes(const Sha2Kernel<Hash>& kernel) noexcept;
  HmacLanes(const HmacLanes&) = delete;
  HmacLanes& operator=(const HmacLanes&) = delete;

  [[nodiscard]] bool is_empty() const noexcept { return num_busy_ == 0; }
  [[nodiscard]] bool is_full() const noexcept { return num_busy_ == kernel_.num_lanes; }

  // Takes a job on; must not be full. Its message and its tag have to stay where they are until
  // run() returns `id`.
  void add(const HmacJob<Hash>& job, uint8_t id) noexcept;

  // Works until at least one tag is there; must not be empty. Returns the ids of the jobs that are
  // done, valid until the next call.
  std::span<const uint8_t> run() noexcept;

 private:
  // A job's stream and name, of which its lane is what comes next.
  struct Slot {
    HmacStream<Hash> stream;
    uint8_t id;
  };

  void compress_busy(size_t num_blocks) noexcept;
  // Takes the job of `lane` off.
  void finish(size_t lane) noexcept;

  const Sha2Kernel<Hash>& kernel_;
  size_t num_busy_ = 0;
  size_t num_done_ = 0;
  // The first num_busy_ lanes carry jobs.
  std::array<Sha2Lane<Hash>, kSha2LanesMax> lanes_;
  std::array<Slot*, kSha2LanesMax> slot_of_lane_;
  std::array<uint8_t, kSha2LanesMax> done_;
  std::array<Slot, kSha2LanesMax> slots_;
};

// Instantiated in hmac_lanes.cc for Sha256 and Sha512.
extern template class HmacLanes<Sha256>;
extern template class HmacLanes<Sha512>;

}  // namespace simdjwt::bytes

#endif  // SIMDJWT_CORE_BYTES_HMAC_LANES_H_
