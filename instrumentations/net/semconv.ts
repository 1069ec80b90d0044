/**
 * Attribute names of the OpenTelemetry semantic conventions 1.45 that network acts carry. Spelled here once, so that
 * the sense needs no dependency at run time.
 */
export const ATTR_SERVER_ADDRESS = 'server.address';
export const ATTR_SERVER_PORT = 'server.port';
export const ATTR_NETWORK_PEER_ADDRESS = 'network.peer.address';
export const ATTR_NETWORK_PEER_PORT = 'network.peer.port';
export const ATTR_NETWORK_LOCAL_ADDRESS = 'network.local.address';
export const ATTR_NETWORK_LOCAL_PORT = 'network.local.port';
export const ATTR_NETWORK_TRANSPORT = 'network.transport';
export const ATTR_NETWORK_TYPE = 'network.type';
export const ATTR_HTTP_REQUEST_METHOD = 'http.request.method';
/** Development stability. */
export const ATTR_DNS_QUESTION_NAME = 'dns.question.name';
/** Development stability. */
export const ATTR_DNS_ANSWERS = 'dns.answers';
