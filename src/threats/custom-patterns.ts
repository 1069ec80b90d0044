import type { Deed } from '../behavior.ts';
import { ArrayPrototypeSlice } from '../primordials.ts';
import type { FindingStep } from '../response/finding.ts';
import { BoundedMap } from '../voltage/bounded-map.ts';
import { type CompiledPattern, globMatches } from './custom-pattern.ts';

/** How far one principal has come in one pattern: for each step the story so far, if it is under way. */
export type PatternProgress = (FindingStep[] | undefined)[];

/** The patterns a user added, by trait. Other than the built-in rules they also hold for reviewed behaviour. */
export class CustomPatterns {
  private readonly patterns: CompiledPattern[] = [];
  /** Traits met and whether any step fits: a pattern costs nothing for what it does not speak of. */
  private readonly watched = new BoundedMap<boolean>(2048);
  private readonly onError: (name: string, error: unknown) => void;

  constructor(onError: (name: string, error: unknown) => void) {
    this.onError = onError;
  }

  get size(): number {
    return this.patterns.length;
  }

  has(name: string): boolean {
    return this.patterns.some((pattern) => pattern.name === name);
  }

  add(pattern: CompiledPattern): void {
    const at = this.patterns.findIndex((other) => other.name === pattern.name);
    this.patterns[at === -1 ? this.patterns.length : at] = pattern;
    this.watched.clear();
  }

  all(): readonly CompiledPattern[] {
    return this.patterns;
  }

  isWatched(trait: string): boolean {
    let answer = this.watched.get(trait);
    if (answer === undefined) {
      answer = false;
      for (let i = 0; i < this.patterns.length && !answer; i++) {
        const { steps, disabled } = this.patterns[i] as CompiledPattern;
        for (let j = 0; j < steps.length && !answer && !disabled; j++) answer = globMatches(steps[j] as string, trait);
      }
      this.watched.set(trait, answer);
    }
    return answer;
  }

  /** Patterns that the deed completes. `progress` belongs to the principal, one entry a pattern. */
  observe(deed: Deed, progress: PatternProgress[]): { pattern: CompiledPattern; steps: FindingStep[] }[] {
    const hits: { pattern: CompiledPattern; steps: FindingStep[] }[] = [];
    for (let i = 0; i < this.patterns.length; i++) {
      const pattern = this.patterns[i] as CompiledPattern;
      if (pattern.disabled || !isAbout(pattern, deed)) continue;
      let stories = progress[i];
      if (stories === undefined) {
        stories = [];
        progress[i] = stories;
      }
      const steps = this.advance(pattern, deed, stories);
      if (steps !== undefined) hits[hits.length] = { pattern, steps };
    }
    return hits;
  }

  private advance(pattern: CompiledPattern, deed: Deed, stories: PatternProgress): FindingStep[] | undefined {
    const last = pattern.steps.length - 1;
    const step: FindingStep = { time: deed.time, principal: deed.behavior.principal.key, trait: deed.trait };
    // From the end, so that one deed is not two steps of the same story.
    for (let i = last; i >= 0; i--) {
      if (!globMatches(pattern.steps[i] as string, deed.trait)) continue;
      const before = i === 0 ? [] : stories[i - 1];
      if (before === undefined) continue;
      const start = before[0]?.time ?? deed.time;
      if (deed.time - start > pattern.windowMs) continue;
      const story = ArrayPrototypeSlice(before);
      story[story.length] = step;
      if (i < last) stories[i] = story;
      else if (this.agrees(pattern, deed)) return story;
    }
    return undefined;
  }

  private agrees(pattern: CompiledPattern, deed: Deed): boolean {
    if (pattern.when === undefined) return true;
    try {
      return pattern.when(deed) === true;
    } catch (error) {
      pattern.disabled = true;
      this.watched.clear();
      this.onError(pattern.name, error);
      return false;
    }
  }
}

function isAbout(pattern: CompiledPattern, deed: Deed): boolean {
  if (pattern.package === undefined) return true;
  return globMatches(pattern.package, deed.principal.name) || globMatches(pattern.package, deed.principal.key);
}
