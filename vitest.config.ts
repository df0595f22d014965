import { defineConfig } from "vitest/config";
import { literalEnums } from "./scripts/literal-enums.js";

/** Where .ci/run wants the results as JSON. */
const report = process.env["PERILUNE_TEST_REPORT"];

export default defineConfig({
  define: { __DEV__: "true" },
  plugins: process.argv.includes("--coverage") ? [] : [literalEnums("src")], // coverage looks at the sources as they are
  test: {
    include: ["test/**/*.test.ts", "spec-tests/**/*.test.ts"],
    testTimeout: 120_000,
    maxWorkers: "100%", // else one processor stays idle, half of a small machine
    ...(report === undefined ? {} : { reporters: ["default", ["json", { outputFile: report }]] }),
    coverage: { provider: "v8", include: ["src/**/*.ts"], exclude: ["src/**/index.ts"], reporter: ["text-summary", "json-summary"], reportOnFailure: true, thresholds: { lines: 90 } },
  },
});
