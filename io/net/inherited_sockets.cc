// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/inherited_sockets.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "net/decimal.h"
#include "net/os_error.h"

namespace simdjwt::net {
namespace {

constexpr int kFirstDescriptor = 3;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody writes it
  return value == nullptr ? std::string_view() : value;
}

int option_of(int fd, int option) {
  int value = -1;
  socklen_t length = sizeof(value);
  return getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

}  // namespace

absl::StatusOr<std::vector<UniqueFd>> inherited_sockets(std::string_view name) {
  if (environment("LISTEN_FDS").empty()) {
    return absl::NotFoundError("no sockets were handed over (LISTEN_FDS is not set)");
  }
  // The variables outlive an exec, but are of no concern to whoever is started by then.
  if (parse_decimal<pid_t>(environment("LISTEN_PID")) != getpid()) {
    return absl::NotFoundError("sockets were handed over to another process (LISTEN_PID)");
  }
  const int num_descriptors = parse_decimal<int>(environment("LISTEN_FDS")).value_or(0);
  std::string_view names = environment("LISTEN_FDNAMES");
  const bool has_names = !names.empty();
  std::vector<UniqueFd> sockets;
  for (int fd = kFirstDescriptor; fd < kFirstDescriptor + num_descriptors; ++fd) {
    const size_t colon = names.find(':');
    const std::string_view name_of_fd = has_names ? names.substr(0, colon) : "unknown";
    names.remove_prefix(colon == names.npos ? names.size() : colon + 1);
    if (name_of_fd != name) continue;
    if (option_of(fd, SO_ACCEPTCONN) != 1 || option_of(fd, SO_TYPE) != SOCK_STREAM) {
      return absl::FailedPreconditionError("descriptor " + std::to_string(fd) +
                                           " is no listening stream socket");
    }
    UniqueFd copy(fcntl(fd, F_DUPFD_CLOEXEC, kFirstDescriptor));
    if (!copy) return os_error("descriptor " + std::to_string(fd), errno);
    sockets.push_back(std::move(copy));
  }
  if (!sockets.empty()) return sockets;
  return absl::NotFoundError("none of the sockets handed over has this name (LISTEN_FDNAMES: " +
                             std::string(environment("LISTEN_FDNAMES")) + ")");
}

}  // namespace simdjwt::net
