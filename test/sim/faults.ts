/** TABLE: what goes wrong in the false world, in every way that its inhabitants have seen or fear. */
import { breakDetector, setCamera, stop } from '../../demo/frigate/model.ts';
import type { Wish } from '../../src/rules/types.ts';
import type { Dice } from './dice.ts';
import { keepAnswers } from './doors.ts';
import { tell } from './history.ts';
import { CAMERAS, LEDGER, nodeOf } from './nature.ts';
import type { SimWorld } from './world.ts';

export interface Fault {
  id: string;
  /** Two of one slot are never there at once. */
  slot: string;
  /** How often, compared with the others. */
  weight: number;
  /** Shortest and longest duration in seconds; null: it is over at once. */
  lasts: readonly [number, number] | null;
  /** What a restart of Frigate does to it. */
  restart: 'cures' | 'does not help' | 'does harm' | 'has nothing to do with it';
  /** Only a part of the cameras: no reason for a restart. */
  minority?: true;
  /** Makes it so, and answers how it is mended. */
  begin(world: SimWorld, dice: Dice): () => void;
}

const DOORBELL = CAMERAS[0];
const NOTHING = () => {};

export const FAULTS: readonly Fault[] = [
  ...detectorFaults(),
  ...apiFaults(),
  ...cameraFaults(),
  ...nodeFaults(),
  ...workloadFaults(),
  ...clusterFaults(),
  ...clockFaults(),
  ...wardenFaults(),
  ...people(),
];

function detectorFaults(): Fault[] {
  const row = (id: string, kind: 'slow' | 'orphaned_queue', survives: boolean): Fault => ({
    id,
    slot: 'detector',
    weight: 3,
    lasts: [120, 14_400],
    restart: survives ? 'does not help' : 'cures',
    begin: ({ nature, time }, dice) => {
      nature.frigate.faultSurvivesRestart = survives;
      breakDetector(nature.frigate, kind, time.now(), kind === 'slow' ? dice.lasting(60, 900) : undefined);
      nature.weigh();
      return () => {
        nature.weigh();
        nature.frigate.faultSurvivesRestart = false;
        breakDetector(nature.frigate, 'none', time.now());
        nature.weigh();
      };
    },
  });
  return [
    row('inference climbs', 'slow', false),
    row('inference climbs and stays', 'slow', true),
    row('the queue is orphaned', 'orphaned_queue', false),
    row('the queue dies with every start', 'orphaned_queue', true),
  ];
}

function apiFaults(): Fault[] {
  const row = (id: string, api: 'hangs' | 'refuses', survives: boolean): Fault => ({
    id,
    slot: 'api',
    weight: 2,
    lasts: [30, 10_800],
    restart: survives ? 'does not help' : 'cures',
    begin: ({ nature }) => {
      nature.frigate.api = api;
      nature.weather.apiAfterStart = survives ? api : null;
      nature.weigh();
      return () => {
        nature.weigh();
        nature.frigate.api = 'answers';
        nature.weather.apiAfterStart = null;
        nature.weigh();
      };
    },
  });
  return [
    row('the API hangs', 'hangs', false),
    row('the API refuses', 'refuses', false),
    row('the API hangs after every start', 'hangs', true),
    {
      id: 'Frigate starts slowly',
      slot: 'start',
      weight: 3,
      lasts: [3600, 28_800],
      restart: 'does harm',
      begin: ({ nature }, dice) => {
        nature.weather.apiAfterSeconds = dice.lasting(60, 560);
        return () => {
          nature.weather.apiAfterSeconds = 8;
        };
      },
    },
    {
      id: 'the road to Frigate is cut',
      slot: 'road',
      weight: 2,
      lasts: [30, 3600],
      restart: 'has nothing to do with it',
      begin: ({ nature }) => {
        nature.weather.road = 'unreachable';
        return () => {
          nature.weather.road = 'open';
        };
      },
    },
  ];
}

function cameraFaults(): Fault[] {
  const row = (id: string, count: number, restart: Fault['restart']): Fault => ({
    id,
    slot: 'cameras',
    weight: 2,
    lasts: [60, 14_400],
    restart,
    ...(count * 2 < CAMERAS.length ? { minority: true } : {}),
    begin: ({ nature, time }) => {
      const names = CAMERAS.slice(CAMERAS.length - count);
      for (const name of names) setCamera(nature.frigate, name, 'down', time.now());
      if (restart === 'cures') nature.weather.curableCameras = names;
      nature.weigh();
      return () => {
        nature.weigh();
        nature.weather.curableCameras = [];
        for (const name of names) setCamera(nature.frigate, name, 'up', time.now());
        nature.weigh();
      };
    },
  });
  return [
    row('two of five cameras are gone', 2, 'does not help'),
    row('four of five cameras hang', 4, 'cures'),
    row('four of five cameras lose their network', 4, 'does not help'),
    {
      id: 'the doorbell flaps',
      slot: 'doorbell',
      weight: 2,
      lasts: [3600, 36_000],
      restart: 'does not help',
      minority: true,
      begin: ({ nature, time }, dice) => {
        let isOver = false;
        const set = (state: 'up' | 'down') => {
          setCamera(nature.frigate, DOORBELL, state, time.now());
          nature.weigh();
        };
        const flap = (state: 'up' | 'down') => {
          if (isOver) return;
          set(state);
          time.after(dice.lasting(20, 900), () => flap(state === 'up' ? 'down' : 'up'));
        };
        flap('down');
        return () => {
          isOver = true;
          set('up');
        };
      },
    },
  ];
}

