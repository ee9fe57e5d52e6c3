// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "tidy/source_rules.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <regex>
#include <set>

namespace simdjwt::testing {
namespace {

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

size_t num_characters(std::string_view utf8) {
  return static_cast<size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

bool is_cpp(std::string_view path) { return path.ends_with(".cc") || path.ends_with(".h"); }
bool is_in(std::string_view path, std::string_view folder) { return path.starts_with(folder); }

// The first folder of a path: "bytes" of "bytes/sha2.h".
std::string_view first_folder(std::string_view path) { return path.substr(0, path.find('/')); }

// --- Include directions ---

// Core's folders, lowest first: each may include itself and those before it.
constexpr std::string_view kCoreLayers[] = {"bytes", "jose", "state", "verify"};
constexpr std::string_view kIoFolders[] = {"net",  "http", "serve", "words", "registry",
                                           "jwks", "api",  "oauth", "status"};

template <class Array>
std::optional<size_t> place_in(const Array& array, std::string_view name) {
  const auto found = std::find(std::begin(array), std::end(array), name);
  if (found == std::end(array)) return std::nullopt;
  return static_cast<size_t>(found - std::begin(array));
}

// What core may use of the world. No sockets, files, threads, clocks, environment, logging or
// locks: whatever brings one is not on this list.
const std::set<std::string_view> kCoreHeaders = {"algorithm",
                                                 "array",
                                                 "atomic",
                                                 "bit",
                                                 "charconv",
                                                 "cmath",
                                                 "compare",
                                                 "concepts",
                                                 "cstddef",
                                                 "cstdint",
                                                 "cstring",
                                                 "iterator",
                                                 "limits",
                                                 "memory",
                                                 "new",
                                                 "numeric",
                                                 "optional",
                                                 "span",
                                                 "string",
                                                 "string_view",
                                                 "type_traits",
                                                 "utility",
                                                 "variant",
                                                 "vector",
                                                 "cpuid.h",
                                                 "tuple",
                                                 "immintrin.h",
                                                 "initializer_list",
                                                 "simdjson.h",
                                                 "sodium.h",
                                                 "absl/container/flat_hash_map.h",
                                                 "absl/container/flat_hash_set.h",
                                                 "absl/functional/function_ref.h",
                                                 "absl/hash/hash.h",
                                                 "absl/status/status.h",
                                                 "absl/status/statusor.h"};

std::string core_include_mistake(std::string_view path, std::string_view header, bool quoted) {
  const bool is_public = is_in(path, "core/include/");
  if (quoted) {
    if (is_public) {
      return is_in(header, "simdjwt/") ? "" : "a public header includes an internal one";
    }
    const auto own = place_in(kCoreLayers, first_folder(path.substr(5)));
    const auto other = place_in(kCoreLayers, first_folder(header));
    if (!own) return "";
    if (!other) return "core includes something that is not core's";
    return *other <= *own ? "" : "this layer of core includes a higher one";
  }
  if (is_in(header, "simdjwt/")) return "";
  if (is_public) {
    return kCoreHeaders.contains(header) && header != "simdjson.h" && header != "sodium.h" &&
                   header != "immintrin.h"
               ? ""
               : "a public header includes what its users should not need";
  }
  return kCoreHeaders.contains(header) || is_in(header, "openssl/")
             ? ""
             : "core includes what it must do without";
}

std::string io_include_mistake(std::string_view path, std::string_view header, bool quoted) {
  if (!quoted) return "";
  const std::string_view folder = first_folder(header);
  if (folder == "simdjwt") return "";
  if (!place_in(kIoFolders, folder)) return "io includes what is neither io's nor core's public";
  // The net and the parser know nothing of what they serve, nor of one another.
  const std::string_view own = first_folder(path.substr(3));
  if (folder == "api" && own != "api") return "what the API stands on knows nothing of it";
  const bool is_base = own == "net" || own == "http";
  return is_base && folder != own ? "net and http include only themselves" : "";
}

std::string include_mistake(std::string_view path, std::string_view header, bool quoted) {
  if (is_in(path, "core/")) return core_include_mistake(path, header, quoted);
  if (is_in(path, "io/")) return io_include_mistake(path, header, quoted);
  if (is_in(path, "tools/") && quoted && place_in(kCoreLayers, first_folder(header))) {
    return "tools include core's internals";
  }
  return "";
}

// --- Words ---

constexpr std::string_view kNoExceptions = "core has no exceptions";
constexpr std::string_view kNoCStrings = "core has no C strings";
constexpr std::string_view kNoOutput = "core prints nothing";
constexpr std::string_view kNoClock = "core has no clock";
constexpr std::string_view kNoRandomness = "randomness enters as an argument";
constexpr std::string_view kNoThreads = "core has no locks or threads";
constexpr std::string_view kNoAbort = "core never aborts on input";

const std::map<std::string_view, std::string_view> kBannedInCore = {
    {"throw", kNoExceptions},
    {"try", kNoExceptions},
    {"catch", kNoExceptions},
    {"strlen", kNoCStrings},
    {"strcmp", kNoCStrings},
    {"strcpy", kNoCStrings},
    {"strtol", kNoCStrings},
    {"strtoll", kNoCStrings},
    {"atoi", kNoCStrings},
    {"printf", kNoOutput},
    {"fprintf", kNoOutput},
    {"sprintf", kNoOutput},
    {"snprintf", kNoOutput},
    {"puts", kNoOutput},
    {"cout", kNoOutput},
    {"cerr", kNoOutput},
    {"getenv", "core reads no environment"},
    {"clock_gettime", kNoClock},
    {"gettimeofday", kNoClock},
    {"chrono", kNoClock},
    {"random_device", kNoRandomness},
    {"RAND_bytes", kNoRandomness},
    {"mutex", kNoThreads},
    {"shared_mutex", kNoThreads},
    {"recursive_mutex", kNoThreads},
    {"lock_guard", kNoThreads},
    {"thread", kNoThreads},
    {"abort", kNoAbort},
    {"memcmp", "memcmp on what may be a tag: use bytes::constant_time_equal()"},
};
// Fine as names of other things.
const std::map<std::string_view, std::string_view> kBannedCallsInCore = {
    {"time", kNoClock}, {"rand", kNoRandomness}, {"exit", kNoAbort}, {"assert", kNoAbort}};

// memcmp leaves early, and so tells where a tag differs. These compare what is public.
const std::set<std::string_view> kMayUseMemcmp = {"core/verify/header_memo.h"};

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Takes the next word off the front of `code`, with all before it; empty if there is none.
std::string_view take_word(std::string_view& code) {
  const auto begin = std::find_if(code.begin(), code.end(), is_word_character);
  const auto end = std::find_if_not(begin, code.end(), is_word_character);
  const std::string_view word(begin, end);
  code.remove_prefix(static_cast<size_t>(end - code.begin()));
  return word;
}

void check_words(std::string_view path, const std::vector<std::string>& code,
                 const auto& complain) {
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i].starts_with("#include")) continue;
    std::string_view rest = code[i];
    for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
      if (word == "memcmp" && kMayUseMemcmp.contains(path)) continue;
      const bool is_call = rest.substr(0, rest.find_first_not_of(' ') + 1).ends_with('(');
      if (const auto banned = kBannedInCore.find(word); banned != kBannedInCore.end()) {
        complain(i, banned->second);
      } else if (const auto call = kBannedCallsInCore.find(word);
                 is_call && call != kBannedCallsInCore.end()) {
        complain(i, call->second);
      } else if (word.starts_with("pthread_")) {
        complain(i, kNoThreads);
      }
    }
  }
}

