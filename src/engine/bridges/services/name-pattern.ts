// Patterns over dotted names ("workflow.step.done"): "*" stands for one part, at the end for all that follow.

/** Whether `name` matches. "*" alone matches every name. */
export type NamePattern = (name: string) => boolean;

export function namePattern(pattern: string): NamePattern {
  if (pattern === "*" || pattern === "**") return () => true;
  if (!pattern.includes("*")) return (name) => name === pattern;
  const parts = pattern.split(".");
  const open = parts.at(-1) === "*" || parts.at(-1) === "**";
  if (open) parts.pop();
  return (name) => {
    const given = name.split(".");
    if (open ? given.length <= parts.length : given.length !== parts.length) return false;
    return parts.every((part, i) => part === "*" || matchesPart(part, given[i]!));
  };
}

/** One part with stars in it, "get_*": the pieces between the stars occur in order. */
function matchesPart(pattern: string, part: string): boolean {
  const pieces = pattern.split("*");
  if (pieces.length === 1) return pattern === part;
  const [first, last] = [pieces[0]!, pieces.at(-1)!];
  if (part.length < first.length + last.length || !part.startsWith(first) || !part.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = part.indexOf(piece, at);
    if (found < 0 || found + piece.length > part.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
