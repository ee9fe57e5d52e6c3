// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "daemon/daemon.h"

#include <poll.h>
#include <simdjwt/cpu.h>
#include <spdlog/spdlog.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/commit.h"
#include "daemon/config_parts.h"
#include "net/listener.h"
#include "net/os_error.h"
#include "registry/names.h"
#include "serve/exposition.h"

namespace simdjwt::daemon {

using serve::Config;
using serve::DecisionLog;
using serve::PolicySet;
using std::chrono::milliseconds;

namespace {

// After the first change of a file: whoever changes several does it at once.
constexpr milliseconds kSettle{100};

// How often the registry is asked whether it has changed: how long, at most, a change waits.
constexpr milliseconds kFollow{100};

sigset_t set_of(std::initializer_list<int> numbers) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : numbers) sigaddset(&signals, number);
  return signals;
}

// A ring may reserve no more places for connections than the process may open files.
void raise_descriptor_limit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Null if none is wanted.
absl::StatusOr<std::shared_ptr<SignatureCache>> make_signature_cache(size_t num_tokens) {
  if (num_tokens == 0) return nullptr;
  SignatureCache::Seed seed;
  if (getrandom(seed.data(), seed.size(), 0) != static_cast<ssize_t>(seed.size())) {
    return net::os_error("getrandom", errno);
  }
  auto cache = SignatureCache::create(num_tokens, seed);
  explicit_bzero(seed.data(), seed.size());
  return cache;
}

std::string join(const std::vector<net::SocketAddress>& addresses) {
  std::string text;
  for (const net::SocketAddress& address : addresses) {
    text += (text.empty() ? "" : ", ") + address.to_string();
  }
  return text;
}

std::string names_of_policies_too(const std::vector<std::string>& servers) {
  return fmt::format("servers of the registry have the names of policies: {}",
                     fmt::join(servers, ", "));
}

std::string summarize(const PolicySet& policies) {
  return fmt::format("policies: {}, keys: {}", policies.size(), policies.num_keys());
}

// What must end the daemon as SIGTERM does.
void end() { kill(getpid(), SIGTERM); }

milliseconds milliseconds_until(std::chrono::steady_clock::time_point when) {
  const auto left = std::chrono::ceil<milliseconds>(when - std::chrono::steady_clock::now());
  return std::max(left, milliseconds(0));
}

// "no keys yet for the policies a, b"; empty if there are none.
std::string lack_of(std::string_view what, const std::vector<std::string>& policies) {
  constexpr size_t kNamesMax = 8;
  std::string line;
  for (size_t i = 0; i < std::min(policies.size(), kNamesMax); ++i) {
    line += i == 0 ? fmt::format("no {} yet for the policies ", what) : ", ";
    line += policies[i];
  }
  return policies.size() > kNamesMax ? line + ", ..." : line;
}

// What keeps the daemon from being ready; empty if nothing does.
std::string lack_of(const PolicySet& policies) {
  const std::string keys = lack_of("keys", policies.without_keys());
  return keys.empty() ? lack_of("status lists", policies.without_lists()) : keys;
}

}  // namespace

