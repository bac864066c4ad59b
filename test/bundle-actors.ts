import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles the actors of a folder and compiles them, as the real ones are: a thread then starts in a third of the time. Gives the
 * program of an entry.
 */
export async function bundleActors(
  source: URL,
  outFolder: string,
): Promise<(entry: string) => URL> {
  const sourceFolder = fileURLToPath(source);
  const thread = fileURLToPath(new URL('../src/io/thread/thread.js', import.meta.url));
  const actors = readdirSync(sourceFolder).filter((name) => name.endsWith('.js'));
  const built = (name: string): string => path.join(outFolder, `${path.basename(name, '.js')}.cjs`);
  await build({
    entryPoints: [thread, ...actors.map((name) => path.join(sourceFolder, name))].map((file) => ({
      in: file,
      out: path.basename(file, '.js'),
    })),
    outdir: outFolder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    logLevel: 'error',
  });
  execFileSync(process.execPath, [built(thread), ...actors.map(built)], { stdio: 'inherit' });
  return (entry) => new URL(`file://${built(entry)}`);
}
