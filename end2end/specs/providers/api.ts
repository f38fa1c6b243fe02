// The other server of our own open interface, as /openapi.json describes it.
import { type Answer, type Asked, type Field, type File, StandIn, inHex, json } from './stand-in.ts';

const ANA = { id: 'ana-1', name: 'Ana of the API' };

export class Api extends StandIn {
  readonly messenger = 'API';
  readonly account = '127.0.0.1';
  readonly customer = ANA.name;
  readonly reports = 'Read';

  get fields(): Field[] {
    return [['Your endpoint', `${this.url}/switchboard`]];
  }

  protected async answers(asked: Asked): Promise<Answer> {
    if (asked.path.startsWith('/files/')) return { file: this.shelf.get(asked.path.split('/').at(-1)!)! };
    const signature = inHex(this.made, asked.body.toString('utf8'));
    if (asked.headers['x-switchboard-signature'] !== signature) return { status: 401, json: { reason: 'The signature is wrong.' } };
    const { type, message } = json(asked);
    if (type !== 'message') return { json: {} };
    if (message.files) await this.takes(message.files[0].url);
    else this.texts.push(message.text);
    const id = `out-${this.next()}`;
    this.later(() => this.happens({ type: 'status', message: { id }, status: 'read' }));
    return { json: { id } };
  }

  async writes(words: string): Promise<Response> {
    return this.says({ text: words });
  }

  async sends(photo: File): Promise<Response> {
    const url = `${this.url}/files/${this.keeps(photo)}`;
    return this.says({ files: [{ url, kind: 'photo', name: photo.name, mime: photo.mime, bytes: photo.content.length }] });
  }

  private async says(what: object): Promise<Response> {
    return this.happens({ type: 'message', customer: ANA, message: { id: `in-${this.next()}`, ...what } });
  }

  private async happens(event: object): Promise<Response> {
    const content = { events: [{ at: Date.now(), ...event }] };
    return this.tells(content, (body) => ({ 'x-switchboard-signature': inHex(this.made, body) }));
  }
}
