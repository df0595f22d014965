// Ranked search over short texts: an inverted index with BM25.

/** How fast a word that occurs often stops counting, and how much longer texts are marked down: the usual values. */
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;

/** Characters of one text that are searched. */
const MAX_INDEXED = 20_000;

export interface Ranked {
  readonly id: string;
  /** Above 0; higher is better. Comparable within one search only. */
  readonly score: number;
}

export class TextIndex {
  /** By word: how often it occurs in which text. */
  private readonly postings = new Map<string, Map<string, number>>();
  private readonly lengths = new Map<string, number>();
  private readonly words = new Map<string, ReadonlySet<string>>();
  private totalLength = 0;

  /** Adds a text, or replaces the one with that id. */
  add(id: string, text: string): void {
    this.remove(id);
    const words = wordsOf(text.slice(0, MAX_INDEXED));
    this.lengths.set(id, words.length);
    this.totalLength += words.length;
    for (const word of words) {
      let posting = this.postings.get(word);
      if (posting === undefined) this.postings.set(word, (posting = new Map()));
      posting.set(id, (posting.get(id) ?? 0) + 1);
    }
    this.words.set(id, new Set(words));
  }

  remove(id: string): void {
    const words = this.words.get(id);
    if (words === undefined) return;
    this.totalLength -= this.lengths.get(id)!;
    this.lengths.delete(id);
    this.words.delete(id);
    for (const word of words) {
      const posting = this.postings.get(word)!;
      posting.delete(id);
      if (posting.size === 0) this.postings.delete(word);
    }
  }

  /** Texts with words of the query, best first; equal scores in the order of their ids. The last word also stands for words that begin with it. */
  search(query: string, limit: number): Ranked[] {
    const scores = new Map<string, number>();
    const words = wordsOf(query);
    for (const [i, word] of words.entries()) {
      this.score(word, 1, scores);
      if (i === words.length - 1 && word.length >= 3) for (const other of this.beginningWith(word)) this.score(other, 0.5, scores);
    }
    return [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, limit);
  }

  private *beginningWith(prefix: string): Iterable<string> {
    for (const word of this.postings.keys()) if (word.length > prefix.length && word.startsWith(prefix)) yield word;
  }

  private score(word: string, weight: number, scores: Map<string, number>): void {
    const posting = this.postings.get(word);
    if (posting === undefined) return;
    const count = this.lengths.size;
    const rarity = Math.log(1 + (count - posting.size + 0.5) / (posting.size + 0.5));
    const average = this.totalLength / count;
    for (const [id, occurrences] of posting) {
      const length = 1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * this.lengths.get(id)!) / average;
      const score = (rarity * occurrences * (SATURATION + 1)) / (occurrences + SATURATION * length);
      scores.set(id, (scores.get(id) ?? 0) + weight * score);
    }
  }
}

/** Letters and digits of any script, without case; "store_key" is two words. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
