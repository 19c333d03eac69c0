package dev.sotto.links;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A link whose payloads are encrypted once more, under keys from its hybrid secret: AES-256-GCM,
 * one key a direction, the frame's number as nonce, its kind, session and step as associated data.
 *
 * <p>Security: a recording does not open to whoever breaks only X25519 later, nor to whoever breaks
 * only ML-KEM. A frame that is altered, replayed, left out or out of order does not open: {@link
 * PeerCheated}. Nonces do not repeat: keys are fresh for each link, a link seals once, and numbers
 * only grow. Lengths, kinds, sessions and steps are TLS's to hide, not this.
 */
public final class SealedFrames implements FrameChannel {
  private static final int TAG_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final int ASSOCIATED_BYTES = 13;

  private final Link link;
  private final Direction sealing;
  private final Direction opening;
  private byte[] sealed = new byte[0];
  private byte[] opened = new byte[0];

  SealedFrames(Link link, Direction sealing, Direction opening) {
    this.link = link;
    this.sealing = sealing;
    this.opening = opening;
  }

  /**
   * Seals all further frames of a link; both sides must, before the first frame.
   * IllegalStateException when the link is sealed, or has carried frames, already.
   */
  public static SealedFrames over(Link link) {
    LinkCounts counts = link.counts();
    if (counts.framesSent() + counts.framesReceived() > 0 || !link.beginSealing()) {
      throw new IllegalStateException("a link is sealed once, before its first frame");
    }
    return new SealedFrames(
        link,
        new Direction(link.secret(), link.isConnector()),
        new Direction(link.secret(), !link.isConnector()));
  }

  @Override
  public IdentityKey peer() {
    return link.peer();
  }

  @Override
  public int maxPayloadBytes() {
    return link.maxPayloadBytes() - TAG_BYTES;
  }

  /** {@inheritDoc} One thread at a time. */
  @Override
  public void send(int kind, long session, int step, byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length > maxPayloadBytes()) {
      throw new IllegalArgumentException(
          "a sealed frame carries at most %d bytes, not %d; split it"
              .formatted(maxPayloadBytes(), length));
    }
    synchronized (sealing) {
      if (sealed.length < length + TAG_BYTES) {
        sealed = new byte[length + TAG_BYTES];
      }
      try {
        Cipher cipher = sealing.next(Cipher.ENCRYPT_MODE, kind, session, step);
        cipher.doFinal(buffer, offset, length, sealed, 0);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("sealing failed", e);
      }
      link.send(kind, session, step, sealed, 0, length + TAG_BYTES);
    }
  }

  @Override
  public Frame receive(Duration timeout) {
    Frame frame = link.receive(timeout);
    if (frame.length() < TAG_BYTES) {
      throw cheated(PeerCheated.What.BROKEN_SEAL, "a frame is too short to be sealed");
    }
    int length = frame.length() - TAG_BYTES;
    if (opened.length < length) {
      opened = new byte[length];
    }
    try {
      Cipher cipher =
          opening.next(Cipher.DECRYPT_MODE, frame.kind(), frame.session(), frame.step());
      cipher.doFinal(frame.buffer(), frame.offset(), frame.length(), opened, 0);
    } catch (AEADBadTagException e) {
      throw cheated(
          PeerCheated.What.BROKEN_SEAL, "a frame was altered, replayed or is out of order");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening failed", e);
    }
    return new Frame(frame.kind(), frame.session(), frame.step(), opened, 0, length);
  }

  @Override
  public PeerCheated cheated(PeerCheated.What what, String sentence) {
    return link.cheated(what, sentence);
  }

  /** The link's own counts: its payload includes 16 bytes of seal a frame. */
  @Override
  public LinkCounts counts() {
    return link.counts();
  }

  @Override
  public boolean isClosed() {
    return link.isClosed();
  }

  @Override
  public void close() {
    link.close();
  }

  @Override
  public String toString() {
    return "SealedFrames[peer=" + peer() + "]";
  }

  /** One direction's key and the number of its next frame. */
  static final class Direction {
    private final SecretKeySpec key;
    private final Cipher cipher;
    private final ByteBuffer nonce = ByteBuffer.allocate(NONCE_BYTES);
    private final ByteBuffer associated = ByteBuffer.allocate(ASSOCIATED_BYTES);
    private long number;

    Direction(LinkSecret secret, boolean fromConnector) {
      String purpose = fromConnector ? "link/seal/connector" : "link/seal/acceptor";
      key = new SecretKeySpec(secret.derive(purpose, new byte[0], 32), "AES");
      try {
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JDK has no AES/GCM", e);
      }
    }

    Cipher next(int mode, int kind, long session, int step) throws GeneralSecurityException {
      // 2^63 frames take longer than any link lives; a counter that wrapped would end it here.
      nonce.putLong(NONCE_BYTES - Long.BYTES, number);
      number = Math.incrementExact(number);
      cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce.array()));
      associated.put(0, (byte) kind).putLong(1, session).putInt(9, step);
      cipher.updateAAD(associated.array());
      return cipher;
    }
  }
}
