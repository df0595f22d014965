// Licence notices of the packages that a build contains: whoever gets the bundle gets their terms.
import { readFileSync, readdirSync } from "node:fs";

/** Folders of the packages whose code went into the outputs of an esbuild metafile, sorted. */
export function bundledPackages({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path));
  const folders = inputs.map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

/** The notices of packages. Throws for a package that has no licence text. */
export function notices(folders) {
  const parts = folders.map((folder) => {
    const { name, version, license, author } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const by = typeof author === "string" ? author : author?.name;
    return `${name} ${version} (${license ?? "see below"})${by === undefined ? "" : `, ${by}`}\n\n${licenceText(folder, name, license, by)}`;
  });
  return `perilune contains code of these packages, under their own terms.\n\n${"=".repeat(80)}\n${parts.join(`\n${"=".repeat(80)}\n`)}`;
}

function licenceText(folder, name, license, by) {
  const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each));
  if (file !== undefined) return `${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
  if (license !== "ISC") throw new Error(`${name} has no licence text`);
  return ISC.replace("{author}", by ?? name);
}

/** The ISC licence's own words, for packages that only name it. */
const ISC = `Copyright (c) {author}

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above
copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR
IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
`;
