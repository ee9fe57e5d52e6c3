// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/admin_server.h"

#include <utility>
#include <vector>

namespace simdjwt::serve {
namespace {

// A scraper, a few probes, and somebody who looks.
constexpr uint32_t kConnectionsMax = 64;

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::create(
    const AdminConfig& config, net::IoMode io, const Readiness& readiness,
    std::function<std::string()> metrics) {
  absl::StatusOr<net::ListenerGroup> listeners = net::ListenerGroup::listen(config.socket, 1);
  if (!listeners.ok()) return listeners.status();
  std::unique_ptr<AdminServer> server(new AdminServer(*std::move(listeners)));
  server->service_ = std::make_unique<AdminService>(readiness, std::move(metrics), kConnectionsMax);
  std::vector<net::ReactorListener> sockets;
  for (net::UniqueFd& socket : server->listeners_.sockets(0)) {
    sockets.push_back({.socket = std::move(socket), .is_shared = server->listeners_.is_shared()});
  }
  absl::StatusOr<std::unique_ptr<net::Reactor>> reactor =
      net::Reactor::create(io, std::move(sockets), *server->service_,
                           {.num_connections_max = kConnectionsMax,
                            .num_buffers = 16,
                            .num_submissions = 64,
                            .num_completions = 256});
  if (!reactor.ok()) return reactor.status();
  server->reactor_ = *std::move(reactor);
  return server;
}

AdminServer::~AdminServer() { (void)stop(); }

void AdminServer::start(std::function<void()> failed) {
  thread_ = std::thread([this, failed = std::move(failed)] {
    status_ = reactor_->run();
    if (!status_.ok()) failed();
  });
}

absl::Status AdminServer::stop() {
  if (thread_.joinable()) {
    listeners_.remove_file();
    reactor_->stop();
    thread_.join();
  }
  return status_;
}

}  // namespace simdjwt::serve
