import { err, ok, type Result } from '../base/result.ts';
import type { Kind } from '../pass/pass.ts';
import type { FontSet } from './font.ts';
import { Page, type TextBlock } from './page.ts';
import { encodeQr, type QrMatrix, QUIET_ZONE_MODULES } from './qr.ts';
import { STICKER_TITLES } from './titles.ts';

/** What a person and a scanner read on a sticker. */
export interface StickerFace {
  readonly venue: string;
  readonly kind: Kind;
  /** Date and time in the site's zone, a space between them, as they are to be read. */
  readonly validUntil: string;
  /** The token's `jti`: 2 characters of kiosk and 6 of number. */
  readonly shortId: string;
  /** The mark of the day that staff compare by eye. */
  readonly mark?: string;
  /** What the QR code says. */
  readonly token: string;
}

/** The paper: printable width in dots and dots an inch. */
export interface StickerPaper {
  readonly widthDots: number;
  readonly dpi: number;
}

export interface StickerLayout {
  readonly width: number;
  readonly height: number;
  /** All but the QR code, whose place is left white. */
  readonly svg: string;
  /** The code and its top left dot without quiet zone: modules are set dot by dot, never resampled. */
  readonly qr: { readonly matrix: QrMatrix; readonly left: number; readonly top: number; readonly moduleDots: number };
  /** Characters of the face that the font lacks. */
  readonly missing: readonly string[];
}

export const MM_PER_INCH = 25.4;
/** Half a millimetre a module is what a worn print head and a cheap scanner still agree on at arm's length. */
const MODULE_MM = 0.5;
/** Letters are designed for the 40 mm label and grow with the paper, up to a factor: longer stickers help nobody. */
const DESIGN_WIDTH_DOTS = 320;
const DESIGN_DPI = 203;
const MOST_ENLARGED = 1.25;
const ID_GROUPS = /^(.{2})(.{3})(.{3})$/;

const TITLE: TextBlock = { weight: 900, shape: 'hangul', largest: 58, smallest: 30, lines: 1 };
const SUBTITLE: TextBlock = { weight: 700, shape: 'figures', largest: 28, smallest: 20, lines: 1 };
const VENUE: TextBlock = { weight: 700, shape: 'hangul', largest: 36, smallest: 24, lines: 2 };
const LABEL: TextBlock = { weight: 700, shape: 'hangul', largest: 26, smallest: 20, lines: 1 };
const UNTIL: TextBlock = { weight: 900, shape: 'figures', largest: 58, smallest: 34, lines: 2 };
const SHORT_ID: TextBlock = { weight: 700, shape: 'figures', largest: 46, smallest: 30, lines: 1 };

/** Pixels on this paper for one at the design width. */
export const unitOf = ({ widthDots, dpi }: StickerPaper): number =>
  Math.min(widthDots / DESIGN_WIDTH_DOTS, (MOST_ENLARGED * dpi) / DESIGN_DPI);

/** Draws a face on paper of a width: SVG for the letters, a module grid for the code. The error is one sentence. */
export function layOut(face: StickerFace, paper: StickerPaper, fonts: FontSet): Result<StickerLayout, string> {
  const qr = encodeQr(face.token);
  if (!qr.ok) return qr;
  const moduleDots = Math.round((MODULE_MM / MM_PER_INCH) * paper.dpi);
  const qrDots = (qr.value.size + 2 * QUIET_ZONE_MODULES) * moduleDots;
  if (qrDots > paper.widthDots) {
    return err(`a sticker needs ${qrDots} printable dots and the printer has ${paper.widthDots}: use wider paper`);
  }
  const page = new Page(paper.widthDots, unitOf(paper), fonts);
  const title = STICKER_TITLES[face.kind];
  page.skip(4);
  page.headline(
    [
      [title.ko, TITLE],
      [title.en, SUBTITLE],
    ],
    face.mark,
  );
  page.skip(8);
  page.rule(4);
  page.text(face.venue, VENUE);
  const codeTop = page.reserve(qrDots);
  page.text('유효 기한 Valid until', LABEL);
  page.text(face.validUntil, UNTIL);
  page.skip(4);
  page.rule(2);
  page.skip(6);
  page.text(face.shortId.replace(ID_GROUPS, '$1-$2-$3'), SHORT_ID);
  page.skip(6);
  const quietDots = QUIET_ZONE_MODULES * moduleDots;
  const left = ((paper.widthDots - qrDots) >> 1) + quietDots;
  return ok({ ...page.finish(), qr: { matrix: qr.value, left, top: codeTop + quietDots, moduleDots } });
}
