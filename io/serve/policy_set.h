// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// PolicySet: all policies that are served, by name; replaced as a whole when they are reloaded.

#ifndef SIMDJWT_IO_SERVE_POLICY_SET_H_
#define SIMDJWT_IO_SERVE_POLICY_SET_H_

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jwks/key_sources.h"
#include "registry/follower.h"
#include "registry/usage_meter.h"
#include "serve/answers.h"
#include "serve/metrics.h"
#include "serve/policy_config.h"
#include "serve/router.h"
#include "simdjwt/signature_cache.h"
#include "simdjwt/verifier.h"
#include "status/list_sources.h"
#include "status/status_gate.h"

namespace simdjwt::registry {
class UsageBook;
}  // namespace simdjwt::registry

namespace simdjwt::serve {

// What is in use of a file or a source.
struct ServedKeys {
  size_t num_keys;
  uint32_t token_work;  // signature_work() of the keys
  KeyKind key_kind;
  uint64_t generation = 0;                                 // of the source
  std::shared_ptr<jwks::RefetchSignal> refetch = nullptr;  // null: a file
  // Of the status lists of those whose keys they are, if they have some.
  uint64_t lists_generation = 0;
  uint64_t lists_keys_generation = 0;  // of the source of what they are signed by
};

// What stands behind one name.
struct ServedPolicy {
  PolicyConfig config;
  Verifier verifier;
  std::shared_ptr<const Answers> answers;
  // Whether an answer that allows has lines of its own: identity headers, a cache hint.
  bool tells_more_when_allowed;
  std::string introspection_secret;  // empty: nobody may introspect
  PolicyMetrics* metrics = nullptr;
  std::vector<ServedKeys> keys = {};                           // as in config.all_keys()
  std::shared_ptr<const status::StatusGate> status = nullptr;  // that the verifier asks, or null
  uint32_t token_work = 0;                                     // the most of theirs
  bool remembers_signatures = false;
  KeyKind key_kind = {};
  bool is_server = false;  // of the registry, named like it
  bool is_open = false;    // whoever asks passes, whatever token it has
  // Of a server, if usage is counted.
  registry::UsageMeter* usage = nullptr;

  // What it took to judge so many tokens, of which `lookups` tell, as far as one knows.
  [[nodiscard]] uint32_t work_done(size_t num_tokens, SignatureLookups lookups) const noexcept {
    return token_work * static_cast<uint32_t>(remembers_signatures ? lookups.misses : num_tokens);
  }

  // One reactor's count of what it came to. Asks for the keys that a token should have had, which
  // `result`, if it was judged, knows the issuer of.
  void count(size_t reactor, Outcome outcome, const VerifyResult* result) const noexcept {
    metrics->of(reactor).count(outcome);
    if (usage != nullptr) {
      usage->count(reactor, static_cast<uint8_t>(outcome),
                   result != nullptr ? result->token_number() : std::nullopt);
    }
    if (outcome == outcome_of(Reason::kUnknownKid) && result != nullptr) refetch(result->issuer());
  }

 private:
  // Of an issuer, where there are several: nobody's for one that is not known.
  void refetch(std::string_view issuer) const noexcept;
};

// Immutable once it is published; any number of threads may use it. Copies share their policies.
class PolicySet {
 public:
  // Its verifiers share `signatures`, if given, and so do those of sets that are made of it.
  explicit PolicySet(std::shared_ptr<SignatureCache> signatures = nullptr)
      : signatures_(std::move(signatures)) {}

  // Reads the keys of each, or takes those that their sources have now, and has `lists` follow the
  // status lists of their issuers. Errors and warnings are sentences that name the file: see
  // load_keys().
  [[nodiscard]] static absl::StatusOr<PolicySet> load(const std::vector<PolicyConfig>& configs,
                                                      jwks::KeySources& sources,
                                                      status::ListSources& lists,
                                                      std::shared_ptr<SignatureCache> signatures,
                                                      std::vector<std::string>& warnings);

  // The same policies, with the keys and status lists that their sources have now. Those for which
  // neither have changed are the very same; of many issuers' keys, those that have not changed are
  // shared.
  [[nodiscard]] PolicySet renewed(jwks::KeySources& sources, status::ListSources& lists) const;

  // One more policy, with secrets at hand, of one set of keys. No other has its name.
  void add(PolicyConfig config, KeySet keys, std::string introspection_secret = {});

  // The same policies, but for the servers among them: these are now `servers`, which are asked as
  // `conduct` says, and count in `usage`, which outlives them all. `clashes` receives the names of
  // those that a policy has, and which are left out.
  [[nodiscard]] PolicySet with_servers(const std::vector<registry::CheckedServer>& servers,
                                       const PolicyConfig& conduct, registry::UsageBook& usage,
                                       std::vector<std::string>& clashes) const;

  // From now on, what happens under each policy counts under its name, and its files are those
  // whose keys are told of. Before it is published.
  void count_in(Metrics& metrics);

  [[nodiscard]] Route route(std::string_view path) const noexcept { return router_.route(path); }
  [[nodiscard]] const ServedPolicy& operator[](uint32_t index) const noexcept {
    return *policies_[index];
  }
  [[nodiscard]] size_t size() const noexcept { return policies_.size(); }
  [[nodiscard]] size_t num_keys() const noexcept;
  // The names of policies that judge nothing, for no set of keys was ever fetched, of any issuer.
  [[nodiscard]] std::vector<std::string> without_keys() const;
  // The names of policies some of whose configured status lists were never fetched.
  [[nodiscard]] std::vector<std::string> without_lists() const;

 private:
  // Of each file once: as many keys as the policy has that uses most of them.
  [[nodiscard]] std::vector<FileKeys> file_keys() const;
  void insert(std::shared_ptr<ServedPolicy> policy);
  [[nodiscard]] std::shared_ptr<ServedPolicy> renewed(const std::shared_ptr<ServedPolicy>& before,
                                                      jwks::KeySources& sources,
                                                      status::ListSources& lists) const;
  [[nodiscard]] std::shared_ptr<ServedPolicy> make(PolicyConfig config, Verifier verifier,
                                                   std::vector<ServedKeys> keys,
                                                   std::string introspection_secret);

  std::shared_ptr<SignatureCache> signatures_;           // or null
  std::vector<std::shared_ptr<ServedPolicy>> policies_;  // the router has views of their names
  Router router_;
  absl::flat_hash_map<std::string, std::shared_ptr<const Answers>> answers_;  // by Answers::key_of
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_POLICY_SET_H_
