import { fitText, type TextBox } from './fit.ts';
import { FONT_FAMILY, type FontSet, type Weight } from './font.ts';
import { letter } from './lettering.ts';

/** Sizes of a block at the design width; the page scales them. */
export interface TextBlock extends Omit<TextBox, 'width'> {
  readonly weight: Weight;
  /** Figures and capitals stand closer than Hangul, which fills its whole square. */
  readonly shape: 'hangul' | 'figures';
}

const SHAPES: Readonly<Record<TextBlock['shape'], { readonly ascent: number; readonly pitch: number }>> = {
  hangul: { ascent: 0.9, pitch: 1.14 },
  figures: { ascent: 0.78, pitch: 0.94 },
};
const MARGIN = 8;
const MARK: TextBlock = { largest: 64, smallest: 18, lines: 2, weight: 900, shape: 'figures' };
const MARK_SIDE = 80;
const MARK_LINE = 4;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A column of centred text and rules that grows downwards; lengths in pixels at the design width. */
export class Page {
  readonly #width: number;
  readonly #unit: number;
  readonly #fonts: FontSet;
  readonly #shapes: string[] = [];
  readonly #missing = new Set<string>();
  #y = 0;

  constructor(widthDots: number, unit: number, fonts: FontSet) {
    this.#width = widthDots;
    this.#unit = unit;
    this.#fonts = fonts;
  }

  /** White paper. */
  skip(height: number): void {
    this.#y += this.#scaled(height);
  }

  /** A black rule from margin to margin. */
  rule(thickness: number): void {
    const margin = this.#scaled(MARGIN);
    this.#box(margin, this.#y, this.#width - 2 * margin, this.#scaled(thickness));
    this.#y += this.#scaled(thickness);
  }

  /** One block of text over the whole width, less what is given away at the right. */
  text(text: string, block: TextBlock, rightInset = 0): void {
    const margin = this.#scaled(MARGIN);
    this.#y = this.#letters(text, block, margin, this.#y, this.#width - 2 * margin - this.#scaled(rightInset));
  }

  /** Two blocks beside a framed mark in the right corner. */
  headline(blocks: readonly (readonly [string, TextBlock])[], mark: string | undefined): void {
    const top = this.#y;
    for (const [text, block] of blocks) this.text(text, block, mark === undefined ? 0 : MARK_SIDE + MARGIN);
    if (mark === undefined) return;
    const side = this.#scaled(MARK_SIDE);
    const line = this.#scaled(MARK_LINE);
    const left = this.#width - this.#scaled(MARGIN) - side;
    this.#box(left, top, side, side);
    this.#box(left + line, top + line, side - 2 * line, side - 2 * line, 'white');
    const inner = { left: left + 2 * line, width: side - 4 * line };
    const height = this.#letters(mark, MARK, inner.left, 0, inner.width, false);
    this.#letters(mark, MARK, inner.left, top + ((side - height) >> 1), inner.width);
    this.#y = Math.max(this.#y, top + side);
  }

  /** Keeps a band of exactly so many dots white and gives its top. */
  reserve(heightDots: number): number {
    const top = this.#y;
    this.#y += heightDots;
    return top;
  }

  finish(): {
    readonly width: number;
    readonly height: number;
    readonly svg: string;
    readonly missing: readonly string[];
  } {
    const frame = `width="${this.#width}" height="${this.#y}"`;
    const paper = `<rect ${frame} fill="white"/>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${frame}>${paper}${this.#shapes.join('')}</svg>`;
    return { width: this.#width, height: this.#y, svg, missing: [...this.#missing] };
  }

  #scaled(length: number): number {
    return Math.round(length * this.#unit);
  }

  #box(x: number, y: number, width: number, height: number, fill = 'black'): void {
    this.#shapes.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`);
  }

  /** Sets a block and gives the pixel below it. */
  #letters(text: string, block: TextBlock, left: number, top: number, width: number, visible = true): number {
    const font = this.#fonts[block.weight];
    const lettering = letter(text, font);
    for (const character of lettering.missing) this.#missing.add(character);
    const box = {
      width,
      largest: this.#scaled(block.largest),
      smallest: this.#scaled(block.smallest),
      lines: block.lines,
    };
    const fitted = fitText(lettering.text, box, (line, size) => font.widthOf(line, size));
    const { ascent, pitch } = SHAPES[block.shape];
    const middle = left + Math.round(width / 2);
    fitted.lines.forEach((line, index) => {
      const baseline = top + Math.round((index * pitch + ascent) * fitted.size);
      const style = `font-family="${FONT_FAMILY}" font-weight="${block.weight}" font-size="${fitted.size}"`;
      const escaped = line.replace(/[&<>]/g, (character) => ESCAPES[character] ?? '');
      if (visible)
        this.#shapes.push(`<text x="${middle}" y="${baseline}" text-anchor="middle" ${style}>${escaped}</text>`);
    });
    return top + Math.round(fitted.lines.length * pitch * fitted.size);
  }
}
