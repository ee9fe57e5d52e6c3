-- SPDX-License-Identifier: Apache-2.0
-- Copyright The simdjwt Authors
--
-- For global:    setenv SIMDJWTD unix@/run/simdjwtd/check.sock
--                lua-load-per-thread /etc/haproxy/simdjwt.lua
-- For a proxy:   http-request lua.simdjwt default
--                http-request deny deny_status 503 unless { var(txn.simdjwt_allowed) -m bool }
--
-- Asks the daemon at that address whether the policy of that name lets the request pass. If so,
-- sets txn.simdjwt_allowed and the identity headers; if not, answers the client. The second line is
-- for the day this script fails: HAProxy would go on. Connections to the daemon are kept and shared.
-- Needs HAProxy 2.6.

local daemon = assert(os.getenv("SIMDJWTD"), "SIMDJWTD does not say where simdjwtd is")
local timeout_milliseconds = 2000

-- What the daemon is told beside what its log needs. Add the fields your policy takes tokens from
-- (token_from).
local fields = { "authorization", "origin", "access-control-request-method" }

-- The identity_headers of your policies begin so, and those of clients are deleted.
local identity = "^x%-jwt%-"

local statuses = { [400] = true, [401] = true, [403] = true }

local function ask(txn, policy)
  local given = txn.http:req_get_headers()
  local told = {
    ["x-original-method"] = { txn.sf:method() },
    ["x-original-uri"] = { txn.sf:pathq() },
    ["x-real-ip"] = { txn.sf:src() },
  }
  for _, field in ipairs(fields) do
    told[field] = given[field]
  end
  return core.httpclient():get({
    url = "http://127.0.0.1/check/haproxy/" .. policy, -- a name would be looked up, and for nothing
    dst = daemon,
    headers = told,
    timeout = timeout_milliseconds,
  })
end

-- Values are counted from 0.
local function first(answer, field)
  local values = answer.headers[field]
  return values and values[0]
end

local function deny(txn, answer)
  local reply = txn:reply()
  reply:set_status(statuses[answer.status] and answer.status or 503)
  local challenge = first(answer, "www-authenticate")
  if challenge then
    reply:add_header("www-authenticate", challenge)
  end
  txn:done(reply)
end

core.register_action("simdjwt", { "http-req" }, function(txn, policy)
  local answer = ask(txn, policy)
  if answer.status ~= 200 then
    return deny(txn, answer)
  end
  for field, values in pairs(answer.headers) do
    if field:find(identity) then
      txn.http:req_set_header(field, values[0])
    end
  end
  txn:set_var("txn.simdjwt_allowed", true)
end, 1)
