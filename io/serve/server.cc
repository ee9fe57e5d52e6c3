// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/server.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/os_error.h"

namespace simdjwt::serve {

namespace {

PolicySet count_in(Metrics& metrics, PolicySet policies) {
  policies.count_in(metrics);
  return policies;
}

}  // namespace

Server::Server(PolicySet policies, uint32_t num_threads, size_t num_listeners)
    : metrics_(num_threads, num_listeners),
      policies_(count_in(metrics_, std::move(policies)), num_threads) {}

absl::StatusOr<std::unique_ptr<Server>> Server::create(const ServerOptions& options,
                                                       PolicySet policies,
                                                       DecisionLog* decision_log) {
  std::unique_ptr<Server> server(
      new Server(std::move(policies), options.num_threads, options.listeners.size()));
  if (absl::Status status = server->listen(options); !status.ok()) return status;
  const CheckContext context{.policies = &server->policies_,
                             .metrics = &server->metrics_,
                             .decision_log = decision_log,
                             .parser_limits = options.parser_limits,
                             .body_bytes_max = options.body_bytes_max};
  // All of one kind, as some sockets are shared.
  const bool may_choose = options.io == net::IoMode::kAuto;
  absl::Status status =
      server->make_workers(options, may_choose ? net::IoMode::kUring : options.io, context);
  if (!status.ok() && may_choose) {
    server->workers_.clear();
    server->why_not_uring_ = std::move(status);
    status = server->make_workers(options, net::IoMode::kEpoll, context);
  }
  if (!status.ok()) return status;
  for (net::ListenerGroup& listener : server->listeners_) listener.close_sockets();
  return server;
}

absl::Status Server::make_workers(const ServerOptions& options, net::IoMode io,
                                  const CheckContext& context) {
  net::ReactorOptions reactor_options = options.reactor;
  reactor_options.num_reactors = options.num_threads;
  for (uint32_t i = 0; i < options.num_threads; ++i) {
    absl::StatusOr<std::vector<net::ReactorListener>> listeners = listeners_of(options, i);
    if (!listeners.ok()) return listeners.status();
    Worker worker;
    worker.service =
        std::make_unique<CheckService>(context, i, reactor_options.num_connections_max);
    absl::StatusOr<std::unique_ptr<net::Reactor>> reactor =
        net::Reactor::create(io, *std::move(listeners), *worker.service, reactor_options);
    if (!reactor.ok()) return reactor.status();
    worker.reactor = *std::move(reactor);
    workers_.push_back(std::move(worker));
  }
  return absl::OkStatus();
}

absl::Status Server::listen(const ServerOptions& options) {
  for (const ServerListener& listener : options.listeners) {
    auto group = net::ListenerGroup::listen(listener.socket, options.num_threads);
    if (!group.ok()) return group.status();
    addresses_.insert(addresses_.end(), group->addresses().begin(), group->addresses().end());
    listeners_.push_back(*std::move(group));
  }
  if (addresses_.size() <= net::Reactor::kListenersMax) return absl::OkStatus();
  return absl::InvalidArgumentError("too many listeners");
}

absl::StatusOr<std::vector<net::ReactorListener>> Server::listeners_of(const ServerOptions& options,
                                                                       size_t reactor) {
  std::vector<net::ReactorListener> listeners;
  for (size_t i = 0; i < listeners_.size(); ++i) {
    for (const net::UniqueFd& socket : listeners_[i].sockets(reactor)) {
      net::UniqueFd copy = socket.duplicate();
      if (!copy) return net::os_error("cannot copy a socket", errno);
      listeners.push_back({.socket = std::move(copy),
                           .wire = options.listeners[i].wire,
                           .is_shared = listeners_[i].is_shared(),
                           .id = static_cast<uint8_t>(i),
                           .asks_for_peer = options.asks_for_clients});
    }
  }
  return listeners;
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
  for (net::ListenerGroup& listener : listeners_) listener.remove_file();
  for (Worker& worker : workers_) worker.reactor->stop();
  for (Worker& worker : workers_) {
    worker.thread.join();
    status.Update(worker.status);
  }
  return status;
}

uint32_t Server::num_connections_max() const noexcept {
  uint32_t fewest = UINT32_MAX;
  for (const Worker& worker : workers_) {
    fewest = std::min(fewest, worker.reactor->num_connections_max());
  }
  return fewest;
}

std::vector<const net::ReactorCounters*> Server::counters_by_reactor() const {
  std::vector<const net::ReactorCounters*> counters;
  for (const Worker& worker : workers_) counters.push_back(&worker.reactor->counters());
  return counters;
}

net::ReactorCounters Server::reactor_counters() const noexcept {
  net::ReactorCounters sum;
  for (const Worker& worker : workers_) sum += worker.reactor->counters();
  return sum;
}

void Server::publish(PolicySet policies) {
  const std::lock_guard lock(publish_mutex_);
  policies.count_in(metrics_);
  policies_.publish(std::move(policies));
}

CheckCounters Server::check_counters() const {
  CheckCounters sum;
  for (size_t i = 0; i < metrics_.num_reactors(); ++i) {
    const ReactorMetrics& reactor = metrics_.reactor(i);
    for (const http::Status status : http::kStatuses) {
      sum.requests_refused += reactor.parse_errors(status);
      for (size_t listener = 0; listener < metrics_.num_listeners(); ++listener) {
        for (size_t contract = 0; contract < kNumContracts; ++contract) {
          sum.requests += reactor.requests(listener, static_cast<Contract>(contract), status);
        }
      }
    }
    for (size_t bucket = 0; bucket < Histogram::kNumBuckets; ++bucket) {
      sum.batches += reactor.batch_duration.bucket(bucket);
    }
  }
  sum.requests -= sum.requests_refused;
  metrics_.for_each_policy([&sum](const std::string&, const PolicyMetrics& policy) {
    for (const PolicyCounters& counters : policy.reactors()) {
      sum.tokens_accepted += counters.accepted.value();
      for (const Counter& rejected : counters.rejected) sum.tokens_rejected += rejected.value();
      for (const Reason reason : {Reason::kMissing, Reason::kMultiple}) {
        sum.tokens_rejected -= counters.rejected[static_cast<size_t>(reason)].value();
      }
    }
  });
  return sum;
}

}  // namespace simdjwt::serve
