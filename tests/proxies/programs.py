# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""How to start Debian's proxies in the foreground, with the files of tools/integrations."""

import os
import shutil
import unittest

import namespace
from machine import INTEGRATIONS

# What /etc/nginx/nginx.conf has around a site.
NGINX_MAIN = """
daemon off;
error_log stderr;
pid /run/nginx.pid;
events {}
http {
  access_log off;
  client_max_body_size 2m;
  client_body_temp_path /run/nginx-body;
  proxy_temp_path /run/nginx-proxy;
  fastcgi_temp_path /run/nginx-fastcgi;
  scgi_temp_path /run/nginx-scgi;
  uwsgi_temp_path /run/nginx-uwsgi;
"""


os.environ["PATH"] += ":/usr/sbin"


def require(program):
    if shutil.which(program) is None:
        raise unittest.SkipTest(f"{program} is not installed")


def nginx(folder, sites="include simdjwt/site.conf;"):
    """`folder` takes the place of /etc/nginx."""
    require("nginx")
    os.symlink(os.path.join(INTEGRATIONS, "nginx"), os.path.join(folder, "simdjwt"))
    main = os.path.join(folder, "nginx.conf")
    with open(main, "w", encoding="ascii") as file:
        file.write(NGINX_MAIN + sites + "}\n")
    return ["nginx", "-c", main]


def caddy(_):
    require("caddy")
    os.environ["HOME"] = "/run"  # where it remembers its configuration
    config = os.path.join(INTEGRATIONS, "caddy", "Caddyfile")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", config]


def haproxy(_, script=None):
    """`script` takes the place of simdjwt.lua."""
    require("haproxy")
    namespace.mount("-t", "tmpfs", "tmpfs", "/etc/haproxy")
    shutil.copytree(os.path.join(INTEGRATIONS, "haproxy"), "/etc/haproxy", dirs_exist_ok=True)
    if script is not None:
        with open("/etc/haproxy/simdjwt.lua", "w", encoding="ascii") as file:
            file.write(script)
    return ["haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg"]
