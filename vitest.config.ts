import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { __DEV__: "true" },
  test: {
    include: ["test/**/*.test.ts", "spec-tests/**/*.test.ts"],
    testTimeout: 120_000,
    coverage: { provider: "v8", include: ["src/**/*.ts"], exclude: ["src/**/index.ts"], reporter: ["text-summary", "json-summary"], thresholds: { lines: 90 } },
  },
});
