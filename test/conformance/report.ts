/** A public set against our own gates. A valid vector may be refused for a reason that is named; an invalid one never passes. */
export interface Report {
  readonly vectors: number;
  readonly agree: number;
  /** Valid vectors that are refused on purpose, each with its reason. */
  readonly exceptions: readonly string[];
  readonly disagreements: readonly string[];
}

export class Comparison implements Report {
  vectors = 0;
  agree = 0;
  readonly exceptions: string[] = [];
  readonly disagreements: string[] = [];

  /** @param why the named reason for refusing a vector that upstream calls valid, or null */
  note(name: string, accepted: boolean, valid: boolean, why: string | null = null): void {
    this.vectors += 1;
    if (accepted === valid) this.agree += 1;
    else if (valid && why !== null) this.exceptions.push(`${name}: ${why}`);
    else this.disagreements.push(`${name}: ${accepted ? 'accepted, but invalid' : 'refused, but valid'}`);
  }
}
