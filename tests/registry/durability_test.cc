// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// What was acknowledged stays, whatever happens to whoever wrote it: processes are killed at their
// writes, disks fill up, several write at once.

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <sstream>

#include "registry/grants.h"
#include "registry/registry_fixture.h"
#include "registry/sqlite.h"

namespace simdjwt::registry {
namespace {

class DurabilityTest : public RegistryTest {
 protected:
  // With an account and the server "api". Closed again: no connection survives a fork.
  AccountId make_registry() {
    Store store = make_store();
    const AccountId account = make_account(store).id;
    EXPECT_TRUE(store.create_server(account, "api", "", at(kNow)).ok());
    return account;
  }
};

// --- Death at a write ---

// SQLite's own file system, but for the write at which the process dies, half done. SQLite has one
// set of functions for files that it locks, and one for the others.
struct DeadlyFiles {
  sqlite3_vfs* real;
  sqlite3_vfs files;
  sqlite3_io_methods methods[2];
  decltype(sqlite3_io_methods::xWrite) real_write;
  decltype(sqlite3_io_methods::xSync) real_sync;
  int num_writes_left;
};
DeadlyFiles g_deadly;

bool is_last() { return --g_deadly.num_writes_left == 0; }
void die() { (void)kill(getpid(), SIGKILL); }

int deadly_write(sqlite3_file* file, const void* bytes, int num_bytes, sqlite3_int64 offset) {
  if (is_last()) {
    (void)g_deadly.real_write(file, bytes, num_bytes / 2, offset);
    die();
  }
  return g_deadly.real_write(file, bytes, num_bytes, offset);
}

int deadly_sync(sqlite3_file* file, int flags) {
  if (is_last()) die();
  return g_deadly.real_sync(file, flags);
}

int deadly_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  const int result = g_deadly.real->xOpen(g_deadly.real, name, file, flags, flags_out);
  if (file->pMethods == nullptr) return result;
  sqlite3_io_methods& methods = g_deadly.methods[(flags & SQLITE_OPEN_MAIN_DB) != 0 ? 0 : 1];
  methods = *file->pMethods;
  g_deadly.real_write = methods.xWrite;
  g_deadly.real_sync = methods.xSync;
  methods.xWrite = deadly_write;
  methods.xSync = deadly_sync;
  file->pMethods = &methods;
  return result;
}

void die_at_write(int number) {
  g_deadly.num_writes_left = number;
  g_deadly.real = sqlite3_vfs_find(nullptr);
  g_deadly.files = *g_deadly.real;
  g_deadly.files.zName = "deadly";
  g_deadly.files.xOpen = deadly_open;
  sqlite3_vfs_register(&g_deadly.files, 1);
}

// --- A child that writes ---

struct Outcome {
  std::string lines;
  int wait_status;
};
using Acknowledge = std::function<void(const std::string&)>;

// A process of its own that runs `body`, whose acknowledgements are lines for the parent.
class Child {
 public:
  explicit Child(const std::function<void(const Acknowledge&)>& body) {
    EXPECT_EQ(pipe(pipe_), 0);
    pid_ = fork();
    if (pid_ == 0) {
      body([this](const std::string& line) {
        if (write(pipe_[1], (line + '\n').data(), line.size() + 1) < 0) _exit(3);
      });
      _exit(0);
    }
    close(pipe_[1]);
  }
  // The lines, and how the process ended.
  Outcome wait() {
    Outcome outcome;
    char buffer[4096];
    for (ssize_t n = 0; (n = read(pipe_[0], buffer, sizeof(buffer))) > 0;) {
      outcome.lines.append(buffer, static_cast<size_t>(n));
    }
    close(pipe_[0]);
    EXPECT_EQ(waitpid(pid_, &outcome.wait_status, 0), pid_);
    return outcome;
  }

