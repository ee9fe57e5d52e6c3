// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "bytes/kernels.h"

#include <simdjwt/cpu.h>

#include <atomic>

namespace simdjwt {
namespace bytes {
namespace {

// The kernels of one family, and the one that is forced; null where the fastest is to be used.
template <class Kernel>
class Family {
 public:
  using Available = std::span<const Kernel* const> (*)();

  constexpr explicit Family(Available available) : available_(available) {}

  const Kernel* selected() const {
    const Kernel* forced = forced_.load(std::memory_order_relaxed);
    return forced != nullptr ? forced : available_().back();
  }

  bool force(std::string_view name) {
    for (const Kernel* kernel : available_()) {
      if (kernel->name != name) continue;
      forced_.store(kernel, std::memory_order_relaxed);
      return true;
    }
    return false;
  }

  void append_available(std::string& names) const {
    for (const Kernel* kernel : available_()) append_name(names, kernel->name);
  }
  void append_selected(std::string& names) const { append_name(names, selected()->name); }

 private:
  static void append_name(std::string& names, std::string_view name) {
    if (!names.empty()) names += ' ';
    names += name;
  }

  Available available_;
  std::atomic<const Kernel*> forced_{nullptr};
};

constinit Family<Base64urlKernel> base64url{available_base64url_kernels};
constinit Family<Sha2Kernel<Sha256>> sha256{available_sha256_kernels};
constinit Family<Sha2Kernel<Sha512>> sha512{available_sha512_kernels};
constinit Family<JsonIndexKernel> json{available_json_kernels};
constinit Family<PolyvalKernel> polyval{available_polyval_kernels};
constinit Family<RsaKernel> rsa{available_rsa_kernels};

}  // namespace

Kernels selected_kernels() {
  return {base64url.selected(), sha256.selected(),  sha512.selected(),
          json.selected(),      polyval.selected(), rsa.selected()};
}

}  // namespace bytes

std::string active_kernels() {
  std::string names;
  bytes::base64url.append_selected(names);
  bytes::sha256.append_selected(names);
  bytes::sha512.append_selected(names);
  bytes::json.append_selected(names);
  bytes::polyval.append_selected(names);
  bytes::rsa.append_selected(names);
  return names;
}

std::string available_kernels() {
  std::string names;
  bytes::base64url.append_available(names);
  bytes::sha256.append_available(names);
  bytes::sha512.append_available(names);
  bytes::json.append_available(names);
  bytes::polyval.append_available(names);
  bytes::rsa.append_available(names);
  return names;
}

bool force_kernel(std::string_view name) {
  return bytes::base64url.force(name) || bytes::sha256.force(name) || bytes::sha512.force(name) ||
         bytes::json.force(name) || bytes::polyval.force(name) || bytes::rsa.force(name);
}

}  // namespace simdjwt
