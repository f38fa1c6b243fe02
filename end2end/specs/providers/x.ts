// Direct messages on X, with the events of its Activity API. <https://docs.x.com/x-api>
import { createHmac } from 'node:crypto';
import { type Answer, type Asked, type Field, type File, StandIn, json, parts } from './stand-in.ts';

const ACME = '222';
const TOKEN = 'token-of-x';
const SECRET = 'consumer-secret-of-x';
const ANA = { id: '1900000000000000111', name: 'Ana of X', username: 'ana_lima' };

export class X extends StandIn {
  readonly messenger = 'X';
  readonly account = '@acme';
  readonly customer = ANA.name;
  readonly reports = 'Read';

  get fields(): Field[] {
    return [['User ID', ACME], ['Access token', TOKEN], ['API key secret', SECRET], ['API address', this.url]];
  }

  protected answers(asked: Asked): Answer {
    if (asked.headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, json: { title: 'Unauthorized', status: 401, detail: 'Unauthorized' } };
    if (asked.path === '/2/users/me') return { json: { data: { id: ACME, name: 'Acme', username: 'acme' } } };
    if (asked.path.startsWith('/2/users/')) return { json: { data: ANA } };
    if (asked.path === '/2/dm_events') return { json: { data: [], meta: { result_count: 0 } } };
    if (asked.path === '/2/media/upload') return { json: { data: { id: this.keeps(parts(asked).file!), media_key: '3_1' } } };
    const media = /^\/2\/dm_conversations\/media\/\d+\/(\d+)\//.exec(asked.path)?.[1];
    if (media) return { file: this.shelf.get(media)! };
    const { text, attachments } = json(asked);
    if (attachments) this.photos.push(this.shelf.get(attachments[0].media_id)!);
    else this.texts.push(text);
    const id = this.id();
    const reading = { created_timestamp: String(Date.now()), sender_id: ANA.id, target: { recipient_id: ACME }, last_read_event_id: id };
    this.later(() => this.happens('dm.read', { direct_message_mark_read_events: [reading] }));
    return { status: 201, json: { data: { dm_conversation_id: `${ACME}-${ANA.id}`, dm_event_id: id } } };
  }

  async writes(words: string): Promise<Response> {
    return this.says({ text: words, entities: { urls: [] } });
  }

  async sends(photo: File): Promise<Response> {
    const id = this.keeps(photo);
    const url = `https://ton.x.com/1.1/ton/data/dm/${id}/${id}/${photo.name}`;
    return this.says({ text: '', entities: { urls: [] }, attachment: { type: 'media', media: { id_str: id, type: 'photo', media_url_https: url } } });
  }

  private async says(data: object): Promise<Response> {
    const id = this.id();
    const create = { target: { recipient_id: ACME }, sender_id: ANA.id, message_data: data };
    const event = { type: 'message_create', id, created_timestamp: String(Date.now()), message_create: create };
    return this.happens('dm.received', { direct_message_events: [event] });
  }

  /** An id of X's tells when it was made. */
  private id(): string {
    return String((BigInt(Date.now() - 1_288_834_974_657) << 22n) + BigInt(this.next()));
  }

  private async happens(kind: string, what: object): Promise<Response> {
    const payload = { ...what, users: { [ANA.id]: { data: ANA } } };
    const data = { event_uuid: String(this.next()), filter: { user_id: ACME }, event_type: kind, tag: 'switchboard', payload };
    const sign = (body: string) => `sha256=${createHmac('sha256', SECRET).update(body).digest('base64')}`;
    return this.tells({ data }, (body) => ({ 'x-twitter-webhooks-signature': sign(body) }));
  }
}
