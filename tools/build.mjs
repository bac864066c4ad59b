// Builds dist/ (or --out DIR): every module transpiled one by one, and each actor's entry bundled, so that a thread starts fast.
// Types are checked by `npm run check`, not here.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Every .ts file below a folder of the checkout, as a path relative to its root. */
function sources(folder) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true })
    .map((name) => path.join(folder, name))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
}

export async function buildAll({ out = path.join(root, 'dist'), tests = true } = {}) {
  const common = {
    absWorkingDir: root,
    outbase: '.',
    outdir: out,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    logLevel: 'warning',
  };
  const modules = [...sources('src'), ...(tests ? sources('test') : [])];
  await build({ ...common, entryPoints: modules, bundle: false });
  const actors = sources('actors');
  if (actors.length > 0) {
    await build({
      ...common,
      entryPoints: actors,
      bundle: true,
      // Packages in CommonJS form expect `require` even when they stand inside an ES module.
      banner: {
        js: "import { createRequire as kubactorRequire } from 'node:module'; const require = kubactorRequire(import.meta.url);",
      },
    });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--out');
  await buildAll(at > 0 ? { out: path.resolve(process.argv[at + 1]) } : {});
}
