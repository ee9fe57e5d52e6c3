// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// The tables of a registry, and how older ones become those of today.

#ifndef SIMDJWT_IO_REGISTRY_SCHEMA_H_
#define SIMDJWT_IO_REGISTRY_SCHEMA_H_

#include <absl/status/status.h>

#include <span>

#include "registry/sqlite.h"

namespace simdjwt::registry {

// A script for each version of the schema, which makes it of the one before; the first makes it of
// an empty database.
[[nodiscard]] std::span<const char* const> schema_scripts() noexcept;

// Brings the schema to its last version, in one transaction for each. kFailedPrecondition for one
// that is newer than that; kInvalidArgument for a file of something else.
[[nodiscard]] absl::Status migrate(Database& database, std::span<const char* const> scripts);

// kDataLoss, with the first thing that is wrong, for a damaged file. Reads all of it.
[[nodiscard]] absl::Status check_pages(Database& database);

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_SCHEMA_H_
