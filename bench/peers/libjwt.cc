// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// libjwt 1.x (Debian libjwt-dev): jwt_decode() takes the raw key at every call and checks the
// signature; the claims are the caller's, through getters. jwt_get_grant_int() answers 0 for an
// absent claim, and sets errno.

#include <jwt.h>

#include <cerrno>

#include "peers/peer.h"

namespace simdjwt::bench {
namespace {

struct Free {
  void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};

class Libjwt : public Peer {
 public:
  explicit Libjwt(const Demand& demand) : demand_(demand) {}

  bool accepts(const std::string& token) override {
    jwt_t* decoded = nullptr;
    if (jwt_decode(&decoded, token.c_str(),
                   reinterpret_cast<const unsigned char*>(demand_.key.data()),
                   static_cast<int>(demand_.key.size())) != 0) {
      return false;
    }
    const std::unique_ptr<jwt_t, Free> jwt(decoded);
    return jwt_alg_str(jwt_get_alg(jwt.get())) == demand_.alg &&
           is(jwt.get(), "iss", demand_.iss) && is(jwt.get(), "aud", demand_.aud) &&
           demand_.now < date(jwt.get(), "exp", 0) && demand_.now >= date(jwt.get(), "nbf", 0);
  }

 private:
  static bool is(jwt_t* jwt, const char* claim, const std::string& expected) {
    const char* value = jwt_get_grant(jwt, claim);
    return value != nullptr && value == expected;
  }

  static long date(jwt_t* jwt, const char* claim, long absent) {
    errno = 0;
    const long value = jwt_get_grant_int(jwt, claim);
    return errno == 0 ? value : absent;
  }

  const Demand demand_;
};

const PeerRegistration kRegistration{
    {"libjwt",
     {Algorithm::kHs256, Algorithm::kRs256, Algorithm::kEs256, Algorithm::kEs384},
     [](const Demand& demand) -> std::unique_ptr<Peer> {
       return std::make_unique<Libjwt>(demand);
     }}};

}  // namespace
}  // namespace simdjwt::bench
