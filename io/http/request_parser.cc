// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/request_parser.h"

#include <algorithm>
#include <array>
#include <memory>

#include "http/scan.h"

namespace simdjwt::http {
namespace {

using Table = std::array<bool, 256>;

constexpr Table make_table(std::string_view extra) {
  Table table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<size_t>(c)] = true;
  for (const char c : extra) table[static_cast<unsigned char>(c)] = true;
  return table;
}

// RFC 9110 section 5.6.2.
constexpr Table kTokenChars = make_table("!#$%&'*+-.^_`|~");
// uri-host [ ":" port ] of RFC 9110 section 7.2: names, addresses, and brackets around IPv6.
constexpr Table kHostChars = make_table("-._~%!$&'()*+,;=:[]");

constexpr bool all_of(std::string_view text, const Table& table) {
  return std::all_of(text.begin(), text.end(),
                     [&table](char c) { return table[static_cast<unsigned char>(c)]; });
}

// Whether `text`, of token characters, is `lower` but for the case of letters. `lower` holds
// letters and '-' only: of all token characters, these alone map to them by setting bit 5.
constexpr bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether the comma-separated list holds the word (RFC 9110 section 5.6.1).
constexpr bool list_holds(std::string_view list, std::string_view lower) {
  while (!list.empty()) {
    const size_t end = std::min(list.find(','), list.size());
    if (equals_ignoring_case(trim(list.substr(0, end)), lower)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

Status refusal_of_version(std::string_view version) {
  const bool is_version = version.starts_with("HTTP/") && is_digit(version[5]) &&
                          version[6] == '.' && is_digit(version[7]);
  return is_version ? Status::kVersionNotSupported : Status::kBadRequest;
}

}  // namespace

RequestParser::Outcome RequestParser::refuse(Status status) noexcept {
  stage_ = Stage::kRefused;
  refusal_ = status;
  return Outcome::kRefused;
}

RequestParser::Outcome RequestParser::parse(std::string_view bytes) noexcept {
  if (stage_ == Stage::kRefused) return Outcome::kRefused;
  if (stage_ == Stage::kComplete) std::construct_at(this);  // an assignment costs 10 ns more
  while (true) {
    // Nothing is looked at beyond the bound, present or not: read boundaries change no outcome.
    const bool in_request_line = stage_ == Stage::kRequestLine;
    const size_t bound = in_request_line ? line_begin_ + kRequestLineBytesMax : kHeadBytesMax;
    const std::string_view window = bytes.substr(0, bound);
    const size_t end = find_control(window, scanned_);
    if (end < window.size() && window[end] != '\r') return refuse(Status::kBadRequest);
    if (end + 2 > window.size()) {
      scanned_ = end;
      if (window.size() < bound) return Outcome::kIncomplete;
      return refuse(in_request_line ? Status::kUriTooLong : Status::kHeadTooLarge);
    }
    if (window[end + 1] != '\n') return refuse(Status::kBadRequest);  // a bare CR

    const size_t begin = line_begin_;
    const std::string_view line = window.substr(begin, end - begin);
    line_begin_ = scanned_ = end + 2;
    Status status = Status::kOk;
    if (in_request_line) {
      status = parse_request_line(line, begin);
    } else if (!line.empty()) {
      status = parse_field(window, begin, end);
    } else {
      status = check_framing();
      if (status == Status::kOk) {
        stage_ = Stage::kComplete;
        request_.path = bytes.substr(path_.begin, path_.length);
        request_.authorization = bytes.substr(authorization_.begin, authorization_.length);
        request_.keep_alive = http_1_1_ && !wants_close_;
        return Outcome::kComplete;
      }
    }
    if (status != Status::kOk) return refuse(status);
  }
}

// method SP request-target SP HTTP-version (RFC 9112 section 3): single blanks and nothing else.
Status RequestParser::parse_request_line(std::string_view line, size_t line_begin) noexcept {
  if (line.empty() && !skipped_empty_line_) {  // RFC 9112 section 2.2 wants one ignored
    skipped_empty_line_ = true;
    return Status::kOk;
  }
  // The version has a fixed length, so that the target ends at a fixed place, too.
  constexpr size_t kVersionBytes = 8;
  const size_t target_end = line.size() - kVersionBytes - 1;
  if (line.size() <= kVersionBytes || line[target_end] != ' ') return Status::kBadRequest;
  const std::string_view version = line.substr(target_end + 1);
  http_1_1_ = version == "HTTP/1.1";
  if (!http_1_1_ && version != "HTTP/1.0") return refusal_of_version(version);

  const size_t method_end = line.find(' ');
  if (method_end == target_end) return Status::kBadRequest;
  const std::string_view method = line.substr(0, method_end);
  if (method == "GET") {
    request_.method = Method::kGet;
  } else if (method == "HEAD") {
    request_.method = Method::kHead;
  } else if (method.empty() || !all_of(method, kTokenChars)) {
    return Status::kBadRequest;
  }
  stage_ = Stage::kFields;
  return parse_path(line.substr(method_end + 1, target_end - method_end - 1),
                    line_begin + method_end + 1);
}

// Origin-form "/path?query" or absolute-form "http://host/path?query" (RFC 9112 section 3.2). The
// asterisk and authority forms belong to OPTIONS and CONNECT, which no endpoint serves.
Status RequestParser::parse_path(std::string_view target, size_t target_begin) noexcept {
  if (target.size() > kTargetBytesMax) return Status::kUriTooLong;
  if (target.empty() ||
      !std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f; })) {
    return Status::kBadRequest;
  }
  if (request_.method == Method::kOther) return Status::kOk;

  std::string_view path = target;
  if (target.front() != '/') {
    constexpr std::string_view kSeparator = "://";
    const size_t scheme_end = target.find(kSeparator);
    if (scheme_end == std::string_view::npos) return Status::kBadRequest;
    const std::string_view scheme = target.substr(0, scheme_end);
    if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) {
      return Status::kBadRequest;
    }
    path.remove_prefix(scheme_end + kSeparator.size());
    const size_t authority_end = std::min(path.find_first_of("/?"), path.size());
    const std::string_view authority = path.substr(0, authority_end);
    if (authority.empty() || !all_of(authority, kHostChars)) return Status::kBadRequest;
    path.remove_prefix(authority_end);
  }
  path = path.substr(0, path.find('?'));
  path_.begin =
      static_cast<uint16_t>(target_begin + static_cast<size_t>(path.data() - target.data()));
  path_.length = static_cast<uint16_t>(path.size());
  return Status::kOk;
}

