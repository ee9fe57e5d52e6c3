// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/decision_ring.h"

#include <string.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "simdjwt/limits.h"

namespace simdjwt::serve {
namespace {

constexpr size_t kNumTexts = 10;
constexpr std::array<std::string_view Decision::*, kNumTexts> kTexts = {
    &Decision::policy,     &Decision::method, &Decision::host, &Decision::uri, &Decision::client,
    &Decision::request_id, &Decision::iss,    &Decision::sub,  &Decision::jti, &Decision::token};

constexpr size_t place_of(size_t position) { return position % DecisionRing::kCapacity; }

}  // namespace

// In the ring, followed by its texts.
struct DecisionRing::Record {
  uint32_t num_bytes;  // with texts and padding; of a gap up to the end, kGap
  std::array<uint16_t, kNumTexts> text_bytes;
  DecisionResult result;
  Reason reason;
  Contract contract;
  http::Status status;
  uint64_t duration_nanoseconds;
  int64_t unix_nanoseconds;

  static constexpr uint32_t kGap = ~uint32_t{0};
};

DecisionRing::DecisionRing() : bytes_(std::make_unique<std::byte[]>(kCapacity)) {
  static_assert(kTextBytesMax <= kTokenBytesMax && kTokenBytesMax <= 0xffff,
                "16 bits hold a length");
  static_assert(sizeof(Record) + kNumTexts * kTextBytesMax + kTokenBytesMax < kCapacity / 4,
                "an empty ring has room for any decision, wherever its end is");
  static_assert(kCapacity % alignof(Record) == 0, "there is room for num_bytes before the end");
}

bool DecisionRing::push(const Decision& decision, int64_t unix_nanoseconds) noexcept {
  Record record{.num_bytes = 0,
                .text_bytes = {},
                .result = decision.result,
                .reason = decision.reason,
                .contract = decision.contract,
                .status = decision.status,
                .duration_nanoseconds = decision.duration_nanoseconds,
                .unix_nanoseconds = unix_nanoseconds};
  size_t num_bytes = sizeof(Record);
  for (size_t i = 0; i < kNumTexts; ++i) {
    size_t length = (decision.*kTexts[i]).size();
    if (kTexts[i] == &Decision::token) {
      if (length > kTokenBytesMax) length = 0;
    } else {
      length = std::min(length, kTextBytesMax);
    }
    record.text_bytes[i] = static_cast<uint16_t>(length);
    num_bytes += length;
  }
  num_bytes = (num_bytes + alignof(Record) - 1) / alignof(Record) * alignof(Record);
  record.num_bytes = static_cast<uint32_t>(num_bytes);

  // Acquire: what the consumer read from this place, and its wiping, came before.
  const size_t head = head_.load(std::memory_order_acquire);
  size_t tail = tail_.load(std::memory_order_relaxed);
  const size_t until_end = kCapacity - place_of(tail);
  const size_t gap = num_bytes > until_end ? until_end : 0;
  if (tail + gap + num_bytes - head > kCapacity) return false;
  if (gap > 0) {
    std::memcpy(bytes_.get() + place_of(tail), &Record::kGap, sizeof(Record::kGap));
    tail += gap;
  }
  std::byte* out = bytes_.get() + place_of(tail);
  std::memcpy(out, &record, sizeof(record));
  out += sizeof(record);
  for (size_t i = 0; i < kNumTexts; ++i) {
    if (record.text_bytes[i] == 0) continue;  // the view may have no data at all
    std::memcpy(out, (decision.*kTexts[i]).data(), record.text_bytes[i]);
    out += record.text_bytes[i];
  }
  // Release: whoever sees the new tail sees the record.
  tail_.store(tail + num_bytes, std::memory_order_release);
  return true;
}

bool DecisionRing::needs_reader() const noexcept {
  return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_relaxed) >
         kCapacity / 4;
}

bool DecisionRing::front(Decision& decision, int64_t& unix_nanoseconds) noexcept {
  size_t head = head_.load(std::memory_order_relaxed);
  const size_t tail = tail_.load(std::memory_order_acquire);
  if (head == tail) return false;
  uint32_t num_bytes;
  std::memcpy(&num_bytes, bytes_.get() + place_of(head), sizeof(num_bytes));
  if (num_bytes == Record::kGap) {
    head += kCapacity - place_of(head);
    head_.store(head, std::memory_order_release);
  }
  const std::byte* in = bytes_.get() + place_of(head);
  Record record;
  std::memcpy(&record, in, sizeof(record));
  in += sizeof(record);
  decision.result = record.result;
  decision.reason = record.reason;
  decision.contract = record.contract;
  decision.status = record.status;
  decision.duration_nanoseconds = record.duration_nanoseconds;
  unix_nanoseconds = record.unix_nanoseconds;
  for (size_t i = 0; i < kNumTexts; ++i) {
    decision.*kTexts[i] = {reinterpret_cast<const char*>(in), record.text_bytes[i]};
    in += record.text_bytes[i];
  }
  return true;
}

void DecisionRing::pop() noexcept {
  const size_t head = head_.load(std::memory_order_relaxed);
  std::byte* bytes = bytes_.get() + place_of(head);
  uint32_t num_bytes;
  std::memcpy(&num_bytes, bytes, sizeof(num_bytes));
  explicit_bzero(bytes, num_bytes);
  head_.store(head + num_bytes, std::memory_order_release);
}

}  // namespace simdjwt::serve
