/** A promise of the design that was broken. Whatever else is thrown on a day says nothing about promises. */
export class Broken extends Error {
  override readonly name = 'Broken';
}
