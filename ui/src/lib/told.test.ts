import { expect, test } from 'vitest';
import type { AppState, Jobs } from '../bindings';
import { hear, toldSoFar, upToDate } from './told';

const jobs = (waiting: number) => ({ waiting, unknown: [] }) as Jobs;
const state = (waiting: number) => ({ devices: [], jobs: jobs(waiting), demo: true }) as unknown as AppState;
const never = () => Promise.reject(new Error('asked again'));

test('what nothing was told of meanwhile is taken as it was answered', async () => {
  hear('jobs');
  expect(await upToDate(state(1), toldSoFar(), never)).toEqual(state(1));
  expect(await upToDate(jobs(1), toldSoFar(), never)).toEqual(jobs(1));
});

test('an answer that was overtaken is asked for again, until nothing is told meanwhile', async () => {
  const since = toldSoFar();
  hear('jobs');
  const left = [2, 1, 0];
  const look = () => {
    const waiting = left.shift()!;
    if (waiting > 0) hear('devices');
    return Promise.resolve(state(waiting));
  };
  expect(await upToDate(state(9), since, look)).toEqual(state(0));
  expect(left).toEqual([]);
  expect(await upToDate(jobs(9), since, () => Promise.resolve(state(4)))).toEqual(jobs(4));
});

test('other answers, and other tellings, are left alone', async () => {
  const since = toldSoFar();
  hear('goods');
  expect(toldSoFar()).toBe(since);
  hear('card');
  for (const answer of [null, 3, 'text', [1], { jobs: 3 }]) expect(await upToDate(answer, since, never)).toBe(answer);
});
