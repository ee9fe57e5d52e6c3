// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include <sys/stat.h>

#include <filesystem>

#include "registry/registry_fixture.h"
#include "registry/schema.h"
#include "registry/sqlite.h"

namespace simdjwt::registry {
namespace {

using StoreTest = RegistryTest;

mode_t mode_of(const std::string& path) {
  struct stat facts {};
  EXPECT_EQ(stat(path.c_str(), &facts), 0) << path;
  return facts.st_mode & 0777;
}

TEST_F(StoreTest, MakesFilesForTheirOwnerAlone) {
  const mode_t old_mask = umask(0);
  Store store = make_store();
  make_account(store);
  umask(old_mask);
  for (const char* suffix : {"", ".key", "-wal", "-shm"}) {
    EXPECT_EQ(mode_of(path() + suffix), 0600u) << suffix;
  }
}

TEST_F(StoreTest, KeepsWhatItWasTold) {
  AccountId id = 0;
  {
    Store store = make_store();
    const LifePolicy life{.seconds_min = 60, .seconds_max = 3600, .may_be_indefinite = false};
    id = store.create_account("alice", Accepts::kSigned, life, at(kNow)).value().id;
    EXPECT_TRUE(store.create_server(id, "api", "https://api.example/mcp", at(kNow)).ok());
  }
  Store store = Store::open(path()).value();
  EXPECT_EQ(store.issuer(), kIssuer);
  const Account account = store.find_account("alice").value();
  EXPECT_EQ(account.id, id);
  EXPECT_EQ(account.created, kNow);
  EXPECT_EQ(account.accepts, Accepts::kSigned);
  EXPECT_EQ(account.life.seconds_min, 60);
  EXPECT_EQ(account.life.seconds_max, 3600);
  EXPECT_FALSE(account.life.may_be_indefinite);
  const Server server = store.find_server(id, "api").value();
  EXPECT_EQ(server.url, "https://api.example/mcp");
  EXPECT_FALSE(server.authenticates);
  EXPECT_EQ(store.check_integrity(), absl::OkStatus());
}

TEST_F(StoreTest, ReplacesNoFileThatIsThere) {
  make_store();
  const std::string before = bytes_of(path());
  EXPECT_TRUE(absl::IsAlreadyExists(Store::create(path(), kIssuer, at(kNow)).status()));
  EXPECT_EQ(bytes_of(path()), before);
}

TEST_F(StoreTest, LeavesNoFileBehindWhenItCannotBeMade) {
  std::ofstream(path() + ".key") << "no key";
  EXPECT_FALSE(Store::create(path(), kIssuer, at(kNow)).ok());
  EXPECT_FALSE(std::filesystem::exists(path()));
  EXPECT_FALSE(Store::create(path("no/such"), kIssuer, at(kNow)).ok());
  EXPECT_FALSE(Store::create(path("other"), "no URL", at(kNow)).ok());
  EXPECT_FALSE(std::filesystem::exists(path("other")));
}

TEST_F(StoreTest, RefusesWhatIsNoRegistry) {
  EXPECT_TRUE(absl::IsUnavailable(Store::open(path("missing")).status()));
  std::ofstream(path("text")) << std::string(4096, 'x');
  EXPECT_TRUE(absl::IsInvalidArgument(Store::open(path("text")).status()));
  std::ofstream empty(path("empty"));
  EXPECT_FALSE(Store::open(path("empty")).ok());
  {
    std::ofstream other_file(path("other"));
    Database other = Database::open(path("other")).value();
    EXPECT_EQ(other.run_script("CREATE TABLE t (x)"), absl::OkStatus());
  }
  const std::string before = bytes_of(path("other"));
  EXPECT_TRUE(absl::IsInvalidArgument(Store::open(path("other")).status()));
  EXPECT_EQ(bytes_of(path("other")), before);
}

TEST_F(StoreTest, RefusesTheKeyOfAnother) {
  make_store();
  EXPECT_TRUE(Store::create(path("other"), kIssuer, at(kNow)).ok());
  std::filesystem::copy_file(path("other.key"), path() + ".key",
                             std::filesystem::copy_options::overwrite_existing);
  const absl::Status status = Store::open(path()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_NE(status.message().find("is the key of another registry"), std::string::npos);
  std::filesystem::remove(path() + ".key");
  EXPECT_TRUE(absl::IsUnavailable(Store::open(path()).status()));
  EXPECT_FALSE(std::filesystem::exists(path() + ".key")) << "a lost key is not made up";
}

TEST_F(StoreTest, RefusesANewerSchema) {
  make_store();
  {
    Database database = Database::open(path()).value();
    EXPECT_EQ(database.run_script("PRAGMA user_version = 1000"), absl::OkStatus());
  }
  const absl::Status status = Store::open(path()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_NE(status.message().find("a newer simdjwt has written it"), std::string::npos);
}

TEST_F(StoreTest, MigratesForwardStepByStep) {
  make_empty_file();
  Database database = Database::open(path()).value();
  const char* const scripts[] = {"CREATE TABLE a (x INTEGER)", "INSERT INTO a VALUES (7)",
                                 "ALTER TABLE a ADD COLUMN y INTEGER"};
  const std::span<const char* const> all(scripts);
  EXPECT_EQ(migrate(database, all.first(1)), absl::OkStatus());
  EXPECT_EQ(migrate(database, all), absl::OkStatus());
  EXPECT_EQ(migrate(database, all), absl::OkStatus());
  Statement row = database.query("SELECT x, y FROM a");
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.integer(0), 7);
  EXPECT_TRUE(row.is_null(1));
  EXPECT_FALSE(row.next());
}

TEST_F(StoreTest, TakesBackAMigrationThatFails) {
  make_empty_file();
  Database database = Database::open(path()).value();
  const char* const broken[] = {"CREATE TABLE a (x INTEGER); CREATE TABLE a (x INTEGER)"};
  EXPECT_FALSE(migrate(database, broken).ok());
  const char* const good[] = {"CREATE TABLE a (x INTEGER)"};
  EXPECT_EQ(migrate(database, good), absl::OkStatus());
}

TEST_F(StoreTest, NoticesADamagedFile) {
  {
    Store store = make_store();
    const Account account = make_account(store);
    for (int i = 0; i < 100; ++i) make_token(store, account.id);
  }
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    // Where tokens lie, not what opening it reads.
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(path()) - 5 * 4096));
    file << std::string(8192, '\x55');
  }
  absl::StatusOr<Store> store = Store::open(path());
  ASSERT_TRUE(store.ok()) << store.status();
  const absl::Status status = store->check_integrity();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
}

