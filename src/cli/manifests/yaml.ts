/** Kubernetes objects as YAML for people: a comment before each, lists and texts as kubectl takes them. */
import { dump } from 'js-yaml';

/** An object for `kubectl apply`, and what people should know of it: a paragraph a line. */
export interface Manifest {
  about: readonly string[];
  object: KubernetesObject;
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [key: string]: unknown };
  [key: string]: unknown;
}

export function yamlOf(value: unknown): string {
  // Expressions stand in literal blocks, which must not be folded.
  return dump(value, { lineWidth: -1, noRefs: true, quoteStyle: 'double' });
}

/** `head` is said before all of them. */
export function yamlStream(manifests: readonly Manifest[], head: readonly string[]): string {
  const documents = manifests.map(({ about, object }) => `${comment(about)}${yamlOf(object)}`);
  return `${comment(head)}${documents.length > 0 && head.length > 0 ? '---\n' : ''}${documents.join('---\n')}`;
}

const WIDTH = 118;

function comment(paragraphs: readonly string[]): string {
  return paragraphs.flatMap((paragraph) => wrapped(paragraph).map((line) => `# ${line}\n`)).join('');
}

/** In lines of readable length; an item of a list goes on under its first word. */
function wrapped(paragraph: string): readonly string[] {
  const indent = paragraph.startsWith('- ') ? '  ' : '';
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
