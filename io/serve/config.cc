// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "net/unique_fd.h"
#include "serve/toml_section.h"
#include "simdjwt/limits.h"

namespace simdjwt::serve {
namespace {

constexpr size_t kConfigBytesMax = 1024 * 1024;
constexpr size_t kChallengeTextMax = 256;
constexpr int64_t kSecondsMax = 24 * 3600;

// The bytes of a file, wiped when they are dropped.
class FileText {
 public:
  FileText() = default;
  FileText(FileText&& other) noexcept : text_(std::move(other.text_)) {}
  ~FileText() { explicit_bzero(text_.data(), text_.size()); }

  static absl::StatusOr<FileText> read(const std::string& path, size_t num_bytes_max,
                                       mode_t* mode = nullptr);
  [[nodiscard]] std::string_view view() const noexcept { return text_; }

 private:
  std::string text_;
};

absl::StatusOr<FileText> FileText::read(const std::string& path, size_t num_bytes_max,
                                        mode_t* mode) {
  const auto failure = [&path](std::string_view cause) {
    return absl::InvalidArgumentError(path + ": " + std::string(cause));
  };
  const net::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts;
  if (!fd || fstat(fd.get(), &facts) != 0) return failure(std::strerror(errno));
  if (!S_ISREG(facts.st_mode)) return failure("not a regular file");
  if (static_cast<size_t>(facts.st_size) > num_bytes_max) return failure("too large");
  if (mode != nullptr) *mode = facts.st_mode;
  FileText file;
  file.text_.resize(static_cast<size_t>(facts.st_size));
  size_t num_read = 0;
  while (num_read < file.text_.size()) {
    const ssize_t n = ::read(fd.get(), file.text_.data() + num_read, file.text_.size() - num_read);
    if (n < 0) return failure(std::strerror(errno));
    if (n == 0) return failure("changed while it was read");
    num_read += static_cast<size_t>(n);
  }
  return file;
}

// What may stand between the quotes of a challenge (RFC 6749 section 3.3, RFC 6750 section 3).
bool is_challenge_text(std::string_view text) {
  return text.size() <= kChallengeTextMax && std::all_of(text.begin(), text.end(), [](char c) {
           return c >= ' ' && c <= '~' && c != '"' && c != '\\';
         });
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::chrono::milliseconds read_seconds(TomlSection& section, const char* key,
                                       std::chrono::milliseconds unsaid) {
  const auto seconds = section.integer(key, 1, kSecondsMax);
  return seconds ? std::chrono::seconds(*seconds) : unsaid;
}

void read_listen(TomlSection section, net::SocketAddress& address, uint32_t& num_threads) {
  const std::string text = section.required_string("address");
  if (absl::StatusOr<net::SocketAddress> parsed = net::SocketAddress::parse(text); parsed.ok()) {
    address = *parsed;
  } else {
    section.fail("address", std::string(parsed.status().message()));
  }
  num_threads = static_cast<uint32_t>(section.integer("threads", 1, 256).value_or(1));
}

void read_keys(TomlSection section, const std::string& config_path, std::string& jwks_file,
               std::optional<Algorithm>& fallback_algorithm) {
  const std::filesystem::path directory = std::filesystem::path(config_path).parent_path();
  jwks_file = (directory / section.required_string("jwks_file")).string();
  if (const auto name = section.string("algorithm")) {
    fallback_algorithm = parse_algorithm(*name);
    if (!fallback_algorithm) section.fail("algorithm", "not one of HS256, HS384 and HS512");
  }
}

void read_demands(TomlSection& section, PolicyBuilder& builder) {
  if (!section.has("iss")) {
    section.fail_missing("iss", "write iss = \"https://...\", or iss = false to accept any issuer");
  } else if (section.is_false("iss")) {
    builder.ignore_iss();
  } else {
    builder.expect_iss_any_of(section.strings("iss"));
  }

  if (section.has("aud") && section.has("aud_all")) {
    section.fail("aud_all", "excludes aud: say one of them");
  } else if (section.has("aud_all")) {
    builder.expect_aud_all_of(section.strings("aud_all"));
  } else if (!section.has("aud")) {
    section.fail_missing("aud",
                         "write aud = \"https://...\", or aud = false to accept any audience");
  } else if (section.is_false("aud")) {
    builder.ignore_aud();
  } else {
    builder.expect_aud_any_of(section.strings("aud"));
  }

  if (!section.has("typ")) {
    section.fail_missing("typ",
                         "write typ = \"JWT\" or another, or typ = false to accept any type");
  } else if (section.is_false("typ")) {
    builder.ignore_typ();
  } else {
    builder.expect_typ(section.required_string("typ"));
  }

  if (!section.has("exp")) {
    section.fail_missing("exp", "write exp = \"required\", or \"optional\" for tokens without end");
  } else if (const std::string exp = section.required_string("exp"); exp == "required") {
    builder.expect_exp();
  } else if (exp == "optional") {
    builder.allow_missing_exp();
  } else {
    section.fail("exp", "neither \"required\" nor \"optional\"");
  }

  if (const auto seconds = section.integer("leeway_seconds", 0, kLeewaySecondsMax)) {
    builder.leeway_seconds(*seconds);
  }
  if (const auto seconds = section.integer("max_age_seconds", 1, kNumericDateMax)) {
    builder.max_age_seconds(*seconds);
  }
}

void read_rules(TomlSection& section, PolicyBuilder& builder, ChallengeOptions& challenge) {
  for (const std::string& name : section.strings("required_claims")) builder.require_claim(name);
  for (const std::string& name : section.strings("forbidden_claims")) builder.forbid_claim(name);
  section.for_each_in("claims", [&](const std::string& name, const TomlSection::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      builder.expect_string(name, *text);
    } else if (const auto* number = std::get_if<int64_t>(&value)) {
      builder.expect_integer(name, *number);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
      builder.expect_boolean(name, *flag);
    } else {
      builder.expect_any_of(name, std::get<std::vector<std::string>>(value));
    }
  });

  // Last, so that a token which lacks nothing but scope is told so (403 instead of 401).
  challenge.scope = section.string("scope").value_or("");
  if (!is_challenge_text(challenge.scope)) section.fail("scope", "not blank-separated scope words");
  for (const std::string& word : split_words(challenge.scope)) builder.expect_scope("scope", word);
  challenge.realm = section.string("realm").value_or("simdjwt");
  if (!is_challenge_text(challenge.realm)) {
    section.fail("realm", "not printable ASCII without quotes and backslashes, or too long");
  }
}

void read_limits(TomlSection section, uint32_t& num_connections_max, net::Timeouts& timeouts) {
  num_connections_max = static_cast<uint32_t>(
      section.integer("connections", 1, 1 << 20).value_or(num_connections_max));
  timeouts.head = read_seconds(section, "head_seconds", timeouts.head);
  timeouts.idle = read_seconds(section, "idle_seconds", timeouts.idle);
  timeouts.write = read_seconds(section, "write_seconds", timeouts.write);
}

}  // namespace

absl::StatusOr<Config> load_config(const std::string& path) {
  const absl::StatusOr<FileText> text = FileText::read(path, kConfigBytesMax);
  if (!text.ok()) return text.status();
  absl::StatusOr<TomlFile> file = TomlFile::parse(path, text->view());
  if (!file.ok()) return file.status();

  Config config;
  read_listen(file->section("listen"), config.address, config.num_threads);
  read_keys(file->section("keys"), path, config.jwks_file, config.fallback_algorithm);
  PolicyBuilder builder;
  TomlSection policy = file->section("policy");
  read_demands(policy, builder);
  read_rules(policy, builder, config.challenge);
  read_limits(file->section("limits"), config.num_connections_max, config.timeouts);
  if (absl::Status status = file->finish(); !status.ok()) return status;

  absl::StatusOr<Policy> built = builder.build();
  if (!built.ok()) {
    policy.fail(std::string(built.status().message()));
    return file->finish();
  }
  config.policy = *std::move(built);
  return config;
}

absl::StatusOr<KeySet> load_keys(const Config& config, std::vector<std::string>& warnings) {
  mode_t mode = 0;
  const absl::StatusOr<FileText> text = FileText::read(config.jwks_file, kJwksBytesMax, &mode);
  if (!text.ok()) return text.status();
  if ((mode & S_IROTH) != 0) {
    warnings.push_back(config.jwks_file + ": everybody on this machine may read these secrets");
  }
  std::vector<std::string> skipped;
  absl::StatusOr<KeySet> keys =
      KeySet::from_jwks(text->view(), {.fallback = config.fallback_algorithm}, &skipped);
  for (const std::string& line : skipped) warnings.push_back(config.jwks_file + ": " + line);
  if (!keys.ok()) {
    return absl::InvalidArgumentError(config.jwks_file + ": " +
                                      std::string(keys.status().message()));
  }
  return keys;
}

}  // namespace simdjwt::serve
