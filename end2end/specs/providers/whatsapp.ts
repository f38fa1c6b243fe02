// WhatsApp's Cloud API. <https://developers.facebook.com/docs/whatsapp/cloud-api>
import { type Answer, type Asked, type Field, type File, StandIn, inHex, json, parts, seconds } from './stand-in.ts';

const NUMBER = '801000000000002';
const ACCOUNT = '701000000000001';
const TOKEN = 'EAAtoken-of-whatsapp';
const SECRET = 'app-secret-of-whatsapp';
const ANA = '5511900000001';

export class WhatsApp extends StandIn {
  readonly messenger = 'WhatsApp';
  readonly account = 'Acme Store, +1 555 000 1111';
  readonly customer = 'Ana of WhatsApp';
  readonly reports = 'Read';
  readonly isTold = true;

  get fields(): Field[] {
    return [
      ['Phone number ID', NUMBER], ['WhatsApp Business account ID', ACCOUNT], ['Access token', TOKEN], ['App secret', SECRET],
      ['API address', this.url],
    ];
  }

  protected answers(asked: Asked): Answer {
    if (asked.headers.authorization !== `Bearer ${TOKEN}`) return refusal(401, 190, 'Invalid OAuth access token');
    const [, , object = '', edge = ''] = asked.path.split('/');
    if (asked.path.startsWith('/files/')) return { file: this.shelf.get(object)! };
    if (asked.method === 'GET') {
      if (object === NUMBER) return { json: { id: NUMBER, verified_name: 'Acme Store', display_phone_number: '+1 555 000 1111' } };
      const file = this.shelf.get(object);
      if (!file) return refusal(400, 100, 'Object does not exist');
      return { json: { id: object, url: `${this.url}/files/${object}`, mime_type: file.mime, file_size: file.content.length } };
    }
    if (edge === 'media') return { json: { id: this.keeps(parts(asked).file!) } };
    if (edge === 'subscribed_apps') {
      // Meta knocks before it believes an address.
      const { override_callback_uri: at, verify_token: token } = json(asked);
      this.later(() => fetch(`${at}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`));
      return { json: { success: true } };
    }
    const message = json(asked);
    if (message.status) return { json: { success: true } };
    if (message.type === 'image') this.photos.push(this.shelf.get(message.image.id)!);
    else this.texts.push(message.text?.body ?? message.interactive?.body.text);
    const id = `wamid.OUT${this.next()}=`;
    this.later(() => this.changes({ statuses: ['sent', 'delivered', 'read'].map((status) => ({ id, status, timestamp: String(seconds()), recipient_id: ANA })) }));
    return { json: { messaging_product: 'whatsapp', contacts: [{ input: ANA, wa_id: ANA }], messages: [{ id }] } };
  }

  async writes(words: string): Promise<Response> {
    return this.says({ type: 'text', text: { body: words } });
  }

  async sends(photo: File): Promise<Response> {
    return this.says({ type: 'image', image: { id: this.keeps(photo), mime_type: photo.mime } });
  }

  private async says(message: object): Promise<Response> {
    const contacts = [{ profile: { name: this.customer }, wa_id: ANA }];
    return this.changes({ contacts, messages: [{ from: ANA, id: `wamid.IN${this.next()}=`, timestamp: String(seconds()), ...message }] });
  }

  private async changes(what: object): Promise<Response> {
    const value = { messaging_product: 'whatsapp', metadata: { display_phone_number: '15550001111', phone_number_id: NUMBER }, ...what };
    const content = { object: 'whatsapp_business_account', entry: [{ id: ACCOUNT, changes: [{ field: 'messages', value }] }] };
    return this.tells(content, (body) => ({ 'x-hub-signature-256': inHex(SECRET, body) }));
  }
}

const refusal = (status: number, code: number, message: string): Answer => ({ status, json: { error: { code, message, type: 'OAuthException' } } });
