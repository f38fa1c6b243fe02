// Telegram as others understand it: the contract of its Bot API for what we call, and a library we did not write for what
// we receive and call. No browser. What our adapter writes and reads is taken from the fixtures and snapshots of its tests.
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { Bot, InputFile } from 'grammy';
import TelegramTestApi from 'telegram-test-api';
import { Capture } from './capture.ts';
import { Switchboard, freePort } from './switchboard.ts';

const channels = fileURLToPath(new URL('../../crates/channels', import.meta.url));
const contracts = process.env.CONTRACTS_DIR;
const folder = join(channels, 'fixtures/telegram/outbound');

type Call = {
  method: string; parameters: Record<string, unknown>; file: { parameter: string } | null; attached?: { parameter: string; name: string }[];
};
const calls = readdirSync(folder).map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as Call] as const);

test.describe('what we call, by the contract of the Bot API', () => {
  test.skip(!contracts, 'CONTRACTS_DIR is not set');

  for (const [file, call] of calls) {
    test(`${file} is a call of the contract`, () => {
      expect(wrong(contract(), call)).toEqual([]);
    });
  }

  test('an album names the files that go along, and all of them', () => {
    for (const [, { parameters, attached }] of calls.filter(([, { method }]) => method === 'sendMediaGroup')) {
      const named = (parameters.media as { media: string }[]).map(({ media }) => media);
      expect(named).toEqual(attached!.map(({ parameter }) => `attach://${parameter}`));
    }
  });

  test('a call with a wrong word or type is refused, so the contract bites', () => {
    const call = (changes: object): Call => ({ method: 'sendMessage', parameters: { chat_id: 77, text: 'Olá', ...changes }, file: null });
    expect(wrong(contract(), call({}))).toEqual([]);
    expect(wrong(contract(), call({ txt: 'Olá' }))).toHaveLength(1);
    expect(wrong(contract(), call({ text: 7 }))).toHaveLength(1);
    expect(wrong(contract(), call({ chat_id: undefined }))).toHaveLength(1);
    expect(wrong(contract(), call({ reply_parameters: { message: 17 } }))).toHaveLength(2);
    expect(wrong(contract(), { method: 'sendMesage', parameters: {}, file: null })).toHaveLength(1);
    const album = (medium: object): Call => ({ method: 'sendMediaGroup', parameters: { chat_id: 77, media: [medium] }, file: null });
    expect(wrong(contract(), album({ type: 'photo', media: 'attach://a' }))).toEqual([]);
    expect(wrong(contract(), album({ type: 'photo', medium: 'attach://a' }))).not.toEqual([]);
  });
});

type Field = { name: string; types: string[]; required: boolean };
type Contract = { methods: Record<string, { fields?: Field[] }>; types: Record<string, { fields?: Field[]; subtypes?: string[] }> };

function contract(): Contract {
  return JSON.parse(readFileSync(join(contracts ?? '', 'telegram-bot-api-10.1.json'), 'utf8'));
}

/** Everything in a call that the contract does not allow. */
function wrong(contract: Contract, { method, parameters, file }: Call): string[] {
  const known = contract.methods[method];
  if (!known) return [`${method} is no method`];
  const given = file ? { ...parameters, [file.parameter]: FILE } : parameters;
  return wrongFields(contract, known.fields ?? [], given, method);
}

/** Stands for the bytes of a file. */
const FILE = Symbol('a file');

function wrongFields(contract: Contract, fields: Field[], given: object, place: string): string[] {
  const values = Object.entries(given).filter(([, value]) => value !== undefined);
  const unknown = values.filter(([name]) => !fields.some((field) => field.name === name));
  const missing = fields.filter(({ name, required }) => required && !values.some(([known]) => known === name));
  const mistyped = values.flatMap(([name, value]) => {
    const types = together(fields.find((field) => field.name === name)?.types ?? []);
    const tries = types.map((type) => wrongValue(contract, type, value, `${place}.${name}`));
    return tries.some((found) => found.length === 0) ? [] : (tries.sort((one, other) => one.length - other.length)[0] ?? []);
  });
  return [
    ...unknown.map(([name]) => `${place} has no ${name}`),
    ...missing.map(({ name }) => `${place} needs ${name}`),
    ...mistyped,
  ];
}

