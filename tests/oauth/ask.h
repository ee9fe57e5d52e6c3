// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#ifndef SIMDJWT_TESTS_OAUTH_ASK_H_
#define SIMDJWT_TESTS_OAUTH_ASK_H_

#include <utility>

#include "oauth/issuer.h"

namespace simdjwt::oauth {

// What it answers to a request that came alone.
inline serve::ControlResponse ask(Issuer& issuer, serve::ControlRequest request) {
  serve::ControlExchange exchange{std::move(request)};
  issuer.answer({&exchange, 1});
  return std::move(exchange.response);
}

}  // namespace simdjwt::oauth

#endif  // SIMDJWT_TESTS_OAUTH_ASK_H_
