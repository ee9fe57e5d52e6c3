// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/policy_set.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "registry/usage_book.h"
#include "serve/secret_files.h"
#include "serve/signature_work.h"

namespace simdjwt::serve {
namespace {

static_assert(kNumOutcomes <= registry::kOutcomesMax);
static_assert(static_cast<uint8_t>(Outcome::kAllowed) == registry::kOutcomeAccepted);

// The keys of one file or source, and what will be known of them.
struct LoadedKeys {
  KeySet keys;
  ServedKeys served;
};

ServedKeys serve_keys(const KeySet& keys) {
  return {keys.num_keys(), signature_work(keys), KeyKind::of(keys)};
}

LoadedKeys loaded(jwks::RemoteKeys remote) {
  ServedKeys served = serve_keys(remote.keys);
  served.generation = remote.generation;
  served.refetch = std::move(remote.signal);
  return {std::move(remote.keys), std::move(served)};
}

absl::StatusOr<LoadedKeys> load(const KeyConfig& config, const std::vector<Algorithm>& algorithms,
                                jwks::KeySources& sources, std::vector<std::string>& warnings) {
  if (config.source) return loaded(sources.of(*config.source));
  absl::StatusOr<KeySet> keys = load_keys(config.file, algorithms, warnings);
  if (!keys.ok()) return keys.status();
  return LoadedKeys{*keys, serve_keys(*keys)};
}

// Of a token by any of them.
uint32_t most_work(const std::vector<ServedKeys>& keys) {
  uint32_t most = 0;
  for (const ServedKeys& of : keys) most = std::max(most, of.token_work);
  return most;
}

KeyKind common_kind(const std::vector<ServedKeys>& keys) {
  const KeyKind first = keys.front().key_kind;
  const auto differs = [first](const ServedKeys& of) { return of.key_kind.index != first.index; };
  return std::any_of(keys.begin(), keys.end(), differs) ? KeyKind() : first;
}

// Has the lists of `from` followed, by these keys of it unless others sign them.
absl::Status follow(const KeyConfig& from, LoadedKeys& of_tokens, jwks::KeySources& sources,
                    status::ListSources& lists, std::vector<std::string>& warnings) {
  const std::optional<status::ListsConfig> config = from.lists();
  if (!config) return absl::OkStatus();
  if (from.status_source) {
    jwks::RemoteKeys remote = sources.of(*from.status_source);
    of_tokens.served.lists_keys_generation = remote.generation;
    lists.verify_by(*config, std::move(remote.keys), std::move(remote.signal));
  } else if (!from.status_file.empty()) {
    absl::StatusOr<KeySet> keys = load_keys(from.status_file, {}, warnings);
    if (!keys.ok()) return keys.status();
    lists.verify_by(*config, *std::move(keys), nullptr);
  } else {
    lists.verify_by(*config, of_tokens.keys, of_tokens.served.refetch);
  }
  return absl::OkStatus();
}

// Null if no tokens of the policy have lists. Notes which ones the gate knows.
std::shared_ptr<const status::StatusGate> make_gate(const PolicyConfig& config,
                                                    std::vector<ServedKeys>& keys,
                                                    const status::ListSources& lists) {
  std::vector<status::KnownLists> known;
  for (size_t i = 0; i < keys.size(); ++i) {
    const KeyConfig& from = config.all_keys()[i];
    const std::optional<status::ListsConfig> of = from.lists();
    if (!of) continue;
    status::ListSources::Known now = lists.of(*of);
    keys[i].lists_generation = now.generation;
    // Where there is but one, the policy sees to the issuer.
    if (!config.issuers.empty()) now.lists.issuer = from.issuer;
    known.push_back(std::move(now.lists));
  }
  if (known.empty()) return nullptr;
  return std::make_shared<const status::StatusGate>(std::move(known));
}

// With the keys of `verifier`.
Verifier with_gate(const PolicyConfig& config, const Verifier& verifier,
                   std::shared_ptr<const status::StatusGate> gate,
                   const std::shared_ptr<SignatureCache>& signatures) {
  const RevocationCheck check{.gate = std::move(gate)};
  if (verifier.issuers()) return Verifier(*verifier.issuers(), config.demands, signatures, check);
  return Verifier(verifier.keys(), config.demands, signatures, check);
}

// By the keys of `verifier`, but that those of the policy's key config `index` are these.
Verifier with_keys(const PolicyConfig& config, const Verifier& verifier, size_t index, KeySet keys,
                   const std::shared_ptr<SignatureCache>& signatures) {
  if (config.issuers.empty()) return Verifier(std::move(keys), config.demands, signatures);
  return Verifier(verifier.issuers()->with(config.issuers[index].issuer, std::move(keys)),
                  config.demands, signatures);
}

// Those of the policy's key config `index` are others now. Leaves the verifier without its gate.
void take_keys(ServedPolicy& policy, size_t index, LoadedKeys keys, status::ListSources& lists,
               const std::shared_ptr<SignatureCache>& signatures) {
  const KeyConfig& from = policy.config.all_keys()[index];
  if (from.signs_lists()) lists.verify_by(*from.lists(), keys.keys, keys.served.refetch);
  keys.served.lists_generation = policy.keys[index].lists_generation;
  keys.served.lists_keys_generation = policy.keys[index].lists_keys_generation;
  policy.keys[index] = std::move(keys.served);
  policy.verifier =
      with_keys(policy.config, policy.verifier, index, std::move(keys.keys), signatures);
}

}  // namespace

void ServedPolicy::refetch(std::string_view issuer) const noexcept {
  size_t index = 0;
  if (!config.issuers.empty()) {
    const auto found = std::lower_bound(
        config.issuers.begin(), config.issuers.end(), issuer,
        [](const KeyConfig& of, std::string_view name) { return of.issuer < name; });
    if (found == config.issuers.end() || found->issuer != issuer) return;
    index = static_cast<size_t>(found - config.issuers.begin());
  }
  if (keys[index].refetch != nullptr) keys[index].refetch->raise();
}

absl::StatusOr<PolicySet> PolicySet::load(const std::vector<PolicyConfig>& configs,
                                          jwks::KeySources& sources, status::ListSources& lists,
                                          std::shared_ptr<SignatureCache> signatures,
                                          std::vector<std::string>& warnings) {
  PolicySet set(std::move(signatures));
  for (const PolicyConfig& config : configs) {
    absl::StatusOr<std::string> secret =
        load_introspection_secret(config.introspection_secret_file, warnings);
    if (!secret.ok()) return secret.status();
    std::vector<ServedKeys> served;
    std::vector<std::pair<std::string, KeySet>> by_issuer;
    for (const KeyConfig& from : config.all_keys()) {
      absl::StatusOr<LoadedKeys> keys = serve::load(from, config.algorithms, sources, warnings);
      if (!keys.ok()) return keys.status();
      if (absl::Status s = follow(from, *keys, sources, lists, warnings); !s.ok()) return s;
      by_issuer.emplace_back(from.issuer, std::move(keys->keys));
      served.push_back(std::move(keys->served));
    }
    Verifier verifier =
        config.issuers.empty()
            ? Verifier(std::move(by_issuer.front().second), config.demands, set.signatures_)
            : Verifier(IssuerKeys::of(std::move(by_issuer)), config.demands, set.signatures_);
    const auto gate = make_gate(config, served, lists);
    if (gate != nullptr) verifier = with_gate(config, verifier, gate, set.signatures_);
    const auto policy =
        set.make(config, std::move(verifier), std::move(served), *std::move(secret));
    policy->status = gate;
    set.insert(policy);
  }
  return set;
}

PolicySet PolicySet::renewed(jwks::KeySources& sources, status::ListSources& lists) const {
  PolicySet set(signatures_);
  set.answers_ = answers_;
  for (const std::shared_ptr<ServedPolicy>& policy : policies_) {
    set.insert(renewed(policy, sources, lists));
  }
  return set;
}

std::shared_ptr<ServedPolicy> PolicySet::renewed(const std::shared_ptr<ServedPolicy>& before,
                                                 jwks::KeySources& sources,
                                                 status::ListSources& lists) const {
  std::shared_ptr<ServedPolicy> policy = before;
  const auto own = [&]() -> ServedPolicy& {
    if (policy == before) policy = std::make_shared<ServedPolicy>(*before);
    return *policy;
  };
  bool has_other_lists = false;
  for (size_t i = 0; i < before->keys.size(); ++i) {
    const KeyConfig& from = before->config.all_keys()[i];
    const ServedKeys& served = before->keys[i];
    if (from.source) {
      jwks::RemoteKeys remote = sources.of(*from.source);
      if (remote.generation != served.generation) {
        take_keys(own(), i, loaded(std::move(remote)), lists, signatures_);
      }
    }
    if (from.status_source) {
      jwks::RemoteKeys remote = sources.of(*from.status_source);
      if (remote.generation != served.lists_keys_generation) {
        own().keys[i].lists_keys_generation = remote.generation;
        lists.verify_by(*from.lists(), std::move(remote.keys), std::move(remote.signal));
      }
    }
    if (const std::optional<status::ListsConfig> of = from.lists()) {
      has_other_lists |= lists.of(*of).generation != served.lists_generation;
    }
  }
  if (has_other_lists) own().status = make_gate(policy->config, policy->keys, lists);
  if (policy == before) return policy;
  if (policy->status != nullptr) {
    policy->verifier = with_gate(policy->config, policy->verifier, policy->status, signatures_);
  }
  policy->token_work = most_work(policy->keys);
  policy->key_kind = common_kind(policy->keys);
  return policy;
}

void PolicySet::add(PolicyConfig config, KeySet keys, std::string introspection_secret) {
  std::vector<ServedKeys> served = {serve_keys(keys)};
  Verifier verifier(std::move(keys), config.demands, signatures_);
  insert(make(std::move(config), std::move(verifier), std::move(served),
              std::move(introspection_secret)));
}

PolicySet PolicySet::with_servers(const std::vector<registry::CheckedServer>& servers,
                                  const PolicyConfig& conduct, registry::UsageBook& usage,
                                  std::vector<std::string>& clashes) const {
  PolicySet set(signatures_);
  set.answers_ = answers_;
  for (const std::shared_ptr<ServedPolicy>& policy : policies_) {
    if (!policy->is_server) set.insert(policy);
  }
  for (const registry::CheckedServer& server : servers) {
    if (set.router_.has(server.name)) {
      clashes.push_back(server.name);
      continue;
    }
    PolicyConfig config = conduct;
    config.name = server.name;
    ChallengeConfig& challenge = config.challenge;
    if (!challenge.resources_at.empty() && !server.url.empty()) {
      challenge.resource_metadata = challenge.resources_at + server.name;
    }
    const auto policy =
        set.make(std::move(config), server.verifier, {serve_keys(server.verifier.keys())}, {});
    policy->is_server = true;
    policy->is_open = !server.authenticates;
    policy->usage = &usage.meter(server.id);
    set.insert(policy);
  }
  return set;
}

std::shared_ptr<ServedPolicy> PolicySet::make(PolicyConfig config, Verifier verifier,
                                              std::vector<ServedKeys> keys,
                                              std::string introspection_secret) {
  std::shared_ptr<const Answers>& answers = answers_[Answers::key_of(config)];
  if (answers == nullptr) answers = std::make_shared<const Answers>(config);
  const bool tells_more = !config.identity_headers.empty() || !config.payload_header.empty() ||
                          config.cache_seconds > 0;
  const uint32_t token_work = most_work(keys);
  const KeyKind key_kind = common_kind(keys);
  return std::make_shared<ServedPolicy>(
      ServedPolicy{.config = std::move(config),
                   .verifier = std::move(verifier),
                   .answers = answers,
                   .tells_more_when_allowed = tells_more,
                   .introspection_secret = std::move(introspection_secret),
                   .keys = std::move(keys),
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
  metrics.set_file_keys(file_keys());
}

std::vector<FileKeys> PolicySet::file_keys() const {
  std::map<std::string, size_t> files;
  for (const auto& policy : policies_) {
    size_t i = 0;
    for (const KeyConfig& from : policy->config.all_keys()) {
      const size_t num_keys = policy->keys[i++].num_keys;
      if (from.file.empty()) continue;
      size_t& most = files[from.file];
      most = std::max(most, num_keys);
    }
  }
  std::vector<FileKeys> keys;
  for (const auto& [path, num_keys] : files) keys.push_back({path, num_keys});
  return keys;
}

size_t PolicySet::num_keys() const noexcept {
  size_t sum = 0;
  for (const auto& policy : policies_) {
    for (const ServedKeys& keys : policy->keys) sum += keys.num_keys;
  }
  return sum;
}

std::vector<std::string> PolicySet::without_keys() const {
  std::vector<std::string> names;
  for (const auto& policy : policies_) {
    const std::vector<ServedKeys>& keys = policy->keys;
    const auto is_empty = [](const ServedKeys& of) { return of.num_keys == 0; };
    // A server whose account has no token yet has no key, either, and lacks nothing.
    if (policy->is_server) continue;
    if (std::all_of(keys.begin(), keys.end(), is_empty)) names.push_back(policy->config.name);
  }
  return names;
}

std::vector<std::string> PolicySet::without_lists() const {
  std::vector<std::string> names;
  for (const auto& policy : policies_) {
    if (policy->status != nullptr && policy->status->lacks_lists()) {
      names.push_back(policy->config.name);
    }
  }
  return names;
}

}  // namespace simdjwt::serve
