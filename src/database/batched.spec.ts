import { describe, expect, it } from '@jest/globals';
import { batched } from './batched.js';

const recorded = (refused: (key: string) => Error | undefined = () => undefined) => {
  const questions: (readonly string[])[] = [];
  const ask = batched<string, string>(async (keys) => {
    questions.push(keys);
    const fault = keys.map(refused).find((error) => error !== undefined);
    if (fault !== undefined) throw fault;
    return keys.map((key) => key.toUpperCase());
  });
  return { questions, ask };
};

describe('batched lookups', () => {
  it('are one query per turn of the event loop, each with its own answer', async () => {
    const { questions, ask } = recorded();
    expect(await Promise.all([ask('a'), ask('b'), ask('a')])).toEqual(['A', 'B', 'A']);
    expect(await ask('a')).toBe('A');
    expect(questions).toEqual([['a', 'b', 'a'], ['a']]);
  });

  it('are one query while another is unanswered, and wait for it up to the timeout', async () => {
    const questions: (readonly string[])[] = [];
    const answers: (() => void)[] = [];
    const asked = async (count: number) => {
      while (questions.length < count) await new Promise(setImmediate);
    };
    const hold = (timeoutMs: number) =>
      batched<string, string>(
        async (keys) => {
          questions.push(keys);
          await new Promise<void>((resolve) => answers.push(resolve));
          return keys;
        },
        { timeoutMs, minIntervalMs: 0 },
      );
    const patient = hold(3_600_000);
    const all = [patient('a')];
    await asked(1);
    all.push(patient('b'));
    await new Promise(setImmediate);
    all.push(patient('c'));
    await new Promise(setImmediate);
    expect(questions).toEqual([['a']]);
    answers.shift()?.();
    await asked(2);
    expect(questions).toEqual([['a'], ['b', 'c']]);
    answers.shift()?.();
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);

    const hasty = hold(1);
    const others = [hasty('d')];
    await asked(3);
    others.push(hasty('e'));
    await asked(4);
    for (const answer of answers) answer();
    expect(await Promise.all(others)).toEqual(['d', 'e']);
  });

  it('are one query within the minimum interval of another, even when that is answered', async () => {
    const questions: (readonly string[])[] = [];
    const ask = batched<string, string>(
      async (keys) => {
        questions.push(keys);
        return keys;
      },
      { timeoutMs: 200, minIntervalMs: 3_600_000 },
    );
    expect(await ask('a')).toBe('a');
    const others = [ask('b')];
    await new Promise(setImmediate);
    others.push(ask('c'));
    expect(await Promise.all(others)).toEqual(['b', 'c']);
    expect(questions).toEqual([['a'], ['b', 'c']]);
  });

  it('wait for the last query only, not for a late one before it', async () => {
    const questions: (readonly string[])[] = [];
    const answers: (() => void)[] = [];
    const ask = batched<string, string>(
      async (keys) => {
        questions.push(keys);
        await new Promise<void>((resolve) => answers.push(resolve));
        return keys;
      },
      { timeoutMs: 1, minIntervalMs: 0 },
    );
    const asked = async (count: number) => {
      while (questions.length < count) await new Promise(setImmediate);
    };
    const all = [ask('late')];
    await asked(1);
    all.push(ask('a'));
    await asked(2);
    answers.pop()?.();
    expect(await all[1]).toBe('a');
    all.push(ask('b'));
    await asked(3);
    for (const answer of answers) answer();
    expect(await Promise.all(all)).toEqual(['late', 'a', 'b']);
    expect(questions).toEqual([['late'], ['a'], ['b']]);
  });

  it('are split into queries of a bounded size', async () => {
    const { questions, ask } = recorded();
    await Promise.all(Array.from({ length: 450 }, (_, n) => ask(`k${n}`)));
    expect(questions.map(({ length }) => length)).toEqual([200, 200, 50]);
  });

  it('do not fail because of another key', async () => {
    const { ask } = recorded((key) => (key === 'bad' ? new Error('invalid byte sequence') : undefined));
    const [good, bad] = await Promise.allSettled([ask('good'), ask('bad')]);
    expect(good).toEqual({ status: 'fulfilled', value: 'GOOD' });
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'invalid byte sequence' } });
  });

  it('all fail at once when the database is unavailable', async () => {
    const { questions, ask } = recorded(() => Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }));
    const outcomes = await Promise.allSettled([ask('a'), ask('b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(questions).toHaveLength(1);
  });
});
