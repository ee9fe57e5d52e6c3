// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "net/socket_file.h"

#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "net/decimal.h"
#include "net/os_error.h"
#include "net/unique_fd.h"

namespace simdjwt::net {
namespace {

sockaddr_un address_of(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

// Whether it was the file of a socket without a listener, and is gone.
absl::Status remove_stale(const std::string& path) {
  struct stat before;
  if (lstat(path.c_str(), &before) != 0) return absl::OkStatus();  // gone already
  if (!S_ISSOCK(before.st_mode)) return absl::UnavailableError("there is a file, not a socket");
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_un address = address_of(path);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ||
      errno != ECONNREFUSED) {
    return absl::AlreadyExistsError("Address already in use (another process listens there)");
  }
  struct stat after;
  const bool is_same = lstat(path.c_str(), &after) == 0 && before.st_ino == after.st_ino &&
                       before.st_dev == after.st_dev;
  if (is_same && ::unlink(path.c_str()) != 0) return os_error("a stale socket stays", errno);
  return absl::OkStatus();
}

// A name that is looked up, or a number. Empty: ~0, which chown() takes for "as it is".
template <class Entry, class Lookup>
absl::StatusOr<uint32_t> id_of(const std::string& name, Lookup lookup, uint32_t Entry::*id,
                               std::string_view kind) {
  if (name.empty()) return ~uint32_t{0};
  if (const auto number = parse_decimal<uint32_t>(name)) return *number;
  Entry entry;
  Entry* found = nullptr;
  char buffer[16384];
  lookup(name.c_str(), &entry, buffer, sizeof(buffer), &found);
  if (found == nullptr) {
    return absl::NotFoundError("there is no " + std::string(kind) + " \"" + name + '"');
  }
  return found->*id;
}

}  // namespace

absl::StatusOr<SocketFile> SocketFile::bind(int fd, std::string_view path,
                                            std::optional<uint32_t> mode,
                                            const std::string& owner) {
  SocketFile file(path);
  const sockaddr_un address = address_of(path);
  const auto bind_once = [fd, &address] {
    return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? 0
                                                                                         : errno;
  };
  int error = bind_once();
  if (error == EADDRINUSE) {
    const absl::Status status = remove_stale(file.path_);
    if (!status.ok()) {
      file.path_.clear();
      return status;
    }
    error = bind_once();
  }
  struct stat status;
  if (error == 0 && lstat(file.path_.c_str(), &status) != 0) error = errno;
  if (error != 0) {
    file.path_.clear();
    return absl::UnavailableError(std::strerror(error));
  }
  file.device_ = status.st_dev;
  file.inode_ = status.st_ino;
  if (absl::Status permissions = file.set_permissions(mode, owner); !permissions.ok()) {
    return permissions;
  }
  return file;
}

absl::Status SocketFile::set_permissions(std::optional<uint32_t> mode,
                                         const std::string& owner) const {
  if (!owner.empty()) {
    const size_t colon = owner.find(':');
    const absl::StatusOr<uint32_t> user =
        id_of(owner.substr(0, colon), getpwnam_r, &passwd::pw_uid, "user");
    if (!user.ok()) return user.status();
    const absl::StatusOr<uint32_t> group = id_of(colon == owner.npos ? "" : owner.substr(colon + 1),
                                                 getgrnam_r, &group::gr_gid, "group");
    if (!group.ok()) return group.status();
    if (::lchown(path_.c_str(), *user, *group) != 0) {
      return os_error("cannot give it to " + owner, errno);
    }
  }
  if (mode && ::chmod(path_.c_str(), *mode) != 0) return os_error("cannot set its mode", errno);
  return absl::OkStatus();
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}

SocketFile& SocketFile::operator=(SocketFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  return *this;
}

SocketFile::~SocketFile() {
  struct stat status;
  if (path_.empty() || lstat(path_.c_str(), &status) != 0) return;
  if (status.st_ino == inode_ && status.st_dev == device_) ::unlink(path_.c_str());
}

}  // namespace simdjwt::net