function nodeFaults(): Fault[] {
  /** Its kubelet is silent; without a network nobody reaches its pods either. */
  const away = ({ nature }: SimWorld, road: 'open' | 'unreachable' | 'silent') => {
    const name = nodeOf(nature.cluster);
    nature.controls.setNodeReady(false, name);
    Object.assign(nature.weather, { road, roadNode: name });
    return () => {
      nature.controls.setNodeReady(true, name);
      nature.markNode(name, 'ready');
      Object.assign(nature.weather, { road: 'open', roadNode: null });
    };
  };
  const row = (id: string, lasts: Fault['lasts'], begin: Fault['begin']): Fault => {
    return { id, slot: 'road', weight: 1.5, lasts, restart: 'does harm', begin };
  };
  return [
    row('the kubelet is silent', [20, 3600], (world) => away(world, 'open')),
    row('the node has no network', [20, 3600], (world, dice) =>
      away(world, dice.chance(0.5) ? 'unreachable' : 'silent'),
    ),
    row('the kubelet is upgraded', [5, 120], (world) => {
      const { nature, dice } = world;
      const name = nodeOf(nature.cluster);
      const back = away(world, 'open');
      return () => {
        nature.controls.setKubeletVersion(`v1.36.${dice.whole(2, 99)}`, name);
        nature.markNode(name, 'changed');
        back();
      };
    }),
    row('the node reboots', [60, 600], (world) => {
      const { nature } = world;
      const name = nodeOf(nature.cluster);
      const back = away(world, 'silent');
      stop(nature.frigate);
      return () => {
        nature.controls.rebootNode(name);
        nature.markNode(name, 'changed');
        back();
        nature.controls.exitContainer({ exitCode: 255, reason: 'Unknown' });
      };
    }),
  ];
}

function workloadFaults(): Fault[] {
  const row = (id: string, lasts: Fault['lasts'], begin: Fault['begin']): Fault => {
    return { id, slot: 'workload', weight: 1.5, lasts, restart: 'does harm', begin };
  };
  const stampOf = (seconds: number) => `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`;
  const checker = ({ nature, history, time }: SimWorld) => {
    const { namespace, name } = LEDGER;
    const now = time.now();
    const before = nature.controls.configMap(namespace, name)?.data?.last_restart_times ?? '';
    const times = [...before.split(',').filter((one) => Number(one) > now - 86_400), Math.floor(now)].join(',');
    nature.controls.writeConfigMap(namespace, name, { last_restart_times: times, consecutive_failures: '0' });
    history.checkerWroteAt = now;
    nature.controls.restartByHand(stampOf(now));
    tell(history, now, 'Another checker restarts Frigate.');
  };
  return [
    row('somebody scales it to zero', [60, 7200], ({ nature }) => {
      nature.controls.scale(0);
      return () => nature.controls.scale(1);
    }),
    row('it crashes again and again', [60, 3600], ({ nature }) => {
      nature.controls.setCrashLoop(true);
      return () => nature.controls.setCrashLoop(false);
    }),
    row('its pods never become ready', [300, 7200], ({ nature }) => {
      nature.controls.setNeverReady(true);
      nature.weigh();
      return () => {
        nature.weigh();
        nature.controls.setNeverReady(false);
      };
    }),
    row('a restart is taken and never rolls', [600, 10_800], ({ nature }) => {
      nature.controls.setFrozen(true);
      return () => nature.controls.setFrozen(false);
    }),
    row('the container ends by itself', null, ({ nature }) => {
      nature.controls.exitContainer({ exitCode: 137, reason: 'OOMKilled' });
      return NOTHING;
    }),
    row('somebody restarts it by hand', null, ({ nature, time }) => {
      nature.controls.restartByHand(stampOf(time.now()));
      return NOTHING;
    }),
    row('another checker restarts it once', null, (world) => {
      checker(world);
      return NOTHING;
    }),
    row('another checker restarts it whenever it may', [1800, 10_800], (world, dice) => {
      let isOver = false;
      const look = () => {
        if (isOver) return;
        if (dice.chance(0.3)) checker(world);
        world.time.after(300, look);
      };
      look();
      return () => {
        isOver = true;
      };
    }),
  ];
}

