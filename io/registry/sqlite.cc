// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/sqlite.h"

#include <sqlite3.h>

#include <cerrno>
#include <climits>
#include <utility>

namespace simdjwt::registry {
namespace {

// How long a writer waits for another one's transaction.
constexpr int kBusyMilliseconds = 10'000;

bool is_disk_full(sqlite3* connection, int primary) {
  if (primary == SQLITE_FULL) return true;
  if (primary != SQLITE_IOERR) return false;
  // SQLite before 3.41 does not keep that of a failed COMMIT, nor does it touch errno afterwards.
  const int kept = sqlite3_system_errno(connection);
  const int error = kept != 0 ? kept : errno;
  return error == ENOSPC || error == EFBIG || error == EDQUOT;
}

// What went wrong last, in the words of whoever has to see to it.
absl::Status error_of(sqlite3* connection, const std::string& path, int result) {
  const int primary = result & 0xff;
  const std::string message = path + ": " + sqlite3_errmsg(connection);
  if (is_disk_full(connection, primary)) {
    return absl::ResourceExhaustedError(path + ": the disk is full");
  }
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::UnavailableError(path + ": another process has been writing for too long");
    case SQLITE_CORRUPT:
      return absl::DataLossError(path + ": the file is damaged (" + sqlite3_errmsg(connection) +
                                 ')');
    case SQLITE_NOTADB:
      return absl::InvalidArgumentError(path + ": is no registry");
    case SQLITE_CONSTRAINT:
      return absl::AlreadyExistsError(message);
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return absl::UnavailableError(message);
    default:
      return absl::InternalError(message);
  }
}

}  // namespace

// --- Statement ---

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Statement::Statement(sqlite3* connection, const std::string& path, std::string_view sql)
    : path_(&path) {
  sqlite3_stmt* statement = nullptr;
  const int result =
      sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  if (result != SQLITE_OK) status_ = error_of(connection, path, result);
}

void Statement::note(int result) {
  if (result == SQLITE_OK || !status_.ok()) return;
  status_ = error_of(sqlite3_db_handle(statement_.get()), *path_, result);
}

void Statement::bind(int64_t value) {
  if (status_.ok()) note(sqlite3_bind_int64(statement_.get(), ++num_bound_, value));
}

void Statement::bind(std::string_view value) {
  // A null pointer would bind NULL.
  const char* const text = value.data() == nullptr ? "" : value.data();
  if (status_.ok()) {
    note(sqlite3_bind_text64(statement_.get(), ++num_bound_, text, value.size(), SQLITE_TRANSIENT,
                             SQLITE_UTF8));
  }
}

void Statement::bind(Blob value) {
  if (status_.ok()) {
    note(sqlite3_bind_blob64(statement_.get(), ++num_bound_, value.bytes.data(), value.bytes.size(),
                             SQLITE_TRANSIENT));
  }
}

void Statement::bind(std::optional<int64_t> value) {
  if (value) return bind(*value);
  if (status_.ok()) note(sqlite3_bind_null(statement_.get(), ++num_bound_));
}

bool Statement::next() {
  if (!status_.ok()) return false;
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) note(result);
  return false;
}

absl::Status Statement::finish() {
  while (next()) {
  }
  return status_;
}

absl::Status Statement::only_row(std::string_view missing) {
  if (next()) return absl::OkStatus();
  return status_.ok() ? absl::NotFoundError(std::string(missing)) : status_;
}

void Statement::rewind() {
  // It tells once more of the last error, which is known.
  (void)sqlite3_reset(statement_.get());
  num_bound_ = 0;
}

int64_t Statement::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<int64_t> Statement::optional_integer(int column) const noexcept {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

bool Statement::is_null(int column) const noexcept {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string_view Statement::text(int column) const noexcept {
  const unsigned char* const chars = sqlite3_column_text(statement_.get(), column);
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {reinterpret_cast<const char*>(chars), size};
}

std::string_view Statement::blob(int column) const noexcept {
  const void* const bytes = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {static_cast<const char*>(bytes), size};
}

// --- Database ---

void Database::Close::operator()(sqlite3* connection) const noexcept { sqlite3_close(connection); }

absl::StatusOr<Database> Database::open(const std::string& path) {
  Database database;
  database.path_ = std::make_unique<const std::string>(path);
  sqlite3* connection = nullptr;
  // One thread at a time uses a connection, so it needs no mutex.
  const int result =
      sqlite3_open_v2(path.c_str(), &connection,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  database.connection_.reset(connection);
  if (connection == nullptr) return absl::ResourceExhaustedError(path + ": out of memory");
  if (result != SQLITE_OK) return error_of(connection, path, result);
  sqlite3_busy_timeout(connection, kBusyMilliseconds);
  const absl::Status status = database.run_script(
      "PRAGMA synchronous = FULL;"
      "PRAGMA foreign_keys = ON;"
      "PRAGMA trusted_schema = OFF;"
      "PRAGMA cell_size_check = ON;");
  if (!status.ok()) return status;
  return database;
}

absl::Status Database::run_script(const char* sql) {
  const int result = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  return result == SQLITE_OK ? absl::OkStatus() : error_of(connection_.get(), *path_, result);
}

absl::Status Database::start_write_ahead_log() { return run_script("PRAGMA journal_mode = WAL"); }

int64_t Database::num_changed() const noexcept { return sqlite3_changes64(connection_.get()); }

bool Database::in_transaction() const noexcept {
  return sqlite3_get_autocommit(connection_.get()) == 0;
}

// --- Transaction ---

namespace {

// An error of the disk ends a transaction as a whole, not the part alone that met with it.
absl::Status taken_back(const Database& database) {
  return absl::UnavailableError(database.path() + ": what was changed together was taken back");
}

}  // namespace

absl::StatusOr<Transaction> Transaction::begin(Database& database, Kind kind) {
  const bool is_inner = database.num_transactions_ > 0;
  if (is_inner && !database.in_transaction()) return taken_back(database);
  // A transaction that began by reading cannot become one that writes once others have written.
  const absl::Status status = database.run_script(is_inner               ? "SAVEPOINT inner_part"
                                                  : kind == Kind::kWrite ? "BEGIN IMMEDIATE"
                                                                         : "BEGIN");
  if (!status.ok()) return status;
  ++database.num_transactions_;
  return Transaction(database, is_inner);
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  --database_->num_transactions_;
  if (is_committed_ || !database_->in_transaction()) return;
  // An error of its own has rolled back already.
  (void)database_->run_script(is_inner_ ? "ROLLBACK TO inner_part; RELEASE inner_part"
                                        : "ROLLBACK");
}

absl::Status Transaction::commit() {
  if (!database_->in_transaction()) return taken_back(*database_);
  absl::Status status = database_->run_script(is_inner_ ? "RELEASE inner_part" : "COMMIT");
  is_committed_ = status.ok();
  return status;
}

}  // namespace simdjwt::registry
