// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "cli/demands.h"

#include <simdjwt/limits.h>

#include <utility>

#include "cli/failure.h"
#include "cli/options.h"

namespace simdjwt::cli {

void add_demand_options(CLI::App& app, Demands& demands) {
  app.add_option("--iss", demands.issuers, "The issuer; given several times, one of them")
      ->type_name("ISSUER")
      ->allow_extra_args(false);
  app.add_option("--aud", demands.audiences,
                 "The audience; given several times, one of them\n"
                 "is enough")
      ->type_name("AUDIENCE")
      ->allow_extra_args(false);
  add_text_option(app, "--typ", demands.typ, "The type in the header: JWT, at+jwt, ...")
      ->type_name("TYPE");
  app.add_option("--require", demands.required, "Claims that must be there, separated by commas")
      ->type_name("CLAIM")
      ->delimiter(',')
      ->allow_extra_args(false);
  add_duration_option(app, "--max-age", demands.max_age_seconds,
                      "Refuse what was issued longer ago: 900 or 15m");
  add_duration_option(app, "--leeway", demands.leeway_seconds,
                      "Clock skew to forgive in exp, nbf, iat and\n"
                      "--max-age, up to 600 s; none if not given");
  app.add_flag("--signature-only", demands.signature_only,
               "Check the signature, take any payload (RFC 7515)");
}

Policy build_policy(const CLI::App& app, const Demands& demands) {
  if (demands.signature_only) {
    for (const char* check : {"--iss", "--aud", "--typ", "--require", "--max-age", "--leeway"}) {
      refuse_both(app, "--signature-only", check);
    }
    return Policy::signature_only();
  }
  // An option that was given makes a check, though its values were lost: that fails in build().
  const auto is_demanded = [&](const char* option, const std::vector<std::string>& values) {
    return app.count(option) > 0 || !values.empty();
  };
  PolicyBuilder builder;
  is_demanded("--iss", demands.issuers) ? builder.expect_iss_any_of(demands.issuers)
                                        : builder.ignore_iss();
  is_demanded("--aud", demands.audiences) ? builder.expect_aud_any_of(demands.audiences)
                                          : builder.ignore_aud();
  demands.typ ? builder.expect_typ(*demands.typ) : builder.ignore_typ();
  if (app.count("--require") > demands.required.size()) builder.require_claim("");
  bool expect_exp = false;
  for (const std::string& claim : demands.required) {
    if (claim == "exp") {
      expect_exp = true;
    } else {
      builder.require_claim(claim);
    }
  }
  expect_exp ? builder.expect_exp() : builder.allow_missing_exp();
  if (demands.max_age_seconds) builder.max_age_seconds(*demands.max_age_seconds);
  builder.leeway_seconds(demands.leeway()).collect_all_failures();
  absl::StatusOr<Policy> policy = builder.build();
  if (!policy.ok()) throw UsageError(std::string(policy.status().message()));
  return *std::move(policy);
}

}  // namespace simdjwt::cli
