// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The request parser: what it accepts obeys the rules written out plainly here, and how the bytes
// arrive changes nothing. The first byte of the input chooses where they are split.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "http/request_parser.h"

namespace {

using simdjwt::http::Method;
using simdjwt::http::Request;
using simdjwt::http::RequestParser;
using Outcome = RequestParser::Outcome;

void require(bool condition) {
  if (!condition) __builtin_trap();
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != lower[i]) return false;
  }
  return true;
}

// Of a whole head: CRLF alone ends lines, no line folds, one Host.
void require_well_formed(std::string_view head, const Request& request) {
  require(head.size() <= simdjwt::http::ParserLimits().head_bytes && head.ends_with("\r\n\r\n"));
  if (head.starts_with("\r\n")) head.remove_prefix(2);
  bool is_request_line = true;
  int num_hosts = 0;
  int num_authorizations = 0;
  bool is_1_1 = false;
  while (head != "\r\n") {
    const size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    for (const char c : line)
      require(c == '\t' || (static_cast<unsigned char>(c) >= 32 && c != 127));
    require(!line.empty() && line.front() != ' ' && line.front() != '\t');
    if (is_request_line) {
      is_request_line = false;
      is_1_1 = line.ends_with(" HTTP/1.1");
      require(is_1_1 || line.ends_with(" HTTP/1.0"));
      require((request.method == Method::kGet) == line.starts_with("GET "));
      continue;
    }
    const size_t colon = line.find(':');
    require(colon != std::string_view::npos && colon > 0 && line[colon - 1] != ' ');
    num_hosts += starts_with_ignoring_case(line, "host:");
    num_authorizations += starts_with_ignoring_case(line, "authorization:");
  }
  require(num_hosts == 1 || (num_hosts == 0 && !is_1_1));
  require(request.num_authorizations == (num_authorizations > 2 ? 2 : num_authorizations));
  require(!request.keep_alive || is_1_1);
}

bool is_same(const RequestParser& a, const RequestParser& b) {
  const Request& x = a.request();
  const Request& y = b.request();
  return a.head_bytes() == b.head_bytes() && x.path == y.path &&
         x.authorization == y.authorization && x.method == y.method &&
         x.num_authorizations == y.num_authorizations && x.keep_alive == y.keep_alive;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  // On the heap and of exact size, so that the sanitizer sees a read beyond it.
  const size_t num_bytes = size - 1;
  const size_t step = data[0] % 32 + 1;
  const auto memory = std::make_unique<char[]>(num_bytes);
  if (num_bytes > 0) std::memcpy(memory.get(), data + 1, num_bytes);
  const std::string_view bytes(memory.get(), num_bytes);

  RequestParser at_once;
  const Outcome outcome = at_once.parse(bytes);
  if (outcome == Outcome::kComplete) {
    require(at_once.head_bytes() <= num_bytes);
    require_well_formed(bytes.substr(0, at_once.head_bytes()), at_once.request());
  }

  RequestParser in_steps;
  Outcome step_outcome = Outcome::kIncomplete;
  for (size_t arrived = step; step_outcome == Outcome::kIncomplete; arrived += step) {
    const size_t length = arrived < num_bytes ? arrived : num_bytes;
    const auto copy = std::make_unique<char[]>(length);
    if (length > 0) std::memcpy(copy.get(), bytes.data(), length);
    step_outcome = in_steps.parse({copy.get(), length});
    if (step_outcome == Outcome::kComplete) require(is_same(at_once, in_steps));
    if (length == num_bytes) break;
  }
  require(step_outcome == outcome);
  require(outcome != Outcome::kRefused || at_once.refusal() == in_steps.refusal());
  return 0;
}
