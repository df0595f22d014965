// A flame graph of exact counts as an SVG file: a box a node of the call tree, as wide as its instructions; hovering tells the figures.
import { toHostText } from "../base/bytes.js";
import type { CallNode } from "./recorder.js";

const WIDTH = 1200;
const ROW = 17;
/** Boxes narrower than this are left out. */
const NARROWEST = 0.3;
/** Width of a letter of the labels. */
const LETTER = 6.6;

interface Box {
  readonly node: CallNode;
  readonly total: number;
  readonly x: number;
  readonly depth: number;
}

/** The drawing for the tree below `root`. */
export function flameGraph(root: CallNode, title: string): string {
  const totals = inclusive(root);
  const all = totals.get(root)!;
  const boxes: Box[] = [{ node: root, total: all, x: 0, depth: 0 }];
  let deepest = 0;
  for (let i = 0; i < boxes.length; i++) {
    const { node, x, depth } = boxes[i]!;
    let at = x;
    for (const child of [...node.children.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const total = totals.get(child)!;
      const width = (total / all) * WIDTH;
      if (width >= NARROWEST) {
        boxes.push({ node: child, total, x: at, depth: depth + 1 });
        deepest = Math.max(deepest, depth + 1);
      }
      at += width;
    }
  }
  const height = (deepest + 3) * ROW;
  const drawn = boxes.map((box) => draw(box, all, height)).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="11">
<style>g:hover rect{stroke:#000}</style>
<text x="${WIDTH / 2}" y="${ROW - 4}" text-anchor="middle" font-size="13">${escape(toHostText(title))}</text>
${drawn}</svg>
`;
}

function draw({ node, total, x, depth }: Box, all: number, height: number): string {
  const width = (total / all) * WIDTH;
  const y = height - (depth + 1) * ROW - 4;
  const name = toHostText(node.name);
  const letters = Math.floor((width - 4) / LETTER);
  const label = letters < 3 ? "" : escape(name.length > letters ? `${name.slice(0, letters - 1)}…` : name);
  const figures = `${total.toLocaleString("en-US")} instructions (${((100 * total) / all).toFixed(2)} %), ` +
    `${node.instructions.toLocaleString("en-US")} of its own, ${Math.round(node.bytes).toLocaleString("en-US")} bytes`;
  return `<g><title>${escape(name)}: ${figures}</title><rect x="${x.toFixed(2)}" y="${y}" width="${width.toFixed(2)}" height="${ROW - 1}" ` +
    `rx="1" fill="${colour(node.name)}"/>${label === "" ? "" : `<text x="${(x + 2).toFixed(2)}" y="${y + 12}">${label}</text>`}</g>\n`;
}

/** Instructions of every node with all below it. */
function inclusive(root: CallNode): Map<CallNode, number> {
  const nodes = [root];
  for (let i = 0; i < nodes.length; i++) for (const child of nodes[i]!.children.values()) nodes.push(child);
  const totals = new Map<CallNode, number>();
  for (const node of nodes.reverse()) { // children before parents
    let total = node.instructions;
    for (const child of node.children.values()) total += totals.get(child)!;
    totals.set(node, total);
  }
  return totals;
}

/** A warm colour that depends on nothing but the name. */
function colour(name: string): string {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) >>> 0;
  return `hsl(${15 + (hash % 40)},${70 + ((hash >>> 8) % 25)}%,${62 + ((hash >>> 16) % 14)}%)`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text that may stand in an SVG: control characters are not allowed there at all. */
function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ENTITIES[c]!).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, "\ufffd");
}
