package dev.sotto.links;

import org.jspecify.annotations.Nullable;

/**
 * Why a link ended, in one sentence that quotes nothing of what was sent. After one the link is
 * dead; whoever used it starts over on a new one.
 */
public abstract sealed class LinkException extends RuntimeException
    permits PeerGone, PeerCheated, WrongPeer {
  private static final long serialVersionUID = 1;

  LinkException(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
