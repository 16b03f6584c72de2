/**
 * Looks in zstd. Two looks at one target are nearly alike, so each is packed by what differs from a whole one before
 * it: a third to a quarter of what it would take alone, and still a row of its own that no crash can tear.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** Higher ones cost more time and, with a base, save nothing. */
const LEVEL = 3;
const PARAMS = { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 };
/** No answers of one look are longer; a torn length must not fill the memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/** `base`: the text by which it is packed; the same is needed to unpack it. */
export function pack(text: string, base: Buffer | null): Uint8Array {
  return zstdCompressSync(text, { params: PARAMS, ...(base ? { dictionary: base } : {}) });
}

/** Throws where the bytes are not what was packed. */
export function unpack(bytes: Uint8Array, base: Buffer | null): string {
  return zstdDecompressSync(bytes, { maxOutputLength: MOST_BYTES, ...(base ? { dictionary: base } : {}) }).toString();
}
