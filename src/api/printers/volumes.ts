import { listOf, maybe } from '../absent.js';
import type {
  V1CSIDriver,
  V1CSINode,
  V1CSIStorageCapacity,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1StorageClass,
  V1VolumeAttachment,
  V1VolumeAttributesClass,
} from '../generated/types.js';
import type { Printer } from './printer.js';
import { AGE, column, NAME, since } from './printer.js';

const UNSET = '<unset>';
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';
const VOLUME_MODE = column('VolumeMode', 'string', 'Whether it holds a file system or blocks.', {
  wide: true,
});

export const persistentVolumePrinter: Printer<V1PersistentVolume> = {
  columns: [
    NAME,
    column('Capacity', 'string', 'How much it holds.'),
    column('Access Modes', 'string', 'How it can be mounted.'),
    column('Reclaim Policy', 'string', 'What becomes of it when its claim is gone.'),
    column('Status', 'string', 'Whether it is free, bound, or what else.'),
    column('Claim', 'string', 'The claim that has it.'),
    column('StorageClass', 'string', 'Its storage class.'),
    column('VolumeAttributesClass', 'string', 'Its volume attributes class.'),
    column('Reason', 'string', 'Why it is in this state.'),
    AGE,
    VOLUME_MODE,
  ],
  cells: ({ metadata, spec, status }, nowMs) => {
    const claim = spec?.claimRef;
    return [
      metadata?.name ?? '',
      spec?.capacity?.['storage'] ?? '0',
      accessModesText(spec?.accessModes),
      spec?.persistentVolumeReclaimPolicy ?? '',
      metadata?.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
      claim === undefined ? '' : `${claim.namespace ?? ''}/${claim.name ?? ''}`,
      metadata?.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '',
      spec?.volumeAttributesClassName ?? UNSET,
      status?.reason ?? '',
      since(metadata?.creationTimestamp, nowMs),
      spec?.volumeMode ?? UNSET,
    ];
  },
};

export const persistentVolumeClaimPrinter: Printer<V1PersistentVolumeClaim> = {
  columns: [
    NAME,
    column('Status', 'string', 'Whether it has a volume.'),
    column('Volume', 'string', 'The volume that it has.'),
    column('Capacity', 'string', 'How much the volume holds.'),
    column('Access Modes', 'string', 'How the volume can be mounted.'),
    column('StorageClass', 'string', 'The storage class that it asks for.'),
    column('VolumeAttributesClass', 'string', 'The volume attributes class that it asks for.'),
    AGE,
    VOLUME_MODE,
  ],
  cells: ({ metadata, spec, status }, nowMs) => {
    const volume = spec?.volumeName ?? '';
    return [
      metadata?.name ?? '',
      metadata?.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
      volume,
      volume === '' ? '' : (status?.capacity?.['storage'] ?? '0'),
      volume === '' ? '' : accessModesText(status?.accessModes),
      metadata?.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '',
      spec?.volumeAttributesClassName ?? UNSET,
      since(metadata?.creationTimestamp, nowMs),
      spec?.volumeMode ?? UNSET,
    ];
  },
};

const ACCESS_MODES: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

/** `RWO,ROX`, each once. */
function accessModesText(modes: readonly string[] | undefined): string {
  return ACCESS_MODES.filter(([mode]) => listOf(modes).includes(mode))
    .map(([, short]) => short)
    .join(',');
}

export const storageClassPrinter: Printer<V1StorageClass> = {
  columns: [
    NAME,
    column('Provisioner', 'string', 'Who makes its volumes.'),
    column('ReclaimPolicy', 'string', 'What becomes of a volume when its claim is gone.'),
    column('VolumeBindingMode', 'string', 'When a volume is made for a claim.'),
    column('AllowVolumeExpansion', 'string', 'Whether its volumes may grow.'),
    AGE,
  ],
  cells: (storageClass, nowMs) => {
    const { metadata, provisioner, reclaimPolicy, volumeBindingMode } = storageClass;
    const name = metadata?.name ?? '';
    return [
      metadata?.annotations?.[IS_DEFAULT] === 'true' ? `${name} (default)` : name,
      maybe(provisioner) ?? '',
      reclaimPolicy ?? 'Delete',
      volumeBindingMode ?? 'Immediate',
      String(storageClass.allowVolumeExpansion ?? false),
      since(metadata?.creationTimestamp, nowMs),
    ];
  },
};

export const volumeAttributesClassPrinter: Printer<V1VolumeAttributesClass> = {
  columns: [NAME, column('DriverName', 'string', 'The CSI driver that knows it.'), AGE],
  cells: ({ metadata, driverName }, nowMs) => [
    metadata?.name ?? '',
    maybe(driverName) ?? '',
    since(metadata?.creationTimestamp, nowMs),
  ],
};

export const volumeAttachmentPrinter: Printer<V1VolumeAttachment> = {
  columns: [
    NAME,
    column('Attacher', 'string', 'The CSI driver that attaches it.'),
    column('PV', 'string', 'The volume.'),
    column('Node', 'string', 'The node that it is attached to.'),
    column('Attached', 'boolean', 'Whether it is.'),
    AGE,
  ],
  cells: ({ metadata, spec, status }, nowMs) => {
    const wanted = maybe(spec);
    return [
      metadata?.name ?? '',
      maybe(wanted?.attacher) ?? '',
      maybe(wanted?.source)?.persistentVolumeName ?? '',
      maybe(wanted?.nodeName) ?? '',
      status?.attached ?? false,
      since(metadata?.creationTimestamp, nowMs),
    ];
  },
};

export const csiDriverPrinter: Printer<V1CSIDriver> = {
  columns: [
    NAME,
    column(
      'AttachRequired',
      'boolean',
      'Whether its volumes are attached before they are mounted.',
    ),
    column('PodInfoOnMount', 'boolean', 'Whether it is told of the pod.'),
    column('StorageCapacity', 'boolean', 'Whether the scheduler asks how much is left.'),
    column('TokenRequests', 'string', 'For which audiences it gets tokens.'),
    column('RequiresRepublish', 'boolean', 'Whether it is told again from time to time.'),
    column('Modes', 'string', 'How long its volumes live.'),
    AGE,
  ],
  cells: ({ metadata, spec }, nowMs) => {
    const driver = maybe(spec) ?? {};
    const audiences = listOf(driver.tokenRequests).map((each) => each.audience);
    return [
      metadata?.name ?? '',
      driver.attachRequired ?? true,
      driver.podInfoOnMount ?? false,
      driver.storageCapacity ?? false,
      audiences.length === 0 ? UNSET : audiences.join(','),
      driver.requiresRepublish ?? false,
      listOf(driver.volumeLifecycleModes).join(',') || '<none>',
      since(metadata?.creationTimestamp, nowMs),
    ];
  },
};

export const csiNodePrinter: Printer<V1CSINode> = {
  columns: [NAME, column('Drivers', 'integer', 'How many CSI drivers the node has.'), AGE],
  cells: ({ metadata, spec }, nowMs) => [
    metadata?.name ?? '',
    listOf(maybe(spec)?.drivers).length,
    since(metadata?.creationTimestamp, nowMs),
  ],
};

export const csiStorageCapacityPrinter: Printer<V1CSIStorageCapacity> = {
  columns: [
    NAME,
    column('StorageClassName', 'string', 'The storage class that it is about.'),
    column('Capacity', 'string', 'How much is left.'),
  ],
  cells: ({ metadata, storageClassName, capacity }) => [
    metadata?.name ?? '',
    maybe(storageClassName) ?? '',
    capacity ?? UNSET,
  ],
};
