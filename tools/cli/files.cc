// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/files.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "cli/failure.h"
#include "cli/output.h"
#include "cli/words.h"

namespace simdjwt::cli {
namespace {

constexpr mode_t kOwnerMode = S_IRUSR | S_IWUSR;

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ > STDERR_FILENO) close(fd_);
  }
  int get() const { return fd_; }
  // Reports what only close() knows, a late write error on a network file system for instance.
  bool close_now() { return close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

int open_for_reading(const std::string& path) {
  if (path == "-") {
    claim_standard_input();
    return STDIN_FILENO;
  }
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw system_failure(path);
  return fd;
}

void write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw system_failure(path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

// Takes `fd`, a new and empty file at `path`, which is removed again should anything fail.
void fill_new_file(int fd, const std::string& path, std::string_view bytes, mode_t mode) {
  FileDescriptor file(fd);
  try {
    if (fchmod(file.get(), mode) != 0) throw system_failure(path);
    write_all(file.get(), bytes, path);
    // EINVAL: a pipe or terminal, that has nothing to bring to a disk.
    if (fsync(file.get()) != 0 && errno != EINVAL) throw system_failure(path);
    if (!file.close_now()) throw system_failure(path);
  } catch (const Failure&) {
    unlink(path.c_str());
    throw;
  }
}

void create_file(const std::string& path, std::string_view bytes, mode_t mode) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerMode);
  if (fd < 0 && errno == EEXIST) {
    throw Failure(path + ": exists already; --force replaces it");
  }
  if (fd < 0) throw system_failure(path);
  fill_new_file(fd, path, bytes, mode);
}

void replace_file(const std::string& path, std::string_view bytes, mode_t mode) {
  std::string temporary = path + ".XXXXXX";
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);  // created with mode 0600
  if (fd < 0) throw system_failure(path);
  fill_new_file(fd, temporary, bytes, mode);
  if (rename(temporary.c_str(), path.c_str()) != 0) {
    const int error_number = errno;
    unlink(temporary.c_str());
    throw system_failure(path, error_number);
  }
}

void write_file(const std::string& path, std::string_view bytes, Existing existing, mode_t mode) {
  existing == Existing::kReplace ? replace_file(path, bytes, mode) : create_file(path, bytes, mode);
}

}  // namespace

FileBytes::FileBytes(size_t capacity) : bytes_(std::make_unique_for_overwrite<char[]>(capacity)) {}

FileBytes::~FileBytes() {
  if (bytes_ != nullptr) OPENSSL_cleanse(bytes_.get(), size_);
}

FileBytes read_file_prefix(const std::string& path, size_t bytes_max) {
  const FileDescriptor file(open_for_reading(path));
  FileBytes bytes(bytes_max);
  while (bytes.size_ < bytes_max) {
    const ssize_t count =
        read(file.get(), bytes.bytes_.get() + bytes.size_, bytes_max - bytes.size_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_failure(shown_path(path));
    if (count == 0) break;
    bytes.size_ += static_cast<size_t>(count);
  }
  if (bytes.size_ == 0) throw Failure(shown_path(path) + ": is empty");
  return bytes;
}

FileBytes read_file(const std::string& path, size_t bytes_max) {
  FileBytes bytes = read_file_prefix(path, bytes_max + 1);
  if (bytes.view().size() > bytes_max) {
    throw Failure(shown_path(path) + ": is longer than " + with_thousands(bytes_max) + " bytes");
  }
  return bytes;
}

void warn_if_readable_by_others(const std::string& path) {
  struct stat status {};
  if (path == "-" || stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  if ((status.st_mode & (S_IRGRP | S_IROTH)) == 0) return;
  char mode[16];
  const auto end = std::to_chars(mode, mode + sizeof(mode), status.st_mode & 07777u, 8).ptr;
  warn(path + ": other users can read this key (mode 0" + std::string(mode, end) +
       "); chmod 600 keeps them out");
}

void claim_standard_input() {
  static bool claimed = false;
  if (std::exchange(claimed, true)) {
    throw UsageError("standard input can be read for one purpose only");
  }
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
  }
  return text;
}

std::string shown_path(const std::string& path) { return path == "-" ? "standard input" : path; }

void write_secret_file(const std::string& path, std::string_view bytes, Existing existing) {
  write_file(path, bytes, existing, kOwnerMode);
}

void write_public_file(const std::string& path, std::string_view bytes, Existing existing) {
  write_file(path, bytes, existing, kOwnerMode | S_IRGRP | S_IROTH);
}

}  // namespace simdjwt::cli
