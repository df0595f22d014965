// What an agent remembers of a conversation: the newest turns that fit. A turn (a question, the calls, their results, the
// answer) is kept or dropped as a whole, because no provider takes a result without its call.
import type { ChatMessage } from "./providers/chat.js";
import { type Keep, Kept } from "./kept.js";
import { CHARACTERS_PER_TOKEN, estimateMessageTokens } from "./providers/local.js";

export interface ConversationLimits {
  /** Messages to keep, 100 unless given. */
  readonly maxMessages?: number;
  /** Estimated tokens to keep, 100,000 unless given. */
  readonly maxTokens?: number;
}

interface Turn {
  readonly messages: readonly ChatMessage[];
  readonly tokens: number;
}

/** About what messages with so many estimated tokens take. */
export function bytesOfMessages(count: number, tokens: number): number {
  return count * 200 + tokens * CHARACTERS_PER_TOKEN;
}

export class Conversation {
  private turns: Turn[] = [];
  private readonly kept: Kept;

  constructor(private readonly limits: ConversationLimits = {}, keep?: Keep) {
    this.kept = new Kept(keep);
  }

  /** What is remembered, oldest first. */
  messages(): readonly ChatMessage[] {
    return this.turns.flatMap((turn) => turn.messages);
  }

  /**
   * Remembers a turn, with its estimated tokens where they are known, and forgets the oldest ones beyond the limits. The newest turn
   * stays, whatever its size.
   */
  add(messages: readonly ChatMessage[], estimate = messages.reduce((sum, message) => sum + estimateMessageTokens(message), 0)): void {
    this.turns.push({ messages, tokens: estimate });
    const { maxMessages = 100, maxTokens = 100_000 } = this.limits;
    let count = 0;
    let tokens = 0;
    const kept = this.turns.findLastIndex((turn) => {
      count += turn.messages.length;
      tokens += turn.tokens;
      return count > maxMessages || tokens > maxTokens;
    });
    if (kept >= 0) this.turns = this.turns.slice(Math.min(kept + 1, this.turns.length - 1));
    this.kept.set(this.turns.reduce((sum, turn) => sum + bytesOfMessages(turn.messages.length, turn.tokens), 0));
  }

  clear(): void {
    this.turns = [];
    this.kept.release();
  }
}
