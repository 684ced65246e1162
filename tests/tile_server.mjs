// A tile server for the tests of maps: HTTPS on loopback, since a background must be under https, with pictures that it
// makes itself. tiles: what was asked for; dead: answers 503 from now on.
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { makePng } from './photos.mjs';
import { newFolder } from './sample.mjs';

function makeCertificate(t) {
  const folder = newFolder(t);
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name));
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', cert],
    { stdio: 'ignore' },
  );
  return { key: fs.readFileSync(key), cert: fs.readFileSync(cert) };
}

export async function startTiles(t) {
  const picture = makePng(256, 256);
  const state = { tiles: [], referrers: new Set(), dead: false };
  const server = https.createServer(makeCertificate(t), (request, response) => {
    state.tiles.push(request.url);
    state.referrers.add(request.headers.referer);
    if (state.dead) return response.writeHead(503).end();
    response.writeHead(200, { 'Content-Type': 'image/png' }).end(picture);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  state.origin = `https://127.0.0.1:${server.address().port}`;
  state.template = `${state.origin}/{z}/{x}/{y}.png`;
  return state;
}
