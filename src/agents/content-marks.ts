import { eachFetchedName } from './fetched-programs.ts';
import { eachAddress, eachHost, hashOf, textsOf } from './texts.ts';

/*
 * What tools have answered in a conversation, as far as it could be an order: hosts, addresses, and names of packages
 * that stand behind a program which fetches and runs them. Kept as bits of seeded hashes: the text is neither recorded nor
 * reproducible, and a conversation costs 8 KiB, whatever it has read.
 */

const BITS = 65_536;
/** Characters of one answer that are looked at. */
const MAX_CHARACTERS = 65_536;
/** Then a stranger's word is taken for one of these once in 1,000; it begins anew. */
const MAX_MARKS = 2_500;
const Words = Uint32Array;

export class ContentMarks {
  private readonly bits = new Words(BITS / 32);
  private marks = 0;

  /** Takes in what a tool has answered: text, or anything that a framework keeps it in. Addresses: only from outside. */
  add(answer: unknown, isFromOutside: boolean): void {
    const texts = textsOf(answer, MAX_CHARACTERS);
    const mark = (word: string) => this.mark(word);
    for (let i = 0; i < texts.length; i++) {
      eachHost(texts[i] as string, mark);
      if (isFromOutside) eachAddress(texts[i] as string, mark);
      eachFetchedName(texts[i] as string, mark);
    }
  }

  has(word: string): boolean {
    return this.hasHash(hashOf(word));
  }

  /** `hash` is `hashOf` of the word. */
  hasHash(hash: number): boolean {
    return this.bit(hash % BITS) && this.bit((hash / BITS) % BITS) && this.bit((hash / (BITS * BITS)) % BITS);
  }

  private mark(word: string): void {
    if (this.has(word)) return;
    if (this.marks++ >= MAX_MARKS) {
      this.marks = 1;
      this.bits.fill(0);
    }
    const hash = hashOf(word);
    this.set(hash % BITS);
    this.set((hash / BITS) % BITS);
    this.set((hash / (BITS * BITS)) % BITS);
  }

  private bit(at: number): boolean {
    return ((this.bits[at >>> 5] as number) & (1 << (at & 31))) !== 0;
  }

  private set(at: number): void {
    this.bits[at >>> 5] = (this.bits[at >>> 5] as number) | (1 << (at & 31));
  }
}
