// SMS and MMS by Twilio, whose webhooks are signed forms. <https://www.twilio.com/docs/messaging>
import { createHmac } from 'node:crypto';
import { deliver } from '../../counterparts/deliver.ts';
import { type Answer, type Asked, type Field, type File, StandIn } from './stand-in.ts';

const SID = 'AC00000000000000000000000000000001';
const TOKEN = 'auth-token-of-twilio';
const NUMBER = '+15550002222';
const ANA = '+5511900000006';

export class Sms extends StandIn {
  readonly messenger = 'SMS';
  readonly account = `Acme, ${NUMBER}`;
  readonly customer = ANA;
  readonly reports = 'Delivered';
  readonly isTold = true;

  get fields(): Field[] {
    return [['Account SID', SID], ['Auth token', TOKEN], ['Sender', NUMBER], ['API address', this.url]];
  }

  protected async answers(asked: Asked): Promise<Answer> {
    const proof = `Basic ${Buffer.from(`${SID}:${TOKEN}`).toString('base64')}`;
    if (asked.headers.authorization !== proof) return { status: 401, json: { code: 20003, message: 'Authenticate', status: 401 } };
    const number = { sid: `PN${'0'.repeat(32)}`, phone_number: NUMBER };
    if (asked.path.endsWith(`/Accounts/${SID}.json`)) return { json: { sid: SID, friendly_name: 'Acme', status: 'active', type: 'Full' } };
    if (asked.path.endsWith('/IncomingPhoneNumbers.json')) return { json: { incoming_phone_numbers: [number] } };
    if (asked.path.includes('/IncomingPhoneNumbers/')) return { json: number };
    if (asked.path.includes('/Media/')) return { file: this.shelf.get(asked.path.split('/').at(-1)!)! };
    if (asked.method === 'GET') return { json: { messages: [], next_page_uri: null } };
    const form = new URLSearchParams(asked.body.toString('utf8'));
    if (form.has('MediaUrl')) await this.takes(form.get('MediaUrl')!);
    else this.texts.push(form.get('Body')!);
    const sid = this.sid();
    this.later(() => this.posts(form.get('StatusCallback')!, { MessageSid: sid, SmsSid: sid, MessageStatus: 'delivered', SmsStatus: 'delivered', From: NUMBER, To: ANA }));
    return { status: 201, json: { sid, status: 'queued', to: ANA, from: NUMBER, error_code: null } };
  }

  async writes(words: string): Promise<Response> {
    return this.says({ Body: words, NumMedia: '0' });
  }

  async sends(photo: File): Promise<Response> {
    const url = `${this.url}/2010-04-01/Accounts/${SID}/Messages/MM1/Media/${this.keeps(photo)}`;
    return this.says({ Body: '', NumMedia: '1', MediaUrl0: url, MediaContentType0: photo.mime });
  }

  private async says(what: Record<string, string>): Promise<Response> {
    const sid = this.sid();
    return this.posts(this.hook, { MessageSid: sid, SmsSid: sid, SmsMessageSid: sid, From: ANA, To: NUMBER, SmsStatus: 'received', NumSegments: '1', ...what });
  }

  private sid(): string {
    return `SM${String(this.next()).padStart(32, '0')}`;
  }

  /** Signed over the address and every field in the order of its name. */
  private async posts(url: string, fields: Record<string, string>): Promise<Response> {
    const form = Object.entries({ AccountSid: SID, ApiVersion: '2010-04-01', ...fields }).sort(([one], [other]) => (one < other ? -1 : 1));
    const signature = createHmac('sha1', TOKEN).update(url + form.flat().join('')).digest('base64');
    return deliver(url, { method: 'POST', body: new URLSearchParams(form), headers: { 'x-twilio-signature': signature } });
  }
}
