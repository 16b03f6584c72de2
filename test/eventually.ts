/** Waits for a condition, never for a time: asks again every few milliseconds until it holds or the deadline passes. */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { withinSeconds = 5, what = 'the condition' }: { withinSeconds?: number; what?: string } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinSeconds * 1000;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value as NonNullable<T>;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`${what} did not hold within ${withinSeconds} s`, { cause: lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
