package dev.sotto.models.shard;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A model could not be cut, or a shard is not what it should be. The message is one sentence for a
 * person: it names the file and the field, and carries no seed, word or weight.
 */
public final class ShardException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ShardException(String message) {
    super(message);
  }

  ShardException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Why a file could not be read or written, in a few words. */
  static String reason(IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return "interrupted";
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /** The same complaint with the file it is about in front. */
  ShardException in(Path file) {
    return new ShardException("shard " + file + ": " + getMessage(), getCause());
  }
}
