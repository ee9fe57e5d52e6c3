// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// Holds the sources to their rules, and the rules to samples.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tidy/source_rules.h"

namespace simdjwt::testing {
namespace {

constexpr std::string_view kHead =
    "// SPDX-License-Identifier: Apache-2.0\n// Copyright The simdjwt Authors\n";

std::vector<std::string> mistakes_of(std::string_view path, std::string_view body) {
  return mistakes_in(path, std::string(kHead) + std::string(body));
}

void expect_good(std::string_view path, std::string_view body) {
  const std::vector<std::string> mistakes = mistakes_of(path, body);
  EXPECT_TRUE(mistakes.empty()) << path << ": " << body << mistakes.front();
}

void expect_bad(std::string_view path, std::string_view body, std::string_view what) {
  const std::vector<std::string> mistakes = mistakes_of(path, body);
  ASSERT_EQ(mistakes.size(), 1u) << path << ": " << body;
  EXPECT_NE(mistakes.front().find(what), std::string::npos) << mistakes.front();
}

// --- The rules against samples ---

TEST(SourceRules, WantLicenceAndCopyright) {
  EXPECT_TRUE(mistakes_in("core/jose/a.cc", kHead).empty());
  EXPECT_EQ(mistakes_in("core/jose/a.cc", "int a;\n").size(), 2u);
  EXPECT_EQ(mistakes_in("tests/a.py", "print()\n").size(), 1u);
  EXPECT_TRUE(
      mistakes_in("tests/a.py", "#!/usr/bin/python3\n# SPDX-License-Identifier: Apache-2.0\n")
          .empty());
  EXPECT_EQ(mistakes_in("core/CMakeLists.txt", "a()\n").size(), 1u);
}

TEST(SourceRules, WantShortLines) {
  expect_good("io/net/a.cc", "// " + std::string(97, 'x') + "\n");
  expect_bad("io/net/a.cc", "// " + std::string(98, 'x') + "\n", "100 columns");
  std::string umlauts;
  for (int i = 0; i < 97; ++i) umlauts += "ü";
  expect_good("io/net/a.cc", "// " + umlauts + "\n");
  expect_bad("io/net/a.cc", "\tint a;\n", "tab");
  expect_bad("io/net/a.cc", "int a; \n", "blank");
  expect_bad("io/net/a.cc", "int a;", "line end");
}

TEST(SourceRules, WantLayersInOneDirection) {
  expect_good("core/verify/a.cc", "#include \"bytes/b.h\"\n#include \"state/b.h\"\n");
  expect_good("core/jose/a.cc", "#include \"bytes/b.h\"\n#include \"jose/b.h\"\n");
  expect_bad("core/jose/a.cc", "#include \"state/b.h\"\n", "higher");
  expect_bad("core/bytes/a.cc", "#include \"jose/b.h\"\n", "higher");
  expect_bad("core/state/a.cc", "#include \"verify/b.h\"\n", "higher");
  expect_bad("core/state/a.cc", "#include \"net/ring.h\"\n", "not core's");
  expect_bad("core/include/simdjwt/a.h", "#include \"jose/b.h\"\n", "internal");
  expect_good("core/include/simdjwt/a.h", "#include \"simdjwt/b.h\"\n");
  expect_good("io/serve/a.cc", "#include \"net/b.h\"\n#include \"simdjwt/verifier.h\"\n");
  expect_good("io/api/a.cc", "#include \"serve/b.h\"\n#include \"api/c.h\"\n");
  expect_bad("io/serve/a.cc", "#include \"api/b.h\"\n", "knows nothing of it");
  expect_bad("io/serve/a.cc", "#include \"cli/b.h\"\n", "neither");
  expect_bad("io/serve/a.cc", "#include \"jose/b.h\"\n", "neither");
  expect_bad("io/net/a.cc", "#include \"http/b.h\"\n", "only themselves");
  expect_bad("tools/a.cc", "#include \"jose/b.h\"\n", "internals");
}

TEST(SourceRules, WantCoreWithoutTheWorld) {
  expect_good("core/jose/a.cc", "#include <openssl/crypto.h>\n#include <simdjson.h>\n");
  expect_good("core/include/simdjwt/a.h", "#include <absl/status/statusor.h>\n#include <span>\n");
  expect_bad("core/jose/a.cc", "#include <absl/synchronization/mutex.h>\n", "without");
  expect_bad("core/jose/a.cc", "#include <absl/time/clock.h>\n", "without");
  for (const char* header : {"mutex", "thread", "iostream", "fstream", "chrono", "ctime", "cstdio",
                             "cstdlib", "filesystem", "sys/socket.h", "unistd.h", "liburing.h",
                             "random", "regex", "functional", "boost/x.h"}) {
    expect_bad("core/verify/a.cc", "#include <" + std::string(header) + ">\n", "do without");
  }
  expect_bad("core/include/simdjwt/a.h", "#include <openssl/evp.h>\n", "users");
  expect_bad("core/include/simdjwt/a.h", "#include <simdjson.h>\n", "users");
  expect_bad("core/include/simdjwt/a.h", "#include <sodium.h>\n", "users");
  expect_good("io/net/a.cc", "#include <sys/socket.h>\n#include <thread>\n");
}

TEST(SourceRules, WantCoreWithoutSomeWords) {
  for (const char* code :
       {"throw 1;", "try {", "} catch (int) {", "strlen(a);", "std::printf(\"\");", "snprintf(a);",
        "fprintf(stderr);", "std::cout << 1;", "getenv(\"A\");", "time(nullptr);", "std::mutex m;",
        "std::lock_guard l(m);", "rand();", "std::abort();", "exit(1);", "assert(a);",
        "std::memcmp(tag, other, 32);"}) {
    const std::vector<std::string> mistakes =
        mistakes_of("core/jose/a.cc", std::string(code) + "\n");
    EXPECT_EQ(mistakes.size(), 1u) << code;
    expect_good("io/serve/a.cc", std::string(code) + "\n");
  }
  expect_good("core/jose/a.cc", "// throw time( strlen\n/* try\n getenv( */\n");
  expect_good("core/jose/a.cc", "auto a = \"throw\"; auto b = R\"x(try \" )\" { )x\";\n");
  expect_good("core/jose/a.cc", "int64_t lifetime(int x); static_assert(true);\n");
  expect_good("core/verify/header_memo.h", "return std::memcmp(a, b, n) == 0;\n");
}

TEST(SourceRules, WantOneTitleInMarkdown) {
  EXPECT_TRUE(mistakes_in("a.md", "# One\n\n## Part\n\n```\n# no title\n```\n").empty());
  EXPECT_EQ(mistakes_in("a.md", "## Part\n").size(), 1u);
  EXPECT_EQ(mistakes_in("a.md", "# One\n# Two\n").size(), 1u);
}

TEST(SourceRules, SeeThroughCommentsAndStrings) {
  EXPECT_EQ(without_comments_and_strings("a\"b\\\"c\"+'e'f//g\nh/*i\nj*/k"), "a+f\nh\nk");
  EXPECT_EQ(without_comments_and_strings("1'000'000 + 'x'"), "1'000'000 + ");
  EXPECT_EQ(without_comments_and_strings("R\"(a\"b)\" c R\"x(//)\" )x\" d"), " c  d");
}

// --- The sources against the rules ---

TEST(Sources, KeepTheRules) {
  namespace fs = std::filesystem;
  const fs::path root = SIMDJWT_SOURCE_DIR;
  size_t num_files = 0;
  for (const char* folder :
       {"core", "io", "tools", "bench", "tests", ".github", "README.md", "CMakeLists.txt"}) {
    std::vector<fs::path> files;
    if (fs::is_regular_file(root / folder)) files.push_back(root / folder);
    if (fs::is_directory(root / folder)) {
      for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
      }
    }
    for (const fs::path& file : files) {
      // Inputs of fuzz targets may be anything.
      const std::string path = fs::relative(file, root).generic_string();
      if (path.starts_with("tests/fuzz/corpus/")) continue;
      std::ifstream stream(file, std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(stream), {}};
      for (const std::string& mistake : mistakes_in(path, text)) ADD_FAILURE() << mistake;
      ++num_files;
    }
  }
  EXPECT_GT(num_files, 100u);
}

}  // namespace
}  // namespace simdjwt::testing
