import { describe, expect, it } from 'vitest';
import { LONGEST_KEY_MS, MAX_PEOPLE, PeopleAdmitted } from '../../src/kiosk/people-admitted.ts';
import type { Pass } from '../../src/pass/pass.ts';
import { passOf } from '../support/passes.ts';

const WINDOW_MS = 600_000;
const of = (name: string): Pass => {
  const pass = passOf({ kind: 'vaccination' });
  return { ...pass, claims: { ...pass.claims, nam: { fn: name }, dob: '1998-02-26' } };
};

describe('whoever came in and shows another pass', () => {
  it('is noticed inside the window and not a millisecond after it', () => {
    const people = new PeopleAdmitted(0);
    people.judged(of('KIM'), 1, true, 0);
    expect(people.cameWithAnother(of('KIM'), WINDOW_MS, WINDOW_MS - 1)).toBe(true);
    expect(people.cameWithAnother(of('KIM'), WINDOW_MS, WINDOW_MS)).toBe(false);
    expect(people.cameWithAnother(of('LEE'), WINDOW_MS, 1)).toBe(false);
  });

  it('is not noticed with the same pass: that is for passback', () => {
    const people = new PeopleAdmitted(0);
    const pass = of('KIM');
    people.judged(pass, 1, true, 0);
    expect(people.cameWithAnother(pass, WINDOW_MS, 1)).toBe(false);
  });

  it('is noticed with either pass once both have been in, whatever their order', () => {
    const people = new PeopleAdmitted(0);
    const [one, two] = [of('KIM'), of('KIM')];
    for (const pass of [one, two, two, one]) people.judged(pass, 1, true, 0);
    expect([one, two].map((pass) => people.cameWithAnother(pass, WINDOW_MS, 1))).toEqual([true, true]);
  });

  it('is not noticed if the first pass was turned away, unless staff let its bearer in', () => {
    const people = new PeopleAdmitted(0);
    people.judged(of('KIM'), 7, false, 0);
    people.letIn(6, 0);
    expect(people.cameWithAnother(of('KIM'), WINDOW_MS, 1)).toBe(false);
    people.judged(of('KIM'), 8, false, 0);
    people.letIn(8, 0);
    expect(people.cameWithAnother(of('KIM'), WINDOW_MS, 1)).toBe(true);
  });
});

describe('the memory of people', () => {
  it('is bounded: the oldest is forgotten first, and who came again is not the oldest', () => {
    const people = new PeopleAdmitted(0);
    people.judged(of('first'), 1, true, 0);
    people.judged(of('second'), 1, true, 0);
    people.judged(of('first'), 1, true, 0);
    for (let count = 2; count < MAX_PEOPLE; count += 1) people.judged(of(`guest${count}`), 1, true, 0);
    expect(people.size).toBe(MAX_PEOPLE);
    expect(people.cameWithAnother(of('second'), WINDOW_MS, 1)).toBe(true);
    people.judged(of('one more'), 1, true, 0);
    expect(people.size).toBe(MAX_PEOPLE);
    expect(['first', 'second'].map((name) => people.cameWithAnother(of(name), WINDOW_MS, 1))).toEqual([true, false]);
  });

  it('ends with its key, which no clock is needed to end', () => {
    const people = new PeopleAdmitted(0);
    people.judged(of('KIM'), 1, true, 0);
    expect([LONGEST_KEY_MS - 1, LONGEST_KEY_MS].map((nowMs) => people.isKeyOld(nowMs))).toEqual([false, true]);
    people.forget(LONGEST_KEY_MS);
    expect(people.isKeyOld(LONGEST_KEY_MS + 1)).toBe(false);
    expect(people.cameWithAnother(of('KIM'), WINDOW_MS, 1)).toBe(false);
  });
});
