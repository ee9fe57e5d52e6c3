// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/wires.h"

#include <algorithm>
#include <utility>

namespace simdjwt::serve {

absl::StatusOr<TlsContexts> load_tls(const std::vector<ListenConfig>& listeners,
                                     std::vector<std::string>& warnings) {
  TlsContexts contexts(listeners.size());
  for (size_t i = 0; i < listeners.size(); ++i) {
    if (!listeners[i].tls) continue;
    absl::StatusOr<net::TlsContext> context = net::TlsContext::load(*listeners[i].tls, warnings);
    if (!context.ok()) return context.status();
    contexts[i] = *std::move(context);
  }
  return contexts;
}

Wires::Wires(const std::vector<ListenConfig>& listeners, TlsContexts contexts)
    : listeners_(listeners.size()) {
  for (size_t i = 0; i < listeners.size(); ++i) {
    Listener& listener = listeners_[i];
    if (contexts[i]) listener.tls = std::make_unique<net::TlsFactory>(*std::move(contexts[i]));
    if (const std::vector<net::PeerRange>& proxies = listeners[i].proxy_protocol_from;
        !proxies.empty()) {
      listener.proxy = std::make_unique<net::ProxyFactory>(proxies, listener.tls.get());
    }
  }
}

const net::WireFactory* Wires::factory(size_t listener) const noexcept {
  if (const net::ProxyFactory* factory = proxy(listener); factory != nullptr) return factory;
  return tls(listener);
}

const net::TlsFactory* Wires::tls(size_t listener) const noexcept {
  return listeners_[listener].tls.get();
}

const net::ProxyFactory* Wires::proxy(size_t listener) const noexcept {
  return listeners_[listener].proxy.get();
}

void Wires::replace_tls(TlsContexts contexts) {
  for (size_t i = 0; i < std::min(contexts.size(), listeners_.size()); ++i) {
    if (contexts[i] && listeners_[i].tls) listeners_[i].tls->replace(*std::move(contexts[i]));
  }
}

}  // namespace simdjwt::serve
