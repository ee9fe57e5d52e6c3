// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Tells how Node.js's HTTP server, whose parser is llhttp, understands what clients might send: in
// and out as framing_main.cc.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Duplex } from "node:stream";

// A connection on which `bytes` arrive at once, and then the client's FIN.
class Connection extends Duplex {
  constructor(bytes) {
    super({ allowHalfOpen: true });
    this.push(bytes);
    this.push(null);
  }
  _read() {}
  _write(chunk, encoding, done) {
    done();
  }
  setTimeout() {}
}

const server = createServer({ requireHostHeader: false });
const take = (request, response) => {
  const { told } = request.socket;
  const body = [];
  request.on("data", (chunk) => body.push(chunk));
  request.on("end", () => {
    const { method, url: target, rawHeaders: fields } = request;
    told.requests.push({ method, target, fields, body: Buffer.concat(body).toString("latin1") });
    response.end();
  });
};
server.on("request", take);
server.on("checkContinue", take);
server.on("checkExpectation", take);
server.on("clientError", (error, connection) => {
  connection.told.error = error.code;
  setImmediate(() => connection.destroy());  // requests before the error have yet to end
});

async function tell(bytes) {
  const connection = new Connection(bytes);
  const told = (connection.told = { requests: [] });
  const closed = new Promise((resolve) => connection.on("close", resolve));
  server.emit("connection", connection);
  await closed;
  return told;
}

const input = readFileSync(0);
for (let at = 0; at < input.length; ) {
  const begin = input.indexOf("\n", at) + 1;
  const end = begin + Number(input.toString("ascii", at, begin));
  process.stdout.write(JSON.stringify(await tell(input.subarray(begin, end))) + "\n");
  at = end;
}
