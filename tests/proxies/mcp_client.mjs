// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// MCP clients. Each line of standard input is JSON and says what one does: {"client", "deed"}, and to
// connect {"kind": "http" or "sse", "url", "token"}. Each is answered by a line: {"value"}, or what
// went wrong, with the challenge of the client's last 401. Run with --eval in the folder that has the
// node_modules.
import { createInterface } from "node:readline";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const transports = { http: StreamableHTTPClientTransport, sse: SSEClientTransport };

class Tester {
  client = new Client({ name: "tester", version: "1.0.0" });
  challenge;

  watchedFetch = async (resource, options) => {
    const response = await fetch(resource, options);
    if (response.status === 401) this.challenge = response.headers.get("www-authenticate");
    return response;
  };

  connect({ kind, url, token }) {
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    const options = { requestInit: { headers }, fetch: this.watchedFetch };
    return this.client.connect(new transports[kind](new URL(url), options));
  }

  async list() {
    return (await this.client.listTools()).tools.map((tool) => tool.name);
  }

  async call(name, options) {
    const result = await this.client.callTool({ name, arguments: {} }, undefined, options);
    return JSON.parse(result.content[0].text);
  }

  whoami() { return this.call("whoami"); }

  async question() {
    let thanks;
    const onprogress = () => { thanks = this.call("answer"); };
    const value = await this.call("question", { onprogress });
    await thanks;
    return value;
  }

  close() { return this.client.close(); }
}

const testers = {}; // by name
for await (const line of createInterface({ input: process.stdin })) {
  const { client, deed, ...how } = JSON.parse(line);
  const tester = testers[client] ??= new Tester();
  let outcome;
  try {
    outcome = { value: (await tester[deed](how)) ?? null };
  } catch (error) {
    outcome = { error: error.message, code: error.code, challenge: tester.challenge };
  }
  console.log(JSON.stringify(outcome));
}
process.exit();
