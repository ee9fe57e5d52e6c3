// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/policy_set.h"

#include <utility>

namespace simdjwt::serve {

absl::StatusOr<PolicySet> PolicySet::load(const std::vector<PolicyConfig>& configs,
                                          std::vector<std::string>& warnings) {
  PolicySet set;
  for (const PolicyConfig& config : configs) {
    absl::StatusOr<KeySet> keys = load_keys(config, warnings);
    if (!keys.ok()) return keys.status();
    absl::StatusOr<std::string> secret = load_introspection_secret(config, warnings);
    if (!secret.ok()) return secret.status();
    set.add(config, *std::move(keys), *std::move(secret));
  }
  return set;
}

void PolicySet::add(PolicyConfig config, KeySet keys, std::string introspection_secret) {
  std::shared_ptr<const Answers>& answers = answers_[Answers::key_of(config)];
  if (answers == nullptr) answers = std::make_shared<const Answers>(config);
  Verifier verifier(std::move(keys), config.demands);
  const bool tells_more = !config.identity_headers.empty() || !config.payload_header.empty() ||
                          config.cache_seconds > 0;
  policies_.push_back(
      std::make_unique<ServedPolicy>(ServedPolicy{std::move(config), std::move(verifier), answers,
                                                  tells_more, std::move(introspection_secret)}));
  router_.add(policies_.back()->config.name, static_cast<uint32_t>(policies_.size() - 1));
}

void PolicySet::count_in(Metrics& metrics) {
  for (const auto& policy : policies_) policy->metrics = &metrics.policy(policy->config.name);
}

size_t PolicySet::num_keys() const noexcept {
  size_t sum = 0;
  for (const auto& policy : policies_) sum += policy->verifier.keys().num_keys();
  return sum;
}

}  // namespace simdjwt::serve
