-- SPDX-License-Identifier: Apache-2.0
-- Copyright The simdjwt Authors
--
-- An HS256 check for nginx's Lua: algorithm, signature, exp. Returns the content handler.

local base64 = require "ngx.base64"
local cjson = require "cjson.safe"
local ffi = require "ffi"

ffi.cdef [[
typedef struct { const char *key; unsigned int type; void *data; size_t size, used; } PARAM;
void *EVP_MAC_fetch(void *library, const char *algorithm, const char *properties);
void *EVP_MAC_CTX_new(void *mac);
int EVP_MAC_init(void *context, const char *key, size_t size, const PARAM *params);
int EVP_MAC_update(void *context, const char *data, size_t size);
int EVP_MAC_final(void *context, unsigned char *out, size_t *out_size, size_t size);
]]
local crypto = ffi.load("libcrypto.so.3")
local utf8_string = 4
local digest = ffi.new("char[7]", "SHA256")
local name = ffi.new("char[7]", "digest")
local params = ffi.new("PARAM[2]", {{name, utf8_string, digest, 6, 0}, {}})
-- Set up once: each request only rewinds it.
local context = crypto.EVP_MAC_CTX_new(crypto.EVP_MAC_fetch(nil, "HMAC", nil))
local secret = os.getenv("SECRET")
assert(crypto.EVP_MAC_init(context, secret, #secret, params) == 1)
local mac = ffi.new("unsigned char[32]")
local size = ffi.new("size_t[1]")

local function sign(text)
  crypto.EVP_MAC_init(context, nil, 0, nil)
  crypto.EVP_MAC_update(context, text, #text)
  crypto.EVP_MAC_final(context, mac, size, 32)
  return base64.encode_base64url(ffi.string(mac, 32))
end

local function parse(part)
  local parsed = cjson.decode(base64.decode_base64url(part) or "")
  return type(parsed) == "table" and parsed or {}
end

local is_good_header = {}  -- of those seen before, which are few

local function is_good(authorization)
  -- Plain searches, which LuaJIT compiles, unlike patterns.
  if not authorization or authorization:sub(1, 7) ~= "Bearer " then return false end
  local first = authorization:find(".", 8, true)
  local second = first and authorization:find(".", first + 1, true)
  if not second then return false end
  if sign(authorization:sub(8, second - 1)) ~= authorization:sub(second + 1) then return false end
  local header = authorization:sub(8, first - 1)
  if is_good_header[header] == nil then is_good_header[header] = parse(header).alg == "HS256" end
  local exp = parse(authorization:sub(first + 1, second - 1)).exp
  return is_good_header[header] and type(exp) == "number" and ngx.time() < exp
end

return function()
  ngx.status = is_good(ngx.var.http_authorization) and 200 or 401
  ngx.header.content_length = 0
  ngx.exit(ngx.status)
end
