// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// FileWatch: tells when files have changed, however that was done.

#ifndef SIMDJWT_IO_SERVE_FILE_WATCH_H_
#define SIMDJWT_IO_SERVE_FILE_WATCH_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "net/unique_fd.h"

namespace simdjwt::serve {

// Files are replaced by a rename, written in place, or are symbolic links into a directory that is
// exchanged as a whole. So the directories are watched (inotify(7)), and what happens in them is
// only the occasion to look whether the files are still the ones they were. Used by one thread.
class FileWatch {
 public:
  [[nodiscard]] static absl::StatusOr<FileWatch> create();

  // Watches these from now on, instead of those before. A file need not exist; its directory must.
  [[nodiscard]] absl::Status watch(const std::vector<std::string>& paths);

  // Readable when changed() should be asked.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  // Whether one of the files is another, or was written, since watch() or the last call. Writers
  // may not be done: ask again when fd() has been quiet for a while.
  [[nodiscard]] bool changed();

 private:
  // What tells one state of a file from another: content is never compared.
  struct File {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = -1;  // there is no such file
    timespec modified = {};
    timespec changed = {};  // owner, mode, name

    // Looks again. Whether anything is different.
    bool update();
  };

  absl::Status watch_directories();

  net::UniqueFd fd_;
  std::vector<File> files_;
  std::vector<int> watches_;
};

}  // namespace simdjwt::serve

#endif  // SIMDJWT_IO_SERVE_FILE_WATCH_H_
