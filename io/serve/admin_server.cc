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
  absl::StatusOr<net::ListenerGroup> listeners =
      net::ListenerGroup::listen(config.socket.address, 1);
  if (!listeners.ok()) return listeners.status();
  std::unique_ptr<AdminServer> server(new AdminServer());
  server->address_ = listeners->address();
  server->service_ = std::make_unique<AdminService>(readiness, std::move(metrics), kConnectionsMax);
  std::vector<net::ReactorListener> sockets;
  sockets.push_back({.socket = std::move(listeners->sockets().front())});
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
    reactor_->stop();
    thread_.join();
  }
  return status_;
}

}  // namespace simdjwt::serve
