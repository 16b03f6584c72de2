import { describe, expect, it } from 'vitest';
import { eventJson, mergeForIncident } from '../../src/publish/events.ts';
import type { Order } from '../../src/rules/types.ts';
import { announcement, finding, NOW, slowView } from './views.ts';
import { entryOf } from './wire.ts';

const order: Order = {
  id: 'frigate-order-1',
  at: NOW,
  remedy: 'rollout',
  signature: 'frigate/detector_speed',
  cause: { check: 'detector_speed', layer: 'detector', member: 'coral' },
  by: 'warden',
  force: false,
  reason: 'One inference takes 512 ms.',
  incidentId: 'frigate-1',
};

describe('an event', () => {
  it('that is opened is, in whole, this', () => {
    const vetoes = [{ guard: 'starting', sentence: 'It has answered only just now.', until: NOW + 100 }];
    const shown = slowView({ decision: { vetoes, nextAttemptAt: NOW + 100 } });
    expect(eventJson(announcement('opened'), shown)).toMatchInlineSnapshot(`
      {
        "at": "2026-01-06T04:06:54+00:00",
        "check": "detector_speed",
        "event_id": "frigate-opened",
        "event_type": "opened",
        "evidence": [
          "inference_speed 512.2",
        ],
        "guard": null,
        "incident_id": "frigate-1",
        "layer": "detector",
        "links": {
          "frigate": "https://frigate.example/",
          "runbook": "file:///runbook",
        },
        "member": "coral",
        "message": "One inference takes 512 ms. Since 04:01 UTC (5 minutes), seen in 4 answers in a row. No automatic restart now: It has answered only just now. The next attempt is possible in 2 minutes (04:08 UTC). What you can do: Look after detector_speed.",
        "next_steps": [
          "Look after detector_speed",
          "Then look again.",
        ],
        "order": null,
        "severity": "unhealthy",
        "target": "frigate",
        "target_name": "Frigate",
        "threshold": "over 100 ms",
        "title": "Frigate is unhealthy: detector speed name (coral)",
      }
    `);
  });

  it.each(['resolved', 'cured', 'restart_ordered', 'breaker_reset', 'test'] as const)(
    'that is %s holds nothing of a fault and nothing to do',
    (type) => {
      const event = eventJson(announcement(type), slowView());
      expect(event).toMatchObject({ next_steps: [], evidence: [], threshold: null });
    },
  );

  it.each(['restart_ordered', 'cured', 'ineffective', 'failed', 'breaker_opened'] as const)(
    'that is %s has the severity of what it is about',
    (type) => {
      expect(eventJson(announcement(type, { severity: null }), slowView()).severity).toBe('unhealthy');
    },
  );

  it('without a cause has no severity of its own', () => {
    expect(eventJson(announcement('test', { cause: null, severity: null }), slowView()).severity).toBeNull();
  });

  it('holds no user part of a URL, wherever it came from', () => {
    const secret = 'rtsp://admin:s3cret@10.0.0.7/live fails';
    const shown = slowView({
      target: { name: `Frigate ${secret}`, links: { frigate: 'http://me:s3cret@frigate.example/' } },
      decision: { findings: [finding('detector_speed', 'bad', { member: 'coral', evidence: [secret] })] },
    });
    const told = announcement('opened', { sentence: secret, order: { ...order, reason: secret } });
    const text = JSON.stringify(eventJson(told, shown));
    expect(text).toContain('rtsp://***@10.0.0.7/live');
    expect(text).not.toContain('s3cret');
  });

  it('carries the order in the words of the wire', () => {
    expect(eventJson(announcement('restart_ordered', { order }), slowView()).order).toEqual({
      id: 'frigate-order-1',
      at: '2026-01-06T04:06:54+00:00',
      remedy: 'rollout',
      by: 'warden',
      force: false,
      reason: 'One inference takes 512 ms.',
    });
  });

  it('stays small enough to be recorded, whatever the evidence', () => {
    const evidence = Array.from({ length: 500 }, () => 'x'.repeat(5000));
    const shown = slowView({
      decision: { findings: [finding('detector_speed', 'bad', { member: 'coral', evidence })] },
    });
    const text = JSON.stringify(eventJson(announcement('opened', { sentence: 'y'.repeat(50_000) }), shown));
    expect(text.length).toBeLessThan(8000);
  });
});

describe('a queue of one incident', () => {
  const queue = [
    entryOf('opened', { id: 'e1', at: NOW }),
    entryOf('restart_ordered', { id: 'e2', at: NOW + 60, order }),
    entryOf('cured', { id: 'e3', at: NOW + 240 }),
    entryOf('resolved', { id: 'e4', at: NOW + 300, sentence: 'It is good again after 5 minutes.' }),
  ];

  it('is told as one message: the latest, with what happened when', () => {
    const [parcel, ...more] = mergeForIncident(queue);
    expect(more).toEqual([]);
    expect(parcel?.ids).toEqual(['e1', 'e2', 'e3', 'e4']);
    expect(JSON.parse(parcel?.payload ?? '')).toMatchObject({
      event_type: 'resolved',
      event_id: 'e4',
      incident_id: 'frigate-1',
      at: '2026-01-06T04:11:54+00:00',
      first_at: '2026-01-06T04:06:54+00:00',
      events: ['e1', 'e2', 'e3', 'e4'],
      order: { id: 'frigate-order-1' },
      message:
        'What happened meanwhile: 04:06 UTC: Frigate is unhealthy: detector speed name (coral). ' +
        '04:07 UTC: A restart of Frigate is ordered: detector speed name (coral). 04:10 UTC: Frigate: the restart helped. ' +
        '04:11 UTC: Frigate: resolved: detector speed name (coral). Now: It is good again after 5 minutes. ' +
        'The fault was: detector speed name (coral).',
    });
  });

  it('of one is told as it is', () => {
    expect(mergeForIncident(queue.slice(0, 1))).toEqual([
      { target: 'frigate', ids: ['e1'], payload: queue[0]?.payload },
    ]);
    expect(mergeForIncident([])).toEqual([]);
  });

  it('of very many names the first and the last', () => {
    const many = Array.from({ length: 200 }, (_, i) =>
      entryOf(i % 2 ? 'resolved' : 'flapping', { id: `m${i}`, at: NOW + i * 60 }),
    );
    const [parcel] = mergeForIncident(many);
    const told = JSON.parse(parcel?.payload ?? '');
    expect(told.message).toContain('04:06 UTC');
    expect(told.message).toContain('(188 more)');
    expect(told.message.length).toBeLessThanOrEqual(2000);
    expect(told.events).toHaveLength(200);
  });

  it('with one that cannot be read is told one by one', () => {
    const broken = { ...queue[1], id: 'e2', target: 'frigate', incidentId: 'frigate-1', at: NOW, payload: '{"cut' };
    const parcels = mergeForIncident([...queue.slice(0, 1), broken, ...queue.slice(2)]);
    expect(parcels.map(({ ids }) => ids)).toEqual([['e1'], ['e2'], ['e3'], ['e4']]);
  });
});
