// Telegram's Bot API, which tells nothing of what becomes of a message. <https://core.telegram.org/bots/api>
import { type Answer, type Asked, type Field, type File, StandIn, json, parts, seconds } from './stand-in.ts';

const TOKEN = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
const ANA = { id: 5_000_000_077, first_name: 'Ana', last_name: 'Telegram' };

export class Telegram extends StandIn {
  readonly messenger = 'Telegram';
  readonly account = '@acme_bot';
  readonly customer = 'Ana Telegram';
  readonly reports = 'Sent';
  readonly isTold = true;
  /** What was named by `setWebhook`. */
  private told = { url: '', secret_token: '' };

  get fields(): Field[] {
    return [['Bot token', TOKEN], ['API address', this.url]];
  }

  protected answers(asked: Asked): Answer {
    if (asked.path.startsWith(`/file/bot${TOKEN}/photos/`)) return { file: this.shelf.get(asked.path.split('/').at(-1)!)! };
    const [, bot = '', method = ''] = asked.path.split('/');
    if (bot !== `bot${TOKEN}`) return { status: 401, json: { ok: false, error_code: 401, description: 'Unauthorized' } };
    const done = (result: unknown): Answer => ({ json: { ok: true, result } });
    switch (method) {
      case 'getMe': return done({ id: 110201543, is_bot: true, first_name: 'Acme', username: 'acme_bot' });
      case 'getWebhookInfo': return done({ url: this.told.url, has_custom_certificate: false, pending_update_count: 0 });
      case 'setWebhook': this.told = json(asked); return done(true);
      case 'getFile': return done({ file_id: json(asked).file_id, file_path: `photos/${json(asked).file_id}` });
      case 'getUserProfilePhotos': return done({ total_count: 0, photos: [] });
      case 'sendPhoto': this.photos.push(parts(asked).file!); break;
      case 'sendMessage': this.texts.push(json(asked).text); break;
      default: return done(true);
    }
    return done({ message_id: this.next(), date: seconds(), chat: { id: ANA.id, type: 'private' } });
  }

  async writes(words: string): Promise<Response> {
    return this.updates({ text: words });
  }

  async sends(photo: File): Promise<Response> {
    const size = { file_id: this.keeps(photo), file_unique_id: 'u', width: 320, height: 240, file_size: photo.content.length };
    return this.updates({ photo: [size] });
  }

  private async updates(said: object): Promise<Response> {
    const message = { message_id: this.next(), date: seconds(), from: { ...ANA, is_bot: false }, chat: { ...ANA, type: 'private' }, ...said };
    return this.tells({ update_id: this.next(), message }, () => ({ 'x-telegram-bot-api-secret-token': this.told.secret_token }));
  }
}