 private:
  int pipe_[2];
  pid_t pid_;
};

// In the child, where no expectation is heard of.
void require(bool done, int line = __builtin_LINE()) {
  if (done) return;
  (void)fprintf(stderr, "the child's requirement in line %d failed\n", line);
  _exit(2);
}

// Changes of every kind, each acknowledged once it was made.
void change_for_ever(const std::string& path, AccountId account, const Acknowledge& acknowledge) {
  absl::StatusOr<Store> store = Store::open(path);
  require(store.ok());
  const Act act{"child", kNow};
  for (int i = 0;; ++i) {
    const absl::StatusOr<IssuedToken> issued =
        store->create_token(account, {.description = "a child's"}, act);
    require(issued.ok());
    const std::string& jti = issued->token.jti;
    acknowledge("token " + jti);
    require(store->associate(account, jti, "api", act).ok());
    acknowledge("associated " + jti);
    if (i % 2 == 0) {
      require(store->revoke_token(account, jti, "leaked", act).ok());
      acknowledge("revoked " + jti);
    }
    if (i % 4 == 1) {
      Grants grants(*store);
      const absl::StatusOr<TokenPair> pair =
          grants.create_family(account, {.description = "a child's"}, 60, kNow + 1000, "", act);
      require(pair.ok());
      require(grants.refresh(pair->refresh_token, nullptr, {}, act).ok());
      acknowledge("spent " + pair->refresh_token);
    }
    if (i % 4 == 2) {
      std::string jtis[3];
      const absl::Status status = store->change_together([&] {
        for (std::string& each : jtis) {
          const auto made = store->create_token(account, {.description = "together"}, act);
          require(made.ok() && store->revoke_token(account, made->token.jti, "leaked", act).ok());
          each = made->token.jti;
        }
      });
      require(status.ok());
      for (const std::string& each : jtis) acknowledge("revoked " + each);
    }
    if (i % 4 == 3) {
      const absl::StatusOr<SecretInfo> secret = store->rotate_secret(account, 1000, act);
      require(secret.ok());
      acknowledge("rotated " + std::to_string(secret->generation));
    }
  }
}

void expect_there(Store& store, AccountId account, const std::string& lines) {
  std::istringstream stream(lines);
  for (std::string what, which; stream >> what >> which;) {
    if (what == "rotated") {
      EXPECT_GE(store.secrets(account).value().at(0).generation, std::stoll(which));
      continue;
    }
    if (what == "spent") {
      const auto again = Grants(store).refresh(which, nullptr, {}, {"tester", kNow});
      EXPECT_TRUE(absl::IsAborted(again.status()) || absl::IsPermissionDenied(again.status()))
          << again.status();
      continue;
    }
    const absl::StatusOr<Token> token = store.find_token(account, which);
    ASSERT_TRUE(token.ok()) << what << ' ' << which << ": " << token.status();
    if (what == "associated") {
      EXPECT_EQ(token->servers, std::vector<std::string>{"api"});
    }
    if (what == "revoked") {
      EXPECT_TRUE(token->revoked) << which;
    }
  }
}

// Each token has the entries that belong to it, and no index is missing.
void expect_consistent(Store& store, AccountId account) {
  EXPECT_EQ(store.check_integrity(), absl::OkStatus());
  std::vector<Token> tokens;
  TokenQuery query{.limit = 1000};
  do {
    TokenPage page = store.tokens(account, query, kNow).value();
    tokens.insert(tokens.end(), page.tokens.begin(), page.tokens.end());
    query.before = page.next;
  } while (query.before);
  std::multiset<std::string> created;
  std::multiset<std::string> revoked;
  AuditQuery audit{.limit = 1000};
  for (bool more = true; more;) {
    const std::vector<AuditEntry> entries = store.audit(audit).value();
    for (const AuditEntry& entry : entries) {
      if (entry.action == "token.create") created.insert(entry.subject);
      if (entry.action == "token.revoke") revoked.insert(entry.subject);
    }
    more = !entries.empty();
    if (more) audit.before = entries.back().id;
  }
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    EXPECT_EQ(token.index, tokens.size() - 1 - i);
    EXPECT_EQ(created.count(token.jti), 1u);
    EXPECT_EQ(revoked.count(token.jti), token.revoked ? 1u : 0u);
  }
  EXPECT_EQ(created.size(), tokens.size());
}

