import type { Act } from '../behavior.ts';

/** What an act fails with in `mode: 'block'`, in the shape its API fails in. */
export class BlockedError extends Error {
  readonly code = 'ERR_DIOGENESIS_BLOCKED';
  /** The package whose behavior was refused. */
  readonly package: string;
  readonly trait: string;
  /** The finding that says why; `undefined` for a repeat of an act that was told before. */
  readonly findingId: string | undefined;
  readonly syscall: string;

  constructor(principal: string, trait: string, findingId: string | undefined, act: Act, reason?: string) {
    const why = findingId === undefined ? '' : ` (finding ${findingId})`;
    super(`Diogenesis blocked ${trait} by ${principal}${why}${reason === undefined ? '' : `: ${reason}`}`);
    this.name = 'BlockedError';
    this.package = principal;
    this.trait = trait;
    this.findingId = findingId;
    this.syscall = act.operation;
  }
}
