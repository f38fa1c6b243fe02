// Google's RCS for Business, and Business Messages as they were. <https://developers.google.com/business-communications>
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Answer, type Asked, type Field, type File, StandIn, json } from './stand-in.ts';

const TOKEN = 'ya29.token-of-google';
const CLIENT = 'client-token-of-google';
const KEY = new URL('../../../crates/channels/fixtures/google/service_account.json', import.meta.url);

abstract class Google extends StandIn {
  readonly messenger = 'Google';
  readonly reports = 'Read';
  protected abstract readonly product: string;

  get fields(): Field[] {
    // A key of nobody's, which the stand-in takes as it is.
    const key = { ...JSON.parse(readFileSync(KEY, 'utf8')), token_uri: `${this.url}/token` };
    return [
      ['Product', this.product], ['Agent ID', this.account], ['Client token', CLIENT], ['Service account key', JSON.stringify(key)],
      ['API address', this.url],
    ];
  }

  protected async answers(asked: Asked): Promise<Answer> {
    if (asked.path === '/token') return { json: { access_token: TOKEN, expires_in: 3_599, token_type: 'Bearer' } };
    if (asked.path.startsWith('/files/')) return { file: this.shelf.get(asked.path.split('/').at(-1)!)! };
    const refused = (code: number, status: string): Answer => ({ status: code, json: { error: { code, status, message: status } } });
    if (asked.headers.authorization !== `Bearer ${TOKEN}`) return refused(401, 'UNAUTHENTICATED');
    if (asked.method === 'GET') return refused(404, 'NOT_FOUND');
    if (!/\/(agentMessages|messages)$/.test(asked.path)) return { json: {} };
    const body = json(asked);
    const content = body.contentMessage ?? body;
    const link = content.contentInfo?.fileUrl ?? content.image?.contentInfo.fileUrl;
    if (link) await this.takes(link);
    else this.texts.push(content.text);
    const id = asked.query.get('messageId') ?? body.messageId;
    this.later(() => this.readingOf(id));
    return { json: { name: `${asked.path.slice(4)}/${id}` } };
  }

  protected abstract readingOf(id: string): Promise<Response>;
}

const sign = (signed: string) => ({ 'x-goog-signature': createHmac('sha512', CLIENT).update(signed).digest('base64') });

export class Rcs extends Google {
  readonly account = 'acme_agent@rbm.goog';
  readonly customer = '+5511900000007';
  protected readonly product = 'rcs';

  async writes(words: string): Promise<Response> {
    return this.says({ messageId: `Mx${this.next()}`, text: words });
  }

  async sends(photo: File): Promise<Response> {
    const fileUri = `${this.url}/files/${this.keeps(photo)}`;
    const payload = { mimeType: photo.mime, fileSizeBytes: photo.content.length, fileName: photo.name, fileUri };
    return this.says({ messageId: `Mx${this.next()}`, userFile: { category: 'IMAGE', payload } });
  }

  protected async readingOf(messageId: string): Promise<Response> {
    return this.says({ eventType: 'READ', eventId: `Ev${this.next()}`, messageId });
  }

  /** Packed into Pub/Sub's envelope, and signed within it. */
  private async says(what: object): Promise<Response> {
    const sendTime = new Date().toISOString();
    const data = JSON.stringify({ senderPhoneNumber: this.customer, agentId: this.account, sendTime, ...what });
    const attributes = { type: 'eventType' in what ? 'event' : 'message', business_id: this.account };
    const message = { data: Buffer.from(data).toString('base64'), attributes, messageId: String(this.next()), publishTime: sendTime };
    return this.tells({ message, subscription: 'projects/rbm/subscriptions/acme' }, () => sign(data));
  }
}

export class BusinessMessages extends Google {
  readonly account = 'brands/b-1/agents/a-1';
  readonly customer = 'Ana of Business Messages';
  protected readonly product = 'business_messages';

  async writes(words: string): Promise<Response> {
    const messageId = `m-${this.next()}`;
    return this.says({ message: { name: `conversations/c-1/messages/${messageId}`, messageId, text: words } });
  }

  /** A picture came as the address that it was at for a while. */
  async sends(photo: File): Promise<Response> {
    return this.writes(`${this.url}/files/${this.keeps(photo)}`);
  }

  protected async readingOf(id: string): Promise<Response> {
    return this.says({ receipts: { receipts: [{ message: `conversations/c-1/messages/${id}`, receiptType: 'READ' }] } });
  }

  private async says(what: object): Promise<Response> {
    const context = { userInfo: { displayName: this.customer } };
    const head = { agent: this.account, conversationId: 'c-1', requestId: `r-${this.next()}`, sendTime: new Date().toISOString(), context };
    return this.tells({ ...head, ...what }, sign);
  }
}
