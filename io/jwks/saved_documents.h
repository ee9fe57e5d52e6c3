// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What was fetched and was good, on disk, so that a restart without network still verifies: key
// sets, status lists.

#ifndef SIMDJWT_IO_JWKS_SAVED_DOCUMENTS_H_
#define SIMDJWT_IO_JWKS_SAVED_DOCUMENTS_H_

#include <absl/status/status.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace simdjwt::jwks {

struct SavedDocument {
  std::string text;          // as it was fetched
  int64_t unix_seconds = 0;  // when
};

// A directory with a file for each source, which is named by a hash of what the source is. Whoever
// can write there chooses keys.
class SavedDocuments {
 public:
  // An empty directory: nothing is kept.
  explicit SavedDocuments(std::string directory) : directory_(std::move(directory)) {}

  // Makes the directory, for its owner alone, if its parent exists. Fails if others may write to
  // it. To be called before the others.
  [[nodiscard]] absl::Status open() const;

  // nullopt if there is none. `source` says what it is of.
  [[nodiscard]] std::optional<SavedDocument> load(std::string_view source) const;

  // On disk when this returns, and never half of it: written beside and renamed. Of what is there
  // already, only the date changes.
  [[nodiscard]] absl::Status save(std::string_view source, std::string_view text) const;

  void remove(std::string_view source) const;

 private:
  [[nodiscard]] std::string path_of(std::string_view source) const;

  std::string directory_;
};

}  // namespace simdjwt::jwks

#endif  // SIMDJWT_IO_JWKS_SAVED_DOCUMENTS_H_
