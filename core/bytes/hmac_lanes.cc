// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// PERF NOTES. On Zen 3 a 311-byte HS256 message takes 126 ns in lanes (`bench_sha256 hmac_lanes`);
// its six blocks alone would take 110. A third of the difference is the start and end of the
// kernel's calls, the rest 220 instructions here, partly in the kernel's shadow.
//
// Tried: two groups of lanes in turn, so that no call waits for the digests of the last (1 ns won).
// One block a call, with the caller's other work in between, for which the SHA unit leaves ample
// room: predicted 30 ns won of verify_batch's 300, measured 25 lost, because all lanes begin and
// end a call together and leave the unit idle for 35 cycles.

#include "bytes/hmac_lanes.h"

#include <algorithm>
#include <utility>

namespace simdjwt::bytes {

template <class Hash>
HmacLanes<Hash>::HmacLanes(const Sha2Kernel<Hash>& kernel) noexcept : kernel_(kernel) {
  for (size_t lane = 0; lane < kSha2LanesMax; ++lane) {
    slot_of_lane_[lane] = &slots_[lane];
    lanes_[lane] = slots_[lane].stream.idle_lane();
  }
}

template <class Hash>
void HmacLanes<Hash>::add(const HmacJob<Hash>& job, uint8_t id) noexcept {
  Slot& slot = *slot_of_lane_[num_busy_];
  slot.id = id;
  slot.stream.begin(lanes_[num_busy_++], job);
}

template <class Hash>
void HmacLanes<Hash>::finish(size_t lane) noexcept {
  done_[num_done_++] = slot_of_lane_[lane]->id;
  if (lane == --num_busy_) return;
  std::swap(lanes_[lane], lanes_[num_busy_]);
  std::swap(slot_of_lane_[lane], slot_of_lane_[num_busy_]);
}

// The kernel always runs all its lanes: those without a job hash lane 0's input into their own
// stale state.
template <class Hash>
void HmacLanes<Hash>::compress_busy(size_t num_blocks) noexcept {
  for (size_t lane = num_busy_; lane < kernel_.num_lanes; ++lane) {
    lanes_[lane] = {lanes_[lane].state, lanes_[0].data, lanes_[0].data_blocks, lanes_[0].tail};
  }
  kernel_.compress_lanes(lanes_.data(), num_blocks);
}

template <class Hash>
std::span<const uint8_t> HmacLanes<Hash>::run() noexcept {
  num_done_ = 0;
  while (num_done_ == 0) {
    if (num_busy_ < kernel_.busy_lanes_min) {
      slot_of_lane_[0]->stream.run_alone(kernel_, lanes_[0]);
      finish(0);
      break;
    }
    size_t num_blocks = slot_of_lane_[0]->stream.blocks_left();
    for (size_t lane = 1; lane < num_busy_; ++lane) {
      num_blocks = std::min(num_blocks, slot_of_lane_[lane]->stream.blocks_left());
    }
    compress_busy(num_blocks);
    // Downwards, so that the lane that moves into a finished one's place was already advanced.
    for (size_t lane = num_busy_; lane-- > 0;) {
      if (slot_of_lane_[lane]->stream.advance(lanes_[lane], num_blocks)) finish(lane);
    }
  }
  return std::span(done_).first(num_done_);
}

template class HmacLanes<Sha256>;
template class HmacLanes<Sha512>;

}  // namespace simdjwt::bytes
