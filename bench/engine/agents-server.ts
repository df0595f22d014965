// A model's server for the bench of agents: speaks OpenAI's dialect, answers after LATENCY ms. The first two answers of a
// conversation ask for a tool, the third one is final. Prints its port; ends with its parent.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const latency = Number(process.argv[2]);
const usage = { prompt_tokens: 40, completion_tokens: 10, total_tokens: 50 };

function answer(body: string): string {
  const results = body.split('"role":"tool"').length - 1;
  const message = results < 2
    ? { role: "assistant", content: null, tool_calls: [{ id: `call_${results}`, type: "function", function: { name: "add", arguments: JSON.stringify({ a: results, b: 20 }) } }] }
    : { role: "assistant", content: "done: 41" };
  return JSON.stringify({ id: "c", object: "chat.completion", model: "bench", choices: [{ index: 0, message, finish_reason: results < 2 ? "tool_calls" : "stop" }], usage });
}

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (piece: string) => { body += piece; });
  request.on("end", () => {
    const text = answer(body);
    setTimeout(() => {
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
      response.end(text);
    }, latency);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", 4096, () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().on("end", () => process.exit(0));
