import { describe, expect, it } from 'vitest';
import { deadline, untilStopped, visit } from '../../src/cli/visit.ts';
import { aFrigate, inCluster } from './looked-at.ts';
import { scratch, written } from './started.ts';

describe('a visit', () => {
  it('opens what the options name, and no mailbox', async () => {
    const { url } = await aFrigate();
    const file = written(scratch(), {
      ...(await inCluster(url)),
      mqtt: { host: 'broker', username: 'me', password: 'geheim-1' },
    });
    const seen = await visit({ optionsFile: file, frigateUrl: null }, async ({ targets, doors, secrets }) => ({
      names: targets.map(({ name }) => name),
      hasCluster: doors.kubernetes !== null,
      mailbox: doors.mailbox,
      secrets,
    }));
    expect(seen).toMatchObject({ names: ['Frigate'], hasCluster: true, mailbox: null });
    expect(seen).toHaveProperty('secrets', expect.arrayContaining(['geheim-1']));
  });

  it('opens nothing for options that are wrong', async () => {
    const open = async () => {
      throw new Error('It was opened.');
    };
    const file = written(scratch(), '{"frigates": []}');
    expect(await visit({ optionsFile: file, frigateUrl: null }, open)).toMatchObject({
      problems: [expect.any(String)],
    });
    const missing = written(scratch(), {
      frigates: [{ name: 'A', url: 'http://f' }],
      kubernetes: { kubeconfig: '/none' },
    });
    expect(await visit({ optionsFile: missing, frigateUrl: null }, open)).toMatchObject({
      problems: [expect.stringMatching(/kubeconfig/)],
    });
  });

  it('passes on what breaks', async () => {
    const { url } = await aFrigate();
    const file = written(scratch(), await inCluster(url));
    const failing = visit({ optionsFile: file, frigateUrl: null }, async () => {
      throw new Error('It broke.');
    });
    await expect(failing).rejects.toThrow('It broke.');
  });
});

describe('a stop', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'comes by %s while there is work, and leaves nothing behind',
    async (signal) => {
      const before = process.listenerCount(signal);
      const stopped = await untilStopped(async (stop) => {
        expect(process.listenerCount(signal)).toBe(before + 1);
        process.emit(signal);
        return deadline(stop).aborted;
      });
      expect(stopped).toBe(true);
      expect(process.listenerCount(signal)).toBe(before);
    },
  );

  it('is no stop where nobody asks for one', async () => {
    expect(await untilStopped(async (stop) => deadline(stop).aborted)).toBe(false);
  });
});
