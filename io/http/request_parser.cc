// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "http/request_parser.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <type_traits>

#include "http/grammar.h"
#include "http/scan.h"

namespace simdjwt::http {
namespace {

// uri-host [ ":" port ] of RFC 9110 section 7.2: names, addresses, and brackets around IPv6.
constexpr CharSet kHostChars("-._~%!$&'()*+,;=:[]");

// Whether the comma-separated list holds the word (RFC 9110 section 5.6.1).
constexpr bool list_holds(std::string_view list, std::string_view lower) {
  while (!list.empty()) {
    const size_t end = std::min(list.find(','), list.size());
    if (equals_ignoring_case(trim(list.substr(0, end)), lower)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

template <typename Word>
Word load(const char* text) {
  Word word;
  std::memcpy(&word, text, sizeof(word));
  return word;
}

// equals_ignoring_case() of as many characters as the word has, in two overlapping comparisons.
template <size_t kSize>
bool is_word(const char* text, const char (&lower)[kSize]) {
  using Word = std::conditional_t<(kSize > 8), uint64_t, uint32_t>;
  constexpr size_t kLast = kSize - 1 - sizeof(Word);  // where the last Word begins
  constexpr auto kBit5 = static_cast<Word>(0x2020202020202020);
  static_assert(kSize - 1 >= sizeof(Word) && kSize - 1 <= 2 * sizeof(Word));
  return ((load<Word>(text) | kBit5) == load<Word>(lower)) &&
         ((load<Word>(text + kLast) | kBit5) == load<Word>(lower + kLast));
}

// A blank to RFC 9110, and part of the value to some readers, who would frame the message
// otherwise.
constexpr bool holds_tab(std::string_view line) { return line.find('\t') != line.npos; }

Method method_of(std::string_view name) {
  if (name == "GET") return Method::kGet;
  if (name == "HEAD") return Method::kHead;
  if (name == "POST") return Method::kPost;
  if (name == "OPTIONS") return Method::kOptions;
  return Method::kOther;
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
  // Nothing is looked at beyond a limit, present or not: read boundaries change no outcome.
  const std::string_view head = bytes.substr(0, limits_.head_bytes);
  if (recurring_ != nullptr && is_at_begin()) {
    if (const size_t head_bytes = recurring_->recognize(head, request_); head_bytes > 0) {
      line_begin_ = head_bytes;
      stage_ = Stage::kComplete;
      return Outcome::kComplete;
    }
  }
  // An assignment costs 10 ns more.
  if (stage_ == Stage::kComplete) std::construct_at(this, ParserLimits(limits_), recurring_);
  ControlFinder controls(head);
  for (size_t from = scanned_;; from = line_begin_) {
    const bool in_request_line = stage_ == Stage::kRequestLine;
    const size_t bound =
        in_request_line ? line_begin_ + limits_.request_line_bytes() : limits_.head_bytes;
    const size_t size = in_request_line ? std::min(head.size(), bound) : head.size();
    const size_t end = std::min(controls.find(from), size);
    if (end < size && head[end] != '\r') return refuse(Status::kBadRequest);
    if (end + 2 > size) {
      scanned_ = end;
      if (size < bound) return Outcome::kIncomplete;
      return refuse(in_request_line ? Status::kUriTooLong : Status::kHeadTooLarge);
    }
    if (head[end + 1] != '\n') return refuse(Status::kBadRequest);  // a bare CR

    const size_t begin = line_begin_;
    line_begin_ = end + 2;
    Status status = Status::kOk;
    if (in_request_line) {
      status = parse_request_line(head.substr(begin, end - begin), begin);
    } else if (begin != end) {
      status = parse_field(head, begin, end);
    } else {
      status = settle_framing();
      if (status == Status::kOk) return complete(head.substr(0, line_begin_));
    }
    if (status != Status::kOk) return refuse(status);
  }
}

RequestParser::Outcome RequestParser::complete(std::string_view head) noexcept {
  stage_ = Stage::kComplete;
  request_.method_name = method_.of(head);
  request_.path = path_.of(head);
  request_.query = query_.of(head);
  request_.fields = head.substr(fields_begin_, head.size() - 2 - fields_begin_);
  request_.authorization = authorization_.of(head);
  if (recurring_ != nullptr) recurring_->remember(head, request_);
  return Outcome::kComplete;
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
  if (version == "HTTP/1.0") {
    request_.version = Version::kHttp10;
  } else if (version != "HTTP/1.1") {
    return refusal_of_version(version);
  }

  const size_t method_end = line.find(' ');
  if (method_end == target_end) return Status::kBadRequest;
  const std::string_view method = line.substr(0, method_end);
  method_ = make_part(line_begin, method_end);
  request_.method = method_of(method);
  if (request_.method == Method::kOther) {
    if (method.empty() || !kTokenChars.holds_all_of(method)) return Status::kBadRequest;
    if (method == "CONNECT") return Status::kNotImplemented;
  }
  stage_ = Stage::kFields;
  fields_begin_ = line_begin_;
  return parse_target(line.substr(method_end + 1, target_end - method_end - 1),
                      line_begin + method_end + 1);
}

// Origin-form "/path?query", absolute-form "http://host/path?query", or the asterisk-form of
// OPTIONS (RFC 9112 section 3.2). Authority-form belongs to CONNECT.
Status RequestParser::parse_target(std::string_view target, size_t target_begin) noexcept {
  if (target.size() > limits_.target_bytes()) return Status::kUriTooLong;
  if (target.empty() || visible_end(target, 0) < target.size()) {
    return Status::kBadRequest;
  }
  std::string_view rest = target;
  const bool is_asterisk = target == "*" && request_.method == Method::kOptions;
  if (target.front() != '/' && !is_asterisk) {
    constexpr std::string_view kSeparator = "://";
    const size_t scheme_end = target.find(kSeparator);
    if (scheme_end == std::string_view::npos) return Status::kBadRequest;
    const std::string_view scheme = target.substr(0, scheme_end);
    if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) {
      return Status::kBadRequest;
    }
    rest.remove_prefix(scheme_end + kSeparator.size());
    const size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
    const std::string_view authority = rest.substr(0, authority_end);
    if (authority.empty() || !kHostChars.holds_all_of(authority)) return Status::kBadRequest;
    rest.remove_prefix(authority_end);
  }
  const size_t path_begin = target_begin + target.size() - rest.size();
  const size_t path_bytes = std::min(rest.find('?'), rest.size());
  path_ = make_part(path_begin, path_bytes);
  if (path_bytes < rest.size()) {
    query_ = make_part(path_begin + path_bytes + 1, rest.size() - path_bytes - 1);
  }
  return Status::kOk;
}

// field-name ":" OWS field-value OWS (RFC 9112 section 5). A line that begins with a blank
// (obs-fold) and a blank before the colon both fail as names.
Status RequestParser::parse_field(std::string_view head, size_t begin, size_t end) noexcept {
  if (++num_fields_ > limits_.fields) return Status::kHeadTooLarge;
  // None of these passes the CR at `end`.
  size_t name_end = plain_name_end(head, begin);
  while (kTokenChars.holds(head[name_end])) ++name_end;
  if (name_end == begin || head[name_end] != ':') return Status::kBadRequest;
  const std::string_view line = head.substr(begin, end - begin);
  size_t value_begin = name_end + 1;
  while (is_blank(head[value_begin])) ++value_begin;
  while (end > value_begin && is_blank(head[end - 1])) --end;

  const char* name = head.data() + begin;
  const std::string_view value(head.data() + value_begin, end - value_begin);
  switch (name_end - begin) {
    case 4:
      if (is_word(name, "host")) {
        // Two could mean two things to two readers (RFC 9112 section 3.2).
        if (has_host_ || !kHostChars.holds_all_of(value)) return Status::kBadRequest;
        has_host_ = true;
      }
      break;
    case 6:
      if (is_word(name, "expect")) {
        const bool is_known = equals_ignoring_case(value, "100-continue");
        request_.expects_continue |= is_known;
        expects_other_ |= !is_known;
      }
      break;
    case 10:
      if (is_word(name, "connection")) wants_close_ |= list_holds(value, "close");
      break;
    case 13:
      if (is_word(name, "authorization")) {
        // Which of two would be the right one is not ours to guess; the endpoint refuses them.
        if (request_.num_authorizations == 0) {
          authorization_ = make_part(value_begin, value.size());
        }
        request_.num_authorizations = request_.num_authorizations == 0 ? 1 : 2;
      }
      break;
    case 14:
      if (is_word(name, "content-length")) {
        return holds_tab(line) ? Status::kBadRequest : parse_content_length(value);
      }
      break;
    case 17:
      if (equals_ignoring_case({name, 17}, "transfer-encoding")) {
        if (has_transfer_encoding_ || holds_tab(line)) return Status::kBadRequest;
        has_transfer_encoding_ = true;
        is_chunked_ = equals_ignoring_case(value, "chunked");
      }
      break;
    default:
      break;
  }
  return Status::kOk;
}

// 1*DIGIT, once (RFC 9112 section 6.3): two, even if equal, are what two readers may differ about.
Status RequestParser::parse_content_length(std::string_view value) noexcept {
  if (has_content_length_ || value.empty()) return Status::kBadRequest;
  has_content_length_ = true;
  bool overflows = false;
  for (const char c : value) {
    if (!is_digit(c)) return Status::kBadRequest;
    const auto digit = static_cast<uint64_t>(c - '0');
    overflows |= __builtin_mul_overflow(request_.content_length, 10, &request_.content_length) ||
                 __builtin_add_overflow(request_.content_length, digit, &request_.content_length);
  }
  return overflows ? Status::kContentTooLarge : Status::kOk;
}

// RFC 9112 sections 3.2 (Host), 6.1 and 6.3 (how long the message is); RFC 9110 section 10.1.1.
Status RequestParser::settle_framing() noexcept {
  const bool is_1_1 = request_.version == Version::kHttp11;
  if (is_1_1 && !has_host_) return Status::kBadRequest;
  if (has_transfer_encoding_) {
    if (has_content_length_ || !is_1_1) return Status::kBadRequest;
    if (!is_chunked_) return Status::kNotImplemented;
    request_.body = BodyFraming::kChunked;
  } else if (request_.content_length > 0) {
    request_.body = BodyFraming::kLength;
  }
  request_.keep_alive = is_1_1 && !wants_close_;
  if (!is_1_1) {
    request_.expects_continue = false;  // to be ignored, says section 10.1.1
  } else if (expects_other_) {
    return Status::kExpectationFailed;
  }
  return Status::kOk;
}

}  // namespace simdjwt::http
