// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// OriginalRequest: what the client asked of the proxy, as the proxy tells it.

#ifndef SIMDJWT_IO_SERVE_ORIGINAL_REQUEST_H_
#define SIMDJWT_IO_SERVE_ORIGINAL_REQUEST_H_

#include <string_view>

#include "http/request.h"
#include "serve/contract.h"

namespace simdjwt::serve {

// Views into the request; empty where it does not say, or says it twice. True as far as the proxy
// overwrites what its client sends, so good for logs.
struct OriginalRequest {
  std::string_view method;
  std::string_view host;
  std::string_view uri;
  std::string_view client;
  std::string_view request_id;
};

// Of X-Request-ID, else of Traceparent (W3C Trace Context), whole.
[[nodiscard]] std::string_view request_id_of(const http::Request& request) noexcept;

[[nodiscard]] OriginalRequest original_request(const http::Request& request,
                                               Contract contract) noexcept;

// Whether the client asks, as browsers do without credentials, what it may ask later (the Fetch
// standard's CORS preflight). nginx, HAProxy and forwarding proxies must say what its method was.
[[nodiscard]] bool is_preflight(const http::Request& request, Contract contract) noexcept;

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_ORIGINAL_REQUEST_H_
