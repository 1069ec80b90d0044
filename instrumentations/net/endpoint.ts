import net from 'node:net';
import type { Attributes } from '@opentelemetry/api';
import {
  ReflectGetOwnPropertyDescriptor,
  resolvePath,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  uncurryThis,
} from '../../src/primordials.ts';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_NETWORK_LOCAL_ADDRESS,
  ATTR_NETWORK_LOCAL_PORT,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_NETWORK_TRANSPORT,
  ATTR_NETWORK_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from './semconv.ts';

const { isIP } = net;
const URLConstructor = URL;
/* Getters of URL.prototype, taken now: a page of user code may replace them, and an own property may hide them. */
const urlGetter = (name: 'href' | 'protocol' | 'hostname' | 'port') =>
  uncurryThis<URL, () => string>(
    (ReflectGetOwnPropertyDescriptor(URL.prototype, name) as { get: () => string }).get,
  ) as (url: URL) => string;
const hrefOf = urlGetter('href');
const protocolOf = urlGetter('protocol');
const hostnameOf = urlGetter('hostname');
const portOf = urlGetter('port');

/** One end of a connection as the caller named it. */
export interface Endpoint {
  /** `host:port`, `[v6]:port` or `unix:/path`: the target of the act. */
  readonly target: string;
  /** Host without brackets; the socket's path for a Unix socket. */
  readonly host: string;
  /** 0 for a Unix socket. */
  readonly port: number;
}

/** The endpoint of a host and a port; `undefined` when the port is none (the call will fail by itself). */
export function hostEndpoint(host: unknown, port: unknown): Endpoint | undefined {
  if (typeof host !== 'string') return undefined;
  const number = typeof port === 'number' ? port : typeof port === 'string' && port !== '' ? +port : -1;
  if (!(number >= 0 && number <= 65535)) return undefined;
  let bare = host;
  if (host.length > 2 && host[0] === '[' && host[host.length - 1] === ']') bare = StringPrototypeSlice(host, 1, -1);
  const named = StringPrototypeIncludes(bare, ':') ? `[${bare}]` : bare;
  return { target: `${named}:${number}`, host: bare, port: number };
}

/** The endpoint of a Unix socket or a Windows pipe. */
export function pathEndpoint(path: unknown): Endpoint | undefined {
  if (typeof path !== 'string' || path === '') return undefined;
  let name: string;
  // Abstract sockets (Linux) live outside the file system; their name starts with a NUL, conventionally shown as @.
  if (StringPrototypeCharCodeAt(path, 0) === 0) name = `@${StringPrototypeSlice(path, 1)}`;
  else if (StringPrototypeStartsWith(path, '\\\\')) name = path;
  else name = resolvePath(path);
  return { target: `unix:${name}`, host: name, port: 0 };
}

/** Where a URL leads; `undefined` when it does not leave the process (`data:`, `blob:`) or is not absolute. */
export function urlEndpoint(url: string | URL): Endpoint | undefined {
  let parsed: URL;
  if (typeof url === 'string') {
    try {
      parsed = new URLConstructor(url);
    } catch {
      return undefined;
    }
  } else parsed = url;
  const protocol = protocolOf(parsed);
  let port = portOf(parsed);
  if (port === '') {
    if (protocol === 'http:' || protocol === 'ws:') port = '80';
    else if (protocol === 'https:' || protocol === 'wss:') port = '443';
    else return undefined;
  } else if (protocol !== 'http:' && protocol !== 'https:' && protocol !== 'ws:' && protocol !== 'wss:')
    return undefined;
  return hostEndpoint(hostnameOf(parsed), port);
}

/** The text of a URL object, whatever has been done to it or to its prototype; `undefined` for anything else. */
export function urlText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  try {
    return hrefOf(value as URL);
  } catch {
    return undefined;
  }
}

/** Attributes of an act towards an endpoint. A literal address is its own peer. */
export function endpointAttributes(endpoint: Endpoint, transport: 'tcp' | 'udp'): Attributes {
  // A computed key in a literal is a call into V8's runtime each time.
  const attributes: Attributes = {};
  attributes[ATTR_SERVER_ADDRESS] = endpoint.host;
  if (StringPrototypeStartsWith(endpoint.target, 'unix:')) {
    attributes[ATTR_NETWORK_TRANSPORT] = 'unix';
    return attributes;
  }
  attributes[ATTR_SERVER_PORT] = endpoint.port;
  attributes[ATTR_NETWORK_TRANSPORT] = transport;
  const family = isIP(endpoint.host);
  if (family !== 0) {
    attributes[ATTR_NETWORK_TYPE] = family === 6 ? 'ipv6' : 'ipv4';
    attributes[ATTR_NETWORK_PEER_ADDRESS] = endpoint.host;
    attributes[ATTR_NETWORK_PEER_PORT] = endpoint.port;
  }
  return attributes;
}

/** Those of an HTTP request to it. */
export function requestAttributes(endpoint: Endpoint, method: unknown): Attributes {
  const attributes = endpointAttributes(endpoint, 'tcp');
  if (typeof method === 'string') attributes[ATTR_HTTP_REQUEST_METHOD] = method;
  return attributes;
}

/** Attributes of a port that is opened, not connected to. */
export function listenAttributes(endpoint: Endpoint, transport: 'tcp' | 'udp'): Attributes {
  if (endpoint.port < 0) return {};
  if (StringPrototypeStartsWith(endpoint.target, 'unix:')) {
    return { [ATTR_NETWORK_LOCAL_ADDRESS]: endpoint.host, [ATTR_NETWORK_TRANSPORT]: 'unix' };
  }
  const attributes: Attributes = { [ATTR_NETWORK_TRANSPORT]: transport };
  if (endpoint.port > 0) attributes[ATTR_NETWORK_LOCAL_PORT] = endpoint.port;
  const family = isIP(endpoint.host);
  if (endpoint.host !== '*') attributes[ATTR_NETWORK_LOCAL_ADDRESS] = endpoint.host;
  if (family !== 0) attributes[ATTR_NETWORK_TYPE] = family === 6 ? 'ipv6' : 'ipv4';
  return attributes;
}
