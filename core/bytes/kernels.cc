// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "bytes/kernels.h"

#include <simdjson.h>
#include <simdjwt/cpu.h>

#include <atomic>
#include <vector>

namespace simdjwt {
namespace bytes {
namespace {

constexpr std::string_view kJsonFamily = "json/";

// The kernel forced in each family; null where the fastest is to be used.
struct Forced {
  std::atomic<const Base64urlKernel*> base64url{nullptr};
  std::atomic<const Sha2Kernel<Sha256>*> sha256{nullptr};
  std::atomic<const Sha2Kernel<Sha512>*> sha512{nullptr};
  std::atomic<const simdjson::implementation*> json{nullptr};
};
constinit Forced forced;

template <class Kernel>
const Kernel* choose(const std::atomic<const Kernel*>& choice,
                     std::span<const Kernel* const> available) {
  const Kernel* kernel = choice.load(std::memory_order_relaxed);
  return kernel != nullptr ? kernel : available.back();
}

// Forces the kernel of this name, if it is one of `available`.
template <class Kernel>
bool force(std::atomic<const Kernel*>& choice, std::span<const Kernel* const> available,
           std::string_view name) {
  for (const Kernel* kernel : available) {
    if (kernel->name != name) continue;
    choice.store(kernel, std::memory_order_relaxed);
    return true;
  }
  return false;
}

std::vector<const simdjson::implementation*> available_json_kernels() {
  std::vector<const simdjson::implementation*> available;
  for (const simdjson::implementation* kernel : simdjson::get_available_implementations()) {
    if (kernel->supported_by_runtime_system()) available.push_back(kernel);
  }
  return available;
}

bool force_json(std::string_view name) {
  if (!name.starts_with(kJsonFamily)) return false;
  for (const simdjson::implementation* kernel : available_json_kernels()) {
    if (kernel->name() != name.substr(kJsonFamily.size())) continue;
    forced.json.store(kernel, std::memory_order_relaxed);
    return true;
  }
  return false;
}

void append_name(std::string& names, std::string_view family, std::string_view name) {
  if (!names.empty()) names += ' ';
  names += family;
  names += name;
}

}  // namespace

Kernels selected_kernels() {
  const simdjson::implementation* json = forced.json.load(std::memory_order_relaxed);
  if (json == nullptr) json = simdjson::get_available_implementations().detect_best_supported();
  return {choose(forced.base64url, available_base64url_kernels()),
          choose(forced.sha256, available_sha256_kernels()),
          choose(forced.sha512, available_sha512_kernels()), json};
}

}  // namespace bytes

std::string active_kernels() {
  const bytes::Kernels kernels = bytes::selected_kernels();
  std::string names;
  bytes::append_name(names, "", kernels.base64url->name);
  bytes::append_name(names, "", kernels.sha256->name);
  bytes::append_name(names, "", kernels.sha512->name);
  bytes::append_name(names, bytes::kJsonFamily, kernels.json->name());
  return names;
}

std::string available_kernels() {
  std::string names;
  for (const auto* kernel : bytes::available_base64url_kernels()) {
    bytes::append_name(names, "", kernel->name);
  }
  for (const auto* kernel : bytes::available_sha256_kernels()) {
    bytes::append_name(names, "", kernel->name);
  }
  for (const auto* kernel : bytes::available_sha512_kernels()) {
    bytes::append_name(names, "", kernel->name);
  }
  for (const auto* kernel : bytes::available_json_kernels()) {
    bytes::append_name(names, bytes::kJsonFamily, kernel->name());
  }
  return names;
}

bool force_kernel(std::string_view name) {
  using namespace bytes;
  return force(forced.base64url, available_base64url_kernels(), name) ||
         force(forced.sha256, available_sha256_kernels(), name) ||
         force(forced.sha512, available_sha512_kernels(), name) || force_json(name);
}

}  // namespace simdjwt