Daemon::Daemon(std::string config_path, Config config)
    : config_path_(std::move(config_path)), config_(std::move(config)) {}

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::create(std::string config_path, Config config,
                                                       net::IoMode io) {
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(config_path), std::move(config)));
  const sigset_t signals = set_of({SIGTERM, SIGINT, SIGHUP, SIGUSR1});
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  daemon->signals_ = net::UniqueFd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!daemon->signals_) return net::os_error("signalfd", errno);
  const auto log = [](bool is_warning, const std::string& line) {
    spdlog::log(is_warning ? spdlog::level::warn : spdlog::level::info, "{}", line);
  };
  auto sources = jwks::KeySources::create(daemon->config_.jwks, log);
  if (!sources.ok()) return sources.status();
  daemon->sources_ = *std::move(sources);
  daemon->lists_.emplace(*daemon->sources_, log);
  auto signatures = make_signature_cache(daemon->config_.limits.num_cached_signatures);
  if (!signatures.ok()) return signatures.status();
  daemon->signatures_ = *std::move(signatures);
  if (const auto& registry = daemon->config_.registry) {
    auto node = registry::Node::open(
        registry->path, time(nullptr),
        [d = daemon.get()](auto s) { d->publish_servers(std::move(s)); }, daemon->signatures_);
    if (!node.ok()) return node.status();
    daemon->registry_ = *std::move(node);
    daemon->servers_ = daemon->registry_->servers();
    daemon->usage_.emplace(*daemon->registry_, daemon->config_.server.num_threads);
    (void)daemon->registry_->use([d = daemon.get()](registry::Store& store) {
      d->issuer_url_ = store.issuer();
      return absl::OkStatus();
    });
  }
  daemon->watch_files(daemon->config_);
  absl::StatusOr<Material> material = daemon->load_material(daemon->config_);
  if (!material.ok()) return material.status();
  if (absl::Status status = daemon->listen(*std::move(material), io); !status.ok()) return status;
  return daemon;
}

absl::Status Daemon::listen(Material material, net::IoMode io) {
  raise_descriptor_limit();
  note_policies(material.policies);
  wires_ = std::make_unique<serve::Wires>(wired_listeners(config_), std::move(material.tls));
  const uint32_t num_threads = config_.server.num_threads;
  auto log = DecisionLog::create(log_options(config_), num_threads,
                                 [](const std::string& sentence) { spdlog::warn("{}", sentence); });
  if (!log.ok()) return log.status();
  log_ = *std::move(log);

  const serve::LimitsConfig& limits = config_.limits;
  auto server = serve::Server::create(
      {.listeners = listeners_of(config_, *wires_),
       .io = io,
       .num_threads = num_threads,
       .reactor = {.num_connections_max = connections_of_each_thread(config_),
                   .timeouts = {.head = limits.head,
                                .body = limits.body,
                                .idle = limits.idle,
                                .write = limits.write},
                   .drain_limit = limits.drain,
                   .warn = [](const std::string& sentence) { spdlog::warn("{}", sentence); }},
       .parser_limits = {.head_bytes = static_cast<uint32_t>(limits.head_bytes_max)},
       .body_bytes_max = limits.body_bytes_max,
       .asks_for_clients = !config_.log.decisions.empty()},
      std::move(material.policies), log_.get());
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  const uint32_t wanted = connections_of_each_thread(config_);
  if (const uint32_t allowed = server_->num_connections_max(); allowed < wanted) {
    spdlog::warn("{} connections a thread instead of {}: RLIMIT_NOFILE", allowed, wanted);
  }
  if (const int backlog = net::allowed_backlog(); backlog < net::kBacklog) {
    spdlog::warn("{} clients may wait to be accepted instead of {}: net.core.somaxconn", backlog,
                 net::kBacklog);
  }
  if (absl::Status status = listen_as_issuer(io); !status.ok()) return status;
  if (!config_.admin) return absl::OkStatus();

  if (registry_ != nullptr) api_.emplace(*registry_);
  operations_.emplace(readiness_, [this] {
    return serve::expose({.metrics = server_->metrics(),
                          .log = *log_,
                          .listeners = names_of(config_.listeners),
                          .reactors = server_->counters_by_reactor(),
                          .wires = wire_sources(config_, *wires_),
                          .key_sources = sources_->statuses(),
                          .status_lists = lists_->statuses(),
                          .signature_cache_bytes = signatures_ ? signatures_->size_bytes() : 0,
                          .version = SIMDJWT_VERSION,
                          .commit = kCommit,
                          .io = server_->io_mode(),
                          .kernels = active_kernels(),
                          .usage = usage_ ? &usage_->book() : nullptr,
                          .revocations = revocation_counts(),
                          .issuer = issuer_ ? &issuer_->metrics() : nullptr});
  });
  const auto answer = [this](std::span<serve::ControlExchange> exchanges) {
    for (serve::ControlExchange& exchange : exchanges) {
      const bool is_for_api = api_ && api::Api::serves(exchange.request.path);
      if (!is_for_api) exchange.response = operations_->answer(exchange.request);
    }
    if (api_) api_->answer(exchanges);
  };
  auto admin = serve::ControlServer::create({.socket = config_.admin->socket, .io = io}, answer);
  if (!admin.ok()) return admin.status();
  admin_ = *std::move(admin);
  return absl::OkStatus();
}

