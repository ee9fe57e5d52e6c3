// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

#include "serve/router.h"

#include <gtest/gtest.h>

#include <list>
#include <string>

#include "support/guarded_buffer.h"

namespace simdjwt::serve {
namespace {

Router make_router() {
  Router router;
  router.add("default", 0);
  router.add("a", 1);
  router.add("a.b-c_D", 2);
  return router;
}

TEST(Router, KnowsEachContract) {
  const Router router = make_router();
  EXPECT_EQ(router.route("/livez"), Route{Contract::kHealth});
  EXPECT_EQ(router.route("/check/nginx/default"), (Route{Contract::kNginx, 0}));
  EXPECT_EQ(router.route("/check/forward/a"), (Route{Contract::kForward, 1}));
  EXPECT_EQ(router.route("/check/haproxy/a.b-c_D"), (Route{Contract::kHaproxy, 2}));
  EXPECT_EQ(router.route("/check/envoy/a"), (Route{Contract::kEnvoy, 1}));
  EXPECT_EQ(router.route("/verify/a"), (Route{Contract::kVerify, 1}));
  EXPECT_EQ(router.route("/v1/verify/a"), (Route{Contract::kBulk, 1}));
  EXPECT_EQ(router.route("/v1/verify"), (Route{Contract::kBulk, 0}));
  EXPECT_EQ(router.route("/introspect/a"), (Route{Contract::kIntrospect, 1}));
}

TEST(Router, IgnoresWhatEnvoyPutsBehindThePolicy) {
  const Router router = make_router();
  for (const char* rest :
       {"/", "/x", "//", "/../default", "/%2e%2e/default", "/check/envoy/default"}) {
    EXPECT_EQ(router.route("/check/envoy/a" + std::string(rest)), (Route{Contract::kEnvoy, 1}))
        << rest;
  }
}

// What a proxy or a client takes for the same path is not: or one that checks before us could be
// led around.
TEST(Router, FindsNothingUnderAnotherSpelling) {
  const Router router = make_router();
  for (const char* path : {"",
                           "*",
                           "/",
                           "/check",
                           "/check/",
                           "/check/nginx",
                           "/check/nginx/",
                           "/check/nginx/x",
                           "/check/nginx/A",
                           "/check/nginx/a/",
                           "/check/nginx/a/b",
                           "/check/nginx//a",
                           "/check//nginx/a",
                           "//check/nginx/a",
                           "/check/nginx/../nginx/a",
                           "/check/nginx/./a",
                           "/check/nginx/a/..",
                           "/check/nginx/..",
                           "/check/nginx/%61",
                           "/check/nginx/a%2f",
                           "/check/nginx/a;b",
                           "/check/nginx/a ",
                           "/check/nginx/defaul",
                           "/check/nginx/default0",
                           "/Check/nginx/a",
                           "check/nginx/a",
                           "/check/envoy/",
                           "/check/envoy//a",
                           "/check/envoy/b/a",
                           "/check/verify/a",
                           "/verify",
                           "/verify/",
                           "/verify/a/",
                           "/v1/verify/",
                           "/v1/verify/b",
                           "/introspect",
                           "/livez/",
                           "/Livez",
                           "/livez2"}) {
    EXPECT_EQ(router.route(path), Route()) << path;
  }
  EXPECT_EQ(router.route(std::string("/check/nginx/a\0", 15)), Route());
}

TEST(Router, ReadsNothingBehindThePath) {
  const Router router = make_router();
  const std::string_view path = "/check/envoy/a.b-c_D/";
  testing::GuardedBuffer guarded(path.size());
  for (size_t length = 0; length <= path.size(); ++length) {
    const Route route = router.route(guarded.at_end(path.substr(0, length)));
    EXPECT_EQ(route.contract, length == 14 || length >= 20 ? Contract::kEnvoy : Contract::kNone)
        << length;
  }
}

TEST(Router, TellsThousandsOfPoliciesApart) {
  std::list<std::string> names;
  Router router;
  for (uint32_t i = 0; i < 5000; ++i) {
    names.push_back("tenant-" + std::to_string(i));
    router.add(names.back(), i);
  }
  uint32_t i = 0;
  for (const std::string& name : names) {
    EXPECT_EQ(router.route("/check/nginx/" + name), (Route{Contract::kNginx, i++}));
  }
  EXPECT_EQ(router.route("/check/nginx/tenant-5000"), Route());
}

}  // namespace
}  // namespace simdjwt::serve
