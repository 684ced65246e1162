// What the HTTP tests share: starting a program and waiting until it listens, requests on raw sockets, stopping
// it by its own process. STELE_BUILD names the build folder.
import { spawn } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

export const buildFolder = path.resolve(process.env.STELE_BUILD ?? 'build');
export const sourceFolder = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');

export function program(name) {
  return path.join(buildFolder, name);
}

// Starts a program and waits for "listening on URL" on its standard error. Gives
// { child, url, host, port, log(), stop(signal) }; stop() resolves to { code, signal }.
export async function startServer(file, args = [], { env = {}, stdio, timeout = 10000 } = {}) {
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: stdio ?? ['ignore', 'inherit', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk) => (text += chunk));
  const exited = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  const until = Date.now() + timeout;
  let match = null;
  while (!(match = /listening on (http:\/\/\S+?)\/?\s/.exec(text))) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`${file} does not listen: ${text}`);
    }
    await sleep(5);
  }
  const url = new URL(match[1]);
  return {
    child,
    url: match[1],
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port),
    log: () => text,
    exited,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null) child.kill(signal);
      const killer = setTimeout(() => child.kill('SIGKILL'), 15000);
      const result = await exited;
      clearTimeout(killer);
      return result;
    },
  };
}

// Runs a program to its end: { code, stdout, stderr }.
export async function runProgram(file, args = [], { env = {}, input = '', cwd } = {}) {
  const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}

// One request with Node's own client: { status, headers, body (Buffer), text }. Nothing is decoded.
export function request(server, target, { method = 'GET', headers = {}, body, agent = false } = {}) {
  return new Promise((resolve, reject) => {
    const req = http.request(
      { host: server.host, port: server.port, path: target, method, headers, agent, setHost: !('host' in headers) },
      (res) => {
        const chunks = [];
        res.on('data', (chunk) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({ status: res.statusCode, headers: res.headers, rawHeaders: res.rawHeaders, body: bytes, text: bytes.toString() });
        });
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}

// A raw connection. write(), read(n answers), and closed: a promise for the milliseconds until the other side
// closed.
export async function connect(server) {
  const socket = net.connect({ host: server.host, port: server.port, allowHalfOpen: true });
  await once(socket, 'connect');
  const begin = Date.now();
  const chunks = [];
  const bytes = () => Buffer.concat(chunks);
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {});
  const closed = new Promise((resolve) => {
    const done = () => resolve(Date.now() - begin);
    socket.on('end', done);
    socket.on('close', done);
  });
  return {
    socket,
    closed,
    write: (data) => socket.write(data),
    bytes,
    text: () => bytes().toString('latin1'),
    end: () => socket.destroy(),
  };
}

// Sends bytes as they are, and gives what came until the other side closed or `wait` milliseconds passed:
// { text, closed, status, statuses }.
export async function raw(server, data, { wait = 1000 } = {}) {
  const c = await connect(server);
  c.write(data);
  const closed = await Promise.race([c.closed.then(() => true), sleep(wait, false)]);
  c.end();
  const text = c.text();
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((m) => Number(m[1]));
  return { text, closed, status: statuses[0], statuses };
}
