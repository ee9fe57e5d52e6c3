// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Request: what the parser tells of a head, and the endpoints ask.

#ifndef SIMDJWT_IO_HTTP_REQUEST_H_
#define SIMDJWT_IO_HTTP_REQUEST_H_

#include <cstdint>
#include <string_view>

namespace simdjwt::http {

enum class Method : uint8_t { kGet, kHead, kPost, kOptions, kOther };

enum class Version : uint8_t { kHttp10, kHttp11 };

// How the end of the body is known (RFC 9112 section 6.3).
enum class BodyFraming : uint8_t {
  kNone,     // there is no body: none declared, or one of no bytes
  kLength,   // content_length bytes, at least one
  kChunked,  // ends with its last chunk
};

// Views point into the bytes that completed the head, and end with them.
struct Request {
  std::string_view method_name;  // any token (RFC 9110 section 9.1); compared as it is written
  // Of the target, never decoded or normalised. "*" for OPTIONS of the whole server; empty where an
  // absolute target has none.
  std::string_view path;
  std::string_view query;  // what follows the first '?' of the target
  // Whole validated lines "Name: value\r\n", for find_field() and find_cookie() of fields.h.
  std::string_view fields;
  std::string_view authorization;  // value of the first Authorization field, blanks trimmed
  // Of heads that share it, all is the same to the byte but for what stands in `authorization`
  // behind the scheme and its blanks, or in place of both. 0: of this head alone.
  uint64_t recurrence = 0;
  uint64_t content_length = 0;
  Method method = Method::kOther;
  Version version = Version::kHttp11;
  BodyFraming body = BodyFraming::kNone;  // read one with BodyDecoder, or let this request be last
  uint8_t num_authorizations = 0;         // 2 means two or more
  bool keep_alive = false;                // whether another request may follow
  // The client sends the body once it is told kContinue (response.h), or after a while.
  bool expects_continue = false;
};

}  // namespace simdjwt::http

#endif  // SIMDJWT_IO_HTTP_REQUEST_H_
