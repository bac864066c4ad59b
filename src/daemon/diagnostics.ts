import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { redact } from '../io/log/index.js';
import type { ThreadActorSystem } from '../io/thread/index.js';
import { actorDetails } from './actor-detail.js';
import { clusterStatus, type StatusFacts } from './cluster-status.js';
import type { ClusterConfig } from './config/index.js';
import { keptElections } from './election-files.js';
import { writeFileAtomic, type DataFolder } from './folder/index.js';

const KEPT_FILES = 10;
const NAME = /^diagnostics-.*\.json$/;

/** Everything that helps to understand a daemon from afar, in one file of its data folder (0600). No secret is in it. Returns its name. */
export async function writeDiagnostics(
  folder: DataFolder,
  facts: StatusFacts,
  config: ClusterConfig,
): Promise<string> {
  const { system } = facts;
  const [status, actors] = await Promise.all([clusterStatus(facts), actorDetails(system)]);
  const content = {
    at: new Date().toISOString(),
    node: process.versions.node,
    ...redact({ config }),
    status,
    actors,
    elections: keptElections(folder)
      .newestFirst()
      .map(({ evidence: _, ...record }) => record),
    ...processFigures(system),
  };
  const into = path.join(folder.root, 'diagnostics');
  mkdirSync(into, { recursive: true, mode: 0o700 });
  const file = path.join(into, `diagnostics-${content.at.replaceAll(':', '')}.json`);
  writeFileAtomic(file, `${JSON.stringify(content, null, 2)}\n`);
  const old = readdirSync(into)
    .filter((name) => NAME.test(name))
    .sort()
    .slice(0, -KEPT_FILES);
  for (const name of old) rmSync(path.join(into, name), { force: true });
  return file;
}

function processFigures(system: ThreadActorSystem): Record<string, unknown> {
  return {
    spares: system.spares(),
    main: {
      memory: process.memoryUsage(),
      heap: getHeapStatistics(),
      resources: process.resourceUsage(),
      loop: performance.eventLoopUtilization(),
    },
  };
}
