import { machine, tableOf, type Row } from './report.js';

/** `npm run bench -- NAME [--json] [--times N]`. */
const BENCHES: Record<
  string,
  () => Promise<{ run: (times: number | undefined) => Promise<readonly Row[]> }>
> = {
  start: () => import('./start.js'),
  failover: () => import('./failover.js'),
  store: () => import('./store.js'),
  'store-large': () => import('./store-large.js'),
  actor: () => import('./actor.js'),
};

const args = process.argv.slice(2);
const name = args.find((arg) => !arg.startsWith('--')) ?? '';
const load = BENCHES[name];
if (load === undefined) {
  process.stderr.write(
    `usage: npm run bench -- NAME [--json] [--times N]; NAME is one of ${Object.keys(BENCHES).join(', ')}\n`,
  );
  process.exit(2);
}
const times = args.includes('--times') ? Number(args[args.indexOf('--times') + 1]) : undefined;
const rows = await (await load()).run(times);
if (args.includes('--json'))
  process.stdout.write(`${JSON.stringify({ name, machine: machine(), rows })}\n`);
else process.stdout.write(`${tableOf(rows)}\n`);
process.exit(0);
