// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/metrics.h"

#include <utility>

namespace simdjwt::serve {

KeyKind KeyKind::of(const KeySet& keys) noexcept {
  if (keys.num_keys() == 0) return {};
  const Algorithm first = keys.key(0).algorithm();
  for (size_t i = 1; i < keys.num_keys(); ++i) {
    if (keys.key(i).algorithm() != first) return {};
  }
  return {static_cast<size_t>(first)};
}

std::string_view to_string(KeyKind kind) noexcept {
  if (kind.index >= KeyKind::kMixed) return "mixed";
  return to_string(static_cast<Algorithm>(kind.index));
}

Metrics::Metrics(size_t num_reactors, size_t num_listeners)
    : num_listeners_(num_listeners), last_reload_ok_unix_seconds_(time(nullptr)) {
  for (size_t i = 0; i < num_reactors; ++i) {
    reactors_.push_back(std::make_unique<ReactorMetrics>(num_listeners));
  }
}

PolicyMetrics& Metrics::policy(std::string_view name) {
  const std::lock_guard lock(policies_mutex_);
  const auto found = policies_.find(name);
  if (found != policies_.end()) return found->second;
  const std::string_view label = policies_.size() < kPoliciesMax ? name : kOtherPolicies;
  return policies_.try_emplace(std::string(label), num_reactors()).first->second;
}

void Metrics::for_each_policy(
    const std::function<void(const std::string& name, const PolicyMetrics&)>& visit) const {
  const std::lock_guard lock(policies_mutex_);
  for (const auto& [name, metrics] : policies_) visit(name, metrics);
}

void Metrics::set_file_keys(std::vector<FileKeys> keys) {
  const std::lock_guard lock(policies_mutex_);
  file_keys_ = std::move(keys);
}

std::vector<FileKeys> Metrics::file_keys() const {
  const std::lock_guard lock(policies_mutex_);
  return file_keys_;
}

void Metrics::count_reload(bool is_ok, int64_t unix_seconds) noexcept {
  (is_ok ? reloads_ok_ : reloads_failed_).fetch_add(1, std::memory_order_relaxed);
  is_last_reload_ok_.store(is_ok, std::memory_order_relaxed);
  if (is_ok) last_reload_ok_unix_seconds_.store(unix_seconds, std::memory_order_relaxed);
}

Metrics::Reloads Metrics::reloads() const noexcept {
  return {.num_ok = reloads_ok_.load(std::memory_order_relaxed),
          .num_failed = reloads_failed_.load(std::memory_order_relaxed),
          .is_last_ok = is_last_reload_ok_.load(std::memory_order_relaxed),
          .last_ok_unix_seconds = last_reload_ok_unix_seconds_.load(std::memory_order_relaxed)};
}

}  // namespace simdjwt::serve
