// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/policy_set.h"

#include <utility>

#include "serve/signature_work.h"

namespace simdjwt::serve {

absl::StatusOr<PolicySet> PolicySet::load(const std::vector<PolicyConfig>& configs,
                                          jwks::KeySources& sources,
                                          std::shared_ptr<SignatureCache> signatures,
                                          std::vector<std::string>& warnings) {
  PolicySet set(std::move(signatures));
  for (const PolicyConfig& config : configs) {
    absl::StatusOr<std::string> secret = load_introspection_secret(config, warnings);
    if (!secret.ok()) return secret.status();
    if (config.keys.source) {
      jwks::RemoteKeys remote = sources.of(*config.keys.source);
      const auto policy = set.make(config, std::move(remote.keys), *std::move(secret));
      policy->refetch = std::move(remote.signal);
      policy->keys_generation = remote.generation;
      set.insert(policy);
      continue;
    }
    absl::StatusOr<KeySet> keys = load_keys(config, warnings);
    if (!keys.ok()) return keys.status();
    set.add(config, *std::move(keys), *std::move(secret));
  }
  return set;
}

PolicySet PolicySet::renewed(jwks::KeySources& sources) const {
  PolicySet set(signatures_);
  set.answers_ = answers_;
  for (std::shared_ptr<ServedPolicy> policy : policies_) {
    if (policy->config.keys.source) {
      jwks::RemoteKeys remote = sources.of(*policy->config.keys.source);
      if (remote.generation != policy->keys_generation) {
        policy = std::make_shared<ServedPolicy>(*policy);
        policy->verifier = Verifier(std::move(remote.keys), policy->config.demands, signatures_);
        policy->keys_generation = remote.generation;
        policy->token_work = signature_work(policy->verifier.keys());
        policy->key_kind = KeyKind::of(policy->verifier.keys());
      }
    }
    set.insert(std::move(policy));
  }
  return set;
}

void PolicySet::add(PolicyConfig config, KeySet keys, std::string introspection_secret) {
  insert(make(std::move(config), std::move(keys), std::move(introspection_secret)));
}

std::shared_ptr<ServedPolicy> PolicySet::make(PolicyConfig config, KeySet keys,
                                              std::string introspection_secret) {
  std::shared_ptr<const Answers>& answers = answers_[Answers::key_of(config)];
  if (answers == nullptr) answers = std::make_shared<const Answers>(config);
  Verifier verifier(std::move(keys), config.demands, signatures_);
  const bool tells_more = !config.identity_headers.empty() || !config.payload_header.empty() ||
                          config.cache_seconds > 0;
  const uint32_t token_work = signature_work(verifier.keys());
  const KeyKind key_kind = KeyKind::of(verifier.keys());
  return std::make_shared<ServedPolicy>(
      ServedPolicy{.config = std::move(config),
                   .verifier = std::move(verifier),
                   .answers = answers,
                   .tells_more_when_allowed = tells_more,
                   .introspection_secret = std::move(introspection_secret),
                   .token_work = token_work,
                   .remembers_signatures = signatures_ != nullptr,
                   .key_kind = key_kind});
}

void PolicySet::insert(std::shared_ptr<ServedPolicy> policy) {
  policies_.push_back(std::move(policy));
  router_.add(policies_.back()->config.name, static_cast<uint32_t>(policies_.size() - 1));
}

// Those that another set has published already count where they should, and may not be written to.
void PolicySet::count_in(Metrics& metrics) {
  for (const auto& policy : policies_) {
    if (policy->metrics == nullptr) policy->metrics = &metrics.policy(policy->config.name);
  }
}

size_t PolicySet::num_keys() const noexcept {
  size_t sum = 0;
  for (const auto& policy : policies_) sum += policy->verifier.keys().num_keys();
  return sum;
}

std::vector<std::string> PolicySet::without_keys() const {
  std::vector<std::string> names;
  for (const auto& policy : policies_) {
    if (policy->verifier.keys().num_keys() == 0) names.push_back(policy->config.name);
  }
  return names;
}

}  // namespace simdjwt::serve
