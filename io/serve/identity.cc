// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/identity.h"

#include <simdjson.h>

#include <cstdint>

#include "serve/text.h"
#include "simdjwt/base64url.h"

namespace simdjwt::serve {
namespace {

constexpr std::string_view kAbsent = "-";

void append_percent_encoded(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  append(out, "%", kDigits.substr(byte >> 4, 1), kDigits.substr(byte & 15, 1));
}

// `reserved` is encoded beside '%'.
void append_text(std::string& out, std::string_view text, char reserved) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_inner_blank = c == ' ' && i > 0 && i + 1 < text.size();
    if (is_inner_blank || (c > ' ' && c <= '~' && c != '%' && c != reserved)) {
      out.push_back(c);
    } else {
      append_percent_encoded(out, c);
    }
  }
}

// An integer keeps its digits: beyond 2^53, numbers that differ would be one as a double.
void append_number(std::string& out, std::string_view raw_json, double value) {
  if (raw_json.find_first_of(".eE") == std::string_view::npos) {
    out.append(raw_json == "-0" ? "0" : raw_json);
  } else {
    append(out, value == 0 ? 0.0 : value);  // no "-0"
  }
}

}  // namespace

IdentityWriter::IdentityWriter() : parser_(std::make_unique<simdjson::dom::parser>()) {}
IdentityWriter::~IdentityWriter() = default;

void IdentityWriter::append_array(std::string& out, std::string_view raw_json) {
  simdjson::dom::array array;
  if (parser_->parse(raw_json.data(), raw_json.size()).get(array) != simdjson::SUCCESS) return;
  const size_t begin = out.size();
  bool is_first = true;
  for (const simdjson::dom::element element : array) {
    if (!is_first) out.push_back(',');
    is_first = false;
    switch (element.type()) {
      case simdjson::dom::element_type::STRING:
        append_text(out, element.get_string().value_unsafe(), ',');
        break;
      case simdjson::dom::element_type::BOOL:
        out.append(element.get_bool().value_unsafe() ? "true" : "false");
        break;
      case simdjson::dom::element_type::INT64:
        append(out, element.get_int64().value_unsafe());
        break;
      case simdjson::dom::element_type::UINT64:
        append(out, element.get_uint64().value_unsafe());
        break;
      case simdjson::dom::element_type::DOUBLE:
        append(out, element.get_double().value_unsafe() + 0.0);
        break;
      default:
        out.resize(begin);
        return;
    }
  }
}

void IdentityWriter::append_claim(std::string& out, const Claim& claim) {
  switch (claim.type()) {
    case JsonType::kString:
      return append_text(out, *claim.string(), '%');
    case JsonType::kNumber:
      return append_number(out, claim.raw_json(), claim.number().value_or(0));
    case JsonType::kBoolean:
      out.append(*claim.boolean() ? "true" : "false");
      return;
    case JsonType::kArray:
      return append_array(out, claim.raw_json());
    case JsonType::kNull:
    case JsonType::kObject:
      return;
  }
}

size_t IdentityWriter::append_claims(std::string& out, const PolicyConfig& policy,
                                     const VerifiedToken* token, size_t value_bytes_max) {
  size_t num_dropped = 0;
  for (const IdentityHeader& header : policy.identity_headers) {
    value_.clear();
    if (token != nullptr) {
      if (const std::optional<Claim> claim = token->claim(header.claim)) {
        append_claim(value_, *claim);
      }
    }
    if (value_ == kAbsent) value_ = "%2D";
    if (value_.size() > value_bytes_max) {
      value_.clear();
      ++num_dropped;
    }
    append(out, header.header, ": ", value_.empty() ? kAbsent : std::string_view(value_), "\r\n");
  }
  return num_dropped;
}

size_t IdentityWriter::append_lines(std::string& out, const PolicyConfig& policy,
                                    const VerifiedToken* token, size_t bytes_max) {
  const size_t begin = out.size();
  const size_t payload_line_bytes =
      policy.payload_header.empty() ? 0 : policy.payload_header.size() + 5;  // with "-"
  size_t num_dropped = append_claims(out, policy, token, bytes_max);
  for (size_t value_bytes_max = bytes_max;
       value_bytes_max > 0 && out.size() - begin + payload_line_bytes > bytes_max;
       value_bytes_max /= 2) {
    out.resize(begin);
    num_dropped = append_claims(out, policy, token, value_bytes_max);
  }
  if (policy.payload_header.empty()) return num_dropped;

  append(out, policy.payload_header, ": ");
  const std::string_view payload = token == nullptr ? "" : token->payload();
  const bool fits = out.size() - begin + (payload.size() * 4 + 2) / 3 + 2 <= bytes_max;
  if (!payload.empty() && fits) {
    base64url_append(out, payload);
  } else {
    out.append(kAbsent);
    if (!payload.empty()) ++num_dropped;
  }
  out.append("\r\n");
  return num_dropped;
}

}  // namespace simdjwt::serve
