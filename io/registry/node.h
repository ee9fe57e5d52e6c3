// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Node: a registry in a process that checks its tokens and also changes it.

#ifndef SIMDJWT_IO_REGISTRY_NODE_H_
#define SIMDJWT_IO_REGISTRY_NODE_H_

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "registry/follower.h"
#include "registry/store.h"

namespace simdjwt::registry {

// Thread-safe. Changes wait for one another; checks wait for nothing here.
class Node {
 public:
  // Puts servers in use: each token that is checked when it has returned is checked by these.
  using Publish = std::function<void(std::vector<CheckedServer>)>;

  // Reads all of the registry at `path`, first for damages, which may take seconds. `publish` is
  // called by whoever follows, never by two at once; it must not call the node. Verifiers use
  // `signatures`, if given.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Node>> open(
      const std::string& path, int64_t now, Publish publish,
      std::shared_ptr<SignatureCache> signatures = nullptr);

  // As they were when last published, or when the node was opened, which publishes nothing.
  [[nodiscard]] std::vector<CheckedServer> servers() const;

  [[nodiscard]] RevocationCounts revocations() const;

  // Takes in what anybody has changed, and publishes it. An error leaves in use what was.
  [[nodiscard]] absl::Status follow(int64_t now);

  // Takes in what anybody has changed, as follow() does, and shows it to `body` as it is then.
  // Returns what `body` does, or why it was not run.
  [[nodiscard]] absl::Status read(int64_t now,
                                  absl::FunctionRef<absl::Status(const Follower&)> body);

  // Runs `body`, which may change the store, by changes that are put on the disk together: see
  // Store::change_together().
  struct Changed {
    absl::Status made;    // if not OK, nothing has changed
    absl::Status in_use;  // if not OK, what has changed may not be in use here
  };
  [[nodiscard]] Changed change(int64_t now, absl::FunctionRef<void(Store&)> body);

  // Runs `body`, which changes nothing that checks depend on.
  [[nodiscard]] absl::Status use(absl::FunctionRef<absl::Status(Store&)> body);

 private:
  // Of whoever holds follow_mutex_.
  [[nodiscard]] absl::Status take_in(int64_t now);

  Node(Store store, std::unique_ptr<Follower> follower, Publish publish)
      : store_(std::move(store)), follower_(std::move(follower)), publish_(std::move(publish)) {}

  // Two, so that whoever follows does not wait for a change that waits for another process. What a
  // change has committed is seen by the next to follow, the one who made it or another, and
  // published before that one lets go.
  std::mutex store_mutex_;
  Store store_;
  mutable std::mutex follow_mutex_;
  std::unique_ptr<Follower> follower_;
  const Publish publish_;
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_NODE_H_
