/** `doctor`: asks every door once and says how to mend what is wrong. Nothing is written, and nothing restarted. */
import { openHttp } from '../doors/http.ts';
import { openMailbox } from '../doors/mailbox.ts';
import { lintOptions } from '../options/lint.ts';
import type { Arguments } from './arguments.ts';
import { refuse } from './assess.ts';
import { openBroker } from './doctor/broker.ts';
import { gather } from './doctor/evidence.ts';
import { lookAtFolder } from './doctor/folder.ts';
import { doctorReport, doctorText, isWell, sectionsOf } from './doctor/table.ts';
import { folderOf, placeOfOptions } from './options-file.ts';
import { redaction } from './redaction.ts';
import { untilStopped, type Visit, visit } from './visit.ts';

export async function doctorCommand(given: Arguments): Promise<number> {
  const looked = await visit(given, (visiting) => untilStopped((stop) => look(visiting, given, stop)));
  if ('problems' in looked) return refuse(looked.problems);
  process.stdout.write(looked.out);
  return looked.isWell ? 0 : 1;
}

async function look(visiting: Visit, given: Arguments, stop: AbortSignal): Promise<{ out: string; isWell: boolean }> {
  const { options, doors, clock } = visiting;
  const token = process.env.SUPERVISOR_TOKEN || null;
  const broker = await openBroker({
    options,
    http: openHttp(),
    token,
    clientId: `frigate_warden_doctor_${process.pid}`,
    stop,
  });
  const mailbox = broker.mqtt && openMailbox({ clock });
  if (broker.mqtt) mailbox?.attach(broker.mqtt);
  try {
    const evidence = await gather(
      { ...visiting, doors: { ...doors, mailbox } },
      {
        source: given.frigateUrl === null ? placeOfOptions(given.optionsFile) : '--frigate',
        lint: given.frigateUrl === null ? lintOptions(options) : [],
        folder: lookAtFolder(folderOf(given)),
        broker: broker.evidence,
      },
      stop,
    );
    const sections = sectionsOf({ ...evidence, broker: { ...broker.evidence, said: broker.said() } });
    const { text } = redaction([...visiting.secrets, ...(token ? [token] : [])]);
    const plain = given.isJson ? `${JSON.stringify(doctorReport(sections))}\n` : doctorText(sections);
    return { out: text(plain), isWell: isWell(sections) };
  } finally {
    await broker.close();
  }
}
