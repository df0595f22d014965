// A real HTTP server on a free port of this machine that answers as a test tells it, and remembers what it was asked.
import { type IncomingHttpHeaders, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers a request; the number counts them from 0. */
export type Answer = (response: ServerResponse, request: Seen, number: number) => void | Promise<void>;

export interface TestServer {
  readonly url: string;
  readonly seen: Seen[];
}

/** Starts a server that ends with the test. */
export async function serve(answer: Answer): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const entry = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body: Buffer.concat(pieces).toString() };
      seen.push(entry);
      void answer(response, entry, seen.length - 1);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => { server.close(resolve); });
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Answer => (response) => {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
};

export const text = (body: string, status = 200, headers: Record<string, string> = {}): Answer => (response) => {
  response.writeHead(status, { "content-type": "text/plain", ...headers });
  response.end(body);
};

/** Sends a body in pieces of `size` bytes, so that events and characters are cut anywhere. */
export const inPieces = (body: string, size: number): Answer => async (response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    if (at % (size * 16) === 0) await new Promise((resolve) => { setImmediate(resolve); });
  }
  response.end();
};

/** One answer after the other; the last one stays. */
export const inTurn = (...answers: readonly Answer[]): Answer => (response, request, number) =>
  answers[Math.min(number, answers.length - 1)]!(response, request, number);