TEST_F(StoreTest, NamesAccountsAndServersOnce) {
  Store store = make_store();
  const Account alice = make_account(store);
  const Account bob = make_account(store, "bob");
  EXPECT_TRUE(absl::IsAlreadyExists(
      store.create_account("alice", Accepts::kRegistered, {}, at(kNow)).status()));
  EXPECT_TRUE(store.create_server(alice.id, "api", "", at(kNow)).ok());
  const absl::Status status = store.create_server(bob.id, "api", "", at(kNow)).status();
  EXPECT_TRUE(absl::IsAlreadyExists(status));
  EXPECT_EQ(status.message(), "there is a server named api already");
  EXPECT_EQ(store.accounts().value().size(), 2u);
}

TEST_F(StoreTest, RefusesNamesThatAreNotFitForPaths) {
  Store store = make_store();
  const Account alice = make_account(store, "a.B-9_");
  for (const char* name : {"", ".", "..", "a b", "a/b", "-a", "\xc3\xa4", "a\n"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        store.create_account(name, Accepts::kRegistered, {}, at(kNow)).status()))
        << name;
    EXPECT_FALSE(store.create_server(alice.id, name, "", at(kNow)).ok()) << name;
  }
  EXPECT_TRUE(store.create_server(alice.id, std::string(64, 'a'), "", at(kNow)).ok());
  EXPECT_FALSE(store.create_server(alice.id, std::string(65, 'a'), "", at(kNow)).ok());
  for (const char* url : {"api.example", "ftp://a", "https://", "https:///x", "https://a b"}) {
    EXPECT_FALSE(store.create_server(alice.id, "x", url, at(kNow)).ok()) << url;
  }
}

