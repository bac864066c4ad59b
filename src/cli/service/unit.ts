import { MALLOC_SETTINGS } from '../../heart/index.js';

/** Where a unit goes, and how systemd is asked about it. */
export interface UnitPlace {
  readonly file: string;
  /** The unit's name for systemctl. */
  readonly unit: string;
  /** `--user`, for who is not root. */
  readonly systemctlFlags: readonly string[];
  readonly wantedBy: string;
}

export interface ServiceFlags {
  readonly name: string | undefined;
  readonly uid: number;
  readonly configHome: string;
}

/** A system unit for root, else one of the user's own systemd. Pure. */
export function unitPlace({ name, uid, configHome }: ServiceFlags): UnitPlace {
  const unit = name === undefined ? 'kubactor.service' : `kubactor-${name}.service`;
  return uid === 0
    ? {
        file: `/etc/systemd/system/${unit}`,
        unit,
        systemctlFlags: [],
        wantedBy: 'multi-user.target',
      }
    : {
        file: `${configHome}/systemd/user/${unit}`,
        unit,
        systemctlFlags: ['--user'],
        wantedBy: 'default.target',
      };
}

/**
 * The unit. It runs the daemon itself: systemd takes the place of its heart. A clean end (`kubactor stop`) is one; a death, a watchdog
 * that is not fed and `kubactor restart` (exit code 75) are followed by a new start.
 */
export function unitText(command: readonly string[], { wantedBy }: UnitPlace): string {
  return `[Unit]
Description=kubactor, a whole Kubernetes in one process
After=network.target
StartLimitIntervalSec=60
StartLimitBurst=6

[Service]
Type=notify
NotifyAccess=all
ExecStart=${command.map(quoted).join(' ')}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartForceExitStatus=75
RestartSec=100ms
WatchdogSec=60
TimeoutStartSec=120
TimeoutStopSec=30
KillMode=mixed
UMask=0077
${environmentLines()}
LimitNOFILE=65536

[Install]
WantedBy=${wantedBy}
`;
}

/** As the daemon's heart would start it. */
function environmentLines(): string {
  return Object.entries(MALLOC_SETTINGS)
    .map(([name, value]) => `Environment=${name}=${value}`)
    .join('\n');
}

/** systemd.service(5), "Command lines": what it would expand is doubled. */
function quoted(word: string): string {
  const literal = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  if (/^[\w@%+=:,./$-]+$/.test(literal)) return literal;
  return `"${literal.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`).replaceAll('\n', String.raw`\n`)}"`;
}
