// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/secret_files.h"

#include <cstddef>
#include <string_view>

#include "serve/credentials.h"
#include "serve/file_text.h"
#include "simdjwt/limits.h"

namespace simdjwt::serve {
namespace {

void warn_if_open(const FileText& secrets, const std::string& path,
                  std::vector<std::string>& warnings) {
  if (!secrets.everybody_may_read()) return;
  warnings.push_back(path + ": everybody on this machine may read these secrets");
}

// Whether a key of the set is shared ("k") or private ("d"), also if it is one that is skipped.
bool holds_secrets(std::string_view jwks) {
  for (const std::string_view name : {"\"k\"", "\"d\""}) {
    for (size_t at = 0; (at = jwks.find(name, at)) != std::string_view::npos;) {
      at += name.size();
      const size_t next = jwks.find_first_not_of(" \t\r\n", at);
      if (next != std::string_view::npos && jwks[next] == ':') return true;
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<KeySet> load_keys(const std::string& path, const std::vector<Algorithm>& algorithms,
                                 std::vector<std::string>& warnings) {
  const absl::StatusOr<FileText> text = FileText::read(path, kJwksBytesMax);
  if (!text.ok()) return text.status();
  if (holds_secrets(text->view())) warn_if_open(*text, path, warnings);
  std::vector<std::string> skipped;
  absl::StatusOr<KeySet> keys =
      KeySet::from_jwks(text->view(), {.algorithms = algorithms}, &skipped);
  for (const std::string& line : skipped) warnings.push_back(path + ": " + line);
  if (!keys.ok()) {
    return absl::InvalidArgumentError(path + ": " + std::string(keys.status().message()));
  }
  return keys;
}

absl::StatusOr<std::string> load_introspection_secret(const std::string& path,
                                                      std::vector<std::string>& warnings) {
  constexpr size_t kSecretBytesMin = 16;
  constexpr size_t kSecretBytesMax = 1024;
  if (path.empty()) return std::string();
  const absl::StatusOr<FileText> text = FileText::read(path, kSecretBytesMax);
  if (!text.ok()) return text.status();
  warn_if_open(*text, path, warnings);
  std::string_view secret = text->view();
  if (secret.ends_with('\n')) secret.remove_suffix(1);
  if (secret.size() < kSecretBytesMin || !is_b64token(secret)) {
    return absl::InvalidArgumentError(
        path + ": not a secret of 16 or more letters, digits and \"-._~+/\"");
  }
  return std::string(secret);
}

}  // namespace simdjwt::serve
