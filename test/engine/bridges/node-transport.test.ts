// The transport on Node: which connections are used again, which are not, and what may go out on them.
import { type AddressInfo, type Socket, createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { HttpAnswer } from "../../../src/engine/bridges/services/providers/http.js";
import { platformFetch } from "../../../src/engine/bridges/services/providers/node-fetch.js";
import { builtinTools } from "../../../src/engine/bridges/services/tool-builtins.js";

interface RawServer {
  readonly url: string;
  /** What came on each connection. */
  readonly connections: string[];
  readonly sockets: Socket[];
}

/** A server that answers each request, with these bytes. */
async function raw(answer: (request: string, number: number, socket: Socket) => string): Promise<RawServer> {
  const connections: string[] = [];
  const sockets: Socket[] = [];
  let count = 0;
  const server = createServer((socket) => {
    const index = connections.push("") - 1;
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (piece) => {
      connections[index] += piece.toString();
      socket.write(answer(piece.toString(), count++, socket));
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => { server.close(resolve); });
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections, sockets };
}

const ok = (headers = ""): string => `HTTP/1.1 200 OK\r\n${headers}content-length: 2\r\n\r\nok`;
const send = (url: string, headers: Record<string, string> = {}, body?: string, method = "POST"): Promise<HttpAnswer> =>
  platformFetch(url, { method, headers, body, signal: new AbortController().signal, redirect: "manual", onCancel: () => {} });
const textOf = async (answer: HttpAnswer): Promise<string> => answer.text!(1000);
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

describe("connections", () => {
  test("are used again, one request at a time", async () => {
    const server = await raw(() => ok());
    for (let i = 0; i < 5; i++) expect(await textOf(await send(server.url, {}, "x"))).toBe("ok");
    expect(server.connections).toHaveLength(1);
    await Promise.all([1, 2, 3].map(async () => textOf(await send(server.url, {}, "x"))));
    expect(server.connections).toHaveLength(3);
  });

  test.each([
    ["that the server closes", ok("connection: close\r\n")],
    ["that the server keeps for no time", ok("keep-alive: timeout=1\r\n")],
    ["without a length", "HTTP/1.0 200 OK\r\n\r\nok"],
  ])("%s are not used again", async (_, answer) => {
    const server = await raw((__, number, socket) => {
      if (answer.startsWith("HTTP/1.0")) setTimeout(() => socket.end(), 5);
      return answer;
    });
    for (let i = 0; i < 3; i++) expect(await textOf(await send(server.url))).toBe("ok");
    expect(server.connections).toHaveLength(3);
  });

  test("that ended while they were idle are not used again", async () => {
    const server = await raw(() => ok());
    await textOf(await send(server.url));
    server.sockets[0]!.end();
    await pause(30);
    expect(await textOf(await send(server.url))).toBe("ok");
    expect(server.connections).toHaveLength(2);
  });

  test("on which a server speaks without being asked are given up: its words are no answer to the next request", async () => {
    const server = await raw(() => ok());
    await textOf(await send(server.url));
    server.sockets[0]!.write("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged");
    await pause(30);
    expect(await textOf(await send(server.url))).toBe("ok");
    expect(server.connections).toHaveLength(2);
  });

  test("on which two answers come to one request fail", async () => {
    const server = await raw((_, number) => (number === 0 ? `${ok()}HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged` : ok()));
    await send(server.url).then(textOf, () => "failed");
    expect(await textOf(await send(server.url))).toBe("ok");
    expect(server.connections).toHaveLength(2);
  });

  test("whose answer is left unread are given up", async () => {
    const server = await raw(() => `HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n${"x".repeat(300_000)}`);
    const answer = await send(server.url);
    for await (const piece of answer.body!) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    await pause(30);
    expect(server.sockets[0]!.destroyed || server.sockets[0]!.readyState !== "open").toBe(true);
  });

  test("that break in the middle of an answer say so", async () => {
    const server = await raw((_, __, socket) => {
      setTimeout(() => socket.destroy(), 5);
      return "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
    });
    await expect(send(server.url).then(textOf)).rejects.toThrow("other side closed");
  });
});

describe("requests", () => {
  test("have their length in bytes", async () => {
    const server = await raw(() => ok());
    await textOf(await send(server.url, { "x-a": "1" }, "Grüße"));
    expect(server.connections[0]).toMatch(/^POST \/ HTTP\/1\.1\r\n(?:host: [^\r]+\r\n)(?:connection: keep-alive\r\n)x-a: 1\r\ncontent-length: 7\r\n\r\nGrüße$/);
    await textOf(await send(server.url, {}, "{}", "DELETE"));
    expect(server.connections[0]).toMatch(/DELETE \/ HTTP\/1\.1\r\n(?:[\w-]+: [^\r]+\r\n)*content-length: 2\r\n\r\n\{\}$/); // without it the body would be another request
  });

  test.each([
    ["a line end in a value", { "x-a": "1\r\nx-admin: yes" }],
    ["a line feed in a value", { "x-a": "1\nx-admin: yes" }],
    ["a line end in a name", { "x-a: 1\r\nx-b": "2" }],
    ["no name", { "": "2" }],
    ["characters beyond ASCII", { "x-a": "č\u010d\u010a" }],
    ["another host", { Host: "internal" }],
    ["a length of their own", { "content-length": "0" }],
    ["a coding of their own", { "Transfer-Encoding": "chunked" }],
  ])("with %s are refused before anything goes out", async (_, headers) => {
    const server = await raw(() => ok());
    await expect(send(server.url, headers as unknown as Record<string, string>, "x")).rejects.toThrow(/header/i);
    expect(server.connections).toEqual([]);
  });

  test("cannot smuggle a second request through the address, the method or the tool's arguments", async () => {
    const server = await raw(() => ok());
    await expect(send(server.url, {}, undefined, "GET / HTTP/1.1\r\nx: y\r\n\r\nGET")).rejects.toThrow("unsupported method");
    await textOf(await send(`${server.url}/a b\r\nx: y`, {}, undefined, "GET"));
    expect(server.connections[0]).toMatch(/^GET \/a%20bx:%20y HTTP\/1\.1\r\n/);
    const http = builtinTools({ now: Date.now, charge: () => {}, files: undefined as never, permitsHost: () => true }).find(({ name }) => name === "http_request")!;
    await expect(http.execute({ url: server.url, headers: { "x-a": "1\r\n\r\nGET /admin HTTP/1.1" } }, {})).rejects.toThrow("header");
    expect(server.connections.join("")).not.toContain("admin");
  });

  test("HEAD has headers and no body", async () => {
    const server = await raw(() => "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n");
    const answer = await send(server.url, {}, undefined, "HEAD");
    expect([answer.status, answer.headers.get("Content-Length"), await textOf(answer)]).toEqual([200, "500", ""]);
  });
});
