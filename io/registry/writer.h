// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Writer: one change of the registry, while it is being made.

#ifndef SIMDJWT_IO_REGISTRY_WRITER_H_
#define SIMDJWT_IO_REGISTRY_WRITER_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "registry/model.h"
#include "registry/sqlite.h"

namespace simdjwt::registry {

// What kind of row changed, in the numbers of the log, and what `a`, `b` and `name` are of it.
enum class ChangeKind : uint8_t {
  kAccount = 1,      // account
  kSecret = 2,       // account, generation
  kServer = 3,       // server
  kToken = 4,        // index
  kAssociation = 5,  // index, server
  kEpoch = 6,        // scope, account, name
  kForeign = 7,      // account, 0, jti
};

// In a transaction, which the first entry makes the registry's next version.
class Writer {
 public:
  Writer(Database& database, const Act& act) : database_(database), act_(act) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  [[nodiscard]] Database& database() noexcept { return database_; }
  [[nodiscard]] int64_t now() const noexcept { return act_.time; }

  // Tells readers to look at the row.
  [[nodiscard]] absl::Status log_change(ChangeKind kind, int64_t a, int64_t b = 0,
                                        std::string_view name = "");
  [[nodiscard]] absl::Status log_audit(std::optional<AccountId> account, std::string_view action,
                                       std::string_view subject, std::string_view detail = "");

  // Remembers what was made, by its name or jti, for whoever asks again. Fails with kAlreadyExists
  // where another process has made something with the same key meanwhile.
  [[nodiscard]] absl::Status log_made(std::string_view subject);

  [[nodiscard]] bool has_written() const noexcept { return version_.has_value(); }

 private:
  [[nodiscard]] absl::Status begin_version();

  Database& database_;
  const Act& act_;
  std::optional<int64_t> version_;
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_WRITER_H_
