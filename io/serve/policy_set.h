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
#include <vector>

#include "serve/answers.h"
#include "serve/metrics.h"
#include "serve/policy_config.h"
#include "serve/router.h"
#include "simdjwt/verifier.h"

namespace simdjwt::serve {

// What stands behind one name.
struct ServedPolicy {
  PolicyConfig config;
  Verifier verifier;
  std::shared_ptr<const Answers> answers;
  // Whether an answer that allows has lines of its own: identity headers, a cache hint.
  bool tells_more_when_allowed;
  std::string introspection_secret;  // empty: nobody may introspect
  PolicyMetrics* metrics = nullptr;
};

// Immutable once it is published; any number of threads may use it.
class PolicySet {
 public:
  // Reads the keys of each. Errors and warnings are sentences that name the file: see load_keys().
  [[nodiscard]] static absl::StatusOr<PolicySet> load(const std::vector<PolicyConfig>& configs,
                                                      std::vector<std::string>& warnings);

  // One more policy, with secrets at hand. No other has its name.
  void add(PolicyConfig config, KeySet keys, std::string introspection_secret = {});

  // From now on, what happens under each policy counts under its name. Before it is published.
  void count_in(Metrics& metrics);

  [[nodiscard]] Route route(std::string_view path) const noexcept { return router_.route(path); }
  [[nodiscard]] const ServedPolicy& operator[](uint32_t index) const noexcept {
    return *policies_[index];
  }
  [[nodiscard]] size_t size() const noexcept { return policies_.size(); }
  [[nodiscard]] size_t num_keys() const noexcept;

 private:
  std::vector<std::unique_ptr<ServedPolicy>> policies_;  // the router has views of their names
  Router router_;
  absl::flat_hash_map<std::string, std::shared_ptr<const Answers>> answers_;  // by Answers::key_of
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_POLICY_SET_H_
