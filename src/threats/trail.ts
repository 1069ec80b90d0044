import type { CarriedSecret, Chain, Deed, Standing } from '../behavior.ts';
import { SIGN } from './sign-bits.ts';
import { LANE } from './thresholds.ts';

/** What is remembered of a noteworthy deed. Holds no behaviour: arguments and contents must not outlive the act. */
export interface Note {
  readonly trait: string;
  /** Everything the deed looked like; grows when the same trait shows another side. */
  signs: number;
  /** The strongest standing it ever had here: what this process learned a moment ago is still unreviewed. */
  standing: Standing;
  firstTime: number;
  time: number;
  family: string | undefined;
  /** Resource class: `app`, `home`, `loopback` … */
  place: string;
  /** Host, path or program the deed was about. */
  target: string;
  /** Key of the nearest member: who did it with its own hands. */
  doer: string;
  chain: Chain;
  /** The principal did it itself, or had a deputy do it. */
  direct: boolean;
  /** The principal did it by code that it had made from text. */
  fromText: boolean;
  /** It was done while the principal's own code was being loaded. */
  whileLoading: boolean;
  /** It was done by a script that runs because the package is being installed. */
  atInstall: boolean;
  /** A program that is to outlive whoever started it. */
  detached: boolean;
  /** A secret in the request, the last time it was made. A sign like the others; their bits are used up. */
  carried?: CarriedSecret | undefined;
  /** It is everyday work for the principal's role, or for a nearer member that is no deputy. */
  ordinary: boolean;
}

const RANK: Readonly<Record<Standing, number>> = { known: 0, unbaselined: 1, novel: 2 };

export function stronger(a: Standing, b: Standing): Standing {
  return RANK[a] >= RANK[b] ? a : b;
}

const S = SIGN;
const LANES: readonly { readonly signs: number; readonly size: number }[] = [
  { signs: S.SECRET | S.ENV_SECRET | S.METADATA | S.CARRIED | S.COMMAND_SECRET, size: LANE.secret },
  { signs: S.EGRESS | S.DROP | S.TUNNEL | S.LISTEN, size: LANE.egress },
  { signs: S.SPAWN, size: LANE.run },
  { signs: S.EVAL | S.FOREIGN_CODE | S.FOREIGN_NATIVE | S.BYPASS, size: LANE.code },
  { signs: -1, size: LANE.write },
];

function laneOf(signs: number): number {
  for (let i = 0; i < LANES.length; i++) if ((signs & (LANES[i] as { signs: number }).signs) !== 0) return i;
  return LANES.length - 1;
}

/**
 * The noteworthy deeds of one principal. A lane for each kind, so that one kind cannot push out another; within a lane
 * a trait is kept once, and known notes make room before unreviewed ones.
 */
export class Trail {
  private readonly lanes: Note[][] = [[], [], [], [], []];

  find(trait: string, signs: number): Note | undefined {
    const lane = this.lanes[laneOf(signs)] as Note[];
    for (let i = 0; i < lane.length; i++) if ((lane[i] as Note).trait === trait) return lane[i];
    return undefined;
  }

  add(note: Note): void {
    const at = laneOf(note.signs);
    const lane = this.lanes[at] as Note[];
    if (lane.length < (LANES[at] as { size: number }).size) {
      lane[lane.length] = note;
      return;
    }
    let victim = 0;
    for (let i = 1; i < lane.length; i++) if (isLesser(lane[i] as Note, lane[victim] as Note)) victim = i;
    lane[victim] = note;
  }

  /** The best note with one of the signs that began no later than `before`: strongest standing first, then latest. */
  latest(
    signs: number,
    before: number,
    notBefore: number,
    unreviewed: boolean,
    fits?: (note: Note) => boolean,
    except?: Note,
  ): Note | undefined {
    let best: Note | undefined;
    for (let i = 0; i < this.lanes.length; i++) {
      const lane = this.lanes[i] as Note[];
      for (let j = 0; j < lane.length; j++) {
        const note = lane[j] as Note;
        if ((note.signs & signs) === 0 || note.firstTime > before || note.time < notBefore) continue;
        if (note === except) continue;
        if (unreviewed && note.standing === 'known') continue;
        if (fits !== undefined && !fits(note)) continue;
        if (best === undefined || isLesser(best, note)) best = note;
      }
    }
    return best;
  }

  /** Distinct families among unreviewed notes with one of the signs. */
  families(signs: number, notBefore: number, fits?: (note: Note) => boolean): Note[] {
    const found: Note[] = [];
    for (let i = 0; i < this.lanes.length; i++) {
      const lane = this.lanes[i] as Note[];
      for (let j = 0; j < lane.length; j++) {
        const note = lane[j] as Note;
        if ((note.signs & signs) === 0 || note.time < notBefore || note.standing === 'known') continue;
        if (fits !== undefined && !fits(note)) continue;
        let isNew = true;
        const family = note.family ?? note.trait;
        for (let k = 0; k < found.length && isNew; k++) {
          const other = found[k] as Note;
          if ((other.family ?? other.trait) === family) isNew = false;
        }
        if (isNew) found[found.length] = note;
      }
    }
    return found;
  }

  forEach(visit: (note: Note) => void): void {
    for (let i = 0; i < this.lanes.length; i++) {
      const lane = this.lanes[i] as Note[];
      for (let j = 0; j < lane.length; j++) visit(lane[j] as Note);
    }
  }
}

/* Which of two notes is worth less: the better reviewed one, then the ordinary one, then the older one. */
function isLesser(a: Note, b: Note): boolean {
  const rank = RANK[a.standing] - RANK[b.standing];
  if (rank !== 0) return rank < 0;
  if (a.ordinary !== b.ordinary) return a.ordinary;
  return a.time < b.time;
}

/** The words a deed is remembered by. */
export function targetOf(deed: Deed): string {
  const { act, resource } = deed.behavior;
  return resource.path === '' ? act.target : resource.path;
}
