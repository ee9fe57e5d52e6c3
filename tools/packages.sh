# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
#
# The Debian packages the project needs, by purpose, and how the scripts beside it install them.
# shellcheck shell=sh disable=SC2034  # sourced by others, who use the lists

core_packages="g++ cmake ninja-build pkgconf libssl-dev libsodium-dev
  libsimdjson-dev libabsl-dev"
tools_packages="liburing-dev libcurl4-openssl-dev libcli11-dev libtomlplusplus-dev libspdlog-dev
  libsqlite3-dev prometheus-cpp-dev zlib1g-dev"
bench_packages="libbenchmark-dev"
peer_packages="libjwt-dev libcjose-dev libjansson-dev libcpp-jwt-dev nlohmann-json3-dev"
quickstart_packages="ca-certificates curl"
test_packages="libgtest-dev libgmock-dev libsimde-dev python3 python3-jsonschema python3-jwt python3-jwcrypto
  python3-cryptography python3-cryptography-vectors golang-go golang-github-golang-jwt-jwt-dev
  openssl curl python3-requests python3-djangorestframework-simplejwt zsh fish
  prometheus"  # for its promtool
proxy_packages="nginx caddy haproxy"
node_packages="nodejs npm"  # where no npm is: the one that others package excludes Debian's
check_packages="clang clang-format clang-tidy libclang-rt-14-dev lld
  libc6-dev-arm64-cross libstdc++-12-dev-arm64-cross"

# install_packages PACKAGE...: those that are missing; with nothing missing it needs no network.
install_packages() {
  missing=
  for package in "$@"; do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null |
      grep -q 'ok installed' || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0

  echo "installing:$missing"
  as_root=
  [ "$(id -u)" -eq 0 ] || as_root=sudo
  $as_root apt-get update --quiet --quiet
  # shellcheck disable=SC2086  # packages are words
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --quiet --quiet --yes --no-install-recommends $missing
}