const LIST = 'Array of ';

/** Where several kinds of things may be in a list, the contract has a list for each; they may be mixed. */
function together(types: string[]): string[] {
  const lists = types.filter((type) => type.startsWith(LIST));
  if (lists.length < 2) return types;
  const mixed = LIST + lists.map((type) => type.slice(LIST.length)).join('|');
  return [...types.filter((type) => !lists.includes(type)), mixed];
}

function wrongValue(contract: Contract, type: string, value: unknown, place: string): string[] {
  const must = (holds: boolean) => (holds ? [] : [`${place} must be ${type}`]);
  if (type.startsWith(LIST)) {
    if (!Array.isArray(value)) return must(false);
    const kinds = type.slice(LIST.length).split('|');
    return value.flatMap((one, index) => {
      const tries = kinds.map((kind) => wrongValue(contract, kind, one, `${place}[${index}]`));
      return tries.some((found) => found.length === 0) ? [] : (tries.sort((one, other) => one.length - other.length)[0] ?? []);
    });
  }
  if (type === 'Integer') return must(Number.isSafeInteger(value));
  if (type === 'Float') return must(typeof value === 'number');
  if (type === 'String') return must(typeof value === 'string');
  if (type === 'Boolean' || type === 'True') return must(typeof value === 'boolean');
  if (type === 'InputFile') return must(value === FILE);
  const known = contract.types[type];
  if (!known || typeof value !== 'object' || value === null) return must(false);
  if (known.subtypes?.length) {
    const tries = known.subtypes.map((subtype) => wrongValue(contract, subtype, value, place));
    return tries.some((found) => found.length === 0) ? [] : must(false);
  }
  return wrongFields(contract, known.fields ?? [], value, place);
}