std::optional<registry::RevocationCounts> Daemon::revocation_counts() const {
  if (registry_ == nullptr) return std::nullopt;
  return registry_->revocations();
}

absl::Status Daemon::listen_as_issuer(net::IoMode io) {
  if (!config_.issuer) return absl::OkStatus();
  constexpr uint32_t kConnectionsMax = 1024;
  auto status_lists = open_status_lists();
  if (!status_lists.ok()) return status_lists.status();
  issuer_.emplace(*registry_, issuer_url_, config_.issuer->failures_per_minute,
                  *std::move(status_lists));
  auto server = serve::ControlServer::create(
      {.socket = config_.issuer->listener.socket,
       .wire = wires_->factory(config_.listeners.size()),
       .io = io,
       .num_connections_max = kConnectionsMax},
      [this](std::span<serve::ControlExchange> exchanges) { issuer_->answer(exchanges); });
  if (!server.ok()) return server.status();
  issuer_server_ = *std::move(server);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<oauth::StatusLists>> Daemon::open_status_lists() {
  if (config_.issuer->signing_key_file.empty()) return std::nullopt;
  std::vector<std::string> warnings;
  auto key = oauth::SigningKey::load(config_.issuer->signing_key_file, warnings);
  for (const std::string& warning : warnings) spdlog::warn("{}", warning);
  if (!key.ok()) return key.status();
  auto lists = oauth::StatusLists::create(*registry_, issuer_url_, *std::move(key),
                                          config_.issuer->status_list_seconds);
  if (!lists.ok()) return lists.status();
  return *std::move(lists);
}

absl::Status Daemon::run() {
  if (admin_ != nullptr) admin_->start(end);
  if (issuer_server_ != nullptr) issuer_server_->start(end);
  server_->start(end);
  readiness_.begin();
  if (const absl::Status why_not = server_->why_not_uring(); !why_not.ok()) {
    spdlog::warn("serving by {}: {}", server_->io_mode(), std::string(why_not.message()));
  }
  if (admin_ != nullptr) spdlog::info("administered on {}", join(admin_->addresses()));
  if (issuer_server_ != nullptr) {
    spdlog::info("issuing as {} on {}", issuer_url_, join(issuer_server_->addresses()));
  }
  spdlog::info("listening on {}; threads: {}, {}, io: {}, kernels: {}", join(server_->addresses()),
               config_.server.num_threads, summary_, server_->io_mode(), active_kernels());
  notifier_.ready(summary_);
  handle_events();
  return drain();
}

void Daemon::handle_events() {
  while (true) {
    pollfd ready[] = {{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                      {.fd = watch_ ? watch_->fd() : -1, .events = POLLIN, .revents = 0}};
    const milliseconds limit = std::min(timeout(), milliseconds_until(lists_->begin_due()));
    const bool has_other_keys = sources_->wait(ready, limit);
    if (lists_->advance() || has_other_keys) renew_keys_at_ = may_renew_keys_at_;
    if (renew_keys_at_ && Clock::now() >= *renew_keys_at_) renew_keys();
    if (registry_ != nullptr) follow_registry();
    if (usage_) usage_->keep();
    notifier_.alive();
    signalfd_siginfo signal;
    if (::read(signals_.get(), &signal, sizeof(signal)) == sizeof(signal)) {
      if (signal.ssi_signo == SIGTERM || signal.ssi_signo == SIGINT) return;
      if (signal.ssi_signo == SIGHUP) reload_config();
      if (signal.ssi_signo == SIGUSR1) reopen_log();
    }
    if (ready[1].revents != 0 && watch_->changed() && !reload_files_at_) {
      reload_files_at_ = Clock::now() + kSettle;
    }
    if (reload_files_at_ && Clock::now() >= *reload_files_at_) {
      reload_files_at_.reset();
      reload_files();
    }
  }
}

milliseconds Daemon::timeout() const {
  milliseconds timeout = notifier_.alive_interval().value_or(std::chrono::hours(1));
  if (registry_ != nullptr) timeout = std::min(timeout, kFollow);
  for (const auto& when : {reload_files_at_, renew_keys_at_}) {
    if (when) timeout = std::min(timeout, milliseconds_until(*when));
  }
  return timeout;
}

absl::Status Daemon::drain() {
  readiness_.end();
  notifier_.stopping();
  spdlog::info("stopping: finishing what is under way");
  const sigset_t signals = set_of({SIGTERM, SIGINT});
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // a second one ends it at once
  // Whoever asks for readiness needs the time to see that it is over.
  for (const auto end = Clock::now() + config_.limits.drain_delay; Clock::now() < end;) {
    const milliseconds left = milliseconds_until(end);
    milliseconds interval = std::min(notifier_.alive_interval().value_or(left), left);
    if (usage_) interval = std::min(interval, kFollow);
    (void)poll(nullptr, 0, static_cast<int>(interval.count()));
    if (usage_) usage_->keep();
    notifier_.alive();
  }
  absl::Status status = server_->stop();
  if (issuer_server_ != nullptr) status.Update(issuer_server_->stop());
  if (admin_ != nullptr) status.Update(admin_->stop());
  const uint64_t num_connections = server_->reactor_counters().connections_accepted.value();
  const auto checks = server_->check_counters();
  issuer_server_.reset();
  if (usage_) usage_->finish();
  admin_.reset();
  server_.reset();
  wires_.reset();
  log_.reset();
  if (!status.ok()) return status;
  spdlog::info("stopped after {} connections, {} requests: {} tokens accepted, {} rejected",
               num_connections, checks.requests, checks.tokens_accepted, checks.tokens_rejected);
  return status;
}

// --- Changes while it serves ---

void Daemon::reload_config() {
  notifier_.reloading();
  const std::lock_guard lock(serving_mutex_);
  note_reload("configuration", load_config());
}

void Daemon::reload_files() {
  notifier_.reloading();
  const std::lock_guard lock(serving_mutex_);
  absl::StatusOr<Material> material = load_material(config_);
  const absl::Status status = material.status();
  if (status.ok()) publish(*std::move(material));
  note_reload("keys", status);
}

absl::Status Daemon::load_config() {
  absl::StatusOr<Config> config = serve::load_config(config_path_);
  if (!config.ok()) return config.status();
  watch_files(*config);
  absl::StatusOr<Material> material = load_material(*config);
  absl::Status status = material.status();
  if (status.ok()) status = log_->configure(log_options(*config));
  if (!status.ok()) {
    watch_files(config_);
    keep_sources(config_);
    return status;
  }
  keep_sources(*config);
  publish(*std::move(material));
  if (fixed_part(*config) != fixed_part(config_)) {
    spdlog::warn(
        "listeners, threads, limits, [jwks] and [registry] stay as they are until a restart");
  }
  config_.policies = std::move(config->policies);
  if (config->registry && config_.registry) {
    config_.registry->conduct = std::move(config->registry->conduct);
  }
  config_.log = config->log;
  return absl::OkStatus();
}

void Daemon::keep_sources(const Config& config) {
  sources_->keep(sources_of(config));
  lists_->keep(lists_of(config));
}

absl::StatusOr<Daemon::Material> Daemon::load_material(const Config& config) {
  std::vector<std::string> warnings;
  absl::StatusOr<PolicySet> policies =
      PolicySet::load(config.policies, *sources_, *lists_, signatures_, warnings);
  absl::StatusOr<serve::TlsContexts> tls = serve::load_tls(wired_listeners(config_), warnings);
  for (const std::string& warning : warnings) spdlog::warn("{}", warning);
  if (!policies.ok()) return policies.status();
  if (!tls.ok()) return tls.status();
  if (registry_ != nullptr) {
    std::vector<std::string> clashes;
    const Config& source = config.registry ? config : config_;
    *policies = policies->with_servers(servers_, conduct_of(source), usage_->book(), clashes);
    if (!clashes.empty()) return absl::InvalidArgumentError(names_of_policies_too(clashes));
  }
  return Material{*std::move(policies), *std::move(tls)};
}

serve::PolicyConfig Daemon::conduct_of(const Config& config) const {
  serve::PolicyConfig conduct = config.registry->conduct;
  if (config_.issuer && config_.issuer->is_in_challenges) {
    conduct.challenge.resources_at = registry::url_under(issuer_url_, "/resources/");
  }
  return conduct;
}

void Daemon::publish(Material material) {
  note_policies(material.policies);
  server_->publish(std::move(material.policies));
  wires_->replace_tls(std::move(material.tls));
}

void Daemon::renew_keys() {
  renew_keys_at_.reset();
  const Clock::time_point began = Clock::now();
  const std::lock_guard lock(serving_mutex_);
  note_policies(policies_.renewed(*sources_, *lists_));
  server_->publish(policies_);
  // Those of thousands of issuers may come in a second: to put them in use takes half of this
  // thread's time at most.
  const Clock::time_point ended = Clock::now();
  may_renew_keys_at_ = ended + (ended - began);
}

void Daemon::follow_registry() {
  const absl::Status status = registry_->follow(time(nullptr));
  if (status.ok()) return;
  const std::lock_guard lock(serving_mutex_);
  note_registry(fmt::format("the registry cannot be read, what was read before counts: {}",
                            std::string(status.message())));
}

void Daemon::publish_servers(std::vector<registry::CheckedServer> servers) {
  const std::lock_guard lock(serving_mutex_);
  servers_ = std::move(servers);
  std::vector<std::string> clashes;
  note_policies(policies_.with_servers(servers_, conduct_of(config_), usage_->book(), clashes));
  server_->publish(policies_);
  note_registry(clashes.empty() ? "" : names_of_policies_too(clashes));
}

void Daemon::note_registry(std::string trouble) {
  if (!trouble.empty() && trouble != registry_trouble_) spdlog::error("{}", trouble);
  registry_trouble_ = std::move(trouble);
}

void Daemon::note_policies(PolicySet policies) {
  policies_ = std::move(policies);
  summary_ = summarize(policies_);
  readiness_.set_lack(lack_of(policies_));
}

void Daemon::note_reload(const char* what, const absl::Status& status) {
  server_->metrics().count_reload(status.ok(), time(nullptr));
  if (status.ok()) {
    spdlog::info("{} reloaded; {}", what, summary_);
  } else {
    spdlog::error("{} not reloaded, what was loaded before goes on serving: {}", what,
                  std::string(status.message()));
  }
  notifier_.ready(status.ok() ? summary_ : summary_ + "; the last reload failed");
}

void Daemon::reopen_log() {
  if (const absl::Status status = log_->reopen(); !status.ok()) {
    spdlog::error("decision log not reopened: {}", std::string(status.message()));
  } else {
    spdlog::info("decision log reopened");
  }
}

// Before they are read, so that what changes meanwhile is read again.
void Daemon::watch_files(const Config& config) {
  absl::Status status;
  if (!watch_) {
    absl::StatusOr<serve::FileWatch> watch = serve::FileWatch::create();
    status = watch.status();
    if (watch.ok()) watch_ = *std::move(watch);
  }
  std::vector<std::string> paths = files_of_policies(config);
  for (std::string& path : files_of_listeners(config_)) paths.push_back(std::move(path));
  if (watch_) status.Update(watch_->watch(paths));
  if (!status.ok()) {
    spdlog::warn("changes of files are not seen, send SIGHUP instead: {}",
                 std::string(status.message()));
  }
}

}  // namespace simdjwt::daemon