// field-name ":" OWS field-value OWS (RFC 9112 section 5). A line that begins with a blank
// (obs-fold) and a blank before the colon both fail as names.
Status RequestParser::parse_field(std::string_view window, size_t begin, size_t end) noexcept {
  if (++num_fields_ > kFieldsMax) return Status::kHeadTooLarge;
  // Neither passes the CR at `end`.
  size_t name_end = plain_name_end(window, begin);
  while (kTokenChars[static_cast<unsigned char>(window[name_end])]) ++name_end;
  if (name_end == begin || window[name_end] != ':') return Status::kBadRequest;
  const std::string_view value = trim(window.substr(name_end + 1, end - name_end - 1));
  return parse_known_field(window.substr(begin, name_end - begin), value,
                           static_cast<size_t>(value.data() - window.data()));
}

Status RequestParser::parse_known_field(std::string_view name, std::string_view value,
                                        size_t value_begin) noexcept {
  switch (name.size()) {
    case 4:
      if (equals_ignoring_case(name, "host")) {
        // Two could mean two things to two readers (RFC 9112 section 3.2).
        if (has_host_ || !all_of(value, kHostChars)) return Status::kBadRequest;
        has_host_ = true;
      }
      break;
    case 10:
      if (equals_ignoring_case(name, "connection")) wants_close_ |= list_holds(value, "close");
      break;
    case 13:
      if (equals_ignoring_case(name, "authorization")) {
        // Which of two would be the right one is not ours to guess; the endpoint refuses them.
        if (request_.num_authorizations == 0) {
          authorization_.begin = static_cast<uint16_t>(value_begin);
          authorization_.length = static_cast<uint16_t>(value.size());
        }
        request_.num_authorizations = request_.num_authorizations == 0 ? 1 : 2;
      }
      break;
    case 14:
      if (equals_ignoring_case(name, "content-length")) {
        // 1*DIGIT, once (RFC 9112 section 6.3). How large does not matter: all but 0 is refused.
        if (has_content_length_ || value.empty() ||
            !std::all_of(value.begin(), value.end(), is_digit)) {
          return Status::kBadRequest;
        }
        has_content_length_ = true;
        has_body_ |= value.find_first_not_of('0') != std::string_view::npos;
      }
      break;
    case 17:
      if (equals_ignoring_case(name, "transfer-encoding")) {
        if (has_transfer_encoding_) return Status::kBadRequest;
        has_transfer_encoding_ = true;
        has_body_ = true;
        is_chunked_ = equals_ignoring_case(value, "chunked");
      }
      break;
    default:
      break;
  }
  return Status::kOk;
}

// RFC 9112 sections 3.2 (Host), 6.1 and 6.3 (how long the message is).
Status RequestParser::check_framing() const noexcept {
  if (http_1_1_ && !has_host_) return Status::kBadRequest;
  if (has_transfer_encoding_) {
    if (has_content_length_ || !http_1_1_) return Status::kBadRequest;
    if (!is_chunked_) return Status::kNotImplemented;
  }
  if (!has_body_) return Status::kOk;
  return request_.method == Method::kOther ? Status::kMethodNotAllowed : Status::kContentTooLarge;
}

}  // namespace simdjwt::http
