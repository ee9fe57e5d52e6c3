// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Sockets that systemd, or whoever speaks its protocol, has opened for us (sd_listen_fds(3)).

#ifndef SIMDJWT_IO_NET_INHERITED_SOCKETS_H_
#define SIMDJWT_IO_NET_INHERITED_SOCKETS_H_

#include <absl/status/statusor.h>

#include <string_view>
#include <vector>

#include "net/unique_fd.h"

namespace simdjwt::net {

// Copies of the listening stream sockets of this name. Sockets that came without names are called
// "unknown". Reads LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES, and fails, in a sentence that names
// the cause, if they are meant for another process, hold no such name, or what has the name is no
// such socket.
[[nodiscard]] absl::StatusOr<std::vector<UniqueFd>> inherited_sockets(std::string_view name);

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_INHERITED_SOCKETS_H_
