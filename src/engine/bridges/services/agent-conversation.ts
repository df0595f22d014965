// What an agent remembers of a conversation: the newest turns that fit. A turn (a question, the calls, their results, the
// answer) is kept or dropped as a whole, because no provider takes a result without its call.
import type { ChatMessage } from "./providers/chat.js";
import { estimateMessageTokens } from "./providers/local.js";

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

export class Conversation {
  private turns: Turn[] = [];

  constructor(private readonly limits: ConversationLimits = {}) {}

  /** What is remembered, oldest first. */
  messages(): readonly ChatMessage[] {
    return this.turns.flatMap((turn) => turn.messages);
  }

  /** Remembers a turn and forgets the oldest ones beyond the limits. The newest turn stays, whatever its size. */
  add(messages: readonly ChatMessage[]): void {
    this.turns.push({ messages, tokens: messages.reduce((sum, message) => sum + estimateMessageTokens(message), 0) });
    const { maxMessages = 100, maxTokens = 100_000 } = this.limits;
    let count = 0;
    let tokens = 0;
    const kept = this.turns.findLastIndex((turn) => {
      count += turn.messages.length;
      tokens += turn.tokens;
      return count > maxMessages || tokens > maxTokens;
    });
    if (kept >= 0) this.turns = this.turns.slice(Math.min(kept + 1, this.turns.length - 1));
  }

  clear(): void {
    this.turns = [];
  }
}
