// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "registry/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "net/os_error.h"
#include "net/unique_fd.h"
#include "registry/names.h"
#include "registry/rows.h"
#include "registry/schema.h"
#include "registry/writer.h"

namespace simdjwt::registry {
namespace {

std::string key_path(const std::string& path) { return path + ".key"; }

// SQLite gives the files beside it the same mode.
absl::Status make_file(const std::string& path) {
  const net::UniqueFd fd(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (fd) return absl::OkStatus();
  if (errno == EEXIST) return absl::AlreadyExistsError(path + ": exists already");
  return net::os_error(path, errno);
}

void remove_files(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm"}) unlink((path + suffix).c_str());
}

// Without this, the new files may be forgotten when the machine loses power.
void sync_directory_of(const std::string& path) {
  const std::filesystem::path directory = std::filesystem::absolute(path).parent_path();
  const net::UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) (void)fsync(fd.get());
}

absl::Status insert_registry(Database& database, const Vault& vault, std::string_view issuer,
                             int64_t now) {
  const absl::StatusOr<std::string> check = vault.make_check();
  if (!check.ok()) return check.status();
  return database.run(
      "INSERT INTO registry (id, version, log_start, next_token, issuer, key_check, created) "
      "VALUES (1, 0, 0, 0, ?, ?, ?)",
      issuer, Blob{*check}, now);
}

// A file that was made for it becomes a registry.
absl::Status fill_file(const std::string& path, const Vault& vault, std::string_view issuer,
                       const Act& act) {
  absl::StatusOr<Database> database = Database::open(path);
  if (!database.ok()) return database.status();
  if (absl::Status s = migrate(*database, schema_scripts()); !s.ok()) return s;
  if (absl::Status s = database->start_write_ahead_log(); !s.ok()) return s;
  absl::StatusOr<Transaction> transaction =
      Transaction::begin(*database, Transaction::Kind::kWrite);
  if (!transaction.ok()) return transaction.status();
  if (absl::Status s = insert_registry(*database, vault, issuer, act.time); !s.ok()) return s;
  Writer writer(*database, act);
  if (absl::Status s = writer.log_audit(std::nullopt, "registry.create", issuer); !s.ok()) return s;
  return transaction->commit();
}

}  // namespace

absl::StatusOr<Store> Store::create(const std::string& path, std::string_view issuer,
                                    const Act& act) {
  if (absl::Status s = check_url("issuer", issuer); !s.ok()) return s;
  if (absl::Status s = make_file(path); !s.ok()) return s;
  const absl::StatusOr<Vault> vault = Vault::open_or_create(key_path(path));
  const absl::Status status = vault.ok() ? fill_file(path, *vault, issuer, act) : vault.status();
  if (!status.ok()) {
    remove_files(path);
    return status;
  }
  sync_directory_of(path);
  return open(path);
}

absl::StatusOr<Store> Store::open(const std::string& path) {
  absl::StatusOr<Database> database = Database::open(path);
  if (!database.ok()) return database.status();
  if (absl::Status s = migrate(*database, schema_scripts()); !s.ok()) return s;
  absl::StatusOr<Vault> vault = Vault::open(key_path(path));
  if (!vault.ok()) return vault.status();
  std::string issuer;
  {
    Statement row = database->query("SELECT issuer, key_check FROM registry");
    if (absl::Status s = row.only_row(path + ": is no registry, its making was interrupted");
        !s.ok()) {
      return s;
    }
    if (!vault->passes(row.blob(1))) {
      return absl::FailedPreconditionError(key_path(path) + ": is the key of another registry");
    }
    issuer = row.text(0);
  }
  return Store(*std::move(database), *std::move(vault), std::move(issuer));
}

absl::Status Store::check_integrity() { return check_pages(database_); }

absl::StatusOr<bool> Store::names_status_lists() { return registry::names_status_lists(database_); }

absl::Status Store::name_status_lists(bool names, const Act& act) {
  return write(act, [&](Writer& writer) -> absl::Status {
    if (absl::Status s = database_.run(
            "UPDATE registry SET names_status_lists = ? WHERE names_status_lists != ?",
            int64_t{names}, int64_t{names});
        !s.ok()) {
      return s;
    }
    if (database_.num_changed() == 0) return absl::OkStatus();
    return writer.log_audit(std::nullopt, "registry.status_lists", names ? "on" : "off");
  });
}

absl::Status Store::change_together(absl::FunctionRef<void()> body) {
  absl::StatusOr<Transaction> transaction =
      Transaction::begin(database_, Transaction::Kind::kWrite);
  if (!transaction.ok()) return transaction.status();
  body();
  return transaction->commit();
}

absl::Status Store::write(const Act& act, absl::FunctionRef<absl::Status(Writer&)> body) {
  absl::StatusOr<Transaction> transaction =
      Transaction::begin(database_, Transaction::Kind::kWrite);
  if (!transaction.ok()) return transaction.status();
  Writer writer(database_, act);
  if (absl::Status s = body(writer); !s.ok()) return s;
  return writer.has_written() ? transaction->commit() : absl::OkStatus();
}

absl::Status Store::read(absl::FunctionRef<absl::Status()> body) {
  absl::StatusOr<Transaction> transaction = Transaction::begin(database_, Transaction::Kind::kRead);
  return transaction.ok() ? body() : transaction.status();
}

absl::StatusOr<std::vector<AuditEntry>> Store::audit(const AuditQuery& query) {
  Statement rows = database_.query(
      "SELECT id, version, time, actor, account, action, subject, detail FROM audit "
      "WHERE (? IS NULL OR account = ?) AND id < ? ORDER BY id DESC LIMIT ?",
      query.account, query.account, query.before.value_or(INT64_MAX),
      static_cast<int64_t>(std::clamp<size_t>(query.limit, 1, kPageRowsMax)));
  std::vector<AuditEntry> entries;
  while (rows.next()) {
    entries.push_back({.id = rows.integer(0),
                       .version = rows.integer(1),
                       .time = rows.integer(2),
                       .actor = std::string(rows.text(3)),
                       .account = rows.optional_integer(4),
                       .action = std::string(rows.text(5)),
                       .subject = std::string(rows.text(6)),
                       .detail = std::string(rows.text(7))});
  }
  if (!rows.status().ok()) return rows.status();
  return entries;
}

absl::StatusOr<int64_t> Store::version() {
  Statement row = database_.query("SELECT version FROM registry");
  if (absl::Status s = row.only_row("the registry has no version"); !s.ok()) return s;
  return row.integer(0);
}

}  // namespace simdjwt::registry