function clusterFaults(): Fault[] {
  const row = (id: string, begin: Fault['begin'], lasts: Fault['lasts'] = [20, 3600]): Fault => {
    return { id, slot: 'cluster', weight: 1, lasts, restart: 'has nothing to do with it', begin };
  };
  const weather = (id: string, cluster: SimWorld['nature']['weather']['cluster']) =>
    row(id, ({ nature }) => {
      if (cluster === 'frozen') {
        keepAnswers(nature);
        nature.freezeTruth(true);
      }
      nature.weather.cluster = cluster;
      return () => {
        nature.weather.cluster = 'answers';
        nature.freezeTruth(false);
      };
    });
  const forbid = (id: string, part: SimWorld['nature']['weather']['forbidden'][number]) =>
    row(id, ({ nature }) => {
      nature.weather.forbidden = [part];
      return () => {
        nature.weather.forbidden = [];
      };
    });
  return [
    weather('the cluster hangs', 'hangs'),
    weather('the cluster fails', 'fails'),
    weather('the cluster throttles', 'throttles'),
    weather('the cluster answers of old', 'frozen'),
    weather('the answers of the cluster are lost', 'deaf'),
    forbid('every right is gone', 'all'),
    forbid('the right to see nodes is gone', 'nodes'),
    forbid('the right to write the ledger is gone', 'ledger'),
    forbid('the right to restart is gone', 'patch'),
    row(
      'others write at the same moment',
      ({ nature }, dice) => {
        nature.weather.rivalry = dice.between(0.2, 1);
        return () => {
          nature.weather.rivalry = 0;
        };
      },
      [600, 14_400],
    ),
  ];
}

function clockFaults(): Fault[] {
  const row = (id: string, slot: string, set: (world: SimWorld, ahead: number) => void): Fault => ({
    id,
    slot,
    weight: 1.2,
    lasts: [600, 21_600],
    restart: 'has nothing to do with it',
    begin: (world, dice) => {
      set(world, Math.round(dice.lasting(3, 7200)) * (dice.chance(0.5) ? 1 : -1));
      return () => set(world, 0);
    },
  });
  return [
    row("Frigate's clock is off", 'frigate clock', ({ nature }, ahead) => nature.setFrigateClock(ahead)),
    row("the cluster's clock is off", 'cluster clock', ({ nature }, ahead) => nature.setClusterClock(ahead)),
    row("the Warden's clock jumps", 'wall clock', (world, ahead) => world.setWallClock(ahead)),
  ];
}

function wardenFaults(): Fault[] {
  const row = (id: string, weight: number, begin: Fault['begin']): Fault => {
    return { id, slot: 'warden', weight, lasts: null, restart: 'has nothing to do with it', begin };
  };
  return [
    row('the Warden crashes', 4, (world) => {
      world.crash();
      return NOTHING;
    }),
    row('the Warden is to crash at some call', 3, (world, dice) => {
      world.ambush({ at: 'read', phase: dice.pick(['before', 'after']), skip: dice.whole(0, 12) });
      return NOTHING;
    }),
    row('the Warden is to crash at a write', 6, (world, dice) => {
      world.ambush({ at: dice.pick(['ledger', 'patch']), phase: dice.pick(['before', 'after']), skip: 0 });
      return NOTHING;
    }),
    row('the Warden is to crash at a save', 3, (world, dice) => {
      world.ambush({ at: 'save', phase: dice.pick(['before', 'after']), skip: dice.whole(0, 3) });
      return NOTHING;
    }),
    row('the Warden is stopped', 1, (world) => {
      world.stopInOrder();
      return NOTHING;
    }),
    {
      ...row('the disk is full', 4, ({ nature }) => {
        nature.weather.diskFull = true;
        return () => {
          nature.weather.diskFull = false;
        };
      }),
      slot: 'disk',
      lasts: [30, 7200],
    },
    {
      ...row('the broker is away', 1, ({ nature }) => {
        nature.weather.brokerDown = true;
        return () => {
          nature.weather.brokerDown = false;
        };
      }),
      slot: 'broker',
      lasts: [30, 7200],
    },
  ];
}

function people(): Fault[] {
  const by = 'a person';
  const row = (weight: number, wish: Wish): Fault => ({
    id: `a person presses ${wish.kind}`,
    slot: 'person',
    weight,
    lasts: null,
    restart: 'has nothing to do with it',
    begin: (world) => {
      world.wish(wish);
      return NOTHING;
    },
  });
  const switched = (on: Wish, off: Wish): Fault => ({
    ...row(2, on),
    slot: on.kind,
    lasts: [600, 21_600],
    begin: (world) => {
      world.wish(on);
      return () => world.wish(off);
    },
  });
  return [
    row(2, { kind: 'restart', by, reason: null }),
    row(1, { kind: 'force_restart', by, reason: 'It must be.' }),
    row(2, { kind: 'reset_breaker', by }),
    row(0.5, { kind: 'acknowledge', by, incidentId: null }),
    row(0.5, { kind: 'snooze', by, incidentId: null, minutes: 30 }),
    row(0.5, { kind: 'check_now', by }),
    row(0.5, { kind: 'test_alert', by }),
    switched({ kind: 'maintenance', by, on: true }, { kind: 'maintenance', by, on: false }),
    switched({ kind: 'automatic_restarts', by, on: false }, { kind: 'automatic_restarts', by, on: true }),
  ];
}
