// perilune, the build in dist/. The only file of the bench that knows its API.
import type { Session } from "../lib/session.js";

export function openPerilune(): Session {
  throw new Error("no build yet");
}

export function compilePerilune(_source: string, _name: string): void {
  throw new Error("no build yet");
}

export function createPeriluneState(): void {
  throw new Error("no build yet");
}
