/**
 * Where a camera's frames come from, as its configuration says it: an address to knock at, and the stream of go2rtc
 * in between. User, password, path and query are left out, for they may be secret.
 */
import { isFields } from '../../ground/fields.ts';

export interface Address {
  host: string;
  port: number;
}

/** Null where the configuration says nothing that can be knocked at. */
export interface Source {
  address: Address | null;
  /** The stream of go2rtc that Frigate takes; null: it takes the camera itself. */
  stream: string | null;
}

type Streams = Readonly<Record<string, unknown>>;

/** Ports that are meant where a URL names none, for what cameras speak over TCP. */
const PORTS: Readonly<Record<string, number>> = {
  dvrip: 34_567,
  http: 80,
  https: 443,
  isapi: 80,
  onvif: 80,
  rtmp: 1935,
  rtsp: 554,
  rtsps: 322,
  tapo: 8800,
};

/** Frigate's go2rtc listens here for the rest of Frigate. */
const RESTREAM_PORT = 8554;

/** A stream may be made of another one; nobody chains more. */
const HOPS = 3;

/** The source of the input that detection looks at. `streams` is `go2rtc.streams` of the same configuration. */
export function sourceOf(camera: Streams, streams: Streams): Source {
  const ffmpeg = isFields(camera.ffmpeg) ? camera.ffmpeg : {};
  const inputs = Array.isArray(ffmpeg.inputs) ? ffmpeg.inputs.filter(isFields) : [];
  const input = inputs.find(({ roles }) => Array.isArray(roles) && roles.includes('detect')) ?? inputs[0];
  const path = typeof input?.path === 'string' ? input.path : '';
  const stream = restreamed(path, streams);
  if (stream !== null) return { address: streamAddress(stream, streams, HOPS), stream };
  return { address: publicAddress(path), stream: null };
}

/** The stream's name, if the path leads to Frigate's own go2rtc. */
function restreamed(path: string, streams: Streams): string | null {
  const address = addressOf(path);
  if (!address || !isLoopback(address.host)) return null;
  const name = decoded(/^rtsp:\/\/[^/]*\/([^?#/]+)/i.exec(path)?.[1] ?? '');
  if (name === '') return null;
  return address.port === RESTREAM_PORT || Object.hasOwn(streams, name) ? name : null;
}

function streamAddress(stream: string, streams: Streams, hops: number): Address | null {
  const said = Object.hasOwn(streams, stream) ? streams[stream] : null;
  const [first] = (Array.isArray(said) ? said : [said]).filter((source) => typeof source === 'string');
  if (first === undefined || hops === 0) return null;
  const source = first.replace(/^ffmpeg:/, '');
  const other = source === first ? null : (/^[^:/#]+(?=#|$)/.exec(source)?.[0] ?? null);
  return other === null ? publicAddress(source) : streamAddress(other, streams, hops - 1);
}

/** What is reached only inside Frigate's own container says nothing to anybody outside of it. */
function publicAddress(url: string): Address | null {
  const address = addressOf(url);
  return address && !isLoopback(address.host) ? address : null;
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|::1|127(?:\.\d{1,3}){3})$/i.test(host);
}

/**
 * Host and port of a URL, as ffmpeg takes it; passwords in it are often not encoded, so no strict parser will do.
 * An `@` behind the first slash may belong to a password with a slash in it: then nothing of the URL is believed.
 */
export function addressOf(url: string): Address | null {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^?#]*)/i.exec(url.trim()) ?? [];
  const usual = Object.hasOwn(PORTS, scheme.toLowerCase()) ? PORTS[scheme.toLowerCase()] : undefined;
  const authority = rest.split('/', 1)[0] ?? '';
  if (usual === undefined || rest.slice(authority.length).includes('@')) return null;
  const place = authority.slice(authority.lastIndexOf('@') + 1);
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(place) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? usual : Number(digits);
  return host !== undefined && port > 0 && port < 65_536 ? { host, port } : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
