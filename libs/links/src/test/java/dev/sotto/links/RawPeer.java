package dev.sotto.links;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLSocket;

/** A connector that speaks TLS and the handshake by hand, so that it can lie. */
final class RawPeer implements AutoCloseable {
  final WireSocket wire = new WireSocket();
  final SSLSocket tls;

  private RawPeer(InetSocketAddress address, NodeIdentity self, IdentityKey peer)
      throws IOException {
    wire.connect(address);
    wire.readUntil(System.nanoTime() + LinkPair.SOON.toNanos());
    tls = PinnedTls.over(wire, true, self, Set.of(peer));
    tls.startHandshake();
  }

  /** Through TLS only. */
  static RawPeer tlsOnly(InetSocketAddress address, NodeIdentity self) throws IOException {
    return new RawPeer(address, self, LinkPair.ACCEPTOR.key());
  }

  /** Through the whole handshake, whose answer it first passes through {@code lie}. */
  static RawPeer connect(InetSocketAddress address, UnaryOperator<byte[]> lie)
      throws IOException, GeneralSecurityException {
    RawPeer raw = tlsOnly(address, LinkPair.CONNECTOR);
    InputStream in = raw.tls.getInputStream();
    in.readNBytes(Handshake.VERSION.length);
    byte[] offer = in.readNBytes(HybridAgreement.OFFER_BYTES);
    HybridAgreement.Answer answer = HybridAgreement.answer(offer);
    byte[] said = lie.apply(answer.message());
    LinkSecret secret =
        new LinkSecret(
            answer
                .results()
                .secret(
                    Handshake.transcript(
                        raw.tls, LinkPair.CONNECTOR.key(), LinkPair.ACCEPTOR.key(), offer, said)));
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(Handshake.VERSION);
    message.write(said);
    message.write(Handshake.confirmation(secret, "connector"));
    raw.write(message.toByteArray());
    in.readNBytes(Handshake.CONFIRMATION_BYTES);
    return raw;
  }

  static RawPeer connect(InetSocketAddress address) throws IOException, GeneralSecurityException {
    return connect(address, UnaryOperator.identity());
  }

  void write(byte[] bytes) throws IOException {
    OutputStream out = tls.getOutputStream();
    out.write(bytes);
    out.flush();
  }

  /** A frame whose header may announce another length than the payload has. */
  static byte[] frame(int announced, int kind, long session, int step, byte[] payload) {
    return ByteBuffer.allocate(Link.HEADER_BYTES + payload.length)
        .putInt(announced)
        .put((byte) kind)
        .putLong(session)
        .putInt(step)
        .put(payload)
        .array();
  }

  /** TLS's goodbye, then the end. */
  void sayGoodbye() throws IOException {
    tls.shutdownOutput();
  }

  /** The end without a goodbye, as a killed process leaves it. */
  @Override
  public void close() throws IOException {
    wire.close();
  }
}
