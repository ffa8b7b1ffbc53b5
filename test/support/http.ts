import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One request on a connection of its own, with whatever Host and Origin the test says. */
export function ask(port: number, { method = 'GET', path, headers = {}, body }: HttpRequest): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, method, path, headers: { ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The status of the reply to a request written byte by byte, for what no client would send. */
export function askRaw(port: number, head: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.once('data', (chunk) => {
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(chunk.toString('latin1'))?.[1]));
      socket.destroy();
    });
    socket.write(`${head}\r\n\r\n`);
  });
}

export interface StreamEvent {
  readonly id: number;
  readonly event: string;
  readonly data: string;
}

export interface OpenStream {
  readonly status: number;
  /** Resolves with the next event that was not taken yet; rejects when the stream ends. */
  next(): Promise<StreamEvent>;
  close(): void;
}

/** Opens a stream of server-sent events and takes it apart by the rules of WHATWG HTML 9.2.6. */
export function openStream(port: number, path: string): Promise<OpenStream> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      const events: StreamEvent[] = [];
      const waiting: { take(event: StreamEvent): void; fail(error: Error): void }[] = [];
      let text = '';
      let hasEnded = false;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const fields = new Map(
            text
              .slice(0, end)
              .split('\n')
              .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
          );
          text = text.slice(end + 2);
          const event = {
            id: Number(fields.get('id')),
            event: fields.get('event') ?? '',
            data: fields.get('data') ?? '',
          };
          const taker = waiting.shift();
          if (taker === undefined) events.push(event);
          else taker.take(event);
        }
      });
      const end = (): void => {
        hasEnded = true;
        for (const { fail } of waiting.splice(0)) fail(new Error('the stream ended'));
      };
      response.on('close', end);
      response.on('error', end);
      resolve({
        status: response.statusCode ?? 0,
        next: () =>
          new Promise((take, fail) => {
            const event = events.shift();
            if (event !== undefined) take(event);
            else if (hasEnded) fail(new Error('the stream ended'));
            else waiting.push({ take, fail });
          }),
        close: () => sent.destroy(),
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}
