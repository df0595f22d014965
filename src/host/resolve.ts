// Real paths: where a path leads once every link is followed, also when its last part (or more) does not exist yet.
import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { fromHostText } from "../base/bytes.js";
import type { ResolvedPath } from "../vm/host.js";
import { codeOf, hostError, toHostError } from "./errno.js";
import { nodePath } from "./node-file.js";

const WINDOWS = process.platform === "win32";
/** Links followed before "Too many levels of symbolic links" (as Linux). */
const MAX_LINKS = 40;

/** The real path of something that exists; undefined when it does not. */
function realPath(path: string): string | undefined {
  try {
    const real = realpathSync.native(nodePath(path), "latin1");
    return WINDOWS ? real.replaceAll("\\", "/") : real;
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw toHostError(error);
  }
}

/** What the link at `path` says; undefined when there is no link. */
function linkTarget(path: string): string | undefined {
  try {
    return lstatSync(nodePath(path)).isSymbolicLink() ? readlinkSync(nodePath(path), "latin1") : undefined;
  } catch {
    return undefined;
  }
}

/** See HostFiles.resolve. Relative paths start at the working directory. Throws HostError for links that go in a circle. */
export function resolvePath(path: string): ResolvedPath {
  let wanted = absolute(WINDOWS ? path.replaceAll("\\", "/") : path);
  for (let links = 0; links <= MAX_LINKS; links++) {
    const rest: string[] = [];
    let existing = realPath(wanted);
    let head = wanted;
    let target: string | undefined;
    while (existing === undefined && target === undefined) {
      target = linkTarget(head); // a link to nowhere: goes on from where it points
      if (target !== undefined) break;
      const slash = head.lastIndexOf("/");
      rest.unshift(head.slice(slash + 1));
      head = head.slice(0, Math.max(slash, 0)) || "/";
      existing = realPath(head);
    }
    if (target === undefined) return { existing: existing!, rest: rest.filter((part) => part !== "").join("/") };
    const folder = realPath(head.slice(0, Math.max(head.lastIndexOf("/"), 0)) || "/")!;
    const start = target.startsWith("/") ? target : `${folder}/${target}`;
    wanted = [start, ...rest].join("/");
  }
  throw hostError("ELOOP");
}

function absolute(path: string): string {
  if (path.startsWith("/") || (WINDOWS && /^[A-Za-z]:\//.test(path))) return path;
  return `${fromHostText(process.cwd()).replaceAll(WINDOWS ? "\\" : "/", "/")}/${path}`;
}
