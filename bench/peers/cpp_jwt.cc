// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// cpp-jwt (Debian libcpp-jwt-dev with nlohmann-json3-dev): decode() checks signature and claims in
// one call, by the system clock. The parameters are passed, and copied, at every call; there is no
// other way. It reports some errors by exception even when it is given an error code.

#include <jwt/jwt.hpp>

#include "peers/peer.h"

namespace simdjwt::bench {
namespace {

class CppJwt : public Peer {
 public:
  explicit CppJwt(const Demand& demand) : demand_(demand) {}

  bool accepts(const std::string& token) override {
    using namespace jwt::params;
    try {
      std::error_code error;
      const jwt::jwt_object decoded =
          jwt::decode(token, algorithms({demand_.alg}), error, secret(demand_.key),
                      issuer(demand_.iss), aud(demand_.aud), verify(true));
      // A token without exp passes cpp-jwt's own check.
      return !error && decoded.has_claim(jwt::registered_claims::expiration);
    } catch (const std::exception&) {
      return false;
    }
  }

 private:
  const Demand demand_;
};

const PeerRegistration kRegistration{
    {"cpp_jwt",
     {Algorithm::kHs256, Algorithm::kRs256, Algorithm::kEs256, Algorithm::kEs384},
     [](const Demand& demand) -> std::unique_ptr<Peer> {
       return std::make_unique<CppJwt>(demand);
     }}};

}  // namespace
}  // namespace simdjwt::bench
