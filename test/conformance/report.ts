/** A public set against our own gates. A valid vector may be refused for a reason that is named; an invalid one never passes. */
export interface Report {
  /** The vectors that this verifier has something to say about. */
  readonly vectors: number;
  readonly agree: number;
  /** Valid vectors that are refused on purpose, each with its reason. */
  readonly exceptions: readonly string[];
  readonly disagreements: readonly string[];
}

/** What stands between a vector's name and the reason of its exception. */
const BECAUSE = ': ';

export class Comparison implements Report {
  vectors = 0;
  agree = 0;
  readonly exceptions: string[] = [];
  readonly disagreements: string[] = [];

  /** @param why the named reason for refusing a vector that upstream calls valid, or null */
  note(name: string, accepted: boolean, valid: boolean, why: string | null = null): void {
    this.vectors += 1;
    if (accepted === valid) this.agree += 1;
    else if (valid && why !== null) this.exceptions.push(`${name}${BECAUSE}${why}`);
    else this.disagreements.push(`${name}: ${accepted ? 'accepted, but invalid' : 'refused, but valid'}`);
  }
}

/** Several parts of one set as one. */
export function together(reports: readonly Report[]): Report {
  return {
    vectors: reports.reduce((sum, { vectors }) => sum + vectors, 0),
    agree: reports.reduce((sum, { agree }) => sum + agree, 0),
    exceptions: reports.flatMap(({ exceptions }) => exceptions),
    disagreements: reports.flatMap(({ disagreements }) => disagreements),
  };
}

/** The reason of an exception, without the vector it is about. */
export const reasonIn = (exception: string): string => exception.slice(exception.lastIndexOf(BECAUSE) + BECAUSE.length);
