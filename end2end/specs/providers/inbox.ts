// Messenger and Instagram: one Send API of Meta's, with two tongues. <https://developers.facebook.com/docs/messenger-platform>
// <https://developers.facebook.com/docs/instagram-platform>
import { type Answer, type Asked, type Field, type File, StandIn, inHex, json, parts } from './stand-in.ts';

const TOKEN = 'EAAtoken-of-the-inbox';
const SECRET = 'app-secret-of-the-inbox';
const ANA = '7100000000000001';

abstract class Inbox extends StandIn {
  readonly reports = 'Read';
  /** The tags that our messages came with. */
  readonly tags: (string | undefined)[] = [];
  /** Who has written besides Ana. */
  private readonly people = new Map<string, string>();
  protected abstract readonly id: string;
  protected abstract readonly object: string;
  protected abstract readonly me: object;
  protected abstract readonly ana: object;
  /** What stands for the account in a channel's settings. */
  protected abstract readonly accountField: string;

  /** The channel's settings, as `switchboard channel add` reads them. */
  settings(): string {
    const secrets = { access_token: TOKEN, app_secret: SECRET, verify_token: 'verify' };
    return JSON.stringify({ [this.accountField]: this.id, base_url: this.url, ...secrets });
  }
  /** What tells that a message was read. */
  protected abstract reading(mid: string): object;

  protected async answers(asked: Asked): Promise<Answer> {
    const [, first = '', object = '', edge = ''] = asked.path.split('/');
    // A file's address is its own proof.
    if (first === 'files') return { file: this.shelf.get(object)! };
    if (first === 'refresh_access_token') return { json: { access_token: TOKEN, token_type: 'bearer', expires_in: 5_184_000 } };
    const token = asked.headers.authorization?.replace('Bearer ', '') ?? asked.query.get('access_token');
    if (token !== TOKEN) return { status: 401, json: { error: { code: 190, message: 'Invalid OAuth access token' } } };
    const name = this.people.get(object);
    if (asked.method === 'GET' && name) return { json: { id: object, first_name: name, name } };
    if (asked.method === 'GET') return { json: object === ANA ? this.ana : this.me };
    if (edge === 'subscribed_apps') return { json: { success: true } };
    if (edge === 'message_attachments') return { json: { attachment_id: this.keeps(parts(asked).file!) } };
    const { message, tag } = json(asked);
    if (!message) return { json: { recipient_id: ANA } };
    this.tags.push(tag);
    const payload = message.attachment?.payload;
    if (payload?.attachment_id) this.photos.push(this.shelf.get(payload.attachment_id)!);
    else if (payload) await this.takes(payload.url);
    else this.texts.push(message.text);
    const mid = `m_OUT${this.next()}`;
    this.later(() => this.happens(this.reading(mid)));
    return { json: { recipient_id: ANA, message_id: mid } };
  }

  async writes(words: string): Promise<Response> {
    return this.happens({ message: { mid: `m_IN${this.next()}`, text: words } });
  }

  /** Somebody wrote at this moment; we hear of it only now. */
  async wrote(message: object, at: number, name: string): Promise<Response> {
    const who = `71000000000001${[...name].map((letter) => letter.charCodeAt(0)).join('')}`;
    this.people.set(who, name);
    return this.happens({ sender: { id: who }, timestamp: at, message: { mid: `m_IN${this.next()}`, ...message } });
  }

  async sends(photo: File): Promise<Response> {
    const url = `${this.url}/files/${this.keeps(photo)}`;
    return this.happens({ message: { mid: `m_IN${this.next()}`, attachments: [{ type: 'image', payload: { url } }] } });
  }

  private async happens(event: object): Promise<Response> {
    const messaging = [{ sender: { id: ANA }, recipient: { id: this.id }, timestamp: Date.now(), ...event }];
    const content = { object: this.object, entry: [{ id: this.id, time: Date.now(), messaging }] };
    return this.tells(content, (body) => ({ 'x-hub-signature-256': inHex(SECRET, body) }));
  }
}

export class Messenger extends Inbox {
  readonly messenger = 'Messenger';
  readonly account = 'Acme Store';
  readonly customer = 'Ana Messenger';
  protected readonly id = '600000000000001';
  protected readonly object = 'page';
  protected readonly accountField = 'page_id';
  protected readonly me = { id: this.id, name: this.account };
  protected readonly ana = { id: ANA, first_name: 'Ana', last_name: 'Messenger' };

  get fields(): Field[] {
    return [['Page ID', this.id], ['Page access token', TOKEN], ['App secret', SECRET], ['API address', this.url]];
  }

  protected reading(): object {
    return { read: { watermark: Date.now() } };
  }
}

export class Instagram extends Inbox {
  readonly messenger = 'Instagram';
  readonly account = '@acme.store';
  readonly customer = 'Ana Instagram';
  protected readonly id = '17840000000000001';
  protected readonly object = 'instagram';
  protected readonly accountField = 'account_id';
  protected readonly me = { id: this.id, user_id: this.id, username: 'acme.store', name: 'Acme Store' };
  protected readonly ana = { id: ANA, name: this.customer, username: 'ana.lima' };

  get fields(): Field[] {
    return [['Instagram account ID', this.id], ['Access token', TOKEN], ['App secret', SECRET], ['API address', this.url]];
  }

  protected reading(mid: string): object {
    return { read: { mid } };
  }
}