TEST_F(DurabilityTest, LosesNothingAcknowledgedWhenKilledAtAnyWrite) {
  const AccountId account = make_registry();
  std::mt19937 random(7);
  std::string all_lines;
  for (int round = 0; round < 400; ++round) {
    // The first ones are the writes of recovery, which also must stand being cut off.
    const int last_write = std::uniform_int_distribution(1, 80)(random);
    Child child([&](const Acknowledge& acknowledge) {
      die_at_write(last_write);
      change_for_ever(path(), account, acknowledge);
    });
    const Outcome outcome = child.wait();
    ASSERT_TRUE(WIFSIGNALED(outcome.wait_status)) << WEXITSTATUS(outcome.wait_status);
    ASSERT_EQ(WTERMSIG(outcome.wait_status), SIGKILL);
    // What the next child opens is what this one left behind, its log and all.
    all_lines += outcome.lines;
    if (round % 8 != 0) continue;
    Store store = Store::open(path()).value();
    ASSERT_NO_FATAL_FAILURE(expect_there(store, account, outcome.lines));
  }
  Store store = Store::open(path()).value();
  expect_there(store, account, all_lines);
  expect_consistent(store, account);
  EXPECT_GT(all_lines.size(), 10'000u) << "the children got something done";
}

TEST_F(DurabilityTest, LosesNothingAcknowledgedWhenTheDiskIsFull) {
  const AccountId account = make_registry();
  Child child([&](const Acknowledge& acknowledge) {
    absl::StatusOr<Store> own = Store::open(path());
    require(own.ok());
    (void)signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{200'000, 200'000};
    require(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    absl::Status status;
    while (status.ok()) {
      const auto issued = own->create_token(account, {.description = "a child's"}, at(kNow));
      status = issued.status();
      if (issued.ok()) acknowledge("token " + issued->token.jti);
    }
    require(absl::IsResourceExhausted(status));
    require(status.message() == path() + ": the disk is full");
    require(absl::IsResourceExhausted(
        own->create_token(account, {.description = "again"}, at(kNow)).status()));
    require(own->tokens(account, {}, kNow).ok());  // reading still works
  });
  const Outcome outcome = child.wait();
  EXPECT_TRUE(WIFEXITED(outcome.wait_status));
  EXPECT_EQ(WEXITSTATUS(outcome.wait_status), 0);
  EXPECT_FALSE(outcome.lines.empty());
  Store store = Store::open(path()).value();
  expect_there(store, account, outcome.lines);
  make_token(store, account);
  expect_consistent(store, account);
}

TEST_F(DurabilityTest, MakesNoChangeOfThoseThatMeetAFullDiskTogether) {
  const AccountId account = make_registry();
  Child child([&](const Acknowledge&) {
    absl::StatusOr<Store> own = Store::open(path());
    require(own.ok());
    (void)signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{400'000, 400'000};
    require(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    const absl::Status status = own->change_together([&] {
      for (int i = 0; i < 2000; ++i) {
        (void)own->create_token(account, {.description = "a child's"}, at(kNow));
      }
    });
    require(!status.ok());
    require(own->tokens(account, {}, kNow).value().tokens.empty());
    require(own->create_token(account, {.description = "one"}, at(kNow)).ok());
  });
  EXPECT_EQ(child.wait().wait_status, 0);
  Store store = Store::open(path()).value();
  EXPECT_EQ(store.tokens(account, {}, kNow).value().tokens.size(), 1u);
  expect_consistent(store, account);
}

TEST_F(DurabilityTest, MakesNothingOfATransactionWhoseOuterOneIsGone) {
  make_registry();
  Database database = Database::open(path()).value();
  absl::StatusOr<Transaction> outer = Transaction::begin(database, Transaction::Kind::kWrite);
  ASSERT_TRUE(outer.ok());
  {
    absl::StatusOr<Transaction> inner = Transaction::begin(database, Transaction::Kind::kWrite);
    ASSERT_TRUE(inner.ok());
    EXPECT_TRUE(database.run("UPDATE servers SET url = 'https://a.example'").ok());
    EXPECT_TRUE(database.run_script("ROLLBACK").ok());
    EXPECT_TRUE(absl::IsUnavailable(inner->commit()));
  }
  EXPECT_TRUE(
      absl::IsUnavailable(Transaction::begin(database, Transaction::Kind::kWrite).status()));
  EXPECT_TRUE(absl::IsUnavailable(outer->commit()));
  Statement row = database.query("SELECT url FROM servers");
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.text(0), "");
}

// Writes down the indexes of tokens.
class IndexRecorder : public FeedSink {
 public:
  std::multiset<TokenIndex> indexes;

  void on_account(const FeedAccount&) override {}
  void on_secret(const FeedSecret&) override {}
  void on_secret_dropped(AccountId, int64_t) override {}
  void on_server(const FeedServer&) override {}
  void on_token(const FeedToken& token) override { indexes.insert(token.index); }
  void on_associated(TokenIndex, ServerId) override {}
  void on_dissociated(TokenIndex, ServerId) override {}
  void on_epoch(const FeedEpoch&) override {}
  void on_foreign_revocation(const FeedForeignRevocation&) override {}
};

TEST_F(DurabilityTest, TakesTurnsWithOtherWritersAndShowsReadersEveryChange) {
  constexpr size_t kWriters = 4;
  constexpr size_t kTokensOfEach = 40;
  const AccountId account = make_registry();
  std::vector<std::unique_ptr<Child>> children;
  for (size_t i = 0; i < kWriters; ++i) {
    children.push_back(std::make_unique<Child>([&](const Acknowledge& acknowledge) {
      absl::StatusOr<Store> own = Store::open(path());
      require(own.ok());
      for (size_t k = 0; k < kTokensOfEach; ++k) {
        const auto issued = own->create_token(account, {.description = "x"}, at(kNow));
        require(issued.ok());
        acknowledge("token " + issued->token.jti);
      }
    }));
  }
  Store store = Store::open(path()).value();
  IndexRecorder recorder;
  int64_t seen = 0;
  while (recorder.indexes.size() < kWriters * kTokensOfEach) {
    const absl::StatusOr<int64_t> version = store.read_changes(recorder, seen, kNow);
    ASSERT_TRUE(version.ok()) << version.status();
    if (*version == seen) usleep(1000);
    seen = *version;
  }
  for (const auto& child : children) {
    const Outcome outcome = child->wait();
    EXPECT_EQ(outcome.wait_status, 0);
    expect_there(store, account, outcome.lines);
  }
  for (TokenIndex i = 0; i < kWriters * kTokensOfEach; ++i) {
    EXPECT_EQ(recorder.indexes.count(i), 1u) << i;
  }
  expect_consistent(store, account);
}

}  // namespace
}  // namespace simdjwt::registry
