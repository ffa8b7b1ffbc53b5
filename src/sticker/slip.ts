import { ok, type Result } from '../base/result.ts';
import type { StickerPicture } from './draw-in-thread.ts';
import { type FontSet, fontPath, readFontMetrics } from './font.ts';
import { MM_PER_INCH, type StickerLayout, type StickerPaper, unitOf } from './layout.ts';
import { Page, type TextBlock } from './page.ts';
import { encodeAlphanumericQr, QUIET_ZONE_MODULES } from './qr.ts';
import { rasterize } from './raster.ts';

/** What stands on the slip of a day; numbers and names of machines, nothing of a person. */
export interface SlipFace {
  readonly venue: string;
  /** `YYYY-MM-DD`, and date and time of the print in the site's zone. */
  readonly day: string;
  readonly printedAt: string;
  readonly admitted: number;
  readonly assisted: number;
  readonly refused: number;
  readonly staffAdmitted: number;
  readonly stickers: number;
  /** In which the kiosk ran and could not check, and in which it was off. */
  readonly down: SlipMinutes;
  readonly off: SlipMinutes;
  /** Sequence numbers; null where nothing was recorded on that day. */
  readonly entries: { readonly first: number; readonly last: number } | null;
  /** The name of the log and its key in words. */
  readonly log: string;
  readonly words: string;
  /** What the code at the foot says. */
  readonly code: string;
}

/** Whole minutes, null where nobody knows; not all measured where no clock was sure for some of them. */
export interface SlipMinutes {
  readonly minutes: number | null;
  readonly isMeasured: boolean;
}

/** From a module that any scanner reads down to one that a telephone still does; whatever the paper has room for. */
const MODULE_MM = [0.5, 0.375, 0.25];

const TITLE: TextBlock = { weight: 900, shape: 'hangul', largest: 48, smallest: 30, lines: 1 };
const SUBTITLE: TextBlock = { weight: 700, shape: 'figures', largest: 26, smallest: 18, lines: 1 };
const VENUE: TextBlock = { weight: 700, shape: 'hangul', largest: 32, smallest: 22, lines: 2 };
const DAY: TextBlock = { weight: 900, shape: 'figures', largest: 48, smallest: 34, lines: 1 };
const ROW: TextBlock = { weight: 700, shape: 'hangul', largest: 24, smallest: 18, lines: 1 };
const NOTE: TextBlock = { weight: 700, shape: 'hangul', largest: 22, smallest: 18, lines: 4 };
const SMALL: TextBlock = { weight: 700, shape: 'hangul', largest: 18, smallest: 15, lines: 2 };

/** Lays out the slip of a day, Korean and English; the error is one sentence. */
export function layOutSlip(face: SlipFace, paper: StickerPaper, fonts: FontSet): Result<StickerLayout, string> {
  const qr = encodeAlphanumericQr(face.code);
  if (!qr.ok) return qr;
  const sides = MODULE_MM.map((mm) => Math.max(1, Math.round((mm / MM_PER_INCH) * paper.dpi)));
  const widthOf = (dots: number): number => (qr.value.size + 2 * QUIET_ZONE_MODULES) * dots;
  const moduleDots = sides.find((dots) => widthOf(dots) <= paper.widthDots) ?? 1;
  const page = new Page(paper.widthDots, unitOf(paper), fonts);
  page.skip(4);
  page.text('하루 기록', TITLE);
  page.text('Daily record', SUBTITLE);
  page.skip(6);
  page.rule(4);
  page.text(face.venue, VENUE);
  page.text(face.day, DAY);
  page.text(`인쇄 Printed ${face.printedAt}`, ROW);
  page.skip(4);
  page.rule(2);
  page.skip(4);
  for (const row of rowsOf(face)) page.text(row, ROW);
  page.skip(4);
  page.rule(2);
  const codeTop = page.reserve(widthOf(moduleDots));
  page.text('이 종이를 다른 곳에 보관해 주세요. 이 앞의 기록은 몰래 바꿀 수 없게 돼요.', NOTE);
  page.text('Keep this slip elsewhere: nothing before it can then be changed unnoticed.', NOTE);
  page.skip(4);
  page.text(face.log, SMALL);
  page.text(face.words, SMALL);
  page.skip(6);
  const quietDots = QUIET_ZONE_MODULES * moduleDots;
  const left = ((paper.widthDots - widthOf(moduleDots)) >> 1) + quietDots;
  return ok({ ...page.finish(), qr: { matrix: qr.value, left, top: codeTop + quietDots, moduleDots } });
}

function rowsOf(face: SlipFace): readonly string[] {
  const { entries, down, off } = face;
  const minutesOf = ({ minutes, isMeasured }: SlipMinutes): string =>
    minutes === null ? '–' : `${minutes} min${isMeasured ? '' : ' ?'}`;
  return [
    `입장 Admitted ${face.admitted}`,
    `직원 확인 To staff ${face.assisted}`,
    `거절 Refused ${face.refused}`,
    `직원이 입장 Staff let in ${face.staffAdmitted}`,
    `스티커 Stickers ${face.stickers}`,
    `확인 못 함 No check ${minutesOf(down)}`,
    `꺼짐 Off ${minutesOf(off)}`,
    ...(down.isMeasured && off.isMeasured ? [] : ['? 시계가 확실하지 않음 Clock was unsure']),
    entries === null ? '기록 없음 No entries' : `기록 Entries ${entries.first}–${entries.last}`,
  ];
}

/** Draws a slip here and now: for a thread of its own, or a command. */
export function drawSlip(face: SlipFace, paper: StickerPaper): Result<StickerPicture, string> {
  const fonts: FontSet = { 700: readFontMetrics(fontPath(700)), 900: readFontMetrics(fontPath(900)) };
  const layout = layOutSlip(face, paper, fonts);
  return layout.ok ? ok({ ...rasterize(layout.value), missing: layout.value.missing }) : layout;
}
