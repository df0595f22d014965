// A model's server for the bench of agents: speaks OpenAI's dialect, answers after LATENCY ms. The first two answers of a
// conversation ask for a tool, the third one is final. It is as lean as a server can be, so as not to be what is measured:
// requests are cut out of the socket's bytes, the answers are ready. Prints its port; ends with its parent.
import { type AddressInfo, type Socket, createServer } from "node:net";

const latency = Number(process.argv[2]);
const usage = { prompt_tokens: 40, completion_tokens: 10, total_tokens: 50 };

/** The answer to a conversation with so many results of tools, with its head. */
function answer(results: number): Buffer {
  const message = results < 2
    ? { role: "assistant", content: null, tool_calls: [{ id: `call_${results}`, type: "function", function: { name: "add", arguments: JSON.stringify({ a: results, b: 20 }) } }] }
    : { role: "assistant", content: "done: 41" };
  const text = JSON.stringify({ id: "c", object: "chat.completion", model: "bench", choices: [{ index: 0, message, finish_reason: results < 2 ? "tool_calls" : "stop" }], usage });
  return Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
}

const ANSWERS = [answer(0), answer(1), answer(2)];

interface Due {
  readonly at: number;
  readonly socket: Socket;
  readonly results: number;
}

/** All answers wait equally long: the first that came is the first that is due. */
const waiting: Due[] = [];
let next = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function tick(): void {
  const now = performance.now();
  while (next < waiting.length && waiting[next]!.at <= now) {
    const { socket, results } = waiting[next++]!;
    if (!socket.destroyed) socket.write(ANSWERS[results]!);
  }
  if (next === waiting.length) waiting.length = next = 0;
  timer = next < waiting.length ? setTimeout(tick, Math.max(1, waiting[next]!.at - now)) : undefined;
}

/** The number of bytes of the first request in `text`, or 0 when it is not whole. */
function requestLength(text: string): number {
  const end = text.indexOf("\r\n\r\n");
  const length = end < 0 ? undefined : /content-length: (\d+)/i.exec(text)?.[1];
  return length !== undefined && text.length >= end + 4 + Number(length) ? end + 4 + Number(length) : 0;
}

const server = createServer({ noDelay: true }, (socket) => {
  let text = "";
  socket.setEncoding("latin1");
  socket.on("error", () => socket.destroy());
  socket.on("data", (piece) => {
    text += String(piece);
    for (let length = requestLength(text); length > 0; length = requestLength(text)) {
      const results = text.slice(0, length).split('"role":"tool"').length - 1;
      text = text.slice(length);
      waiting.push({ at: performance.now() + latency, socket, results: Math.min(results, 2) });
      timer ??= setTimeout(tick, latency);
    }
  });
});
server.listen(0, "127.0.0.1", 4096, () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().on("end", () => process.exit(0));
