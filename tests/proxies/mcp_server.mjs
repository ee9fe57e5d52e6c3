// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// An MCP server that knows nothing of tokens: streamable HTTP at /mcp, and at /sse and /messages the
// transport before that. Run with --eval in the folder that has the node_modules; it prints a line
// when it listens.
import { randomUUID } from "node:crypto";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import express from "express";

const sessions = new Map(); // transports by session
let answer; // ends the tool "question"

const said = (value) => ({ content: [{ type: "text", text: JSON.stringify(value) }] });

// What it was told of who asks.
function whoami({ requestInfo: { headers } }) {
  return said({ sub: headers["x-jwt-sub"], authorization: headers.authorization ?? null });
}

// Answers once the client has seen its progress, and said so by calling "answer".
async function question({ _meta: meta, sendNotification }) {
  const answered = new Promise((resolve) => { answer = resolve; });
  const params = { progressToken: meta.progressToken, progress: 1 };
  await sendNotification({ method: "notifications/progress", params });
  await answered;
  return said("answered");
}

function makeServer() {
  const server = new McpServer({ name: "tools", version: "1.0.0" });
  server.registerTool("whoami", { description: "Who asks" }, whoami);
  server.registerTool("question", { description: "Waits for an answer" }, question);
  server.registerTool("answer", { description: "Answers" }, () => { answer(); return said("thanks"); });
  return server;
}

const app = express();
app.use(express.json());

app.all("/mcp", async (request, response) => {
  let transport = sessions.get(request.headers["mcp-session-id"]);
  if (!transport) {
    transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => sessions.set(id, transport),
    });
    await makeServer().connect(transport);
  }
  await transport.handleRequest(request, response, request.body);
});

app.get("/sse", async (request, response) => {
  const transport = new SSEServerTransport("/messages", response);
  sessions.set(transport.sessionId, transport);
  await makeServer().connect(transport);
});

app.post("/messages", (request, response) =>
  sessions.get(request.query.sessionId).handlePostMessage(request, response, request.body));

app.listen(3001, "127.0.0.1", () => console.log("listening"));
