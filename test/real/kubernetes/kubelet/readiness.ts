/** The readiness probe over HTTP, as the kubelet asks it: from the node, one question a period. */
import { get } from 'node:http';
import type { Probe } from '../objects.ts';
import { pause } from '../pause.ts';

export async function watchReadiness(
  probe: Probe | undefined,
  address: string,
  isAlive: () => boolean,
  show: (ready: boolean) => void,
): Promise<void> {
  if (!probe?.httpGet) {
    show(true);
    return;
  }
  const { initialDelaySeconds = 0, periodSeconds = 10, timeoutSeconds = 1, failureThreshold = 3 } = probe;
  const url = `http://${address}:${probe.httpGet.port}${probe.httpGet.path ?? '/'}`;
  await pause(initialDelaySeconds);
  let failures = 0;
  while (isAlive()) {
    const isGood = await answers(url, timeoutSeconds);
    if (!isAlive()) return;
    failures = isGood ? 0 : failures + 1;
    if (isGood) show(true);
    else if (failures >= failureThreshold) show(false);
    await pause(periodSeconds);
  }
}

function answers(url: string, seconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(seconds * 1000);
    get(url, { agent: false, signal, headers: { 'user-agent': 'kube-probe/1.36' } })
      .once('error', () => resolve(false))
      .once('response', (response) => {
        response.resume();
        resolve((response.statusCode ?? 500) < 400);
      });
  });
}
