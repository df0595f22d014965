// Scripts that nest natives and emitted calls on a JavaScript stack that is smaller than planned for, as under a host that is itself deep in calls.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { builtCli } from "../support/cli.js";

const NESTED = `
local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
for i = 1, 60 do deep(500) end
local function nest(n, k)
  if n > 0 then return 1 + nest(n - 1, k) end
  if k == 0 then return deep(5000) end
  local r
  string.gsub("x", "x", function() r = nest(5, k - 1) end)
  return r + 1
end
for i = 1, 60 do nest(500, 0) end
for _, k in ipairs { 1, 50, 100, 150, 190, 210 } do print(k, pcall(nest, 5, k)) end
print "end"
`;

const run = (flags: readonly string[]) =>
  spawnSync(process.execPath, [...flags, builtCli(), "-e", NESTED], { encoding: "utf8", timeout: 30_000 });

test.each(["--opt", "--no-opt"])("V8's own stack has room for all that Lua allows (%s)", (flag) => {
  const { stdout } = run([flag]);
  expect(stdout).toBe("1\ttrue\t5011\n50\ttrue\t5305\n100\ttrue\t5605\n150\ttrue\t5905\n190\ttrue\t6145\n210\tfalse\tC stack overflow\nend\n");
});

// Recovering from an overflow overflowed again, over and over, out of reach of every limit.
test.each([360, 440, 480, 520, 560, 600, 640])("a stack of %i KB ends in an error, caught or not", (size) => {
  const { status, signal, stdout, stderr } = run([`--stack-size=${size}`]);
  expect(signal).toBeNull();
  if (status === 0) expect(stdout).toMatch(/stack overflow\nend\n$/);
  else expect(stderr).toMatch(/: (stack overflow|the host's JavaScript stack is full)$/m);
});