TEST_F(StoreTest, ShowsAnAccountNothingOfAnother) {
  Store store = make_store();
  const Account alice = make_account(store);
  const Account bob = make_account(store, "bob");
  ASSERT_TRUE(store.create_server(alice.id, "api", "", at(kNow)).ok());
  ASSERT_TRUE(store.create_server(bob.id, "bobs", "", at(kNow)).ok());
  const std::string jti = make_token(store, alice.id).token.jti;

  const auto is_hidden = [](const absl::Status& status) { return absl::IsNotFound(status); };
  EXPECT_TRUE(is_hidden(store.find_server(bob.id, "api").status()));
  EXPECT_TRUE(is_hidden(store.set_authentication(bob.id, "api", true, at(kNow))));
  EXPECT_TRUE(is_hidden(store.find_token(bob.id, jti).status()));
  EXPECT_TRUE(is_hidden(store.find_token(bob.id, jti.substr(0, 8)).status()));
  EXPECT_TRUE(is_hidden(store.copy_token(bob.id, jti, at(kNow)).status()));
  EXPECT_TRUE(is_hidden(store.revoke_token(bob.id, jti, "", at(kNow))));
  EXPECT_TRUE(is_hidden(store.associate(bob.id, jti, "bobs", at(kNow))));
  EXPECT_TRUE(is_hidden(store.associate(alice.id, jti, "bobs", at(kNow))));
  EXPECT_TRUE(is_hidden(store.dissociate(bob.id, jti, "api", at(kNow))));
  EXPECT_TRUE(store.servers(bob.id).value().size() == 1);
  EXPECT_TRUE(store.tokens(bob.id, {}, kNow).value().tokens.empty());
  EXPECT_TRUE(store.secrets(bob.id).value().empty());
  TokenRequest request{.description = "x", .servers = {"api"}};
  EXPECT_TRUE(is_hidden(store.create_token(bob.id, request, at(kNow)).status()));
  const std::vector<AuditEntry> entries = store.audit({.account = bob.id}).value();
  EXPECT_EQ(entries.size(), 2u);
  for (const AuditEntry& entry : entries) EXPECT_EQ(entry.account, bob.id);
  EXPECT_FALSE(store.find_token(alice.id, jti).value().revoked);
}

TEST_F(StoreTest, WritesAnAuditEntryWithEachChange) {
  Store store = make_store();
  const Account alice = make_account(store);
  const Act act{"root", kNow + 5};
  ASSERT_TRUE(store.create_server(alice.id, "api", "", act).ok());
  const std::string jti = make_token(store, alice.id, {"api"}).token.jti;
  ASSERT_EQ(store.revoke_token(alice.id, jti, "leaked", act), absl::OkStatus());
  const std::vector<AuditEntry> entries = store.audit({}).value();
  std::vector<std::string> actions;
  for (const AuditEntry& entry : entries) actions.insert(actions.begin(), entry.action);
  EXPECT_EQ(actions, (std::vector<std::string>{"registry.create", "account.create", "server.create",
                                               "secret.create", "token.create", "token.associate",
                                               "server.auth", "token.revoke"}));
  EXPECT_EQ(entries[0].actor, "root");
  EXPECT_EQ(entries[0].time, kNow + 5);
  EXPECT_EQ(entries[0].subject, jti);
  EXPECT_EQ(entries[0].detail, "leaked");
  EXPECT_EQ(entries[0].version, store.version().value());

  const std::vector<AuditEntry> page = store.audit({.before = entries[1].id, .limit = 2}).value();
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].id, entries[2].id);
}

TEST_F(StoreTest, ChangesNothingWhenAChangeFails) {
  Store store = make_store();
  const Account alice = make_account(store);
  const int64_t before = store.version().value();
  TokenRequest request{.description = "x", .servers = {"missing"}};
  EXPECT_FALSE(store.create_token(alice.id, request, at(kNow)).ok());
  request = {.description = "x", .claims = Template::kCustom, .custom_claims = R"({"a":1,"a":2})"};
  EXPECT_FALSE(store.create_token(alice.id, request, at(kNow)).ok());
  EXPECT_EQ(store.version().value(), before);
  EXPECT_TRUE(store.secrets(alice.id).value().empty());
  EXPECT_EQ(make_token(store, alice.id).token.index, 0u) << "no index was used up";
}

}  // namespace
}  // namespace simdjwt::registry
