import { readFileSync } from 'node:fs';

export interface KeyFiles {
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly clientCaFile: string;
}

/** PEM. */
export interface ServingKeys {
  readonly certificate: string;
  readonly privateKey: string;
  /** The CA that signs client certificates. */
  readonly clientCa: string;
}

export interface WatchedKeys {
  readonly current: ServingKeys;
  /** What the files hold, where that is another than at the last call; undefined: the same, or they cannot be read now. */
  renewed(): ServingKeys | undefined;
}

/** Keys that somebody may renew while they are in use. */
export function watchedKeys(files: KeyFiles): WatchedKeys {
  const current = readKeys(files);
  let known = current;
  return {
    current,
    renewed() {
      try {
        const now = readKeys(files);
        const isSame = (Object.keys(now) as (keyof ServingKeys)[]).every(
          (name) => now[name] === known[name],
        );
        if (isSame) return undefined;
        known = now;
        return now;
      } catch {
        return undefined;
      }
    },
  };
}

function readKeys({ certificateFile, privateKeyFile, clientCaFile }: KeyFiles): ServingKeys {
  const read = (file: string): string => readFileSync(file, 'utf8');
  return {
    certificate: read(certificateFile),
    privateKey: read(privateKeyFile),
    clientCa: read(clientCaFile),
  };
}
