/** A kubelet beats, probes and backs off by the clock, and so does a GitOps controller: the one place where they wait. */
export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });
}
