import type { Link, LinkEvents, Route } from '../../../src/devices/printer/link.ts';

/** One link that the test plays by hand. */
export class ScriptedLink implements Link {
  readonly answers: boolean;
  readonly sliceBytes = 4_096;
  readonly events: LinkEvents;
  /** All bytes that were taken. */
  sent: Buffer = Buffer.alloc(0);
  fate: 'open' | 'closed' | 'abandoned' = 'open';
  #takes: number;
  readonly #replies: readonly (readonly [string, number])[];

  constructor(events: LinkEvents, script: LinkScript) {
    this.events = events;
    this.answers = script.answers ?? false;
    this.#takes = script.takesSlices ?? Number.POSITIVE_INFINITY;
    this.#replies = script.replies ?? [];
    if (script.opens ?? true) queueMicrotask(() => events.opened());
  }

  write(slice: Buffer): void {
    if (this.#takes === 0) return;
    this.#takes -= 1;
    this.sent = Buffer.concat([this.sent, slice]);
    queueMicrotask(() => this.events.written());
    const reply = this.#replies.find(([question]) => question === slice.toString('hex'));
    if (reply !== undefined) queueMicrotask(() => this.events.received(Buffer.from([reply[1]])));
  }

  close(): void {
    this.fate = 'closed';
  }

  abandon(): void {
    this.fate = 'abandoned';
  }
}

export interface LinkScript {
  readonly opens?: boolean;
  readonly answers?: boolean;
  /** Slices that are taken before the link stalls. */
  readonly takesSlices?: number;
  /** Answers by question, in hexadecimal. */
  readonly replies?: readonly (readonly [string, number])[];
}

/** A route whose links follow a script that the test may change in between. */
export class ScriptedRoute implements Route {
  readonly name = 'a script';
  readonly links: ScriptedLink[] = [];
  script: LinkScript = {};

  readonly open = (events: LinkEvents): Link => {
    const link = new ScriptedLink(events, this.script);
    this.links.push(link);
    return link;
  };

  get last(): ScriptedLink {
    const link = this.links.at(-1);
    if (link === undefined) throw new Error('no link has been opened');
    return link;
  }
}
