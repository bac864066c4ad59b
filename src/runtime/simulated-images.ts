import { failed, ok, type Clock } from '../base/index.js';
import type { ContainerRuntime } from '../protocol/index.js';

/** Long enough to be seen as `Pulling`, short enough not to be waited for. */
const PULL_MS = 20;
const IMAGE_BYTES = 10 * 2 ** 20;

type ImageCalls = Pick<ContainerRuntime, 'pullImage' | 'imageStatus'>;

/** Images that appear when they are pulled; a name that holds `does-not-exist` has none. */
export function simulatedImages(clock: Clock): ImageCalls & { reference(image: string): string } {
  const present = new Set<string>();
  const reference = (image: string): string => `${qualified(image)}@sha256:${digestOf(image)}`;
  return {
    reference,
    async pullImage(image) {
      await new Promise<void>((resolve) => clock.after(PULL_MS, resolve));
      if (image.includes('does-not-exist')) {
        const message = `failed to pull and unpack image "${qualified(image)}": failed to resolve reference "${qualified(image)}": ${qualified(image)}: not found`;
        return failed({ code: 'image-not-found', message });
      }
      present.add(image);
      return ok({ imageRef: reference(image), sizeBytes: IMAGE_BYTES });
    },
    imageStatus: (image) =>
      Promise.resolve(
        present.has(image) ? { imageRef: reference(image), sizeBytes: IMAGE_BYTES } : undefined,
      ),
  };
}

/** `nginx` is docker.io/library/nginx:latest. */
function qualified(image: string): string {
  const [first = ''] = image.split('/');
  const hasHost = image.includes('/') && /[.:]|^localhost$/.test(first);
  const path = hasHost ? image : `docker.io/${image.includes('/') ? '' : 'library/'}${image}`;
  return /[:@][^/]*$/.test(path) ? path : `${path}:latest`;
}

/** 64 hex digits that depend on the name only (FNV-1a, eight times): there are no layers to digest. */
function digestOf(image: string): string {
  let digits = '';
  for (let round = 0; round < 8; round++) {
    let hash = 0x811c9dc5 ^ round;
    for (const character of image)
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    digits += hash.toString(16).padStart(8, '0');
  }
  return digits;
}