// --- The rules ---

void check_spdx(const std::vector<std::string>& lines, const auto& complain) {
  const size_t first = !lines.empty() && lines[0].starts_with("#!") ? 1 : 0;
  constexpr std::string_view kLicence = "SPDX-License-Identifier: Apache-2.0";
  if (lines.size() <= first || lines[first].find(kLicence) == std::string::npos) {
    complain(first, "no SPDX line");
  }
}

void check_cpp(std::string_view path, std::string_view text, const std::vector<std::string>& lines,
               const auto& complain) {
  static const std::regex kInclude(R"(^\s*#\s*include\s+(["<])([^">]+)[">])");
  for (size_t i = 0; i < lines.size(); ++i) {
    if (num_characters(lines[i]) > 100) complain(i, "longer than 100 columns");
    if (lines[i].find('\t') != std::string::npos) complain(i, "a tab");
    if (lines[i].ends_with(' ')) complain(i, "a blank at the end");
    if (lines[i].find("include") == std::string::npos) continue;  // the expression is slow
    std::smatch match;
    if (!std::regex_search(lines[i], match, kInclude)) continue;
    const std::string header = match[2];
    const std::string mistake = include_mistake(path, header, match[1] == "\"");
    if (!mistake.empty()) complain(i, mistake + ": " + header);
  }
  if (lines.size() < 2 || lines[1] != "// Copyright The simdjwt Authors") {
    complain(1, "no copyright line");
  }
  if (is_in(path, "core/")) {
    check_words(path, split_lines(without_comments_and_strings(text)), complain);
  }
}

