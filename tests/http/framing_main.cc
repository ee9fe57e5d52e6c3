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

#include "http/body_decoder.h"
#include "http/request_parser.h"

namespace {

using simdjwt::http::BodyDecoder;
using simdjwt::http::Request;
using simdjwt::http::RequestParser;

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

// How the bytes end: with part of a request, with a refusal, or as requests should.
std::string tell(std::string_view bytes, std::string& requests) {
  const std::string_view all = bytes;
  RequestParser parser;
  while (true) {
    const size_t begin = all.size() - bytes.size();
    const auto refused = [begin](simdjwt::http::Status status, const char* where) {
      return "\"refused\":" + std::to_string(static_cast<int>(status)) + ",\"in\":\"" + where +
             "\",\"begin\":" + std::to_string(begin);
    };
    switch (parser.parse(bytes)) {
      case RequestParser::Outcome::kIncomplete:
        return "\"incomplete\":" + std::to_string(bytes.size());
      case RequestParser::Outcome::kRefused:
        return refused(parser.refusal(), "head");
      case RequestParser::Outcome::kComplete:
        break;
    }
    const Request& request = parser.request();
    std::string text = (requests.empty() ? "{\"method\":" : ",{\"method\":");
    text += quote(request.method_name) + ",\"path\":" + quote(request.path) +
            ",\"query\":" + quote(request.query) + ",\"fields\":" + quote(request.fields);
    bytes.remove_prefix(parser.head_bytes());
    std::string content;
    BodyDecoder body(request);
    for (bool is_over = false; !is_over;) {
      const auto decoded = body.decode(bytes);
      bytes.remove_prefix(decoded.num_consumed);
      content += decoded.content;
      if (decoded.outcome == BodyDecoder::Outcome::kIncomplete) return "\"incomplete\":1";
      if (decoded.outcome == BodyDecoder::Outcome::kRefused) return refused(body.refusal(), "body");
      is_over = decoded.outcome == BodyDecoder::Outcome::kComplete;
    }
    requests += text + ",\"body\":" + quote(content) + "}";
    if (!request.keep_alive) return "\"closed\":true";
  }
}

}  // namespace

int main() {
  for (size_t num_bytes; std::cin >> num_bytes;) {
    std::string bytes(num_bytes, '\0');
    std::cin.get();  // the line's end
    std::cin.read(bytes.data(), static_cast<std::streamsize>(num_bytes));
    std::string requests;
    const std::string end = tell(bytes, requests);
    std::cout << "{\"requests\":[" << requests << "]," << end << "}\n";
  }
}
