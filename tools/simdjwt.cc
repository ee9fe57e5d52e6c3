// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// simdjwt: the command line. Each command is in a file of its own; this one adds them up and turns
// failures into messages and exit statuses.

#include <simdjwt/cpu.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "cli/failure.h"
#include "cli/output.h"
#include "cmd_account.h"
#include "cmd_admin_token.h"
#include "cmd_audit.h"
#include "cmd_client.h"
#include "cmd_completion.h"
#include "cmd_decode.h"
#include "cmd_explain.h"
#include "cmd_jwks.h"
#include "cmd_keygen.h"
#include "cmd_refresh.h"
#include "cmd_registry.h"
#include "cmd_secret.h"
#include "cmd_server.h"
#include "cmd_sign.h"
#include "cmd_status_list.h"
#include "cmd_token.h"
#include "cmd_usage.h"
#include "cmd_verify.h"

namespace simdjwt::cli {
namespace {

constexpr int kFailureStatus = 2;

constexpr char kFooter[] =
    "A first round:\n"
    "  simdjwt keygen --out key.jwk\n"
    "  simdjwt sign --jwk-file key.jwk --sub alice --expires-in 1h > token\n"
    "  simdjwt verify --jwk-file key.jwk < token\n"
    "\n"
    "simdjwt COMMAND --help tells more.";

// Prints options as "  --name TYPE    description", descriptions of several lines under one
// another.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();
  std::string make_usage(const CLI::App* app, std::string name) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
};

HelpFormatter::HelpFormatter() {
  column_width(26);
  label("OPTIONS", "options");
  label("SUBCOMMAND", "COMMAND");
  label("Positionals", "Arguments");
}

std::string HelpFormatter::make_usage(const CLI::App* app, std::string name) const {
  return '\n' + CLI::Formatter::make_usage(app, std::move(name));
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  std::string out;
  if (option->get_type_size() != 0 && !option->get_positional())
    out = ' ' + option->get_type_name();
  return out;
}

std::string family_of(const std::string& kernel) { return kernel.substr(0, kernel.find('/')); }

// One family a line: "  sha256     sha-ni-x3 (of scalar, sha-ni, sha-ni-x3)".
std::string version_text() {
  std::string text = "simdjwt " SIMDJWT_VERSION "\n";
  std::istringstream active(active_kernels());
  for (std::string kernel; active >> kernel;) {
    const std::string family = family_of(kernel);
    std::string others;
    std::istringstream available(available_kernels());
    for (std::string other; available >> other;) {
      if (family_of(other) != family) continue;
      others += (others.empty() ? "" : ", ") + other.substr(family.size() + 1);
    }
    std::string label = family;
    label.resize(std::max<size_t>(label.size(), 10), ' ');
    text += "  " + label + ' ' + kernel.substr(family.size() + 1) + " (of " + others + ")\n";
  }
  return text;
}

// "simdjwt", "simdjwt verify" or "simdjwt token show".
std::string program_name(const CLI::App& app) {
  std::string name = "simdjwt";
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    name += ' ' + at->get_name();
  }
  return name;
}

int report_failure(const CLI::App& app, const std::string& message) {
  tell(program_name(app) + ": " + message);
  return kFailureStatus;
}

int report_usage_error(const CLI::App& app, const std::string& message) {
  report_failure(app, message);
  tell(program_name(app) + " --help tells how to use it.");
  return kFailureStatus;
}

// Runs the command, or prints what was asked for instead.
void execute(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return print(app.help());
  } catch (const CLI::CallForVersion& call) {
    return print(call.what());
  }
  if (app.get_subcommands().empty()) {
    throw UsageError("a command is needed: verify, decode, sign, keygen, jwks or token");
  }
}

// Returns the exit status.
int run(int argc, char** argv) {
  CLI::App app("Verifies, decodes and signs JSON Web Tokens (RFC 7519).", "simdjwt");
  int exit_status = 0;
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_help_flag("-h,--help", "Print this help");
  app.set_version_flag("--version", version_text,
                       "Print the version and the kernels chosen for this CPU");
  app.footer(kFooter);
  verify_command::add_to(app, exit_status);
  decode_command::add_to(app, exit_status);
  sign_command::add_to(app);
  keygen_command::add_to(app);
  jwks_command::add_to(app, exit_status);
  status_list_command::add_to(app, exit_status);
  registry_command::add_to(app);
  account_command::add_to(app);
  server_command::add_to(app);
  token_command::add_to(app);
  secret_command::add_to(app);
  client_command::add_to(app);
  refresh_command::add_to(app);
  admin_token_command::add_to(app);
  audit_command::add_to(app);
  usage_command::add_to(app);
  explain_command::add_to(app, exit_status);
  completion_command::add_to(app);
  try {
    execute(app, argc, argv);
    flush_output();
    return exit_status;
  } catch (const CLI::ParseError& error) {
    return report_usage_error(app, error.what());
  } catch (const UsageError& error) {
    return report_usage_error(app, error.what());
  } catch (const std::exception& error) {
    return report_failure(app, error.what());
  }
}

}  // namespace
}  // namespace simdjwt::cli

int main(int argc, char** argv) {
  // A reader who has gone shows up as a failed write then, and as exit status 2.
  (void)std::signal(SIGPIPE, SIG_IGN);
  try {
    return simdjwt::cli::run(argc, argv);
  } catch (...) {  // out of memory, while saying so
    return simdjwt::cli::kFailureStatus;
  }
}
