import type { Act } from '../../src/behavior.ts';
import { setPerceiver } from '../../src/perception.ts';

/** One act as a sense reported it, and what became of its perception. */
export interface Recorded {
  readonly act: Act;
  readonly attributes: Record<string, unknown>;
  ended: number;
  error: unknown;
}

/** Listens to the senses in place of the immune system. */
export class ActRecorder {
  readonly all: Recorded[] = [];
  readonly failures: unknown[] = [];
  /** Decides which acts are refused. */
  refuse: (act: Act) => Error | undefined = () => undefined;
  private readonly restorePerceiver: () => void;

  constructor() {
    this.restorePerceiver = setPerceiver({
      perceive: (act) => {
        const recorded: Recorded = { act, attributes: { ...act.attributes }, ended: 0, error: undefined };
        this.all.push(recorded);
        return {
          habituated: false,
          refusal: this.refuse(act),
          end: (error) => {
            recorded.ended++;
            recorded.error = error;
          },
          setAttribute: (name, value) => {
            recorded.attributes[name] = value;
          },
        };
      },
      senseFailed: (_sense, error) => this.failures.push(error),
    });
  }

  /** `operation target`, in the order reported. What Node does by itself is left out, as the immune system does. */
  told(): string[] {
    return this.all.filter(({ act }) => act.impliedByNode !== true).map(({ act }) => `${act.operation} ${act.target}`);
  }

  /** Forgets what was recorded until now. */
  clear(): void {
    this.all.length = 0;
  }

  restore(): void {
    this.restorePerceiver();
  }
}

/** The error that the tests refuse acts with. */
export class Refusal extends Error {
  readonly code = 'ERR_DIOGENESIS_BLOCKED';
}
