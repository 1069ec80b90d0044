import { defineSense } from '../sense.ts';
import { senseDatagrams } from './datagrams.ts';
import { senseDns } from './dns.ts';
import { senseFetch } from './fetch.ts';
import { NetFlow } from './flow.ts';
import { senseHttpRequests } from './http-requests.ts';
import { senseServers, senseSockets } from './sockets.ts';
import { senseUndiciRequests } from './undici-requests.ts';

/**
 * Whom this process talks to and whom it lets talk to it: TCP, TLS, Unix sockets, UDP, DNS, http(s), http2, undici,
 * `fetch`, `WebSocket`, `EventSource`. Hosts are reported as the caller named them; payloads are never read,
 * paths, queries and headers only to find secrets in them that this process has met, and never reported.
 */
export const netSense = defineSense('net', (patch) => {
  const flow = new NetFlow();
  senseSockets(patch, flow);
  senseServers(patch, flow);
  senseDatagrams(patch, flow);
  senseDns(patch, flow);
  senseHttpRequests(patch, flow);
  senseUndiciRequests(patch, flow);
  senseFetch(patch, flow);
  patch.onDisable(() => {
    flow.live = false;
  });
});
