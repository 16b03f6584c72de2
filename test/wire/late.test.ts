import { describe, expect, it, onTestFinished } from 'vitest';
import { start, stop } from '../../demo/frigate/model.ts';
import { eventually } from '../eventually.ts';
import { startProduct } from './product.ts';
import { type Stage, setStage, toldOn } from './stage.ts';

/** Only Frigate's address and the broker's are set. */
async function house(): Promise<Stage> {
  const stage = await setStage({ kubernetes: {} }, { speed: 60 });
  onTestFinished(stage.close);
  const [frigate] = (stage.settings.options as { frigates: { url: string }[] }).frigates;
  Object.assign(stage.settings.options as object, { frigates: [{ name: 'Frigate', url: frigate?.url }] });
  return stage;
}

const stateOf = ({ broker }: Stage): Record<string, unknown> =>
  JSON.parse(broker.retained.get('frigate_warden/frigate/state') ?? '{}');

describe('what is not there when the Warden starts', () => {
  it('a Frigate is shown at once as not judged, then as a problem, and as well again when it comes', async () => {
    const stage = await house();
    stop(stage.frigate);
    const { close, lines } = startProduct(stage.settings);
    onTestFinished(close);
    await eventually(() => stage.broker.retained.has('homeassistant/device/frigate_warden_frigate/config'));
    await eventually(() => stateOf(stage).api === 'OFF');
    await eventually(() => stateOf(stage).problem === 'ON', { withinSeconds: 10 });
    expect(stateOf(stage)).toMatchObject({ verdict: 'unhealthy', cause: 'api' });
    const known = stage.broker.retained.get('homeassistant/device/frigate_warden_frigate/config') ?? '';
    expect(known).not.toContain('inference');

    start(stage.frigate, stage.now());
    await eventually(() => toldOn(stage.broker).at(-1)?.event_type === 'resolved', { withinSeconds: 15 });
    await eventually(() => stateOf(stage).verdict === 'healthy');
    expect(stateOf(stage)).toMatchObject({ problem: 'OFF', api: 'ON' });
    await eventually(() => stage.broker.retained.has('homeassistant/device/frigate_warden_frigate_doorbell/config'));
    const types = toldOn(stage.broker).map(({ event_type }) => event_type);
    expect([types[0], types.filter((type) => type === 'opened').length]).toEqual(['opened', 1]);
    expect(lines.filter((line) => line.includes('WARN')).length).toBeLessThanOrEqual(3);
  });

  it('a broker gets all that happened meanwhile as one message, and the present state', async () => {
    const stage = await house();
    stop(stage.frigate);
    await stage.broker.stop();
    const { close, lines } = startProduct(stage.settings);
    onTestFinished(close);
    await eventually(() => lines.some((line) => line.includes('Frigate: opened.')), { withinSeconds: 10 });
    start(stage.frigate, stage.now());
    await eventually(() => lines.some((line) => line.includes('Frigate: resolved.')), { withinSeconds: 15 });
    await stage.broker.start();
    await eventually(() => stateOf(stage).verdict === 'healthy', { withinSeconds: 15 });
    await eventually(() => toldOn(stage.broker).length > 0);
    const [told, ...more] = toldOn(stage.broker);
    expect(more).toEqual([]);
    expect(told?.event_type).toBe('resolved');
    expect(told?.events?.length).toBeGreaterThan(1);
    expect(told?.events?.at(-1)).toBe(told?.event_id);
    expect(told?.message).toMatch(/^What happened meanwhile: .*Frigate is unhealthy: .* Now: /);
    expect(lines.filter((line) => line.includes('is not connected'))).toHaveLength(1);
  });
});
