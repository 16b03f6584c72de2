/** A kubelet as a process: started in its node's network with its settings as one JSON word, told of faults by messages. */
import { openApi } from '../api.ts';
import { keepBeating } from './beats.ts';
import { openDoor } from './door.ts';
import { keepPods } from './pods.ts';
import type { Command, KubeletSettings } from './settings.ts';

const settings = JSON.parse(process.argv[2] ?? '') as KubeletSettings;
const say = (line: string) => void process.stdout.write(`${new Date().toISOString()} ${settings.node} ${line}\n`);
const { server, authority, client, version } = settings;
const api = openApi({ server, authority, as: client, userAgent: `kubelet/${version} (rig)` });
const beats = keepBeating(api, settings, say);
const pods = keepPods(api, settings, say);
openDoor(pods, settings, say);

process.on('unhandledRejection', (reason) => say(`unhandled: ${String(reason)}`));
process.on('disconnect', () => process.exit(0));
process.on('message', (command: Command) => {
  say(JSON.stringify(command));
  switch (command.say) {
    case 'beats':
      beats.on(command.on);
      break;
    case 'work':
      pods.work(command.on);
      break;
    case 'node':
      beats.change(command);
      break;
    case 'out_of_memory':
      for (const one of pods.byUid(command.uid)?.containers ?? []) one.signal('SIGKILL', 'OOMKilled');
      break;
    case 'unkillable':
      for (const one of pods.byUid(command.uid)?.containers ?? []) one.hold(command.on);
      break;
  }
});
