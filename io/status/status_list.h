// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// StatusList: the status of many tokens by their index, compressed as it is published
// (draft-ietf-oauth-status-list section 4).

#ifndef SIMDJWT_IO_STATUS_STATUS_LIST_H_
#define SIMDJWT_IO_STATUS_STATUS_LIST_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace simdjwt::status {

// Section 7.1. Others have no meaning here; whatever is not kValid is to be refused.
inline constexpr uint8_t kValid = 0;
inline constexpr uint8_t kInvalid = 1;
inline constexpr uint8_t kSuspended = 2;

// Entries of 1, 2, 4 or 8 bits, from the lowest bit of each byte on:
//
//   byte      0                        1
//   bits = 2  | #3 | #2 | #1 | #0 |    | #7 | #6 | #5 | #4 |
class StatusList {
 public:
  // All are valid. Fails for other numbers of bits, and for more than `bytes_max` bytes.
  [[nodiscard]] static absl::StatusOr<StatusList> create(uint64_t bits, uint64_t num_entries,
                                                         size_t bytes_max);

  // From base64url of a ZLIB stream (RFC 1950), as the member "lst" has it. It may claim to be of
  // any size: no more than `bytes_max` is ever inflated, and a larger one is kResourceExhausted.
  // Else kInvalidArgument; the stream must be complete, and nothing may follow it.
  [[nodiscard]] static absl::StatusOr<StatusList> decode(uint64_t bits, std::string_view lst,
                                                         size_t bytes_max);

  // The same spelling, compressed as well as ZLIB can. Allocates.
  [[nodiscard]] absl::StatusOr<std::string> encode() const;

  [[nodiscard]] uint32_t bits() const noexcept { return bits_; }
  // Of entries: what stands for no token is there as valid, where bytes have room for it.
  [[nodiscard]] uint64_t size() const noexcept { return uint64_t{bytes_.size()} * (8 / bits_); }

  [[nodiscard]] size_t num_bytes() const noexcept { return bytes_.size(); }

  // nullopt from size() on.
  [[nodiscard]] std::optional<uint8_t> get(uint64_t index) const noexcept;
  // Only for index < size(), and for a status that has no more than bits() bits.
  void set(uint64_t index, uint8_t status) noexcept;

  friend bool operator==(const StatusList&, const StatusList&) = default;

 private:
  StatusList(uint32_t bits, std::string bytes) : bits_(bits), bytes_(std::move(bytes)) {}

  uint32_t bits_;
  std::string bytes_;
};

}  // namespace simdjwt::status

#endif  // SIMDJWT_IO_STATUS_STATUS_LIST_H_
