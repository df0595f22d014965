// Answers of HTTP servers as bytes: what ends where, however it is cut, and what is no answer at all.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AnswerParser } from "../../../src/engine/bridges/services/providers/http-answer-parser.js";

interface Read {
  status: number;
  headers: Record<string, string>;
  body: string;
  isOver: boolean;
  isKeptAlive: boolean;
}

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

/** Reads a text as the pieces of a connection that is closed after them. */
function read(pieces: readonly string[], { close = false, hasBody = true } = {}): Read {
  const result: Read = { status: 0, headers: {}, body: "", isOver: false, isKeptAlive: true };
  const parser = new AnswerParser({
    head: ({ status, headers }) => Object.assign(result, { status, headers: Object.fromEntries(headers) }),
    data: (piece) => { result.body += Buffer.from(piece).toString("latin1"); },
    end: () => {},
  }, hasBody);
  for (const piece of pieces) parser.push(bytes(piece));
  if (close) parser.close();
  return { ...result, isOver: parser.isOver, isKeptAlive: parser.isKeptAlive };
}

const ANSWERS: Readonly<Record<string, readonly [text: string, body: string, isKeptAlive: boolean]>> = {
  "a length": ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", true],
  "no body": ["HTTP/1.1 204 No Content\r\n\r\n", "", true],
  "a length of nothing": ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "", true],
  "chunks": ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7;note=\"x\"\r\n, world\r\n0\r\nX-Sum: 1\r\n\r\n", "hello, world", true],
  "provisional answers": ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok", "ok", true],
  "bare line feeds": ["HTTP/1.1 200 OK\ncontent-length: 2\n\nok", "ok", true],
  "the same length twice": ["HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok", "ok", true],
  "close": ["HTTP/1.1 200 OK\r\nConnection: close\r\ncontent-length: 2\r\n\r\nok", "ok", false],
  "HTTP/1.0": ["HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok", "ok", false],
  "HTTP/1.0 that keeps": ["HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok", "ok", true],
};

describe("answers", () => {
  test.each(Object.entries(ANSWERS))("%s", (_, [text, body, isKeptAlive]) => {
    const expected = { body, isOver: true, isKeptAlive };
    expect(read([text])).toMatchObject(expected);
    expect(read([...text])).toMatchObject(expected);
    fc.assert(fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      expect(read(at.slice(1).map((to, i) => text.slice(at[i], to)))).toMatchObject(expected);
    }), { numRuns: 100 });
  });

  test("up to the end of the connection", () => {
    const text = "HTTP/1.1 200 OK\r\nserver: old\r\n\r\nall of it";
    expect(read([text])).toMatchObject({ body: "all of it", isOver: false });
    expect(read([text], { close: true })).toMatchObject({ body: "all of it", isOver: true, isKeptAlive: false });
  });

  test("to HEAD have no body, whatever they say", () => {
    expect(read(["HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n"], { hasBody: false })).toMatchObject({ status: 200, body: "", isOver: true });
  });

  test("headers are found by their names in lower case, lists as one", () => {
    expect(read(["HTTP/1.1 200 OK\r\nX-A:  1 \r\nx-a: 2\r\nContent-Length: 0\r\n\r\n"]).headers).toEqual({ "x-a": "1, 2", "content-length": "0" });
  });

  test("that are cut off are not over", () => {
    for (const [text] of Object.values(ANSWERS)) expect(read([text.slice(0, -1)], { close: true }).isOver).toBe(false);
  });
});

describe("refused", () => {
  test.each([
    ["another protocol", "SSH-2.0-OpenSSH\r\n\r\n"],
    ["HTTP/2 in clear", "HTTP/2 200 OK\r\n\r\n"],
    ["no status", "HTTP/1.1 OK\r\n\r\n"],
    ["a length and chunks", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n"],
    ["a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"],
    ["a length that is none", "HTTP/1.1 200 OK\r\ncontent-length: 0x10\r\n\r\n"],
    ["an enormous length", "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n"],
    ["an unknown coding", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n"],
    ["a folded header", "HTTP/1.1 200 OK\r\nx: 1\r\n  more\r\n\r\n"],
    ["a space before the colon", "HTTP/1.1 200 OK\r\ncontent-length : 5\r\n\r\n"],
    ["a header without a name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n"],
    ["a line end inside a value", "HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n"],
    ["a chunk without a size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n"],
    ["a negative chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-5\r\n"],
    ["a chunk longer than it says", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhello\r\n"],
    ["more than one answer", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"],
    ["another protocol offered", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"],
    ["provisional answers for ever", "HTTP/1.1 100 Continue\r\n\r\n".repeat(50)],
    ["a head without end", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(20_000)}`],
    ["a line without end", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}`],
    ["trailers without end", `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n${"x: y\r\n".repeat(1000)}`],
  ])("%s", (_, text) => {
    expect(() => read([text])).toThrow(/^not an HTTP answer/);
    expect(() => read([...text])).toThrow(/^not an HTTP answer/);
  });

  test("any bytes are an answer, half of one, or refused", () => {
    fc.assert(fc.property(fc.constantFrom(...Object.values(ANSWERS).map(([text]) => text)), fc.nat(80), fc.string({ maxLength: 5 }), fc.nat(6), (text, at, inserted, removed) => {
      try {
        read([text.slice(0, at) + inserted + text.slice(at + removed)], { close: true });
      } catch (error) {
        expect((error as Error).name).toBe("AnswerSyntaxError");
      }
    }), { numRuns: 1000 });
  });
});
