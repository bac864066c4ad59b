import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { askDaemon, dataFolder, OperatingError, type DataFolder } from '../../daemon/index.js';
import type { ElectionRecord } from '../../protocol/index.js';
import { clusterClient, type ClusterClient } from '../cluster-client.js';
import { print, printJson } from '../output.js';
import { SAMPLE_MANIFEST } from '../places.js';
import { startDemoCluster, type DemoCluster } from './demo-cluster.js';
import { startWriting, type WriteReport } from './demo-writer.js';

const PODS_MAX_MS = 30_000;
const HEAL_MAX_MS = 15_000;
const STEADY_MS = 2_000;

interface DemoOutcome {
  readonly passed: boolean;
  readonly readyMs: number;
  readonly podsRunningMs: number;
  readonly election: ElectionRecord | undefined;
  readonly writes: WriteReport;
  readonly podHealedMs: number;
}

/** `kubactor demo`: exit 0 where every acknowledged write was read back and all has healed. */
export async function demo({ json }: { readonly json: boolean }): Promise<number> {
  const folder = dataFolder(mkdtempSync(path.join(tmpdir(), 'kubactor-demo-')));
  const say = (line: string): void => {
    if (!json) print(line);
  };
  say(`A cluster in ${folder.root} …`);
  const cluster = startDemoCluster(folder);
  try {
    const outcome = await Promise.race([cluster.interrupted, show(folder, cluster, say)]);
    if (json) printJson(outcome);
    else
      say(
        outcome.passed
          ? '\nPassed: nothing that was acknowledged is lost.'
          : '\nFAILED: see above.',
      );
    return outcome.passed ? 0 : 1;
  } finally {
    await cluster.end();
    rmSync(folder.root, { recursive: true, force: true });
  }
}

async function show(
  folder: DataFolder,
  cluster: DemoCluster,
  say: (line: string) => void,
): Promise<DemoOutcome> {
  const readyMs = await timed(cluster.ready);
  say(
    `  ready after ${Math.round(readyMs)} ms: three store replicas, API server, gateway, scheduler, controllers, three nodes`,
  );
  const client = clusterClient(folder.kubeconfig);
  try {
    return { readyMs, ...(await tour(folder, client, say)) };
  } finally {
    client.close();
  }
}

async function tour(
  folder: DataFolder,
  client: ClusterClient,
  say: (line: string) => void,
): Promise<Omit<DemoOutcome, 'readyMs'>> {
  say(
    '\nA namespace, a config map, a secret, a deployment of six and a service (config/samples/web.yaml) …',
  );
  await applySample(client);
  const podsRunningMs = await timed(
    until(() => readyPods(client, 6), PODS_MAX_MS, 'six pods to be ready'),
  );
  say(`  six pods are ready after ${Math.round(podsRunningMs)} ms`);

  say("\nConfig maps are written one after another. Meanwhile the store's leader is killed …");
  const writing = startWriting(client, 'shop');
  try {
    await sleep(STEADY_MS);
    const election = await killLeader(folder, say);
    const podHealedMs = await deletePod(client, say);
    await sleep(STEADY_MS);
    const writes = await writing.finish();
    sayWrites(writes, say);
    const passed = writes.lost.length === 0 && writes.acknowledged > 0 && election.leader !== null;
    return { passed, podsRunningMs, election, writes, podHealedMs };
  } finally {
    writing.stop();
  }
}

async function killLeader(
  folder: DataFolder,
  say: (line: string) => void,
): Promise<ElectionRecord> {
  const termBefore = (await askDaemon(folder, { verb: 'status' })).store.term;
  const { actor } = await askDaemon(folder, { verb: 'kill', target: 'store-leader', holdMs: 0 });
  const election = await until(
    () => electionAfter(folder, termBefore),
    HEAL_MAX_MS,
    'a new leader',
  );
  say(`  killed ${actor}; ${election.leader ?? 'nobody'} leads term ${election.term}`);
  say(`  cause: ${election.cause} (${election.causeDetail})`);
  say(
    `  votes: ${election.votes.map((vote) => `${vote.voter} ${vote.granted ? 'yes' : 'no'} (${vote.reason})`).join(', ')}`,
  );
  return election;
}

async function deletePod(client: ClusterClient, say: (line: string) => void): Promise<number> {
  say('\nA pod is deleted …');
  const victim = (await podNames(client))[0] ?? '';
  await client.send('DELETE', `/api/v1/namespaces/shop/pods/${victim}`, { gracePeriodSeconds: 0 });
  const replaced = async (): Promise<true | undefined> => {
    const names = await podNames(client);
    return !names.includes(victim) && (await readyPods(client, 6)) ? true : undefined;
  };
  const podHealedMs = await timed(until(replaced, HEAL_MAX_MS, 'the pod to be replaced'));
  say(`  ${victim} is replaced after ${Math.round(podHealedMs)} ms`);
  return podHealedMs;
}

function sayWrites(writes: WriteReport, say: (line: string) => void): void {
  say(
    `\n${writes.acknowledged} writes were acknowledged, ${writes.refused} refused; the longest gap was ${Math.round(writes.longestGapMs)} ms`,
  );
  say(
    `  read back: ${writes.readBack} of ${writes.acknowledged}${writes.lost.length > 0 ? `, LOST: ${writes.lost.join(', ')}` : ''}`,
  );
}

async function applySample(client: ClusterClient): Promise<void> {
  for (const document of parseAllDocuments(readFileSync(SAMPLE_MANIFEST, 'utf8'))) {
    const object = document.toJS() as {
      apiVersion: string;
      kind: string;
      metadata: { namespace?: string };
    };
    const base = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`;
    const within =
      object.metadata.namespace === undefined ? '' : `/namespaces/${object.metadata.namespace}`;
    const { status, body } = await client.send(
      'POST',
      `${base}${within}/${object.kind.toLowerCase()}s`,
      object,
    );
    if (status !== 201)
      throw new OperatingError(`${object.kind} was not created: ${JSON.stringify(body)}`);
  }
}

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status?: {
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  }[];
}

async function pods(client: ClusterClient): Promise<PodList['items']> {
  const { status, body } = await client.send('GET', '/api/v1/namespaces/shop/pods');
  return status === 200 ? (body as PodList).items : [];
}

async function podNames(client: ClusterClient): Promise<string[]> {
  return (await pods(client)).map((pod) => pod.metadata.name);
}

async function readyPods(client: ClusterClient, wanted: number): Promise<true | undefined> {
  const ready = (await pods(client)).filter((pod) =>
    pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
  return ready.length >= wanted ? true : undefined;
}

async function electionAfter(
  folder: DataFolder,
  term: number,
): Promise<ElectionRecord | undefined> {
  const records = await askDaemon(folder, { verb: 'elections' });
  return records.find((record) => record.term > term && record.leader !== null);
}

async function until<T>(
  look: () => Promise<T | undefined>,
  maxMs: number,
  what: string,
): Promise<T> {
  const deadline = performance.now() + maxMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline)
      throw new OperatingError(`waited ${maxMs / 1000} s in vain for ${what}`);
    await sleep(20);
  }
}

async function timed(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work;
  return performance.now() - began;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