void check_markdown(const std::vector<std::string>& lines, const auto& complain) {
  size_t num_titles = 0;
  bool in_code = false;
  for (const std::string& line : lines) {
    if (line.starts_with("```")) in_code = !in_code;
    if (!in_code && line.starts_with("# ")) ++num_titles;
  }
  if (num_titles != 1) complain(0, std::to_string(num_titles) + " titles instead of one");
}

bool is_licensed(std::string_view path) {
  return is_cpp(path) || path.ends_with(".py") || path.ends_with(".sh") || path.ends_with(".mjs") ||
         path.ends_with(".cmake") || path.ends_with("CMakeLists.txt");
}

}  // namespace

std::string without_comments_and_strings(std::string_view text) {
  // Raw strings first, since all else may stand in one.
  static const std::regex kTokens(
      R"rx(R"([^\s()\\]{0,16})\([^]*?\)\1"|)rx"
      R"rx(//[^\n]*|/\*[^]*?\*/|"(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])+')rx");
  std::string code;
  auto rest = text.begin();
  // Only where one can begin: the expression is slow.
  for (size_t at = text.find_first_of("R/\"'"); at != text.npos;
       at = text.find_first_of("R/\"'", at)) {
    const auto begin = text.begin() + static_cast<std::ptrdiff_t>(at);
    std::match_results<std::string_view::const_iterator> match;
    // A quote between digits separates them.
    const bool is_separator =
        *begin == '\'' && at > 0 && std::isxdigit(static_cast<unsigned char>(begin[-1])) != 0;
    if (is_separator || !std::regex_search(begin, text.end(), match, kTokens,
                                           std::regex_constants::match_continuous)) {
      ++at;
      continue;
    }
    code.append(rest, begin);
    code.append(static_cast<size_t>(std::count(begin, match[0].second, '\n')), '\n');
    rest = match[0].second;
    at = static_cast<size_t>(rest - text.begin());
  }
  return code.append(rest, text.end());
}

std::vector<std::string> mistakes_in(std::string_view path, std::string_view text) {
  std::vector<std::string> mistakes;
  const auto complain = [&](size_t line_index, std::string_view what) {
    mistakes.push_back(std::string(path) + ':' + std::to_string(line_index + 1) + ": " +
                       std::string(what));
  };
  const std::vector<std::string> lines = split_lines(text);
  if (is_licensed(path)) check_spdx(lines, complain);
  if (is_cpp(path)) check_cpp(path, text, lines, complain);
  if (path.ends_with(".md")) check_markdown(lines, complain);
  if (!text.empty() && text.back() != '\n') complain(lines.size() - 1, "no line end at the end");
  return mistakes;
}

}  // namespace simdjwt::testing
