// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// SQLite behind values that clean up after themselves and errors that are statuses. What only
// SQLite understands is here and in schema.cc; all other SQL is of the kind that PostgreSQL takes
// too.

#ifndef SIMDJWT_IO_REGISTRY_SQLITE_H_
#define SIMDJWT_IO_REGISTRY_SQLITE_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace simdjwt::registry {

// Bytes that are no text.
struct Blob {
  std::string_view bytes;
};

// A statement and the rows it yields. An error, also one of its making, ends the rows and is kept.
class Statement {
 public:
  Statement(Statement&&) noexcept = default;

  // Steps to the next row; false behind the last, and on an error.
  [[nodiscard]] bool next();
  [[nodiscard]] const absl::Status& status() const noexcept { return status_; }
  // To the end, for what yields no rows.
  [[nodiscard]] absl::Status finish();
  // Runs it, which yields no rows, with other values than before: preparing takes longer than that.
  template <class... Values>
  [[nodiscard]] absl::Status run(const Values&... values) {
    rewind();
    (bind(values), ...);
    return finish();
  }
  // The one row that there must be: kNotFound with this message if there is none.
  [[nodiscard]] absl::Status only_row(std::string_view missing);

  // Columns of the row, from 0. Views live until the next step.
  [[nodiscard]] int64_t integer(int column) const noexcept;
  [[nodiscard]] std::optional<int64_t> optional_integer(int column) const noexcept;
  [[nodiscard]] bool is_null(int column) const noexcept;
  [[nodiscard]] std::string_view text(int column) const noexcept;
  [[nodiscard]] std::string_view blob(int column) const noexcept;

  // Fill the next placeholder; texts and blobs are copied.
  void bind(int64_t value);
  void bind(std::string_view value);
  void bind(Blob value);
  void bind(std::optional<int64_t> value);

 private:
  friend class Database;
  Statement(sqlite3* connection, const std::string& path, std::string_view sql);
  void rewind();
  // Keeps the connection's error, unless `result` is none.
  void note(int result);

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const std::string* path_;  // for messages
  int num_bound_ = 0;
  absl::Status status_;
};

// A connection. Not for several threads at once. Statements must not outlive it.
class Database {
 public:
  // An existing file. Commits are synchronized with the disk.
  [[nodiscard]] static absl::StatusOr<Database> open(const std::string& path);
  // From now on readers and a writer do not wait for one another. The file remembers.
  [[nodiscard]] absl::Status start_write_ahead_log();

  // A statement with its placeholders (?) filled in order.
  template <class... Values>
  [[nodiscard]] Statement query(std::string_view sql, const Values&... values) {
    Statement statement(connection_.get(), *path_, sql);
    (statement.bind(values), ...);
    return statement;
  }
  template <class... Values>
  [[nodiscard]] absl::Status run(std::string_view sql, const Values&... values) {
    return query(sql, values...).finish();
  }
  // Several statements without placeholders, separated by semicolons.
  [[nodiscard]] absl::Status run_script(const char* sql);

  // Rows that the last statement changed.
  [[nodiscard]] int64_t num_changed() const noexcept;
  [[nodiscard]] bool in_transaction() const noexcept;
  [[nodiscard]] const std::string& path() const noexcept { return *path_; }

 private:
  Database() = default;
  struct Close {
    void operator()(sqlite3* connection) const noexcept;
  };
  std::unique_ptr<sqlite3, Close> connection_;
  std::unique_ptr<const std::string> path_;  // statements point to it
  int num_transactions_ = 0;                 // one within the other

  friend class Transaction;
};

// Ends with its scope, and takes back what it did unless it was committed. One that begins within
// another is a part of it: what it has committed stays if the outer one is committed.
class Transaction {
 public:
  enum class Kind : uint8_t {
    kRead,   // sees one state of the database, whatever others write
    kWrite,  // the only one of its kind at a time
  };
  [[nodiscard]] static absl::StatusOr<Transaction> begin(Database& database, Kind kind);
  Transaction(Transaction&& other) noexcept
      : database_(std::exchange(other.database_, nullptr)), is_inner_(other.is_inner_) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // Once it returns OK, what was written stays, whatever happens to process or machine.
  [[nodiscard]] absl::Status commit();

 private:
  Transaction(Database& database, bool is_inner) : database_(&database), is_inner_(is_inner) {}
  Database* database_;
  bool is_inner_;
  bool is_committed_ = false;
};

}  // namespace simdjwt::registry

#endif  // SIMDJWT_IO_REGISTRY_SQLITE_H_
