// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// TLS 1.2 and 1.3 (RFC 5246, RFC 8446) through libssl, as a wire.

#ifndef SIMDJWT_IO_NET_TLS_H_
#define SIMDJWT_IO_NET_TLS_H_

#include <absl/status/statusor.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "net/wire.h"

struct ssl_ctx_st;  // libssl's SSL_CTX, without all of its headers

namespace simdjwt::net {

// All in PEM form.
struct TlsOptions {
  std::string certificate_file;     // the server's own first, then those that lead to its root
  std::string key_file;             // without a passphrase
  std::string client_ca_file = {};  // empty: clients are not asked for certificates
  bool client_required = true;      // or may show none, but no bad one
};

// What handshakes are done with, immutable. Sessions resume by tickets, whose keys live and die
// with it: after a reload every client is authenticated anew.
class TlsContext {
 public:
  // Errors are "FILE: cause". `warnings` receives a line for what is legal but looks like a
  // mistake: a key that everybody may read, a certificate that is not valid today.
  [[nodiscard]] static absl::StatusOr<TlsContext> load(const TlsOptions& options,
                                                       std::vector<std::string>& warnings);

  [[nodiscard]] ssl_ctx_st* get() const noexcept { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  TlsContext() = default;
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

// A connection keeps the context it began with, so that replacing it drops nobody. Idle connections
// hold no record buffers.
class TlsFactory final : public WireFactory {
 public:
  explicit TlsFactory(TlsContext context) : context_(std::move(context)) {}

  // For the handshakes to come. Thread-safe.
  void replace(TlsContext context);

  [[nodiscard]] std::unique_ptr<Wire> make() const override;

 private:
  // Held while libssl makes the state of a connection: microseconds, and milliseconds of handshake
  // follow.
  mutable std::mutex mutex_;
  TlsContext context_;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_TLS_H_