test.describe('what we call, by a library we did not write', () => {
  let telegram: Capture;
  test.beforeAll(async () => { telegram = await Capture.open({ ok: true, result: { message_id: 18, date: 0, chat: { id: 77 } } }); });
  test.afterAll(() => telegram.close());

  /** The parameters of a fixture's call as the library writes the same call. */
  const written = async (file: string, call: (api: Bot['api']) => Promise<unknown>) => {
    const ours = JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')) as Call;
    await call(new Bot('110201543:token', { client: { apiRoot: telegram.url } }).api);
    const theirs = telegram.asked.at(-1)!;
    expect(theirs.path).toBe(`/bot110201543:token/${ours.method}`);
    expect(JSON.parse(theirs.body)).toEqual(ours.parameters);
  };
  const ANA = 5000000077;

  test('a text', () => written('text', (api) => api.sendMessage(ANA, 'Olá <b> & 🙂')));
  test('an answer', () => written('answer', (api) =>
    api.sendMessage(ANA, 'Sim', { reply_parameters: { message_id: 17, allow_sending_without_reply: true } })));
  test('buttons', () => written('buttons', (api) => api.sendMessage(ANA, 'Ok?', {
    reply_markup: { inline_keyboard: [[{ text: 'Sim', callback_data: 'sim' }], [{ text: 'Não', callback_data: 'não' }]] },
  })));
  test('a location', () => written('location', (api) => api.sendLocation(ANA, -23.55052, -46.633308)));
  test('a venue', () => written('venue', (api) => api.sendVenue(ANA, -23.55052, -46.633308, 'Loja', 'Rua 1')));
  test('an album', async () => {
    const ours = JSON.parse(readFileSync(join(folder, 'album.json'), 'utf8')) as Call;
    const file = (name: string) => new InputFile(Buffer.from('bytes'), name);
    await new Bot('110201543:token', { client: { apiRoot: telegram.url } }).api.sendMediaGroup(ANA, [
      { type: 'photo', media: file('shop.jpg'), caption: 'A loja' },
      { type: 'video', media: file('tour.mp4') },
    ], { reply_parameters: { message_id: 17, allow_sending_without_reply: true } });
    const theirs = telegram.asked.at(-1)!;
    expect(theirs.path).toBe(`/bot110201543:token/${ours.method}`);
    const field = (name: string) => new RegExp(`name="${name}"\\r\\n\\r\\n([^\\r]*)`).exec(theirs.body)?.[1] ?? '';
    expect(Number(field('chat_id'))).toBe(ours.parameters.chat_id);
    expect(JSON.parse(field('reply_parameters'))).toEqual(ours.parameters.reply_parameters);
    // Each calls its files as it likes, and names them where the bytes are.
    const theirMedia = JSON.parse(field('media')) as { media: string }[];
    const unnamed = (media: { media: string }[]) => media.map((medium) => ({ ...medium, media: medium.media.replace(/^attach:.*$/, 'attached') }));
    expect(unnamed(theirMedia)).toEqual(unnamed(ours.parameters.media as { media: string }[]));
    const attached = theirMedia.map(({ media }) => media.slice('attach://'.length));
    const names = attached.map((name) => new RegExp(`name="${name}"; ?filename="?([^"\\r]*)`).exec(theirs.body)?.[1]);
    expect(names).toEqual(ours.attached!.map(({ name }) => name));
  });
  test('typing', () => written('typing', (api) => api.sendChatAction(ANA, 'typing')));
  test('a reaction', () => written('reaction', (api) => api.setMessageReaction(ANA, 17, [{ type: 'emoji', emoji: '👍' }])));
  test('a reaction taken back', () => written('no_reaction', (api) => api.setMessageReaction(ANA, 17, [])));
  test('a reading in the chat of a business account', () => written('read', (api) => api.readBusinessMessage('conn1', 77, 17)));
  test('the answer to a press', () => written('pressed', (api) => api.answerCallbackQuery('4382bfdwdsb323b2d9')));
});

test.describe('what we receive, by a library we did not write', () => {
  type Told = { kind: string; chat?: number; text?: string; fileId?: string; data?: string; emoji?: string };

  /** What the library makes of a fixture's updates. */
  const read = async (fixture: string): Promise<Told[]> => {
    const told: Told[] = [];
    const botInfo = { id: 110201543, is_bot: true, first_name: 'Acme', username: 'acme_bot' };
    const bot = new Bot('110201543:token', { botInfo: botInfo as never });
    bot.use((ctx) => {
      const message = ctx.msg;
      const file = message?.photo?.at(-1) ?? message?.animation ?? message?.video ?? message?.video_note ?? message?.voice
        ?? message?.audio ?? message?.sticker ?? message?.document;
      told.push({
        kind: Object.keys(ctx.update).find((key) => key !== 'update_id')!,
        chat: ctx.chatId,
        text: message?.text ?? message?.caption,
        fileId: file?.file_id,
        data: ctx.callbackQuery?.data,
        emoji: ctx.messageReaction && ctx.reactions().emojiAdded[0],
      });
    });
    for (const update of JSON.parse(readFileSync(join(channels, `fixtures/telegram/${fixture}.json`), 'utf8'))) {
      await bot.handleUpdate(update);
    }
    return told;
  };

  test('texts are the same words of the same people', async () => {
    const theirs = await read('text');
    const ours = snapshot('text').map(({ message: { customer, message } }) => ({ chat: Number(customer.ids[0]), text: message.content.text }));
    expect(theirs.map(({ chat, text }) => ({ chat, text }))).toEqual(ours);
  });

  test('files are the same files', async () => {
    const theirs = await read('media');
    const ours = snapshot('media').map(({ message: { message } }) => ({ text: message.content.files.text, fileId: message.files[0].handle }));
    // Theirs take the last size of a photo; ours take the largest, and the fixture has one that is not the last.
    const named = (fileId?: string) => fileId?.replace('AgACphotoM', 'AgACphotoL');
    expect(theirs.map(({ text, fileId }) => ({ text: text ?? '', fileId: named(fileId) }))).toEqual(ours);
  });

  test('presses are the same answers', async () => {
    const theirs = (await read('picks')).filter(({ data }) => data !== undefined).map(({ data }) => data);
    const ours = snapshot('picks').map(({ message: { message } }) => message.content.picked?.id).filter((id) => id !== undefined);
    expect(theirs).toEqual(ours);
  });

  test('reactions are the same signs', async () => {
    const theirs = (await read('marks')).filter(({ kind, emoji }) => kind === 'message_reaction' && emoji).map(({ emoji }) => emoji);
    const ours = snapshot('marks').flatMap(({ reaction }) => (reaction ? [reaction.emoji] : []));
    expect(ours.slice(0, theirs.length)).toEqual(theirs);
    expect(theirs).toEqual(['👍']);
  });
});

