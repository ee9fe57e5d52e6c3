// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/server.h"

#include <utility>

namespace simdjwt::serve {

absl::StatusOr<std::unique_ptr<Server>> Server::create(const ServerOptions& options,
                                                       Verifier verifier) {
  absl::StatusOr<net::ListenerGroup> listeners =
      net::ListenerGroup::listen(options.address, options.num_threads);
  if (!listeners.ok()) return listeners.status();

  std::unique_ptr<Server> server(new Server(std::move(verifier), options.num_threads));
  server->address_ = listeners->address();
  for (net::UniqueFd& listener : listeners->sockets()) {
    Worker worker;
    worker.service = std::make_unique<CheckService>(server->verifier_, options.challenge,
                                                    options.reactor.num_connections_max);
    std::vector<net::ReactorListener> sockets;
    sockets.push_back({.socket = std::move(listener)});
    absl::StatusOr<std::unique_ptr<net::Reactor>> reactor =
        net::Reactor::create(options.io, std::move(sockets), *worker.service, options.reactor);
    if (!reactor.ok()) return reactor.status();
    worker.reactor = *std::move(reactor);
    server->workers_.push_back(std::move(worker));
  }
  return server;
}

void Server::start(std::function<void()> failed) {
  for (Worker& worker : workers_) {
    worker.thread = std::thread([&worker, failed] {
      worker.status = worker.reactor->run();
      if (!worker.status.ok()) failed();
    });
  }
}

absl::Status Server::stop() {
  absl::Status status;
  for (Worker& worker : workers_) worker.reactor->stop();
  for (Worker& worker : workers_) {
    worker.thread.join();
    status.Update(worker.status);
  }
  return status;
}

net::ReactorCounters Server::reactor_counters() const noexcept {
  net::ReactorCounters sum;
  for (const Worker& worker : workers_) sum += worker.reactor->counters();
  return sum;
}

CheckCounters Server::check_counters() const noexcept {
  CheckCounters sum;
  for (const Worker& worker : workers_) {
    const CheckCounters& counters = worker.service->counters();
    sum.requests += counters.requests;
    sum.tokens_accepted += counters.tokens_accepted;
    sum.tokens_rejected += counters.tokens_rejected;
    sum.requests_refused += counters.requests_refused;
    sum.batches += counters.batches;
  }
  return sum;
}

}  // namespace simdjwt::serve
