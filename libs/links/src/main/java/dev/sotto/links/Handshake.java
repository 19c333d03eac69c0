package dev.sotto.links;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.util.Arrays;
import java.util.Set;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * From a TCP connection to a {@link Link}: TLS with pinned identities, then inside it the hybrid
 * agreement.
 *
 * <ol>
 *   <li>acceptor → connector: version, offer (X25519 and ML-KEM-768 public keys)
 *   <li>connector → acceptor: version, answer (X25519 public key, ML-KEM ciphertext), confirmation
 *   <li>acceptor → connector: confirmation
 * </ol>
 *
 * <p>The acceptor speaks first because in TLS 1.3 it is the last to judge the other's certificate:
 * when it refuses, nothing that the connector sent early lies unread, and the refusal arrives.
 */
final class Handshake {
  static final byte[] VERSION = "sotto-link-1".getBytes(StandardCharsets.US_ASCII);
  static final int CONFIRMATION_BYTES = 32;
  private static final int REFUSAL_BYTES = 1 << 16;

  private Handshake() {}

  /** The connected socket becomes a link, or is closed. */
  static Link run(
      WireSocket wire,
      boolean connector,
      NodeIdentity self,
      Set<IdentityKey> pinned,
      LinkSettings settings) {
    SSLSocket tls = null;
    try {
      wire.readUntil(System.nanoTime() + settings.handshakeTimeout().toNanos());
      wire.setTcpNoDelay(true);
      wire.setKeepAlive(true);
      tls = PinnedTls.over(wire, connector, self, pinned);
      tls.startHandshake();
      IdentityKey peer = peer(tls);
      LinkSecret secret = connector ? answer(tls, self.key(), peer) : offer(tls, self.key(), peer);
      return new Link(wire, tls, peer, secret, connector, settings);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      letRefusalArrive(wire, tls);
      throw refusal(e);
    }
  }

  static IdentityKey peer(SSLSocket tls) throws IOException {
    return IdentityKey.of(tls.getSession().getPeerCertificates()[0].getPublicKey());
  }

  private static LinkSecret offer(SSLSocket tls, IdentityKey self, IdentityKey connector)
      throws IOException, GeneralSecurityException {
    HybridAgreement agreement = HybridAgreement.offer();
    byte[] offer = agreement.message();
    write(tls, VERSION, offer);
    readVersion(tls);
    byte[] answer = read(tls, HybridAgreement.ANSWER_BYTES);
    byte[] confirmation = read(tls, CONFIRMATION_BYTES);
    byte[] transcript = transcript(tls, connector, self, offer, answer);
    LinkSecret secret = new LinkSecret(agreement.finish(answer).secret(transcript));
    confirm(secret, "connector", confirmation);
    write(tls, confirmation(secret, "acceptor"));
    return secret;
  }

  private static LinkSecret answer(SSLSocket tls, IdentityKey self, IdentityKey acceptor)
      throws IOException, GeneralSecurityException {
    readVersion(tls);
    byte[] offer = read(tls, HybridAgreement.OFFER_BYTES);
    HybridAgreement.Answer answer = HybridAgreement.answer(offer);
    byte[] transcript = transcript(tls, self, acceptor, offer, answer.message());
    LinkSecret secret = new LinkSecret(answer.results().secret(transcript));
    write(tls, VERSION, answer.message(), confirmation(secret, "connector"));
    confirm(secret, "acceptor", read(tls, CONFIRMATION_BYTES));
    return secret;
  }

  /** What both sides must have seen alike. TLS's exporter ties the secret to this connection. */
  static byte[] transcript(
      SSLSocket tls, IdentityKey connector, IdentityKey acceptor, byte[] offer, byte[] answer)
      throws IOException, GeneralSecurityException {
    if (!(tls.getSession() instanceof ExtendedSSLSession session)) {
      throw new IllegalStateException("this JDK's TLS exports no keying material");
    }
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(VERSION);
    digest.update(connector.bytes());
    digest.update(acceptor.bytes());
    digest.update(session.exportKeyingMaterialData("EXPORTER-sotto-link", new byte[0], 32));
    digest.update(offer);
    digest.update(answer);
    return digest.digest();
  }

  static byte[] confirmation(LinkSecret secret, String side) {
    return secret.derive("link/confirm/" + side, new byte[0], CONFIRMATION_BYTES);
  }

  private static void confirm(LinkSecret secret, String side, byte[] confirmation) {
    if (!MessageDigest.isEqual(confirmation(secret, side), confirmation)) {
      throw new WrongPeer("the two sides did not agree on one secret; the link was refused", null);
    }
  }

  private static void readVersion(SSLSocket tls) throws IOException {
    if (!Arrays.equals(read(tls, VERSION.length), VERSION)) {
      throw new WrongPeer("the peer speaks another version of this link", null);
    }
  }

  private static byte[] read(SSLSocket tls, int bytes) throws IOException {
    byte[] read = tls.getInputStream().readNBytes(bytes);
    if (read.length < bytes) {
      throw new EOFException("the peer ended the handshake");
    }
    return read;
  }

  private static void write(SSLSocket tls, byte[]... parts) throws IOException {
    int total = 0;
    for (byte[] part : parts) {
      total += part.length;
    }
    byte[] message = new byte[total];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, message, at, part.length);
      at += part.length;
    }
    OutputStream out = tls.getOutputStream();
    out.write(message);
    out.flush();
  }

  /**
   * Closing a socket while something lies unread sends a reset, and a reset overtakes TLS's alert:
   * the peer would see a broken connection where it should learn that it was refused. So say that
   * this side is done, and read on for a bounded while until the peer is, too.
   */
  private static void letRefusalArrive(WireSocket wire, @Nullable SSLSocket tls) {
    try (wire) {
      if (tls != null && !wire.isClosed() && !wire.ended()) {
        wire.shutdownOutput();
        wire.readUntil(System.nanoTime() + 250_000_000L);
        InputStream in = wire.getInputStream();
        in.readNBytes(REFUSAL_BYTES);
      }
    } catch (IOException e) {
      // The peer is gone already, or will not stop: there is nobody left to tell.
    }
  }

  private static LinkException refusal(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case LinkException known -> {
          return known;
        }
        case CertificateException refused -> {
          return new WrongPeer("the peer was refused: " + refused.getMessage(), e);
        }
        case SocketTimeoutException late -> {
          return new PeerGone(
              PeerGone.How.TIMED_OUT, "the peer did not finish its handshake in time", e);
        }
        case SocketException broken -> {
          return broken(e);
        }
        case EOFException ended -> {
          return broken(e);
        }
        default -> {}
      }
    }
    return new WrongPeer("the handshake failed: one side does not accept the other", e);
  }

  private static PeerGone broken(Exception e) {
    return new PeerGone(PeerGone.How.RESET, "the connection broke during the handshake", e);
  }
}
