/** One measured figure; an aim is the most that it should be. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'µs' | 'ms' | 's' | 'KB' | 'MB' | '/s' | 'x';
  readonly aim: number | null;
}

export const figure = (name: string, value: number, unit: Figure['unit'], aim: number | null = null): Figure => ({
  name,
  value,
  unit,
  aim,
});

const NAME_WIDTH = 62;
const VALUE_WIDTH = 9;
const UNIT_WIDTH = 3;
const AIM_WIDTH = 8;

const plain = (value: number): string => (Math.abs(value) < 100 ? value.toFixed(2) : value.toFixed(0));

/** The head of the table. */
export const HEAD = row('figure', 'value', '', 'aim', '');

/** One line of the table: name, value, unit, aim, and whether the aim is met. */
export function lineOf({ name, value, unit, aim }: Figure): string {
  if (aim === null) return row(name, plain(value), unit, '', '');
  return row(name, plain(value), unit, `<= ${aim}`, value <= aim ? 'ok' : 'over');
}

function row(name: string, value: string, unit: string, aim: string, met: string): string {
  const cells = [
    name.padEnd(NAME_WIDTH),
    value.padStart(VALUE_WIDTH),
    unit.padEnd(UNIT_WIDTH),
    aim.padStart(AIM_WIDTH),
    met,
  ];
  return cells.join(' ').trimEnd();
}
