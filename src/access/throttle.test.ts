import { expect, test } from 'vitest';
import { createThrottle } from './throttle.ts';

function clock() {
  let now = 0;
  const throttle = createThrottle(() => now);
  const pass = (ms: number): void => {
    now += ms;
  };
  return { throttle, pass };
}

test('the first failures cost nothing, then each doubles the wait up to a bound; nobody waits for ever', () => {
  const { throttle, pass } = clock();
  const waits: number[] = [];
  for (let i = 0; i < 14; i++) {
    const wait = throttle.attempt('ada', '10.0.0.1');
    waits.push(wait);
    pass(wait * 1_000);
    if (wait > 0) expect(throttle.attempt('ada', '10.0.0.1')).toBe(0);
  }
  expect(waits.slice(0, 4)).toEqual([0, 0, 0, 0]);
  expect(waits.slice(4, 10)).toEqual([1, 2, 4, 8, 16, 30]);
  expect(Math.max(...waits)).toBe(30);
});

test('many attempts at once are not all made', () => {
  const { throttle } = clock();
  expect(Array.from({ length: 99 }, () => throttle.attempt('ada', '10.0.0.1')).filter((wait) => wait === 0)).toHaveLength(4);
});

test('whoever gets in begins anew; another account does not wait for it', () => {
  const { throttle } = clock();
  for (let i = 0; i < 3; i++) throttle.attempt('ada', '10.0.0.1');
  throttle.succeeded('ada', '10.0.0.1');
  for (let i = 0; i < 4; i++) expect(throttle.attempt('ada', '10.0.0.1')).toBe(0);
  expect(throttle.attempt('ada', '10.0.0.1')).toBe(1);
  expect(throttle.attempt('bob', '10.0.0.1')).toBe(0);
});

test('one address that goes through many accounts waits, too, and is forgotten in time', () => {
  const { throttle, pass } = clock();
  for (let i = 0; i < 20; i++) expect(throttle.attempt(`account ${i}`, '10.0.0.1')).toBe(0);
  expect(throttle.attempt('another', '10.0.0.1')).toBeGreaterThan(0);
  expect(throttle.attempt('another', '10.0.0.2')).toBe(0);
  pass(1_800_000);
  expect(throttle.attempt('another', '10.0.0.1')).toBe(0);
});
