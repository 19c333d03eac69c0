package dev.sotto.links;

/**
 * What a link has carried so far, in both directions. A frame counts as sent when {@code send} took
 * it. Payload is what callers gave and got, without frame headers. Wire is what went over TCP,
 * handshake and TLS's own framing included, without TCP's and IP's headers.
 */
public record LinkCounts(
    long framesSent,
    long payloadBytesSent,
    long wireBytesSent,
    long framesReceived,
    long payloadBytesReceived,
    long wireBytesReceived) {}
