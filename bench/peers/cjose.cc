// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// cjose (Debian libcjose-dev): JOSE without claims. The key is parsed once; the claims are read
// with jansson, which cjose itself is built on.

#include <cjose/cjose.h>
#include <jansson.h>

#include "peers/peer.h"

namespace simdjwt::bench {
namespace {

struct Release {
  void operator()(cjose_jwk_t* jwk) const { cjose_jwk_release(jwk); }
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
  void operator()(json_t* json) const { json_decref(json); }
};

class Cjose : public Peer {
 public:
  explicit Cjose(const Demand& demand) : demand_(demand) {
    cjose_err error;
    key_.reset(cjose_jwk_import(demand_.jwk.data(), demand_.jwk.size(), &error));
  }

  bool accepts(const std::string& token) override {
    cjose_err error;
    const std::unique_ptr<cjose_jws_t, Release> jws(
        cjose_jws_import(token.data(), token.size(), &error));
    if (jws == nullptr) return false;
    const char* alg = cjose_header_get(cjose_jws_get_protected(jws.get()), CJOSE_HDR_ALG, &error);
    if (alg == nullptr || alg != demand_.alg) return false;
    if (!cjose_jws_verify(jws.get(), key_.get(), &error)) return false;

    uint8_t* payload = nullptr;  // owned by jws
    size_t payload_bytes = 0;
    if (!cjose_jws_get_plaintext(jws.get(), &payload, &payload_bytes, &error)) return false;
    const std::unique_ptr<json_t, Release> claims(json_loadb(
        reinterpret_cast<const char*>(payload), payload_bytes, JSON_REJECT_DUPLICATES, nullptr));
    const json_t* exp = json_object_get(claims.get(), "exp");
    const json_t* nbf = json_object_get(claims.get(), "nbf");
    return is(claims.get(), "iss", demand_.iss) && is(claims.get(), "aud", demand_.aud) &&
           json_is_integer(exp) && demand_.now < json_integer_value(exp) &&
           (nbf == nullptr || (json_is_integer(nbf) && demand_.now >= json_integer_value(nbf)));
  }

 private:
  static bool is(const json_t* claims, const char* name, const std::string& expected) {
    const char* value = json_string_value(json_object_get(claims, name));
    return value != nullptr && value == expected;
  }

  const Demand demand_;
  std::unique_ptr<cjose_jwk_t, Release> key_;
};

const PeerRegistration kRegistration{{"cjose",
                                      {Algorithm::kHs256, Algorithm::kRs256, Algorithm::kPs256,
                                       Algorithm::kEs256, Algorithm::kEs384},
                                      [](const Demand& demand) -> std::unique_ptr<Peer> {
                                        return std::make_unique<Cjose>(demand);
                                      }}};

}  // namespace
}  // namespace simdjwt::bench
