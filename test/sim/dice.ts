/** Seeded dice: the same seed throws the same numbers on every machine. */

export interface Dice {
  /** 0 to 1, without 1. */
  next(): number;
  between(low: number, high: number): number;
  /** Whole, both ends included. */
  whole(low: number, high: number): number;
  /** Short ones are as likely as long ones: each doubling has the same share. */
  lasting(low: number, high: number): number;
  chance(share: number): boolean;
  pick<T>(rows: readonly T[]): T;
}

/** Mulberry32: small, quick, and good enough to choose faults by. */
export function newDice(seed: number): Dice {
  // Neighbouring seeds begin far apart.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number) => low + next() * (high - low);
  return {
    next,
    between,
    whole: (low, high) => Math.floor(between(low, high + 1)),
    lasting: (low, high) => low * (high / low) ** next(),
    chance: (share) => next() < share,
    pick: (rows) => {
      const row = rows[Math.floor(next() * rows.length)];
      if (row === undefined) throw new Error('There is nothing to pick from.');
      return row;
    },
  };
}
