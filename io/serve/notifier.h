// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Notifier: tells systemd how the daemon fares (sd_notify(3)).

#ifndef SIMDJWT_IO_SERVE_NOTIFIER_H_
#define SIMDJWT_IO_SERVE_NOTIFIER_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace simdjwt::serve {

// Each call is one datagram; whether anybody receives it is not our affair. Without systemd, all do
// nothing.
class Notifier {
 public:
  // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
  [[nodiscard]] static Notifier from_environment();

  // `status` is one line for `systemctl status`.
  void ready(std::string_view status) const;
  // To be followed by ready(), whatever becomes of it.
  void reloading() const;
  void stopping() const;
  void alive() const;  // if systemd wants to hear it

  // How often alive() is to be called: twice as often as systemd wants to hear of it. nullopt:
  // never.
  [[nodiscard]] std::optional<std::chrono::milliseconds> alive_interval() const noexcept {
    return alive_interval_;
  }

 private:
  void send(std::string_view lines) const;

  std::string socket_;  // a path, or '@' and an abstract name; empty: none
  std::optional<std::chrono::milliseconds> alive_interval_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_NOTIFIER_H_
