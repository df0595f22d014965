// Which format a text is in, by trying what it looks like.
import { BridgeFailure } from "../failure.js";
import type { Charge } from "../work.js";
import { parseJson } from "./json.js";
import { parseXml } from "./xml.js";
import { parseYaml } from "./yaml.js";

export const FORMATS = ["json", "yaml", "xml", "markdown", "plain"] as const;
export type Format = (typeof FORMATS)[number];

export interface Detected {
  readonly format: Format;
  /** 0 to 1. */
  readonly confidence: number;
}

/** What Markdown has and prose has not. */
const MARKDOWN_SIGNS = [/^#{1,6} \S/m, /^(?:```|~~~)/m, /^\s*(?:[-*+]|\d+\.) \S.*\n\s*(?:[-*+]|\d+\.) \S/m, /^\|.*\|\s*$/m, /^> \S/m, /\[[^\]\n]+\]\([^)\s]+\)/, /(?:\*\*|__)\S/];

export function detect(text: string, charge: Charge): Detected {
  const trimmed = text.trim();
  if (trimmed === "") return { format: "plain", confidence: 1 };
  if (/^(?:[[{"\d-]|true\b|false\b|null\b)/.test(trimmed) && parses(parseJson, trimmed, charge)) return { format: "json", confidence: 1 };
  if (/^<[?!\w]/.test(trimmed) && parses(parseXml, trimmed, charge)) return { format: "xml", confidence: 1 };
  const signs = MARKDOWN_SIGNS.filter((sign) => sign.test(trimmed.slice(0, 20_000))).length;
  if (looksLikeYaml(trimmed) && signs < 2 && parses(parseYaml, trimmed, charge)) return { format: "yaml", confidence: trimmed.startsWith("---") ? 1 : 0.8 };
  if (signs > 0) return { format: "markdown", confidence: Math.min(1, 0.4 + signs * 0.2) };
  if (/^[[{]/.test(trimmed)) return { format: "json", confidence: 0.4 }; // broken, but meant as JSON
  return { format: "plain", confidence: 0.6 };
}

/** Most lines are a key with a value, an item, or go on with one. */
function looksLikeYaml(text: string): boolean {
  if (/^---\s/.test(text)) return true;
  const lines = text.slice(0, 20_000).split("\n").filter((line) => line.trim() !== "" && !/^\s*#/.test(line));
  const telling = lines.filter((line) => /^\s*(?:- )*(?:"[^"]*"|'[^']*'|[\w.-]+(?: [\w.-]+)?):(?:\s|$)/.test(line)).length;
  const items = lines.filter((line) => /^\s*- \S/.test(line)).length;
  return telling > 0 && (telling + items) * 2 > lines.length;
}

function parses(parse: (text: string, charge: Charge) => unknown, text: string, charge: Charge): boolean {
  try {
    parse(text, charge);
    return true;
  } catch (error) {
    if (error instanceof BridgeFailure) return false;
    throw error;
  }
}
