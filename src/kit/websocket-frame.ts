/**
 * One message of a WebSocket as a server sends it: a single frame, not masked, without extensions
 * (RFC 6455, section 5.2). The same bytes go to every client.
 */
export function websocketFrame(payload: Buffer, isText: boolean): Buffer {
  const { length } = payload;
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(size + length);
  frame[0] = isText ? 0x81 : 0x82;
  if (size === 2) {
    frame[1] = length;
  } else if (size === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  payload.copy(frame, size);
  return frame;
}
