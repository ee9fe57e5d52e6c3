// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Requests and their bodies, one behind another as on a connection: what is accepted obeys the
// rules written out plainly here, and neither how the bytes arrive nor what head came before
// changes anything. The first byte of the input chooses where they are split.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/fields.h"
#include "http/request_reader.h"
#include "require.h"

namespace {

using simdjwt::http::BodyFraming;
using simdjwt::http::find_cookie;
using simdjwt::http::find_field;
using simdjwt::http::find_parameter;
using simdjwt::http::Found;
using simdjwt::http::RecurringHead;
using simdjwt::http::Request;
using simdjwt::testing::RequestReader;

constexpr uint64_t kContentBytesMax = 1000;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return result;
}

std::string_view take_line(std::string_view& text) {
  const size_t end = text.find("\r\n");
  require(end != std::string_view::npos);
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return line;
}

// The value of the field in `line`, if it has this name.
bool is_field(std::string_view line, std::string_view lower_name, std::string_view& value) {
  const size_t colon = line.find(':');
  require(colon != std::string_view::npos && colon > 0 && line[colon - 1] != ' ');
  if (lower(line.substr(0, colon)) != lower_name) return false;
  value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  value = value.substr(0, value.find_last_not_of(" \t") + 1);
  return true;
}

Found find_plainly(std::string_view fields, std::string_view lower_name) {
  Found found;
  while (!fields.empty()) {
    std::string_view value;
    if (!is_field(take_line(fields), lower_name, value)) continue;
    if (found.count++ == 0) found.value = value;
  }
  return found;
}

void require_found(std::string_view fields, std::string_view lower_name) {
  const Found plain = find_plainly(fields, lower_name);
  const Found found = find_field(fields, lower_name);
  require(found.count == plain.count && found.value == plain.value);
}

// Of a whole head: CRLF alone ends lines, no line folds, one Host, one way to tell the body's end.
void require_well_formed(std::string_view head, const Request& request) {
  require(head.size() <= simdjwt::http::ParserLimits().head_bytes && head.ends_with("\r\n\r\n"));
  for (const char c : head) {
    require(c == '\t' || c == '\r' || c == '\n' ||
            (static_cast<unsigned char>(c) >= 32 && c != 127));
  }
  if (head.starts_with("\r\n")) head.remove_prefix(2);
  const std::string_view request_line = take_line(head);
  const bool is_1_1 = request_line.ends_with(" HTTP/1.1");
  require(is_1_1 || request_line.ends_with(" HTTP/1.0"));
  std::string target(request.path);
  if (!request.query.empty()) target += '?' + std::string(request.query);
  require(request_line.starts_with(std::string(request.method_name) + ' '));
  require(request_line.substr(0, request_line.size() - 9).find(target) != std::string_view::npos);

  require(request.fields == head.substr(0, head.size() - 2));
  for (std::string_view rest = request.fields; !rest.empty();) {
    const std::string_view line = take_line(rest);
    require(!line.empty() && line.front() != ' ' && line.front() != '\t');
    require(line.find_first_of("\r\n") == std::string_view::npos);
  }
  const size_t num_hosts = find_plainly(request.fields, "host").count;
  require(num_hosts == 1 || (num_hosts == 0 && !is_1_1));
  const Found authorization = find_plainly(request.fields, "authorization");
  require(request.num_authorizations == std::min<size_t>(authorization.count, 2));
  require(request.authorization == authorization.value);
  for (const char* name : {"authorization", "cookie", "host", "x", "x-forwarded-for"}) {
    require_found(request.fields, name);
  }
  require(find_cookie(request.fields, "a").count == 0 ||
          find_field(request.fields, "cookie").count > 0);
  require(find_parameter(request.query, "a").count <= request.query.size());

  const Found length = find_plainly(request.fields, "content-length");
  const Found coding = find_plainly(request.fields, "transfer-encoding");
  require(length.count + coding.count <= 1);
  require(coding.count == 0 || (is_1_1 && lower(coding.value) == "chunked"));
  require((request.body == BodyFraming::kChunked) == (coding.count == 1));
  require((request.body == BodyFraming::kLength) == (request.content_length > 0));
  if (length.count == 1) {
    const size_t digits = length.value.find_first_not_of('0');
    require(!length.value.empty());
    require((digits == std::string_view::npos ? "0" : length.value.substr(digits)) ==
            std::to_string(request.content_length));
  }
  require(!request.keep_alive || is_1_1);
}

// Of a whole chunked body: it is what its sizes say.
void require_chunks(std::string_view body, std::string_view content) {
  while (true) {
    const std::string size(take_line(body));
    const uint64_t num_bytes = std::stoull(size, nullptr, 16);
    if (num_bytes == 0) break;
    require(content.size() >= num_bytes &&
            body.substr(0, num_bytes) == content.substr(0, num_bytes));
    content.remove_prefix(num_bytes);
    body.remove_prefix(num_bytes);
    require(take_line(body).empty());
  }
  require(content.empty());
  while (!take_line(body).empty()) {
  }
  require(body.empty());
}

// All that the reader makes of its connection.
std::string transcript(const RequestReader& reader) {
  std::string text;
  for (const auto& read : reader.requests()) {
    const Request& request = read->request;
    for (const std::string_view part :
         {request.method_name, request.path, request.query, request.fields, request.authorization,
          std::string_view(read->head), std::string_view(read->body),
          std::string_view(read->content)}) {
      text.append(part).append("|");
    }
    for (const uint64_t number :
         {static_cast<uint64_t>(request.method), static_cast<uint64_t>(request.version),
          static_cast<uint64_t>(request.body), request.content_length,
          static_cast<uint64_t>(request.num_authorizations),
          static_cast<uint64_t>(request.keep_alive),
          static_cast<uint64_t>(request.expects_continue)}) {
      text.append(std::to_string(number)).append("|");
    }
  }
  return text + std::to_string(static_cast<int>(reader.refusal())) +
         (reader.is_in_body() ? "body" : "head") + std::to_string(reader.begin());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t step = data[0] % 32 + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  RequestReader at_once(kContentBytesMax);
  at_once.receive(bytes);
  for (const auto& read : at_once.requests()) {
    const Request& request = read->request;
    require_well_formed(read->head, request);
    require(read->content.size() <= kContentBytesMax);
    if (request.body == BodyFraming::kChunked) {
      require_chunks(read->body, read->content);
    } else {
      require(read->body == read->content && read->body.size() == request.content_length);
    }
  }
  RequestReader in_steps(kContentBytesMax);
  for (std::string_view rest = bytes; !rest.empty();) {
    in_steps.receive(rest.substr(0, step));
    rest.remove_prefix(std::min(step, rest.size()));
  }
  require(transcript(at_once) == transcript(in_steps));
  RecurringHead recurring;
  for (int i = 0; i < 2; ++i) {  // the second time, there is one to begin with
    RequestReader again(kContentBytesMax, &recurring);
    again.receive(bytes);
    require(transcript(at_once) == transcript(again));
  }
  return 0;
}
