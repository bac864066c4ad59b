import fs from 'node:fs';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { Packr, Unpackr } from 'msgpackr';

/**
 * One third of a bare quorum log: what comes in a turn is written and synced together, and acknowledged. No Raft, no state.
 * It is what the store's puts are measured beside.
 */
const { file, port } = workerData as { readonly file: string; readonly port: MessagePort };
const PREALLOCATED_BYTES = 64 * 2 ** 20;

const fd = fs.openSync(file, 'w');
fs.writeSync(fd, Buffer.alloc(PREALLOCATED_BYTES));
fs.fsyncSync(fd);
const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, copyBuffers: false });
let position = 0;
let waiting: Uint8Array[] = [];

function commit(): void {
  const frames = waiting;
  waiting = [];
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
  if (position + bytes > PREALLOCATED_BYTES) position = 0;
  fs.writevSync(fd, frames, position);
  fs.fdatasyncSync(fd);
  position += bytes;
  const ids = frames.flatMap((frame) =>
    (unpackr.unpack(frame) as { readonly id: number }[]).map((entry) => entry.id),
  );
  const reply = packr.pack(ids);
  port.postMessage(Uint8Array.from(reply));
}

port.on('message', (frame: Uint8Array) => {
  if (waiting.length === 0) setImmediate(commit);
  waiting.push(frame);
});
parentPort?.postMessage('ready');
