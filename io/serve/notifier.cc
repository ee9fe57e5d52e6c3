// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/notifier.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "net/decimal.h"
#include "net/unique_fd.h"

namespace simdjwt::serve {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

}  // namespace

Notifier Notifier::from_environment() {
  Notifier notifier;
  const std::string_view socket = environment("NOTIFY_SOCKET");
  if (socket.size() < 2 || socket.size() >= sizeof(sockaddr_un::sun_path) ||
      (socket[0] != '/' && socket[0] != '@')) {
    return notifier;
  }
  notifier.socket_ = socket;
  const std::optional<uint64_t> microseconds =
      net::parse_decimal<uint64_t>(environment("WATCHDOG_USEC"));
  const std::string_view pid = environment("WATCHDOG_PID");
  const bool is_ours = pid.empty() || net::parse_decimal<pid_t>(pid) == getpid();
  if (microseconds && is_ours) {
    const uint64_t milliseconds = *microseconds / 2 / 1000;
    notifier.alive_interval_ =
        std::chrono::milliseconds(std::clamp<uint64_t>(milliseconds, 1, 3600 * 1000));
  }
  return notifier;
}

void Notifier::ready(std::string_view status) const {
  send("READY=1\nSTATUS=" + std::string(status));
}

void Notifier::reloading() const {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t microseconds = now.tv_sec * int64_t{1'000'000} + now.tv_nsec / 1000;
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void Notifier::stopping() const { send("STOPPING=1\nSTATUS=finishing what is under way"); }

void Notifier::alive() const {
  if (alive_interval_) send("WATCHDOG=1");
}

void Notifier::send(std::string_view lines) const {
  if (socket_.empty()) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const net::UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  (void)::sendto(fd.get(), lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&address), length);
}

}  // namespace simdjwt::serve
