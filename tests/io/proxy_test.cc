// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/peer_range.h"
#include "net/proxy_header.h"
#include "net/proxy_wire.h"
#include "support/guarded_buffer.h"

namespace simdjwt::net {
namespace {

using namespace std::string_literals;
using Family = PeerAddress::Family;
using Outcome = ProxyHeader::Outcome;
using State = Wire::State;

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\n\r\n";

// --- Headers ---

// Parses `header` with a request behind it, every prefix of which must be incomplete, at the edges
// of unreadable pages.
ProxyHeader parse(const std::string& header) {
  testing::GuardedBuffer buffer(8192);
  const std::string bytes = header + std::string(kRequest);
  const ProxyHeader whole = parse_proxy_header(buffer.at_end(bytes));
  for (size_t num_bytes = 0; num_bytes < header.size(); ++num_bytes) {
    const std::string_view prefix = std::string_view(bytes).substr(0, num_bytes);
    const Outcome at_end = parse_proxy_header(buffer.at_end(prefix)).outcome;
    EXPECT_EQ(parse_proxy_header(buffer.at_begin(prefix)).outcome, at_end);
    if (whole.outcome == Outcome::kComplete) {
      EXPECT_EQ(at_end, Outcome::kIncomplete) << num_bytes;
    } else if (at_end != Outcome::kIncomplete) {
      EXPECT_EQ(at_end, Outcome::kRefused);
    }
  }
  EXPECT_EQ(parse_proxy_header(buffer.at_end(header)).num_bytes, whole.num_bytes);
  return whole;
}

// The client that `header` names; "" if it names none, "refused" if it is not accepted.
std::string client_of(const std::string& header) {
  const ProxyHeader result = parse(header);
  if (result.outcome != Outcome::kComplete) return "refused";
  EXPECT_EQ(result.num_bytes, header.size());
  return result.client ? result.client->to_string() : "";
}

std::string uint16(size_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value)};
}
std::string version_2(uint8_t command, uint8_t family, const std::string& payload) {
  return "\r\n\r\n\0\r\nQUIT\n"s + static_cast<char>(command) + static_cast<char>(family) +
         uint16(payload.size()) + payload;
}
std::string tlv(uint8_t type, const std::string& value) {
  return static_cast<char>(type) + uint16(value.size()) + value;
}
const std::string kTcp4 = "\xc0\x00\x02\x01\xc6\x33\x64\x07"s + uint16(56324) + uint16(443);
const std::string kTcp6 = "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"s +
                          "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"s + uint16(56324) +
                          uint16(443);

TEST(ProxyHeaderTest, ReadsVersion1) {
  EXPECT_EQ(client_of("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n"), "192.0.2.1:56324");
  EXPECT_EQ(client_of("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n"), "0.0.0.0:0");
  EXPECT_EQ(client_of("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n"), "[2001:db8::1]:56324");
  EXPECT_EQ(client_of("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n"), "192.0.2.1:1");
}

// The worst cases of the standard's section 2.1.
TEST(ProxyHeaderTest, ReadsTheLongestLines) {
  EXPECT_EQ(client_of("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"),
            "255.255.255.255:65535");
  EXPECT_EQ(client_of("PROXY TCP6 ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"), "refused");
  const std::string longest = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
  EXPECT_EQ(client_of("PROXY TCP6 " + longest + ' ' + longest + " 65535 65535\r\n"),
            '[' + longest + "]:65535");
  EXPECT_EQ(client_of("PROXY UNKNOWN\r\n"), "");
  const std::string line = "PROXY UNKNOWN " + longest + ' ' + longest + " 65535 65535\r\n";
  EXPECT_EQ(line.size(), 107);
  EXPECT_EQ(client_of(line), "");
  EXPECT_EQ(client_of("PROXY UNKNOWN " + longest + ' ' + longest + " 65535 655350\r\n"), "refused");
}

