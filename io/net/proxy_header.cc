// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/proxy_header.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "net/decimal.h"

namespace simdjwt::net {
namespace {

using Family = PeerAddress::Family;
using Outcome = ProxyHeader::Outcome;

constexpr ProxyHeader kIncomplete{Outcome::kIncomplete};
constexpr ProxyHeader kRefused{Outcome::kRefused};

// --- Version 1: PROXY TCP4 192.0.2.1 192.0.2.2 56324 443<CRLF> ---

constexpr std::string_view kSignature1 = "PROXY ";
constexpr size_t kLineBytesMax = 107;  // with its CRLF

// The next of the words that single blanks separate.
std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

std::optional<PeerAddress> parse_ip(std::string_view word, Family family) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (word.size() >= text.size() || word.find('\0') != std::string_view::npos) return {};
  word.copy(text.data(), word.size());
  sockaddr_storage storage{};
  void* ip = nullptr;
  if (family == Family::kIpv4) {
    storage.ss_family = AF_INET;
    ip = &reinterpret_cast<sockaddr_in&>(storage).sin_addr;
  } else {
    storage.ss_family = AF_INET6;
    ip = &reinterpret_cast<sockaddr_in6&>(storage).sin6_addr;
  }
  if (inet_pton(storage.ss_family, text.data(), ip) != 1) return {};
  return PeerAddress::from(storage);
}

std::optional<uint16_t> parse_port(std::string_view word) {
  if (word.size() > 1 && word[0] == '0') return {};
  return parse_decimal<uint16_t>(word);
}

// The line without its CRLF.
ProxyHeader parse_line(std::string_view line) {
  const size_t num_bytes = line.size() + 2;
  line.remove_prefix(kSignature1.size());
  const bool has_trailing_blank = line.ends_with(' ');
  const std::string_view protocol = take_word(line);
  if (protocol == "UNKNOWN") return {Outcome::kComplete, num_bytes};
  if (protocol != "TCP4" && protocol != "TCP6") return kRefused;

  const Family family = protocol == "TCP4" ? Family::kIpv4 : Family::kIpv6;
  std::optional<PeerAddress> client = parse_ip(take_word(line), family);
  const bool has_server = parse_ip(take_word(line), family).has_value();
  const std::optional<uint16_t> client_port = parse_port(take_word(line));
  const bool has_server_port = parse_port(take_word(line)).has_value();
  if (!client || !has_server || !client_port || !has_server_port) return kRefused;
  if (!line.empty() || has_trailing_blank) return kRefused;
  client->port = *client_port;
  return {Outcome::kComplete, num_bytes, client};
}

ProxyHeader parse_version_1(std::string_view bytes) {
  // CR ends the line with the LF behind it, and neither stands anywhere else.
  const size_t end = bytes.substr(0, kLineBytesMax).find_first_of("\r\n");
  if (end == std::string_view::npos) return bytes.size() < kLineBytesMax ? kIncomplete : kRefused;
  if (bytes[end] != '\r' || end + 2 > kLineBytesMax) return kRefused;
  if (end + 1 == bytes.size()) return kIncomplete;
  return bytes[end + 1] == '\n' ? parse_line(bytes.substr(0, end)) : kRefused;
}

// --- Version 2 ---
//
//   0               12   13       14        16
//   | signature     | 2c | family | length  | addresses | TLVs ... |
//                                           |<----- length ------->|

constexpr std::string_view kSignature2("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kFixedBytes = 16;
constexpr size_t kTlvHeadBytes = 3;
constexpr uint8_t kTlvCrc32c = 0x03;

uint8_t byte_at(std::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }
uint16_t uint16_at(std::string_view bytes, size_t at) {
  return static_cast<uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}
uint32_t uint32_at(std::string_view bytes, size_t at) {
  return uint32_t{uint16_at(bytes, at)} << 16 | uint16_at(bytes, at + 2);
}

// CRC-32C (RFC 3720 appendix B.4) of `bytes`, the four from `zeroed` on taken as zero. Bit by bit:
// a header is some fifty bytes, once a connection.
uint32_t crc32c(std::string_view bytes, size_t zeroed) {
  uint32_t crc = 0xffffffff;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i < zeroed || i >= zeroed + 4) crc ^= byte_at(bytes, i);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
  }
  return ~crc;
}

