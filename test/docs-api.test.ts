// The API reference is what the docstrings say now.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apiReference } from "../scripts/api-reference.js";
import * as api from "../src/index.js";

test("docs/api.md is up to date (npm run docs:api)", () => {
  const page = readFileSync("docs/api.md", "utf8");
  expect(page).toBe(apiReference());
  for (const name of Object.keys(api)) expect(page).toContain(`### ${name}\n`);
});