TEST(ProxyHeaderTest, RefusesLinesThatAreNotWhatTheyShouldBe) {
  for (const std::string& line : {
           "PROXY \r\n"s,
           "PROXY TCP4\r\n"s,
           "PROXY TCP5 192.0.2.1 198.51.100.7 56324 443\r\n"s,
           "PROXY tcp4 192.0.2.1 198.51.100.7 56324 443\r\n"s,
           "PROXY UNKNOWNS\r\n"s,
           "PROXY TCP4 192.0.2.1 198.51.100.7 56324\r\n"s,
           "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443 \r\n"s,
           "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443 more\r\n"s,
           "PROXY TCP4  192.0.2.1 198.51.100.7 56324 443\r\n"s,
           "PROXY\tTCP4 192.0.2.1 198.51.100.7 56324 443\r\n"s,
           "PROXY TCP4 192.0.2.1 198.51.100.7 65536 443\r\n"s,
           "PROXY TCP4 192.0.2.1 198.51.100.7 56324 65536\r\n"s,
           "PROXY TCP4 192.0.2.1 198.51.100.7 056324 443\r\n"s,
           "PROXY TCP4 192.0.2.1 198.51.100.7 -1 443\r\n"s,
           "PROXY TCP4 192.0.2.1 198.51.100.7 +1 443\r\n"s,
           "PROXY TCP4 192.0.2.1 198.51.100.7 1x 443\r\n"s,
           "PROXY TCP4 192.0.2.256 198.51.100.7 56324 443\r\n"s,
           "PROXY TCP4 192.0.2 198.51.100.7 56324 443\r\n"s,
           "PROXY TCP4 192.0.2.01 198.51.100.7 56324 443\r\n"s,
           "PROXY TCP4 192.0.2.1\0 198.51.100.7 56324 443\r\n"s,
           "PROXY TCP4 2001:db8::1 2001:db8::2 56324 443\r\n"s,
           "PROXY TCP6 192.0.2.1 198.51.100.7 56324 443\r\n"s,
           "PROXY TCP6 2001:db8::1%eth0 2001:db8::2 56324 443\r\n"s,
           "PROXY TCP6 2001:db8:::1 2001:db8::2 56324 443\r\n"s,
           "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\n"s,
           "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r"s,
           "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\r\n"s,
           "PROXY UNKNOWN \n\r\n"s,
           "proxy TCP4 192.0.2.1 198.51.100.7 56324 443\r\n"s,
           " PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n"s,
           "PROXY" + std::string(200, ' '),
           "PROXY UNKNOWN" + std::string(200, 'x'),
       }) {
    EXPECT_EQ(client_of(line), "refused") << line;
  }
}

TEST(ProxyHeaderTest, ReadsVersion2) {
  EXPECT_EQ(client_of(version_2(0x21, 0x11, kTcp4)), "192.0.2.1:56324");
  EXPECT_EQ(client_of(version_2(0x21, 0x21, kTcp6)), "[2001:db8::1]:56324");
  EXPECT_EQ(client_of(version_2(0x21, 0x31, std::string(216, '\0'))), "unix");
  EXPECT_EQ(client_of(version_2(0x21, 0x00, "")), "");
  EXPECT_EQ(client_of(version_2(0x21, 0x00, "what nobody understands")), "");
}

// A proxy's own health check: its header may hold anything.
TEST(ProxyHeaderTest, IgnoresWhatALocalHeaderHolds) {
  EXPECT_EQ(client_of(version_2(0x20, 0x00, "")), "");
  EXPECT_EQ(client_of(version_2(0x20, 0x11, kTcp4)), "");
  EXPECT_EQ(client_of(version_2(0x20, 0xff, "anything")), "");
}

TEST(ProxyHeaderTest, SkipsAttachments) {
  EXPECT_EQ(client_of(version_2(0x21, 0x11, kTcp4 + tlv(0x01, "h2") + tlv(0x04, ""))),
            "192.0.2.1:56324");
  const std::string largest(ProxyHeader::kBytesMax - 16 - 12 - 3, 'x');
  EXPECT_EQ(client_of(version_2(0x21, 0x11, kTcp4 + tlv(0xe0, largest))), "192.0.2.1:56324");
  EXPECT_EQ(client_of(version_2(0x21, 0x11, kTcp4 + tlv(0xe0, largest + 'x'))), "refused");
}

