// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Tells how our parser and decoder understand what clients might send, for llhttp_test.py. Standard
// input holds one connection's bytes after another, each behind a line with their number; standard
// output gets a line of JSON for each.

#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

#include "http/request_reader.h"

namespace {

using simdjwt::http::Status;
using simdjwt::testing::RequestReader;

// Bytes as the characters of Latin-1.
std::string quote(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
      text += c;
    } else {
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04x", static_cast<unsigned char>(c));
      text += escape;
    }
  }
  return text + '"';
}

std::string tell(std::string_view bytes) {
  RequestReader reader;
  reader.receive(bytes);
  std::string text = "{\"requests\":[";
  for (const auto& read : reader.requests()) {
    if (read != reader.requests().front()) text += ',';
    text += "{\"method\":" + quote(read->request.method_name) +
            ",\"path\":" + quote(read->request.path) + ",\"query\":" + quote(read->request.query) +
            ",\"fields\":" + quote(read->request.fields) + ",\"body\":" + quote(read->content) +
            "}";
  }
  text += "],\"begin\":" + std::to_string(reader.begin());
  if (reader.refusal() != Status::kOk) {
    text += ",\"refused\":" + std::to_string(static_cast<int>(reader.refusal())) +
            ",\"in\":" + (reader.is_in_body() ? "\"body\"" : "\"head\"");
  } else if (reader.is_over()) {
    text += ",\"closed\":true";
  }
  return text + "}";
}

}  // namespace

int main() {
  for (size_t num_bytes; std::cin >> num_bytes;) {
    std::string bytes(num_bytes, '\0');
    std::cin.get();  // the line's end
    std::cin.read(bytes.data(), static_cast<std::streamsize>(num_bytes));
    std::cout << tell(bytes) << '\n';
  }
}
