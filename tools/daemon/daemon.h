// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Daemon: the servers of simdjwtd, and the thread that listens to signals and files meanwhile.
//
//   SIGHUP            reads the configuration again
//   SIGUSR1           opens the decision log again
//   SIGTERM, SIGINT   finishes what is under way and ends; a second one ends at once, while the
//                     others then wait in vain
//   a key file or a certificate that changes is read again by itself, and so are keys that others
//   publish, and what changes in the registry, by the same thread

#ifndef SIMDJWT_TOOLS_DAEMON_DAEMON_H_
#define SIMDJWT_TOOLS_DAEMON_DAEMON_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/api.h"
#include "daemon/usage_keeper.h"
#include "jwks/key_sources.h"
#include "net/reactor.h"
#include "net/unique_fd.h"
#include "oauth/issuer.h"
#include "registry/node.h"
#include "serve/config.h"
#include "serve/control_server.h"
#include "serve/decision_log.h"
#include "serve/file_watch.h"
#include "serve/notifier.h"
#include "serve/operations.h"
#include "serve/policy_set.h"
#include "serve/readiness.h"
#include "serve/server.h"
#include "serve/wires.h"
#include "simdjwt/signature_cache.h"
#include "status/list_sources.h"

namespace simdjwt::daemon {

class Daemon {
 public:
  // Listens, but does not serve yet. Blocks the signals above in this thread and those it starts,
  // so it is to be called before there are others. `config` is that of the file. An error is
  // kInvalidArgument if a file is wrong.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Daemon>> create(std::string config_path,
                                                                      serve::Config config,
                                                                      net::IoMode io);

  // Serves until it is told to end. OK unless a reactor broke down.
  [[nodiscard]] absl::Status run();

 private:
  using Clock = std::chrono::steady_clock;

  // What the files say, read but not in use.
  struct Material {
    serve::PolicySet policies;
    serve::TlsContexts tls;
  };

  Daemon(std::string config_path, serve::Config config);

  absl::Status listen(Material material, net::IoMode io);
  absl::Status listen_as_issuer(net::IoMode io);
  // nullopt if none are to be published.
  absl::StatusOr<std::optional<oauth::StatusLists>> open_status_lists();

  [[nodiscard]] std::optional<registry::RevocationCounts> revocation_counts() const;

  // Handles events until the daemon is to end.
  void handle_events();
  [[nodiscard]] std::chrono::milliseconds timeout() const;
  absl::Status drain();

  // Replaces what serves, all of it or nothing, and tells whoever watches.
  void reload_config();
  void reload_files();
  absl::Status load_config();
  // Forgets what only other configurations need.
  void keep_sources(const serve::Config& config);
  // The policies of `config`, and the certificates of the listeners that there are.
  absl::StatusOr<Material> load_material(const serve::Config& config);
  // How servers of the registry are asked.
  serve::PolicyConfig conduct_of(const serve::Config& config) const;
  void publish(Material material);
  // Puts the keys and status lists that were fetched in use.
  void renew_keys();
  // Takes in what others have changed in the registry.
  void follow_registry();
  // Puts the registry's servers in use. By whoever changed the registry, or this thread.
  void publish_servers(std::vector<registry::CheckedServer> servers);
  // Tells of servers that are left out and of what keeps the registry from being read, once.
  void note_registry(std::string trouble);
  // These serve from now on.
  void note_policies(serve::PolicySet policies);
  void note_reload(const char* what, const absl::Status& status);
  void reopen_log();
  void watch_files(const serve::Config& config);

  const std::string config_path_;
  // Held while what serves is being replaced, which is not this thread's alone to do. Guards
  // config_ while others may run, policies_, summary_, servers_ and registry_trouble_.
  std::mutex serving_mutex_;
  serve::Config config_;                          // that serves
  serve::PolicySet policies_;                     // that serve, for others to be made of
  std::string summary_;                           // "2 policies, 3 keys"
  std::vector<registry::CheckedServer> servers_;  // of the registry, among the policies
  const serve::Notifier notifier_ = serve::Notifier::from_environment();
  serve::Readiness readiness_;
  net::UniqueFd signals_;
  std::optional<serve::FileWatch> watch_;
  std::optional<Clock::time_point> reload_files_at_;
  std::optional<Clock::time_point> renew_keys_at_;
  Clock::time_point may_renew_keys_at_;
  std::unique_ptr<jwks::KeySources> sources_;
  std::optional<status::ListSources> lists_;
  std::shared_ptr<SignatureCache> signatures_;  // of all policies, through all reloads; or null
  std::unique_ptr<registry::Node> registry_;    // or null
  std::optional<api::Api> api_;                 // where there are both a registry and admin_
  std::string registry_trouble_;                // that was last told of
  std::optional<UsageKeeper> usage_;            // where there is a registry
  std::string issuer_url_;                      // of the registry
  std::unique_ptr<serve::DecisionLog> log_;
  std::unique_ptr<serve::Wires> wires_;
  std::unique_ptr<serve::Server> server_;
  std::optional<serve::Operations> operations_;
  std::unique_ptr<serve::ControlServer> admin_;  // or null
  std::optional<oauth::Issuer> issuer_;
  std::unique_ptr<serve::ControlServer> issuer_server_;  // or null
};

}  // namespace simdjwt::daemon

#endif  // SIMDJWT_TOOLS_DAEMON_DAEMON_H_