TEST(ProxyHeaderTest, RefusesAttachmentsThatDoNotFit) {
  for (const std::string& tlvs : {"\x01"s, "\x01\x00"s, "\x01\x00\x01"s, "\x01\xff\xffrest"s,
                                  tlv(0x01, "h2") + "\x04\x00\x02x"s}) {
    EXPECT_EQ(client_of(version_2(0x21, 0x11, kTcp4 + tlvs)), "refused");
  }
}

// The checksum was computed by another program.
TEST(ProxyHeaderTest, VerifiesTheChecksumIfThereIsOne) {
  const std::string before = kTcp4 + tlv(0x01, "http/1.1");
  const std::string after = tlv(0x04, "\0\0"s);
  const std::string right = "\x18\xac\xa8\x3d"s;
  EXPECT_EQ(client_of(version_2(0x21, 0x11, before + tlv(0x03, right) + after)), "192.0.2.1:56324");
  for (size_t i = 0; i < 32; ++i) {
    std::string wrong = right;
    wrong[i / 8] = static_cast<char>(wrong[i / 8] ^ (1 << (i % 8)));
    EXPECT_EQ(client_of(version_2(0x21, 0x11, before + tlv(0x03, wrong) + after)), "refused");
  }
  EXPECT_EQ(client_of(version_2(0x21, 0x11, before + tlv(0x03, right) + tlv(0x03, right))),
            "refused");
  EXPECT_EQ(client_of(version_2(0x21, 0x11, before + tlv(0x03, "\0\0\0"s))), "refused");
}

TEST(ProxyHeaderTest, RefusesWhatVersion2DoesNotKnow) {
  for (unsigned command = 0; command < 256; ++command) {
    const bool is_known = command == 0x20 || command == 0x21;
    EXPECT_EQ(client_of(version_2(static_cast<uint8_t>(command), 0x00, "")) == "", is_known);
  }
  for (unsigned family = 0; family < 256; ++family) {
    const bool is_known = family == 0x00 || family == 0x11 || family == 0x21 || family == 0x31;
    const std::string client =
        client_of(version_2(0x21, static_cast<uint8_t>(family), std::string(216, '\0')));
    EXPECT_EQ(client != "refused", is_known) << family;
  }
}

TEST(ProxyHeaderTest, RefusesHeadersTooShortForTheirAddresses) {
  EXPECT_EQ(client_of(version_2(0x21, 0x11, kTcp4.substr(1))), "refused");
  EXPECT_EQ(client_of(version_2(0x21, 0x21, kTcp6.substr(1))), "refused");
  EXPECT_EQ(client_of(version_2(0x21, 0x31, std::string(215, '\0'))), "refused");
}

TEST(ProxyHeaderTest, RefusesAnotherProtocolAtItsFirstWrongByte) {
  EXPECT_EQ(parse_proxy_header("G").outcome, Outcome::kRefused);
  EXPECT_EQ(parse_proxy_header("POST / HTTP/1.1\r\n").outcome, Outcome::kRefused);
  EXPECT_EQ(parse_proxy_header("PO").outcome, Outcome::kRefused);
  EXPECT_EQ(parse_proxy_header("P").outcome, Outcome::kIncomplete);
  EXPECT_EQ(parse_proxy_header("\x16\x03\x01").outcome, Outcome::kRefused);
  EXPECT_EQ(parse_proxy_header("\r\nGET").outcome, Outcome::kRefused);
}

// --- Trust ---

PeerAddress ipv4(uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  return {.ip = {a, b, c, d}, .port = 1, .family = Family::kIpv4};
}

bool contains(std::string_view range, const PeerAddress& peer) {
  const absl::StatusOr<PeerRange> parsed = PeerRange::parse(range);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() && parsed->contains(peer);
}

