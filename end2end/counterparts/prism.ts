// Serves a vendor's own OpenAPI contract with somebody else's server, which refuses what the contract does not allow.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type Prism = { url: string; stop: () => void };

/** Serves the contract in `yaml` until it is stopped. */
export async function serve(yaml: string): Promise<Prism> {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'));
  const document = join(folder, 'contract.yaml');
  writeFileSync(document, yaml);
  const port = await freePort();
  const process = start(document, port);
  const stop = () => {
    process.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await listening(process);
  } catch (error) {
    stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}`, stop };
}

function start(document: string, port: number): ChildProcess {
  const require = createRequire(import.meta.url);
  const program = join(dirname(require.resolve('@stoplight/prism-cli/package.json')), 'dist', 'index.js');
  const flags = ['mock', '--errors', '--host', '127.0.0.1', '--port', String(port), document];
  return spawn('node', [program, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function listening(process: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('is listening')) resolve();
    };
    process.stdout?.on('data', hear);
    process.stderr?.on('data', hear);
    process.on('error', reject);
    process.on('exit', (code) => reject(new Error(`Prism ended with ${code}: ${said}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
