package dev.sotto.links;

import org.jspecify.annotations.Nullable;

/**
 * The two sides did not come to trust each other: an identity that is not pinned, on either side,
 * or a handshake that fails. No frame was exchanged.
 */
public final class WrongPeer extends LinkException {
  private static final long serialVersionUID = 1;

  WrongPeer(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
