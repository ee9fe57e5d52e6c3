// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Follower: what checks need of a registry, in memory, kept as the store has it.

#ifndef SIMDJWT_IO_REGISTRY_FOLLOWER_H_
#define SIMDJWT_IO_REGISTRY_FOLLOWER_H_

#include <absl/status/statusor.h>
#include <simdjwt/signature_cache.h>
#include <simdjwt/verifier.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "registry/revocation_counts.h"
#include "registry/store.h"

namespace simdjwt::registry {

// A server as it is checked now. What it says of tokens, associations and revocations changes with
// the follower; its keys and whether it asks for tokens at all do not. Results of the verifier have
// the index of the account's token, if it is one, for its number.
struct CheckedServer {
  ServerId id;
  std::string name;
  std::string url;  // under which its clients know it; empty if nobody said
  bool authenticates;
  Verifier verifier;
};

// Used by one thread; the verifiers it has made, by any.
class Follower {
 public:
  // Reads all of the registry at `path`, which may take seconds. Its verifiers use `signatures`, if
  // given.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Follower>> open(
      const std::string& path, int64_t now, std::shared_ptr<SignatureCache> signatures = nullptr);
  ~Follower();

  // Takes in what has changed since. True if servers() has: until these are in use, the ones before
  // are checked by keys that may have been replaced, while tokens that were issued, revoked,
  // associated or dissociated are known to both at once. Reads one row if nothing has changed.
  [[nodiscard]] absl::StatusOr<bool> follow(int64_t now);

  // In the order in which they were made.
  [[nodiscard]] std::vector<CheckedServer> servers() const;

  [[nodiscard]] RevocationCounts revocations() const;

  // Of the registry, that was taken in last: grows with each change.
  [[nodiscard]] int64_t version() const noexcept { return version_; }
  // How many tokens have been issued; their indexes are less.
  [[nodiscard]] uint64_t num_tokens() const noexcept;
  [[nodiscard]] bool is_revoked(TokenIndex index) const noexcept;

 private:
  class Image;

  Follower(Store store, std::shared_ptr<SignatureCache> signatures);
  absl::Status read_all(int64_t now);
  absl::Status read_changes(int64_t now);

  Store store_;
  const std::shared_ptr<SignatureCache> signatures_;  // or null
  int64_t version_ = 0;
  std::unique_ptr<Image> image_;
  RevocationCounts counts_;  // what was taken in by changes
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_FOLLOWER_H_
