// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/node.h"

namespace simdjwt::registry {

absl::StatusOr<std::unique_ptr<Node>> Node::open(const std::string& path, int64_t now,
                                                 Publish publish,
                                                 std::shared_ptr<SignatureCache> signatures) {
  absl::StatusOr<Store> store = Store::open(path);
  if (!store.ok()) return store.status();
  if (absl::Status s = store->check_integrity(); !s.ok()) return s;
  absl::StatusOr<std::unique_ptr<Follower>> follower =
      Follower::open(path, now, std::move(signatures));
  if (!follower.ok()) return follower.status();
  return std::unique_ptr<Node>(
      new Node(*std::move(store), *std::move(follower), std::move(publish)));
}

std::vector<CheckedServer> Node::servers() const {
  const std::lock_guard lock(follow_mutex_);
  return follower_->servers();
}

RevocationCounts Node::revocations() const {
  const std::lock_guard lock(follow_mutex_);
  return follower_->revocations();
}

absl::Status Node::follow(int64_t now) {
  const std::lock_guard lock(follow_mutex_);
  return take_in(now);
}

absl::Status Node::read(int64_t now, absl::FunctionRef<absl::Status(const Follower&)> body) {
  const std::lock_guard lock(follow_mutex_);
  absl::Status followed = take_in(now);
  return followed.ok() ? body(*follower_) : followed;
}

absl::Status Node::take_in(int64_t now) {
  const absl::StatusOr<bool> has_new_servers = follower_->follow(now);
  if (has_new_servers.ok() && *has_new_servers) publish_(follower_->servers());
  return has_new_servers.status();
}

Node::Changed Node::change(int64_t now, absl::FunctionRef<void(Store&)> body) {
  Changed changed;
  changed.made = use([&](Store& store) { return store.change_together([&] { body(store); }); });
  if (changed.made.ok()) changed.in_use = follow(now);
  return changed;
}

absl::Status Node::use(absl::FunctionRef<absl::Status(Store&)> body) {
  const std::lock_guard lock(store_mutex_);
  return body(store_);
}

}  // namespace simdjwt::registry
