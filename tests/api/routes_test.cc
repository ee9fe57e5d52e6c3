// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "api/routes.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <set>
#include <string>

#include "api/api.h"

namespace simdjwt::api {
namespace {

// "GET /accounts listAccounts read"
std::set<std::string> lines_of_routes() {
  std::set<std::string> lines;
  for (const Route& route : routes()) {
    lines.insert(std::string(route.method)
                     .append(" ")
                     .append(route.path)
                     .append(" ")
                     .append(route.id)
                     .append(" ")
                     .append(name_of(route.scope))
                     .append(route.show_made == nullptr ? "" : " once"));
  }
  return lines;
}

void add_line(std::set<std::string>& lines, std::string_view method, std::string_view path,
              simdjson::dom::object operation) {
  std::string line(method);
  std::transform(line.begin(), line.end(), line.begin(),
                 [](char c) { return static_cast<char>(c - 32); });
  path.remove_prefix(kPrefix.size());
  const std::string_view scope = operation["security"].at(0)["adminToken"].at(0);
  line.append(" ").append(path).append(" ").append(std::string_view(operation["operationId"]));
  line.append(" ").append(scope);
  simdjson::dom::array parameters;
  if (operation["parameters"].get(parameters) == simdjson::SUCCESS) {
    for (const simdjson::dom::element parameter : parameters) {
      if (std::string_view(parameter["$ref"]).ends_with("/key")) line += " once";
    }
  }
  lines.insert(line);
}

std::set<std::string> described_lines() {
  std::set<std::string> lines;
  simdjson::dom::parser parser;
  const simdjson::dom::element document = parser.parse(std::string(description()));
  const simdjson::dom::object paths = document["paths"];
  for (const auto path : paths) {
    const simdjson::dom::object item = path.value;
    for (const auto operation : item) {
      if (operation.key == "parameters" || path.key == "/api/v1/openapi.json") continue;
      add_line(lines, operation.key, path.key, operation.value);
    }
  }
  return lines;
}

TEST(Routes, AreThoseOfTheDescription) { EXPECT_EQ(lines_of_routes(), described_lines()); }

TEST(Routes, AreFoundByMethodAndPath) {
  const Match match = find_route("PUT", "/api/v1/accounts/a/tokens/b/servers/c");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->id, "associateToken");
  EXPECT_EQ(match.account, "a");
  EXPECT_EQ(match.name, "b");
  EXPECT_EQ(match.server, "c");
  EXPECT_EQ(find_route("GET", "/api/v1/accounts/a/tokens").name, "");
}

TEST(Routes, OfOtherMethodsAreNamed) {
  const Match match = find_route("PUT", "/api/v1/accounts");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, HEAD, POST");
}

TEST(Routes, AreNotFoundByOtherPaths) {
  for (const char* path : {"/api/v1", "/api/v1/", "/api/v1/accounts/", "/api/v1/accounts//tokens",
                           "/api/v1accounts", "/accounts", "/api/v1/accounts/a/tokens/b/servers"}) {
    const Match match = find_route("GET", path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_EQ(match.allow, "") << path;
  }
}

}  // namespace
}  // namespace simdjwt::api
