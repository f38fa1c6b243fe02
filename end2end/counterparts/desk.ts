// Where specs begin: a Switchboard with a channel.
import { Meta } from './meta.ts';
import { Switchboard } from './switchboard.ts';

/** A Switchboard that runs, with Priya as its admin and a WhatsApp number at Meta whose customers a bot answers, or people. */
export async function withWhatsApp(answers: 'bot' | 'people') {
  const meta = await Meta.open();
  const switchboard = await Switchboard.withAdmin();
  const bot = answers === 'bot' ? ['--bot'] : [];
  const channel = switchboard.command(['channel', 'add', '--kind', 'whatsapp', '--name', 'Acme WhatsApp', ...bot], meta.settings()).split(' ')[0];
  await switchboard.start();
  meta.knocksAt(`${switchboard.url}/webhooks/whatsapp/${channel}`);
  const discard = async () => {
    meta.close();
    await switchboard.discard();
  };
  return { meta, switchboard, discard };
}
