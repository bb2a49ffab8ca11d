import { expect, test } from 'vitest';
import { latest } from './latest';

/** Something that is looked at, and answers when it is let. */
function slow() {
  const begun: Array<{ answer: () => void; fail: (why: Error) => void }> = [];
  const look = () => new Promise<void>((answer, fail) => begun.push({ answer, fail }));
  return { begun, look };
}
const turns = () => new Promise((resolve) => setTimeout(resolve));

test('what is told during a look is looked at once more, and not once for each time', async () => {
  const { begun, look } = slow();
  const load = latest(look);
  const all = Promise.all([load(), load(), load()]);
  expect(begun).toHaveLength(1);
  begun[0]?.answer();
  await turns();
  expect(begun).toHaveLength(2);
  begun[1]?.answer();
  await all;
  expect(begun).toHaveLength(2);
});

test('after it ended it looks anew, also after one that failed', async () => {
  const { begun, look } = slow();
  const load = latest(look);
  const first = load();
  begun[0]?.answer();
  await first;
  const second = load();
  begun[1]?.fail(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  const third = load();
  expect(begun).toHaveLength(3);
  begun[2]?.answer();
  await third;
});

test('what is told as a look ends is not lost', async () => {
  const { begun, look } = slow();
  const load = latest(look);
  void load().then(() => void load());
  begun[0]?.answer();
  await turns();
  expect(begun).toHaveLength(2);
});
