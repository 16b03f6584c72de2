/** What a version's number tells where no answer tells it by its form. */

/** It is surely 0.`minor` or newer. One that is not understood is not surely anything. */
export function isAtLeast(version: string | null, minor: number): boolean {
  const [, major, said] = /^v?(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (major === undefined || said === undefined) return false;
  return Number(major) > 0 || Number(said) >= minor;
}
