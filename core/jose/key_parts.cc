// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jose/key_parts.h"

#include <absl/status/status.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <vector>

namespace simdjwt::jose {
namespace {

using ParamBuilder = OpensslPtr<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = OpensslPtr<OSSL_PARAM, OSSL_PARAM_free>;

constexpr KeyParameter kRsaParameters[] = {
    {"e", OSSL_PKEY_PARAM_RSA_E, false},         {"n", OSSL_PKEY_PARAM_RSA_N, false},
    {"d", OSSL_PKEY_PARAM_RSA_D, true},          {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1, true},
    {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2, true}, {"p", OSSL_PKEY_PARAM_RSA_FACTOR1, true},
    {"q", OSSL_PKEY_PARAM_RSA_FACTOR2, true},    {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1, true},
};
static_assert(std::size(kRsaParameters) == KeyParts::kParametersMax);

constexpr KeyParameter kEcParameters[] = {
    {"x", OSSL_PKEY_PARAM_EC_PUB_X, false},
    {"y", OSSL_PKEY_PARAM_EC_PUB_Y, false},
    {"d", OSSL_PKEY_PARAM_PRIV_KEY, true},
};

constexpr KeyParameter kOkpParameters[] = {{"x", nullptr, false}, {"d", nullptr, true}};

absl::Status rejected() { return absl::InvalidArgumentError("the key is not valid"); }

// A number in memory that is wiped with it.
BigNumber big_number(const bytes::SecretBytes& value) {
  BigNumber number(BN_secure_new());
  if (number != nullptr &&
      BN_bin2bn(value.data(), static_cast<int>(value.size()), number.get()) == nullptr) {
    number.reset();
  }
  return number;
}

bool push(OSSL_PARAM_BLD* builder, const char* name, const BigNumber& number) {
  return number != nullptr && OSSL_PARAM_BLD_push_BN(builder, name, number.get()) == 1;
}

EvpKey from_params(const char* type, OSSL_PARAM_BLD* builder, KeyHalf half) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (params != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1) {
    const int selection = half == KeyHalf::kPublic ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
    if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) key = nullptr;
  }
  return EvpKey(key);
}

EvpKey build_rsa(const KeyParts& parts, KeyHalf half) {
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr) return nullptr;
  std::vector<BigNumber> numbers;  // which the builder refers to
  for (size_t i = 0; i < std::size(kRsaParameters); ++i) {
    const KeyParameter& parameter = kRsaParameters[i];
    if (parts.values[i].empty() || (parameter.is_private && half == KeyHalf::kPublic)) continue;
    numbers.push_back(big_number(parts.values[i]));
    if (!push(builder.get(), parameter.openssl_name, numbers.back())) return nullptr;
  }
  return from_params("RSA", builder.get(), half);
}

EvpKey build_ec(const KeyParts& parts, KeyHalf half) {
  std::vector<uint8_t> point = {POINT_CONVERSION_UNCOMPRESSED};
  for (const char* coordinate : {"x", "y"}) {
    const bytes::SecretBytes& value = parts.value(coordinate);
    point.insert(point.end(), value.begin(), value.end());
  }
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  const BigNumber scalar = big_number(parts.value("d"));
  const bool built =
      builder != nullptr &&
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                      parts.curve->openssl_name, 0) == 1 &&
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) == 1 &&
      (half == KeyHalf::kPublic || push(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar));
  return built ? from_params("EC", builder.get(), half) : nullptr;
}

EvpKey build_okp(const KeyParts& parts, KeyHalf half) {
  const bytes::SecretBytes& value = parts.value(half == KeyHalf::kPublic ? "x" : "d");
  const auto make =
      half == KeyHalf::kPublic ? EVP_PKEY_new_raw_public_key_ex : EVP_PKEY_new_raw_private_key_ex;
  return EvpKey(make(nullptr, parts.curve->openssl_name, nullptr, value.data(), value.size()));
}

// Big-endian, in as many bytes as it needs, or more.
bytes::SecretBytes number_bytes(const BIGNUM* number, size_t num_bytes_min) {
  bytes::SecretBytes value(
      std::max(num_bytes_min, static_cast<size_t>((BN_num_bits(number) + 7) / 8)));
  BN_bn2binpad(number, value.data(), static_cast<int>(value.size()));
  return value;
}

// Reads those parameters of RSA and EC that the key has.
void read_numbers(const EVP_PKEY* key, KeyHalf half, size_t num_bytes_min, KeyParts& parts) {
  const std::span<const KeyParameter> parameters = key_parameters(parts.kty);
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].is_private && half == KeyHalf::kPublic) continue;
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, parameters[i].openssl_name, &number) != 1) continue;
    const BigNumber owner(number);
    parts.values[i] = number_bytes(number, num_bytes_min);
  }
}

const Curve* curve_of(const EVP_PKEY* key) {
  std::array<char, 32> group{};
  size_t num_chars = 0;
  EVP_PKEY_get_group_name(key, group.data(), group.size(), &num_chars);
  for (const Curve* curve : kCurves) {
    if (group.data() == std::string_view(curve->openssl_name)) return curve;
    if (EVP_PKEY_is_a(key, curve->openssl_name) == 1) return curve;
  }
  return nullptr;
}

bytes::SecretBytes raw_bytes(const EVP_PKEY* key, KeyHalf half, size_t num_bytes) {
  const auto get =
      half == KeyHalf::kPublic ? EVP_PKEY_get_raw_public_key : EVP_PKEY_get_raw_private_key;
  bytes::SecretBytes value(num_bytes);
  return get(key, value.data(), &num_bytes) == 1 ? value : bytes::SecretBytes();
}

}  // namespace

std::span<const KeyParameter> key_parameters(std::string_view kty) noexcept {
  if (kty == "RSA") return kRsaParameters;
  if (kty == "EC") return kEcParameters;
  if (kty == "OKP") return kOkpParameters;
  return {};
}

const bytes::SecretBytes& KeyParts::value(std::string_view name) const noexcept {
  const std::span<const KeyParameter> parameters = key_parameters(kty);
  size_t i = 0;
  while (parameters[i].name != name) ++i;
  return values[i];
}

absl::StatusOr<EvpKey> build_evp_key(const KeyParts& parts, KeyHalf half) {
  const ErrorQueueGuard guard;
  EvpKey key = parts.kty == "RSA"  ? build_rsa(parts, half)
               : parts.kty == "EC" ? build_ec(parts, half)
                                   : build_okp(parts, half);
  if (key == nullptr) return rejected();
  return key;
}

absl::StatusOr<KeyParts> read_evp_key(const EVP_PKEY* key, KeyHalf half) {
  const ErrorQueueGuard guard;
  KeyParts parts;
  if (EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1) {
    parts.kty = "RSA";
    read_numbers(key, half, 0, parts);
    return parts;
  }
  parts.curve = curve_of(key);
  if (parts.curve == nullptr) {
    return absl::InvalidArgumentError("the key's type or curve is not supported");
  }
  const size_t num_bytes = parts.curve->coordinate_bytes;
  if (EVP_PKEY_is_a(key, "EC") == 1) {
    parts.kty = "EC";
    read_numbers(key, half, num_bytes, parts);
  } else {
    parts.kty = "OKP";
    parts.values[0] = raw_bytes(key, KeyHalf::kPublic, num_bytes);
    if (half == KeyHalf::kPrivate) parts.values[1] = raw_bytes(key, half, num_bytes);
  }
  return parts;
}

}  // namespace simdjwt::jose
