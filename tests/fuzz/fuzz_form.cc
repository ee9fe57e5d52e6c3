// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Forms: what is accepted means what the rules say that are written out plainly here, means the
// same when it is written again, and has no more fields than allowed. The first byte of the input
// says how many that are.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/require.h"
#include "http/form.h"

namespace {

using simdjwt::http::form_decoded;
using simdjwt::http::FormFields;
using simdjwt::http::parse_form;

constexpr std::string_view kDigits = "0123456789abcdef";

int value_of(char digit) {
  if (digit >= 'A' && digit <= 'F') digit = static_cast<char>(digit - 'A' + 'a');
  const size_t value = kDigits.find(digit);
  return value == std::string_view::npos ? -1 : static_cast<int>(value);
}

std::optional<std::string> decode_plainly(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    size_t num_read = 1;
    char c = text[0] == '+' ? ' ' : text[0];
    if (c == '%') {
      if (text.size() < 3 || value_of(text[1]) < 0 || value_of(text[2]) < 0) return std::nullopt;
      c = static_cast<char>(value_of(text[1]) * 16 + value_of(text[2]));
      num_read = 3;
    }
    decoded += c;
    text.remove_prefix(num_read);
  }
  return decoded;
}

// Every byte as an escape.
std::string encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kDigits[byte / 16];
    encoded += kDigits[byte % 16];
  }
  return encoded;
}

// The pieces between the '&', but for the empty ones, each split at its first '='.
std::optional<FormFields> parse_plainly(std::string_view text) {
  FormFields fields;
  std::string piece;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '&') {
      piece += text[i];
      continue;
    }
    const size_t equals = piece.find('=');
    const auto name = decode_plainly(piece.substr(0, equals));
    const auto value =
        decode_plainly(equals == std::string::npos ? std::string() : piece.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    if (!piece.empty()) fields.emplace_back(*name, *value);
    piece.clear();
  }
  return fields;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t fields_max = data[0] % 32;
  const ExactInput input(data + 1, size - 1);
  const std::string_view text = input.text();
  require(form_decoded(text) == decode_plainly(text));

  const std::optional<FormFields> fields = parse_form(text, fields_max);
  const std::optional<FormFields> plain = parse_plainly(text);
  if (!fields) {
    require(!plain || plain->size() > fields_max);
    return 0;
  }
  require(fields->size() <= fields_max && fields == plain);
  std::string again;
  for (const auto& [name, value] : *fields) again += encode(name) + '=' + encode(value) + '&';
  require(parse_form(again, fields_max) == fields);
  return 0;
}
