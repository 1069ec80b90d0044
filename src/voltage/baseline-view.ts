import { ArrayIsArray, SafeSet } from '../primordials.ts';
import { type NoveltyClass, noveltyClassOfTrait } from './novelty-class.ts';

/** What a lock file holds a principal to: its own entry, or that of the version it is compared with. */
export interface BaselineView {
  readonly state: 'learning' | 'stable' | 'partial';
  /** It is the baseline of an older version: the version that acts has none of its own. */
  readonly ofOlderVersion?: boolean;
  readonly traits: readonly string[] | ReadonlySet<string>;
}

export function sizeOf(baseline: BaselineView): number {
  const { traits } = baseline;
  return ArrayIsArray(traits) ? (traits as readonly string[]).length : (traits as ReadonlySet<string>).size;
}

export function forEachTrait(baseline: BaselineView, visit: (trait: string) => void): void {
  const { traits } = baseline;
  if (ArrayIsArray(traits)) for (let i = 0; i < traits.length; i++) visit(traits[i] as string);
  else (traits as ReadonlySet<string>).forEach(visit);
}

/** The kinds of behaviour a baseline shows, so that the first host of a package is told from its second. */
export function noveltyClassesOf(baseline: BaselineView): ReadonlySet<NoveltyClass> {
  const classes = new SafeSet<NoveltyClass>();
  forEachTrait(baseline, (trait) => {
    classes.add(noveltyClassOfTrait(trait));
  });
  return classes;
}