TEST(PeerRangeTest, ContainsWhatSharesItsPrefix) {
  EXPECT_TRUE(contains("192.0.2.1", ipv4(192, 0, 2, 1)));
  EXPECT_FALSE(contains("192.0.2.1", ipv4(192, 0, 2, 2)));
  EXPECT_TRUE(contains("10.0.0.0/8", ipv4(10, 255, 255, 255)));
  EXPECT_FALSE(contains("10.0.0.0/8", ipv4(11, 0, 0, 0)));
  EXPECT_TRUE(contains("172.16.0.0/12", ipv4(172, 31, 255, 255)));
  EXPECT_FALSE(contains("172.16.0.0/12", ipv4(172, 32, 0, 0)));
  EXPECT_TRUE(contains("0.0.0.0/0", ipv4(255, 1, 2, 3)));
  EXPECT_TRUE(contains("192.0.2.4/31", ipv4(192, 0, 2, 5)));
  EXPECT_FALSE(contains("192.0.2.4/31", ipv4(192, 0, 2, 6)));
  const PeerAddress documentation{.ip = {0x20, 0x01, 0x0d, 0xb8, 1}, .family = Family::kIpv6};
  EXPECT_TRUE(contains("2001:db8::/32", documentation));
  EXPECT_TRUE(contains("::/0", documentation));
  EXPECT_FALSE(
      contains("2001:db8::/33", {.ip = {0x20, 0x01, 0x0d, 0xb8, 0x80}, .family = Family::kIpv6}));
}

TEST(PeerRangeTest, KeepsFamiliesApart) {
  EXPECT_FALSE(contains("::/0", ipv4(0, 0, 0, 0)));
  EXPECT_FALSE(contains("0.0.0.0/0", {.family = Family::kIpv6}));
  EXPECT_FALSE(contains("0.0.0.0/0", {.family = Family::kUnix}));
  EXPECT_FALSE(contains("0.0.0.0/0", {}));
  EXPECT_TRUE(contains("unix", {.family = Family::kUnix}));
  EXPECT_FALSE(contains("unix", {}));
  EXPECT_FALSE(contains("unix", ipv4(127, 0, 0, 1)));
}

TEST(PeerRangeTest, RefusesWhatIsNoRange) {
  for (const std::string_view text :
       {"", "localhost", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.0/8/8",
        "10.0.0/8", "10.0.0.1/8", "2001:db8::/129", "2001:db8::1/64", "[::1]", "127.0.0.1:80",
        "unix/0", "UNIX", "::ffff:10.0.0.0/104", "::ffff:127.0.0.1"}) {
    EXPECT_FALSE(PeerRange::parse(text).ok()) << text;
  }
}

TEST(PeerRangeTest, SaysWhatItIs) {
  for (const auto& [text, meaning] :
       std::vector<std::pair<std::string, std::string>>{{"192.0.2.1", "192.0.2.1/32"},
                                                        {"10.0.0.0/8", "10.0.0.0/8"},
                                                        {"::1", "::1/128"},
                                                        {"2001:DB8:0::/32", "2001:db8::/32"},
                                                        {"unix", "unix"}}) {
    EXPECT_EQ(PeerRange::parse(text)->to_string(), meaning);
  }
}

TEST(PeerRangeTest, SaysWhatIsWrong) {
  EXPECT_EQ(PeerRange::parse("10.0.0.1/8").status().message(),
            "\"10.0.0.1/8\" has bits behind its prefix");
  EXPECT_EQ(PeerRange::parse("::/200").status().message(),
            "\"::/200\" has no prefix length of 0 to 128");
  EXPECT_EQ(PeerRange::parse("proxy.example").status().message(),
            "\"proxy.example\" is no address, network such as 10.0.0.0/8, or \"unix\"");
}

// --- The wire ---

