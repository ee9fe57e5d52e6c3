// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/file_watch.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <set>
#include <utility>

#include "net/os_error.h"

namespace simdjwt::serve {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kEvents =
    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_ATTRIB | IN_ONLYDIR;

bool equal(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

// Of the path itself and of each symbolic link on the way to the file.
void add_directories(fs::path path, std::set<std::string>& directories) {
  constexpr int kLinksMax = 40;  // as the kernel's
  for (int i = 0; i < kLinksMax; ++i) {
    const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
    directories.insert(directory.string());
    std::error_code error;
    const fs::path target = fs::read_symlink(path, error);
    if (error) break;
    path = directory / target;
  }
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (!error) directories.insert(real.parent_path().string());
}

}  // namespace

absl::StatusOr<FileWatch> FileWatch::create() {
  FileWatch watch;
  watch.fd_ = net::UniqueFd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!watch.fd_) return net::os_error("inotify", errno);
  return watch;
}

absl::Status FileWatch::watch(const std::vector<std::string>& paths) {
  files_.clear();
  for (const std::string& path : paths) files_.push_back({.path = path});
  const absl::Status status = watch_directories();
  // After that, so that a change in between is seen as an event that finds nothing new.
  for (File& file : files_) file.update();
  return status;
}

absl::Status FileWatch::watch_directories() {
  std::set<std::string> directories;
  for (const File& file : files_) add_directories(file.path, directories);
  std::vector<int> watches;
  absl::Status status;
  for (const std::string& directory : directories) {
    const int watch = inotify_add_watch(fd_.get(), directory.c_str(), kEvents);
    if (watch < 0) {
      status.Update(net::os_error(directory, errno));
    } else {
      watches.push_back(watch);
    }
  }
  for (const int watch : watches_) {
    const bool is_kept = std::find(watches.begin(), watches.end(), watch) != watches.end();
    if (!is_kept) (void)inotify_rm_watch(fd_.get(), watch);
  }
  watches_ = std::move(watches);
  return status;
}

bool FileWatch::changed() {
  std::array<char, 4096> events;  // their details do not matter
  while (::read(fd_.get(), events.data(), events.size()) > 0) {
  }
  // Links may lead elsewhere now, and a directory of the same name may be another.
  (void)watch_directories();
  bool any = false;
  for (File& file : files_) any |= file.update();
  return any;
}

bool FileWatch::File::update() {
  File now{.path = path};
  struct stat facts;
  if (stat(path.c_str(), &facts) == 0) {
    now.device = facts.st_dev;
    now.inode = facts.st_ino;
    now.size = facts.st_size;
    now.modified = facts.st_mtim;
    now.changed = facts.st_ctim;
  }
  const bool is_same = now.device == device && now.inode == inode && now.size == size &&
                       equal(now.modified, modified) && equal(now.changed, changed);
  *this = std::move(now);
  return !is_same;
}

}  // namespace simdjwt::serve
