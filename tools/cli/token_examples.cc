// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/token_examples.h"

#include <algorithm>

#include "cli/words.h"

namespace simdjwt::cli {
namespace {

// What no shell changes in a word without quotes.
bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_./:@%+,").find(c) != std::string_view::npos;
}

}  // namespace

std::string shell_quote(std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) c == '\'' ? quoted.append("'\\''") : quoted.append(1, c);
  return quoted + '\'';
}

TokenExamples token_examples(std::string_view registry_file, std::string_view account,
                             std::string_view jti, std::string_view url) {
  // JSON's strings are those of JavaScript and Python too.
  const std::string literal = json_string(url);
  return {.environment = "export TOKEN=\"$(simdjwt token copy --registry " +
                         shell_quote(registry_file) + " --account " + shell_quote(account) + ' ' +
                         shell_quote(jti) + ")\"\n",
          .curl = "curl --fail-with-body --header \"Authorization: Bearer $TOKEN\" " +
                  shell_quote(url) + '\n',
          .javascript = "const response = await fetch(" + literal +
                        ", {\n"
                        "  headers: { Authorization: `Bearer ${process.env.TOKEN}` },\n"
                        "});\n"
                        "console.log(response.status, await response.text());\n",
          .python =
              "import os\n"
              "import requests\n"
              "\n"
              "headers = {\"Authorization\": f\"Bearer {os.environ['TOKEN']}\"}\n"
              "response = requests.get(" +
              literal +
              ", headers=headers, timeout=30)\n"
              "print(response.status_code, response.text)\n"};
}

}  // namespace simdjwt::cli
