/** TABLE: which program an image stands for. What is not in it cannot be pulled. */
import { join } from 'node:path';

const IMAGES: readonly { begins: string; program: readonly string[] }[] = [
  {
    begins: 'ghcr.io/blakeblackshear/frigate:0.',
    program: [process.execPath, join(import.meta.dirname, '..', 'frigate-process.ts')],
  },
];

export function programOf(image: string): readonly string[] | null {
  return IMAGES.find(({ begins }) => image.startsWith(begins))?.program ?? null;
}
