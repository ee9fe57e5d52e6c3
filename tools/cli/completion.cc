// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/completion.h"

#include <absl/strings/str_cat.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/token_examples.h"

namespace simdjwt::cli {
namespace {

struct Word {
  std::string text;
  std::string description;
};

struct Option {
  std::vector<Word> names;
  enum class Value : uint8_t { kNone, kFile, kOther } value;
};

// A command, or the program itself: what may follow it.
struct Command {
  std::string path;  // "/token/create"; empty for the program
  std::vector<Word> commands = {};
  std::vector<Option> options = {};
};

// With `escape` before each of these characters.
std::string escaped(std::string_view text, std::string_view characters, char escape) {
  std::string out;
  for (const char c : text) {
    if (characters.find(c) != std::string_view::npos) out += escape;
    out += c;
  }
  return out;
}

// Of several lines, as of help, one.
std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

Option option_of(const CLI::Option& option) {
  const std::string description = one_line(option.get_description());
  Option made{.names = {}, .value = Option::Value::kNone};
  for (const std::string& name : option.get_snames()) {
    made.names.push_back({absl::StrCat("-", name), description});
  }
  for (const std::string& name : option.get_lnames()) {
    made.names.push_back({absl::StrCat("--", name), description});
  }
  if (option.get_type_size() != 0) {
    const bool is_file = option.get_type_name() == "FILE";
    made.value = is_file ? Option::Value::kFile : Option::Value::kOther;
  }
  return made;
}

// The command and all below it, each before those that it consists of.
void add_commands(const CLI::App& app, const std::string& path, std::vector<Command>& commands) {
  Command command{.path = path};
  const std::vector<const CLI::App*> parts = app.get_subcommands({});
  for (const CLI::App* part : parts) {
    command.commands.push_back({part->get_name(), one_line(part->get_description())});
  }
  for (const CLI::Option* option : app.get_options()) {
    if (option->nonpositional()) command.options.push_back(option_of(*option));
  }
  commands.push_back(std::move(command));
  for (const CLI::App* part : parts) {
    add_commands(*part, absl::StrCat(path, "/", part->get_name()), commands);
  }
}

std::vector<Command> commands_of(const CLI::App& app) {
  std::vector<Command> commands;
  add_commands(app, "", commands);
  return commands;
}

// "/verify|/token|/token/create", between these separators.
std::string paths_of(const std::vector<Command>& commands, const char* separator) {
  std::string paths;
  for (const Command& command : commands) {
    if (command.path.empty()) continue;
    absl::StrAppend(&paths, paths.empty() ? "" : separator, command.path);
  }
  return paths;
}

// "/verify:--token-file|/decode:--token-file": the options that a value of this kind follows.
std::string before_value(const std::vector<Command>& commands, Option::Value value) {
  std::string patterns;
  for (const Command& command : commands) {
    for (const Option& option : command.options) {
      if (option.value != value) continue;
      for (const Word& name : option.names) {
        absl::StrAppend(&patterns, patterns.empty() ? "" : "|", command.path, ":", name.text);
      }
    }
  }
  return patterns;
}

std::vector<Word> words_of(const Command& command) {
  std::vector<Word> words = command.commands;
  for (const Option& option : command.options) {
    words.insert(words.end(), option.names.begin(), option.names.end());
  }
  return words;
}

// A case of bash: the path, and the words that may follow it.
std::string bash_case(const Command& command) {
  std::string words;
  for (const Word& word : words_of(command)) {
    absl::StrAppend(&words, words.empty() ? "" : " ", word.text);
  }
  return absl::StrCat("    '", command.path, "') words='", words, "' ;;\n");
}

// The same of zsh, with what its _describe takes.
std::string zsh_case(const Command& command) {
  std::string words;
  for (const Word& word : words_of(command)) {
    const std::string entry = absl::StrCat(escaped(word.text, ":", '\\'), ":", word.description);
    absl::StrAppend(&words, "\n      ", shell_quote(entry));
  }
  return absl::StrCat("    ('", command.path, "') choices=(", words, "\n    ) ;;\n");
}

// In single quotes, where backslashes count too.
std::string fish_quote(std::string_view text) {
  return absl::StrCat("'", escaped(text, "\\'", '\\'), "'");
}

std::string fish_option(const std::string& condition, const Option& option) {
  std::string line = absl::StrCat("complete -c simdjwt -n ", condition);
  for (const Word& name : option.names) {
    const bool is_long = name.text.starts_with("--");
    absl::StrAppend(&line, is_long ? " -l " : " -s ", name.text.substr(is_long ? 2 : 1));
  }
  if (option.value == Option::Value::kFile) line += " -r -F";
  if (option.value == Option::Value::kOther) line += " -x";
  return absl::StrCat(line, " -d ", fish_quote(option.names.front().description), "\n");
}

std::string fish_lines(const Command& command) {
  const std::string condition = fish_quote(absl::StrCat("__simdjwt_at \"", command.path, "\""));
  std::string lines;
  for (const Word& word : command.commands) {
    absl::StrAppend(&lines, "complete -c simdjwt -n ", condition, " -a ", word.text, " -d ",
                    fish_quote(word.description), "\n");
  }
  for (const Option& option : command.options) lines += fish_option(condition, option);
  return lines;
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  const std::vector<Command> commands = commands_of(app);
  std::string cases;
  for (const Command& command : commands) cases += bash_case(command);
  return absl::StrCat(
      "# bash completion of simdjwt, made by: simdjwt completion bash\n"
      "_simdjwt() {\n"
      "  local word=\"${COMP_WORDS[COMP_CWORD]}\" at= words= i\n"
      "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
      "    case \"$at/${COMP_WORDS[i]}\" in\n"
      "    ",
      paths_of(commands, "|"),
      ") at+=\"/${COMP_WORDS[i]}\" ;;\n"
      "    esac\n"
      "  done\n"
      "  COMPREPLY=()\n"
      "  case \"$at:${COMP_WORDS[COMP_CWORD - 1]}\" in\n"
      "  ",
      before_value(commands, Option::Value::kFile),
      ")\n"
      "    compopt -o filenames 2> /dev/null\n"
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
      "    return ;;\n"
      "  ",
      before_value(commands, Option::Value::kOther),
      ") return ;;\n"
      "  esac\n"
      "  case \"$at\" in\n",
      cases,
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
      "}\n"
      "complete -F _simdjwt simdjwt\n");
}

std::string zsh_completion(const CLI::App& app) {
  const std::vector<Command> commands = commands_of(app);
  std::string cases;
  for (const Command& command : commands) cases += zsh_case(command);
  return absl::StrCat(
      "#compdef simdjwt\n"
      "# zsh completion of simdjwt, made by: simdjwt completion zsh\n"
      "_simdjwt() {\n"
      "  local at= i\n"
      "  local -a choices\n"
      "  for ((i = 2; i < CURRENT; ++i)); do\n"
      "    case \"$at/${words[i]}\" in\n"
      "    (",
      paths_of(commands, "|"),
      ") at+=\"/${words[i]}\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$at:${words[CURRENT - 1]}\" in\n"
      "  (",
      before_value(commands, Option::Value::kFile),
      ") _files; return ;;\n"
      "  (",
      before_value(commands, Option::Value::kOther),
      ") return ;;\n"
      "  esac\n"
      "  case \"$at\" in\n",
      cases,
      "  esac\n"
      "  _describe simdjwt choices\n"
      "}\n"
      "if [[ \"${funcstack[1]}\" == _simdjwt ]]; then _simdjwt \"$@\"; else compdef _simdjwt "
      "simdjwt; fi\n");
}

std::string fish_completion(const CLI::App& app) {
  const std::vector<Command> commands = commands_of(app);
  std::string lines;
  for (const Command& command : commands) lines += fish_lines(command);
  return absl::StrCat(
      "# fish completion of simdjwt, made by: simdjwt completion fish\n"
      "function __simdjwt_at\n"
      "    set -l at ''\n"
      "    for word in (commandline -opc)[2..-1]\n"
      "        switch \"$at/$word\"\n"
      "            case ",
      paths_of(commands, " "),
      "\n"
      "                set at \"$at/$word\"\n"
      "        end\n"
      "    end\n"
      "    test \"$at\" = \"$argv[1]\"\n"
      "end\n"
      "complete -c simdjwt -f\n",
      lines);
}

}  // namespace simdjwt::cli
