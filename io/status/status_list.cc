// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "status/status_list.h"

#include <simdjwt/base64url.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

namespace simdjwt::status {
namespace {

absl::Status check_bits(uint64_t bits) {
  if (bits == 1 || bits == 2 || bits == 4 || bits == 8) return absl::OkStatus();
  return absl::InvalidArgumentError("a status list has 1, 2, 4 or 8 bits for each token");
}

absl::Status too_large() { return absl::ResourceExhaustedError("the status list is too large"); }

absl::Status no_memory() { return absl::ResourceExhaustedError("there is no memory for ZLIB"); }

Bytef* as_bytes(const char* text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text)); }

// A stream that is being inflated.
struct Inflater {
  Inflater() : is_ready(inflateInit(&stream) == Z_OK) {}
  ~Inflater() {
    if (is_ready) inflateEnd(&stream);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream{};
  bool is_ready;
};

// Memory grows with what there is, not with what is announced.
absl::StatusOr<std::string> inflate_all(std::string_view compressed, size_t bytes_max) {
  constexpr size_t kStepBytes = 64 * 1024;
  if (compressed.size() > std::numeric_limits<uInt>::max()) return too_large();
  Inflater inflater;
  if (!inflater.is_ready) return no_memory();
  z_stream& stream = inflater.stream;
  stream.next_in = as_bytes(compressed.data());
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string bytes;
  int outcome = Z_OK;
  while (outcome == Z_OK) {
    const size_t before = bytes.size();
    // One more than is allowed, to see that there is more.
    const size_t room = std::min(kStepBytes, bytes_max - before + 1);
    bytes.resize(before + room);
    stream.next_out = as_bytes(bytes.data() + before);
    stream.avail_out = static_cast<uInt>(room);
    outcome = inflate(&stream, Z_NO_FLUSH);
    bytes.resize(before + room - stream.avail_out);
    if (bytes.size() > bytes_max) return too_large();
  }
  if (outcome == Z_MEM_ERROR) return no_memory();
  if (outcome != Z_STREAM_END) {
    return absl::InvalidArgumentError("the status list is no complete ZLIB stream");
  }
  if (stream.avail_in != 0) {
    return absl::InvalidArgumentError("something follows the status list's ZLIB stream");
  }
  return bytes;
}

}  // namespace

absl::StatusOr<StatusList> StatusList::create(uint64_t bits, uint64_t num_entries,
                                              size_t bytes_max) {
  if (absl::Status s = check_bits(bits); !s.ok()) return s;
  const uint64_t in_a_byte = 8 / bits;
  const uint64_t num_bytes = num_entries / in_a_byte + (num_entries % in_a_byte != 0 ? 1 : 0);
  if (num_bytes > bytes_max) return too_large();
  return StatusList(static_cast<uint32_t>(bits), std::string(num_bytes, '\0'));
}

absl::StatusOr<StatusList> StatusList::decode(uint64_t bits, std::string_view lst,
                                              size_t bytes_max) {
  if (absl::Status s = check_bits(bits); !s.ok()) return s;
  const std::optional<std::string> compressed = base64url_decode(lst);
  if (!compressed) return absl::InvalidArgumentError("the status list is not base64url");
  absl::StatusOr<std::string> bytes = inflate_all(*compressed, bytes_max);
  if (!bytes.ok()) return bytes.status();
  return StatusList(static_cast<uint32_t>(bits), *std::move(bytes));
}

absl::StatusOr<std::string> StatusList::encode() const {
  uLongf num_bytes = compressBound(bytes_.size());
  std::string compressed(num_bytes, '\0');
  if (compress2(as_bytes(compressed.data()), &num_bytes, as_bytes(bytes_.data()), bytes_.size(),
                Z_BEST_COMPRESSION) != Z_OK) {
    return no_memory();
  }
  return base64url_encode({compressed.data(), num_bytes});
}

std::optional<uint8_t> StatusList::get(uint64_t index) const noexcept {
  if (index >= size()) return std::nullopt;
  const uint32_t in_a_byte = 8 / bits_;
  const auto byte = static_cast<uint8_t>(bytes_[index / in_a_byte]);
  const auto shift = static_cast<uint32_t>(index % in_a_byte) * bits_;
  return static_cast<uint8_t>(byte >> shift & ((1U << bits_) - 1));
}

void StatusList::set(uint64_t index, uint8_t status) noexcept {
  const uint32_t in_a_byte = 8 / bits_;
  const auto shift = static_cast<uint32_t>(index % in_a_byte) * bits_;
  char& byte = bytes_[index / in_a_byte];
  const uint32_t others = static_cast<uint8_t>(byte) & ~(((1U << bits_) - 1) << shift);
  byte = static_cast<char>(others | uint32_t{status} << shift);
}

}  // namespace simdjwt::status
