// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// ControlRequest, ControlResponse: a whole request and its answer, for endpoints that may block.

#ifndef SIMDJWT_IO_SERVE_CONTROL_REQUEST_H_
#define SIMDJWT_IO_SERVE_CONTROL_REQUEST_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "http/fields.h"
#include "http/status.h"
#include "net/peer_address.h"

namespace simdjwt::serve {

struct ControlRequest {
  std::string method = {};  // as it is written, but "GET" where the client asked for the head only
  std::string path = {};    // of the target, never decoded or normalised
  std::string query = {};
  std::string fields = {};         // lines, for http::find_field()
  std::string authorization = {};  // of the first such field
  uint8_t num_authorizations = 0;
  std::string body = {};  // all of it
  net::PeerAddress client = {};
  int64_t now = 0;  // seconds since 1970

  // A field's values, by its name in lower case.
  [[nodiscard]] http::Found field(std::string_view lower_name) const noexcept {
    return http::find_field(fields, lower_name);
  }
};

struct ControlResponse {
  http::Status status = http::Status::kOk;
  std::string content_type = {};  // empty where there is no body
  std::string fields = {};        // further lines, each with its CRLF
  std::string body = {};
};

struct ControlExchange {
  ControlRequest request;
  ControlResponse response = {};  // to be filled in
};

// Answers what has come in the meantime, of as many clients as there are exchanges, while nothing
// else of its thread goes on; may block. One thread calls it.
using ControlHandler = std::function<void(std::span<ControlExchange>)>;

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_CONTROL_REQUEST_H_
