// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "support/fixtures.h"

#include <cstdlib>
#include <map>
#include <sstream>
#include <utility>

namespace simdjwt::testing {
namespace {

std::vector<std::string> split_words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

void force(const std::string& kernel) {
  if (!force_kernel(kernel)) std::abort();
}

}  // namespace

Key make_key(std::string_view secret, std::string kid, Algorithm algorithm, KeyPeriod period) {
  return Key::hmac(algorithm, secret, {.kid = std::move(kid), .period = period}).value();
}

KeySet make_keys(std::vector<Key> keys) {
  KeySetBuilder builder;
  for (Key& key : keys) builder.add(std::move(key));
  return builder.build().value();
}

PolicyBuilder lenient() {
  PolicyBuilder builder;
  builder.ignore_iss().ignore_aud().ignore_typ().allow_missing_exp();
  return builder;
}

Verifier make_verifier(const ReferenceVerifier& reference) {
  std::map<std::string, std::vector<Key>> keys;
  for (const ReferenceKey& key : reference.keys) {
    keys[key.issuer].push_back(make_key(key.secret, key.kid, key.algorithm, key.period));
  }
  PolicyBuilder builder;
  builder.leeway_seconds(reference.leeway_seconds);
  reference.typ ? builder.expect_typ(*reference.typ) : builder.ignore_typ();
  reference.iss ? builder.expect_iss(*reference.iss) : builder.ignore_iss();
  reference.aud ? builder.expect_aud(*reference.aud) : builder.ignore_aud();
  reference.exp_required ? builder.expect_exp() : builder.allow_missing_exp();
  if (reference.max_age_seconds) builder.max_age_seconds(*reference.max_age_seconds);
  if (!reference.expected_claim.empty()) {
    builder.expect_string(reference.expected_claim, reference.expected_value);
  }
  if (!reference.forbidden_claim.empty()) builder.forbid_claim(reference.forbidden_claim);
  const Policy policy = builder.build().value();
  if (!reference.by_issuer) return Verifier(make_keys(std::move(keys[""])), policy);
  IssuerKeys issuers;
  for (auto& [issuer, of_issuer] : keys) {
    issuers = issuers.with(issuer, make_keys(std::move(of_issuer)));
  }
  return Verifier(issuers, policy);
}

std::vector<KernelScratch> make_kernel_scratches() {
  const std::vector<std::string> defaults = split_words(active_kernels());
  std::vector<KernelScratch> scratches;
  scratches.push_back({"default", Scratch()});
  for (const std::string& kernel : split_words(available_kernels())) {
    force(kernel);
    scratches.push_back({kernel, Scratch()});
    for (const std::string& name : defaults) force(name);
  }
  return scratches;
}

}  // namespace simdjwt::testing