class ProxyWireTest : public ::testing::Test {
 protected:
  const PeerAddress peer_ = ipv4(127, 0, 0, 1);
  const ProxyFactory factory_{{*PeerRange::parse("127.0.0.0/8"), *PeerRange::parse("unix")},
                              nullptr};
};

TEST_F(ProxyWireTest, AdmitsOnlyWhomItTrusts) {
  EXPECT_TRUE(factory_.needs_peer());
  EXPECT_TRUE(factory_.admits(peer_));
  EXPECT_TRUE(factory_.admits({.family = Family::kUnix}));
  EXPECT_EQ(factory_.counters().refused, 0);
  EXPECT_FALSE(factory_.admits(ipv4(192, 0, 2, 1)));
  EXPECT_FALSE(factory_.admits({}));
  EXPECT_EQ(factory_.counters().refused, 2);
}

TEST_F(ProxyWireTest, TakesTheHeaderOffHoweverItArrives) {
  for (const std::string& header :
       {"PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n"s, version_2(0x21, 0x11, kTcp4)}) {
    const std::string bytes = header + std::string(kRequest);
    for (size_t split = 0; split <= header.size(); ++split) {
      const std::unique_ptr<Wire> wire = factory_.make();
      std::string plain;
      std::string output;
      PeerAddress client = peer_;
      std::string_view first = std::string_view(bytes).substr(0, split);
      std::string_view second = std::string_view(bytes).substr(split);
      if (split < header.size()) {
        EXPECT_EQ(wire->receive(first, {plain, output, client}), State::kOpening);
        EXPECT_TRUE(first.empty());
        EXPECT_EQ(client, peer_);
        EXPECT_EQ(wire->receive(second, {plain, output, client}), State::kDone);
        EXPECT_EQ(second, kRequest);
      } else {
        EXPECT_EQ(wire->receive(first, {plain, output, client}), State::kDone);
        EXPECT_EQ(first, "");
      }
      EXPECT_EQ(client.to_string(), "192.0.2.1:56324");
      EXPECT_EQ(wire->next(), nullptr);
      EXPECT_EQ(plain + output, "");
    }
  }
}

TEST_F(ProxyWireTest, LeavesThePeerToAProxyThatSpeaksForItself) {
  for (const std::string& header : {"PROXY UNKNOWN\r\n"s, version_2(0x20, 0x00, "")}) {
    std::string nothing;
    PeerAddress client = peer_;
    std::string_view bytes = header;
    EXPECT_EQ(factory_.make()->receive(bytes, {nothing, nothing, client}), State::kDone);
    EXPECT_EQ(client, peer_);
  }
  EXPECT_EQ(factory_.counters().opened, 2);
}

TEST_F(ProxyWireTest, FailsWithoutAHeader) {
  std::string nothing;
  PeerAddress client = peer_;
  std::string_view bytes = kRequest;
  EXPECT_EQ(factory_.make()->receive(bytes, {nothing, nothing, client}), State::kFailed);
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(nothing, "");
  EXPECT_EQ(factory_.counters().failed, 1);
}

// A header of any length, in any pieces, occupies no more than its bound.
TEST_F(ProxyWireTest, FailsOnAHeaderThatDoesNotEnd) {
  for (const std::string& start : {"PROXY UNKNOWN "s, "\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff"s}) {
    const std::unique_ptr<Wire> wire = factory_.make();
    std::string nothing;
    PeerAddress client;
    const std::string flood = start + std::string(100'000, 'x');
    State state = State::kOpening;
    for (size_t at = 0; state == State::kOpening && at < flood.size(); at += 10) {
      std::string_view bytes = std::string_view(flood).substr(at, 10);
      state = wire->receive(bytes, {nothing, nothing, client});
    }
    EXPECT_EQ(state, State::kFailed);
  }
}

TEST_F(ProxyWireTest, HandsOverToTheNextWire) {
  const ProxyFactory inner({}, nullptr);
  const ProxyFactory outer({}, &inner);
  EXPECT_NE(outer.make()->next(), nullptr);
}

}  // namespace
}  // namespace simdjwt::net