// Whether the attachments of `header` from `at` on fill it exactly, and the checksum fits.
bool is_well_attached(std::string_view header, size_t at) {
  bool has_checksum = false;
  while (at < header.size()) {
    if (header.size() - at < kTlvHeadBytes) return false;
    const uint8_t type = byte_at(header, at);
    const size_t length = uint16_at(header, at + 1);
    at += kTlvHeadBytes;
    if (header.size() - at < length) return false;
    if (type == kTlvCrc32c) {
      if (length != 4 || has_checksum) return false;
      if (crc32c(header, at) != uint32_at(header, at)) return false;
      has_checksum = true;
    }
    at += length;
  }
  return true;
}

struct AddressLayout {
  uint8_t family;  // with its transport
  Family meaning;
  uint8_t num_bytes;  // of both addresses and ports
};

constexpr std::array<AddressLayout, 3> kLayouts{
    {{0x11, Family::kIpv4, 12}, {0x21, Family::kIpv6, 36}, {0x31, Family::kUnix, 216}}};

// Client address, server address, client port, server port; of unix sockets two paths.
PeerAddress read_client(std::string_view addresses, Family family) {
  sockaddr_storage storage{};
  if (family == Family::kUnix) {
    storage.ss_family = AF_UNIX;
  } else if (family == Family::kIpv4) {
    auto& ipv4 = reinterpret_cast<sockaddr_in&>(storage);
    storage.ss_family = AF_INET;
    std::memcpy(&ipv4.sin_addr, addresses.data(), 4);
    std::memcpy(&ipv4.sin_port, addresses.data() + 8, 2);
  } else {
    auto& ipv6 = reinterpret_cast<sockaddr_in6&>(storage);
    storage.ss_family = AF_INET6;
    std::memcpy(&ipv6.sin6_addr, addresses.data(), 16);
    std::memcpy(&ipv6.sin6_port, addresses.data() + 32, 2);
  }
  return PeerAddress::from(storage);
}

ProxyHeader parse_version_2(std::string_view bytes) {
  if (bytes.size() > 12 && byte_at(bytes, 12) != 0x20 && byte_at(bytes, 12) != 0x21) {
    return kRefused;
  }
  if (bytes.size() < kFixedBytes) return kIncomplete;
  const size_t num_bytes = kFixedBytes + uint16_at(bytes, 14);
  if (num_bytes > ProxyHeader::kBytesMax) return kRefused;
  if (bytes.size() < num_bytes) return kIncomplete;

  const std::string_view header = bytes.substr(0, num_bytes);
  const bool is_local = byte_at(header, 12) == 0x20;
  const uint8_t family = byte_at(header, 13);
  // What a LOCAL header says of addresses is to be ignored, as is what has no family.
  if (is_local || family == 0x00) return {Outcome::kComplete, num_bytes};
  for (const AddressLayout& layout : kLayouts) {
    if (layout.family != family) continue;
    const size_t attached_at = kFixedBytes + layout.num_bytes;
    if (num_bytes < attached_at || !is_well_attached(header, attached_at)) return kRefused;
    return {Outcome::kComplete, num_bytes, read_client(header.substr(kFixedBytes), layout.meaning)};
  }
  return kRefused;
}

// Whether they do, or may once there are more of them.
bool may_begin_with(std::string_view bytes, std::string_view signature) {
  const size_t num_known = std::min(bytes.size(), signature.size());
  return bytes.substr(0, num_known) == signature.substr(0, num_known);
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view bytes) noexcept {
  if (may_begin_with(bytes, kSignature1)) {
    return bytes.size() < kSignature1.size() ? kIncomplete : parse_version_1(bytes);
  }
  if (may_begin_with(bytes, kSignature2)) {
    return bytes.size() < kSignature2.size() ? kIncomplete : parse_version_2(bytes);
  }
  return kRefused;
}

}  // namespace simdjwt::net