test('a text and a press go through the bot and back by an emulated Telegram', async () => {
  const token = '110201543:token';
  const port = await freePort();
  const Server = ((TelegramTestApi as any).default ?? TelegramTestApi) as new (config: object) => any;
  const telegram = new Server({ port, host: '127.0.0.1' });
  await telegram.start();
  const settings = { bot_token: token, webhook_secret: 'hook-secret', base_url: `http://127.0.0.1:${port}` };
  const switchboard = await Switchboard.withAdmin();
  const added = ['channel', 'add', '--kind', 'telegram', '--name', 'Acme bot', '--bot'];
  const channel = switchboard.command(added, JSON.stringify(settings)).split(' ')[0];
  await switchboard.start();
  // The emulator knows nothing of secrets, so its deliveries go by somebody who adds it.
  const statuses: number[] = [];
  const relay = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': 'hook-secret' };
      const hook = `${switchboard.url}/webhooks/telegram/${channel}`;
      const { status } = await fetch(hook, { method: 'POST', headers, body: Buffer.concat(parts) });
      statuses.push(status);
      response.writeHead(status).end();
    });
  });
  const relayPort = await freePort();
  await new Promise<void>((listening) => relay.listen(relayPort, '127.0.0.1', listening));
  await fetch(`http://127.0.0.1:${port}/bot${token}/setWebhook?url=http://127.0.0.1:${relayPort}/`);

  const ana = telegram.getClient(token, { userId: 5000000077, chatId: 5000000077, firstName: 'Ana', userName: 'ana' });
  const sent = () => telegram.storage.botMessages.map(({ message }: any) => message);
  await ana.sendMessage(ana.makeMessage('Oi! Where is my order? 🙂'));
  const asked = () => sent().find(({ reply_markup }: any) => reply_markup);
  await expect.poll(asked).toBeTruthy();
  const question = asked();
  expect(Number(question.chat_id)).toBe(5000000077);
  const [[button]] = question.reply_markup.inline_keyboard;
  const before = sent().length;
  await ana.sendCallback(ana.makeCallbackQuery(button.callback_data));
  await expect.poll(() => sent().length).toBeGreaterThan(before);
  expect(statuses).toEqual([200, 200]);

  relay.close();
  await telegram.stop();
  await switchboard.discard();
});

/** What our adapter makes of a fixture, by the snapshot that its tests hold it to. */
function snapshot(fixture: string): any[] {
  const file = readFileSync(join(channels, `tests/it/snapshots/it__telegram__telegram_${fixture}.snap`), 'utf8');
  return file.split('\n').filter((line) => line.startsWith('  {')).map((line) => JSON.parse(line));
}
