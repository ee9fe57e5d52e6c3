// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Routes: which operation a method and a path name, and who may call it.

#ifndef SIMDJWT_IO_API_ROUTES_H_
#define SIMDJWT_IO_API_ROUTES_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "api/call.h"
#include "registry/admin_tokens.h"

namespace simdjwt::api {

inline constexpr std::string_view kPrefix = "/api/v1";

struct Route {
  std::string_view method;
  std::string_view path;  // behind the prefix; a part in braces stands for any
  std::string_view id;    // operationId in openapi.json
  registry::AdminScope scope;
  // What kind of operation it is.
  enum Kind : uint8_t {
    kRead = 0,
    kPaged = 1,       // takes a query
    kChange = 2,      // in use when it is answered
    kEverywhere = 4,  // not for tokens that are confined to an account
  };
  uint8_t kind;
  Response (*perform)(Call&);
  // Of operations that take an Idempotency-Key: what answers when they are asked again. Or null.
  Response (*show_made)(Call&, std::string_view subject) = nullptr;

  [[nodiscard]] bool is(Kind wanted) const noexcept { return (kind & wanted) != 0; }
};

// All of them, in the order of openapi.json.
[[nodiscard]] std::span<const Route> routes() noexcept;

// Views into the path that was looked up.
struct Match {
  const Route* route = nullptr;   // null: nothing goes by that path, or not by that method
  std::string allow = {};         // then: the methods that do, "GET, HEAD, POST"; empty for none
  std::string_view account = {};  // what stands in the place of braces
  std::string_view name = {};
  std::string_view server = {};
};
[[nodiscard]] Match find_route(std::string_view method, std::string_view path);

}  // namespace simdjwt::api

#endif  // SIMDJWT_IO_API_ROUTES_H_
