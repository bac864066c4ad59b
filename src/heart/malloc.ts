/**
 * How glibc's malloc is to behave in the daemon (mallopt(3)); other libraries pass over it. Threads come and go here. By default
 * each gets one of many arenas, what a thread frees goes back to the kernel only from an arena's end, and each large
 * block that is freed raises the size from which blocks are mapped on their own, up to 32 MB: from then on a dead actor's
 * buffers leave holes between blocks that live on. Limits that are set once do not rise. docs/operating.md has figures.
 */
export const MALLOC_SETTINGS: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: String(128 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(128 * 1024),
};

/** What the daemon is started with: malloc reads its settings once, before any code of a process runs. The user's own win. */
export function daemonEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...MALLOC_SETTINGS, ...own };
}
