// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "jwks/saved_documents.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "net/os_error.h"
#include "net/unique_fd.h"
#include "simdjwt/limits.h"

namespace simdjwt::jwks {
namespace {

std::string hex_sha256(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : hash) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

// Without this, the new name may be forgotten when the machine loses power.
void sync_directory(const std::string& directory) {
  const net::UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) (void)fsync(fd.get());
}

}  // namespace

absl::Status SavedDocuments::open() const {
  if (directory_.empty()) return absl::OkStatus();
  if (mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST) {
    return net::os_error(directory_, errno);
  }
  struct stat facts;
  if (stat(directory_.c_str(), &facts) != 0) return net::os_error(directory_, errno);
  if (!S_ISDIR(facts.st_mode)) return net::os_error(directory_, ENOTDIR);
  if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return absl::InvalidArgumentError(directory_ +
                                      ": others may write here, and whoever does chooses keys");
  }
  if (access(directory_.c_str(), W_OK) != 0) return net::os_error(directory_, errno);
  return absl::OkStatus();
}

std::string SavedDocuments::path_of(std::string_view source) const {
  return std::string(directory_).append("/").append(hex_sha256(source));
}

std::optional<SavedDocument> SavedDocuments::load(std::string_view source) const {
  if (directory_.empty()) return std::nullopt;
  const net::UniqueFd fd(::open(path_of(source).c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts;
  if (!fd || fstat(fd.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  if (static_cast<size_t>(facts.st_size) > kDocumentBytesMax) return std::nullopt;
  SavedDocument document{std::string(static_cast<size_t>(facts.st_size), '\0'),
                         facts.st_mtim.tv_sec};
  // What is shorter by now is no valid document either.
  const ssize_t num_read = ::read(fd.get(), document.text.data(), document.text.size());
  if (num_read != facts.st_size) return std::nullopt;
  return document;
}

absl::Status SavedDocuments::save(std::string_view source, std::string_view text) const {
  if (directory_.empty()) return absl::OkStatus();
  const std::string path = path_of(source);
  const std::optional<SavedDocument> there = load(source);
  if (there && there->text == text && utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0) {
    return absl::OkStatus();
  }
  std::string temporary = path + ".XXXXXX";
  const net::UniqueFd fd(mkostemp(temporary.data(), O_CLOEXEC));  // 0600
  if (!fd) return net::os_error(temporary, errno);
  if (!write_all(fd.get(), text) || fsync(fd.get()) != 0 ||
      rename(temporary.c_str(), path.c_str()) != 0) {
    const absl::Status status = net::os_error(path, errno);
    unlink(temporary.c_str());
    return status;
  }
  sync_directory(directory_);
  return absl::OkStatus();
}

void SavedDocuments::remove(std::string_view source) const {
  if (!directory_.empty()) (void)unlink(path_of(source).c_str());
}

}  // namespace simdjwt::jwks
