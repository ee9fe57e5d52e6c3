// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SocketFile: the file by which a listening unix socket is found.

#ifndef SIMDJWT_IO_NET_SOCKET_FILE_H_
#define SIMDJWT_IO_NET_SOCKET_FILE_H_

#include <absl/status/statusor.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace simdjwt::net {

// Removed with its owner, unless somebody has put another one in its place.
class SocketFile {
 public:
  // Binds a socket, which must not listen yet, to `path`. The file of a socket that nobody listens
  // to any more is replaced; whatever else is there is an error and stays. Nobody can connect
  // before the permissions are set, since that takes a listening socket.
  //   mode: permission bits; absent: what the umask leaves. Who may write may connect.
  //   owner: "user:group", "user" or ":group", as names or numbers; empty: left as it is.
  // The messages name the cause, but not the path. AlreadyExists: somebody listens there.
  [[nodiscard]] static absl::StatusOr<SocketFile> bind(int fd, std::string_view path,
                                                       std::optional<uint32_t> mode,
                                                       const std::string& owner);

  SocketFile(SocketFile&& other) noexcept;
  SocketFile& operator=(SocketFile&& other) noexcept;
  ~SocketFile();

 private:
  explicit SocketFile(std::string_view path) : path_(path) {}
  [[nodiscard]] absl::Status set_permissions(std::optional<uint32_t> mode,
                                             const std::string& owner) const;

  std::string path_;  // empty after a move
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace simdjwt::net

#endif  // SIMDJWT_IO_NET_SOCKET_FILE_H_
