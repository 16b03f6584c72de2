/** What ought to be in Home Assistant, from the table of entities; ids are spelled out here, for they are a promise. */
import { ENTITIES } from '../../../src/publish/entities.ts';
import { isRestartable } from '../../../src/publish/instance-values.ts';
import type { Row } from '../../../src/publish/row.ts';

/** A Frigate as the options and its own configuration have it. */
export interface Watched {
  id: string;
  name: string;
  cameras: readonly string[];
  detectors: readonly string[];
  /** The Warden sees its cluster. */
  isInCluster: boolean;
}

export interface WantedEntity {
  row: Row;
  key: string;
  uniqueId: string;
  entityId: string;
  name: string;
}

export interface WantedDevice {
  /** Its identifier. */
  id: string;
  name: string;
  model: string;
  manufacturer: string;
  /** The identifier of what it hangs on. */
  via: string | null;
  stateTopic: string;
  entities: readonly WantedEntity[];
}

const HUB = 'frigate_warden';
/** Asked of the cluster, besides all that is for restarts. */
const OF_CLUSTER = ['node'];

export function wantedDevices(frigates: readonly Watched[]): readonly WantedDevice[] {
  const hub = device(
    { id: HUB, name: 'Frigate Warden', model: 'Warden', manufacturer: 'Frigate Warden', via: null },
    { stateTopic: `${HUB}/state`, object: 'warden', cells: cellsOf('hub') },
  );
  return [hub, ...frigates.flatMap(devicesOf)];
}

function devicesOf({ id, name, cameras, detectors, isInCluster }: Watched): readonly WantedDevice[] {
  const manufacturer = 'Frigate';
  const instance = `${HUB}_${id}`;
  const own = cellsOf('instance').filter(({ row, key }) => isInCluster || !needsCluster(row, key));
  const ofDetectors = detectors.flatMap((detector) =>
    cellsOf('detector').map(({ row, key, name: of }) => ({
      row,
      key: `${key}_${detector}`,
      name: `${of} ${detector}`,
    })),
  );
  return [
    device(
      { id: instance, name, model: 'NVR', manufacturer, via: HUB },
      { stateTopic: `${HUB}/${id}/state`, object: `warden_${id}`, cells: [...own, ...ofDetectors] },
    ),
    ...cameras.map((camera) =>
      device(
        { id: `${instance}_${camera}`, name: `${name} ${camera}`, model: 'Camera', manufacturer, via: instance },
        {
          stateTopic: `${HUB}/${id}/cameras/${camera}/state`,
          object: `warden_${id}_${camera}`,
          cells: cellsOf('camera'),
        },
      ),
    ),
  ];
}

type Cell = Pick<WantedEntity, 'row' | 'key' | 'name'>;

function cellsOf(kind: Row['for']): readonly Cell[] {
  return ENTITIES.filter((row) => row.for === kind).map((row) => ({ row, key: row.key, name: row.name }));
}

function needsCluster(row: Row, key: string): boolean {
  return (row.for === 'instance' && row.only === isRestartable) || OF_CLUSTER.includes(key);
}

function device(
  card: Omit<WantedDevice, 'stateTopic' | 'entities'>,
  { stateTopic, object, cells }: { stateTopic: string; object: string; cells: readonly Cell[] },
): WantedDevice {
  const entities = cells.map((cell) => ({
    ...cell,
    uniqueId: `${card.id}_${cell.key}`,
    entityId: `${cell.row.platform}.${object}_${cell.key}`,
  }));
  return { ...card, stateTopic, entities };
}
