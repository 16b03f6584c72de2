/** How figures are said to a tired person. */

import { LASTING } from '../../ground/checks.ts';

export { LASTING };

export function lasting(detail: string, seconds: number): string {
  return detail.replace(LASTING, seconds >= 1 ? ` for ${duration(seconds)}` : '');
}

export function duration(seconds: number): string {
  if (seconds < 600) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

export function fps(value: number | null): string {
  return value === null ? 'unknown' : value.toFixed(1);
}

export function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}

export function milliseconds(value: number): string {
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`;
}
